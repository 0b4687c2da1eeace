"""Export the users of a structure as a spreadsheet or as CSV (C9); no cell is ever taken for a formula."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from choriste.application.access.policy import may_read_organisation
from choriste.application.members.ports import MemberPorts
from choriste.application.members.read_members import Member, MemberFilter, list_members
from choriste.application.shared.spreadsheets import Column, as_csv, as_xlsx
from choriste.domain.access.principal import Principal
from choriste.domain.members.member import MemberState
from choriste.domain.parties.structure import IdentifierKind, Structure
from choriste.domain.shared.errors import NotFoundError
from choriste.i18n.catalogue import translate

_PAGE: Final = 500
_COLUMNS: Final = (
    ("name", 28),
    ("email", 34),
    ("structure", 18),
    ("state", 16),
    ("role", 22),
    ("service", 22),
    ("space", 26),
    ("level", 14),
    ("active", 8),
    ("language", 8),
)
"""The columns of an import with their widths, and two for people: the state and the role in words."""


def export_csv(ports: MemberPorts, principal: Principal, structure: str, *, language: str) -> bytes:
    """Return the users of a structure as CSV: UTF-8 with its mark, semicolons, one line for each right.

    Raises `NotFoundError` unless the principal reads the organisation of the whole structure.
    """
    return as_csv(_columns(language), _rows(ports, principal, structure, language), language=language)


def export_xlsx(ports: MemberPorts, principal: Principal, structure: str, *, language: str) -> bytes:
    """Return the users of a structure as an Excel workbook; cells are texts. Raises as `export_csv`."""
    name = translate("members", "export.sheet", language)
    return as_xlsx(name, _columns(language), _rows(ports, principal, structure, language))


def _columns(language: str) -> tuple[Column, ...]:
    return tuple(Column(translate("members", f"export.{name}", language), width) for name, width in _COLUMNS)


def _rows(ports: MemberPorts, principal: Principal, structure: str, language: str) -> Iterator[list[str]]:
    """Yield a line for each right of each user, and one for whoever has none."""
    if not may_read_organisation(principal, structure):
        raise NotFoundError(kind="structure", id=structure)
    after: str | None = None
    while True:
        page = list_members(ports, principal, structure, wanted=MemberFilter(), after=after, limit=_PAGE)
        for member in page.rows:
            yield from _lines(member, language)
        if page.after is None:
            return
        after = page.after


def _lines(member: Member, language: str) -> Iterator[list[str]]:
    role = "manager" if member.is_manager else "simple"
    works = member.state in {MemberState.ACTIVE, MemberState.INVITED}
    last = [
        translate("members", "export.yes" if works else "export.no", language),
        member.user.language.value,
    ]
    who = [
        member.user.name,
        member.user.email,
        _named(member.structure),
        translate("members", f"export.state.{member.state.value}", language),
        translate("members", f"export.role.{role}", language),
    ]
    rights = sorted(member.user.rights, key=lambda right: (right.service or "", right.space.value))
    for right in rights:
        level = translate("members", f"export.level.{right.level.name.lower()}", language)
        yield [*who, right.service or "", right.space.value, level, *last]
    if not rights:
        yield [*who, "", "", "", *last]


def _named(structure: Structure) -> str:
    """Return what an import knows a structure by: its SIRET, else its id."""
    is_siret = structure.identifier.kind is IdentifierKind.SIRET
    return structure.identifier.value if is_siret else structure.id
