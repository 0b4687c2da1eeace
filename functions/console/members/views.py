"""What the pages of members show: rights as a matrix, states, requests and acts in the visitor's language."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass

from choriste.application.access.policy import holds
from choriste.application.members.read_members import Member
from choriste.application.members.request_access import comment_text
from choriste.domain.access.principal import Principal
from choriste.domain.access.user import Habilitation, Level, Space
from choriste.domain.members.act import AdministrativeAct
from choriste.domain.members.member import MemberState, Services, ordered_rights
from choriste.domain.members.request import AccessRequest, RequestState
from choriste.domain.parties.structure import ServiceCode, Structure, StructureId
from choriste.i18n.catalogue import template, translate
from choriste.i18n.formats import date_text, moment_text
from functions.console.web.forms import Form
from functions.console.web.rendering import text
from functions.console.web.views import Badge, Choice

_YES_NO = {"True": "detail.yes", "False": "detail.no"}
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}")
_TONES = {
    MemberState.ACTIVE: "good",
    MemberState.INVITED: "busy",
    MemberState.SUSPENDED: "attention",
    MemberState.CLOSED: "bad",
    RequestState.WAITING: "attention",
    RequestState.APPROVED: "good",
    RequestState.REFUSED: "bad",
    RequestState.EXPIRED: "busy",
}


@dataclass(frozen=True, slots=True)
class Cell:
    """One field of the matrix: its name, its space, and the levels to choose from."""

    name: str
    space: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """One row of the matrix: the whole structure or a service of it, with a field for each space."""

    label: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class MemberRow:
    """A line of the list of users."""

    member: Member
    badge: Badge
    rights: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RequestRow:
    """A request in words: what is asked for, where, and how it stands."""

    request: AccessRequest
    badge: Badge
    what: str
    structure: str
    service: str
    rights: tuple[str, ...]
    comment: str


@dataclass(frozen=True, slots=True)
class ActRow:
    """A line of the history in words; `changes` are name, before and after of what changed."""

    act: AdministrativeAct
    what: str
    changes: tuple[tuple[str, str, str], ...]


def matrix(
    structure: Structure,
    services: Services,
    rights: Iterable[Habilitation],
    giver: Principal,
    *,
    language: str,
) -> list[Part]:
    """Return the fields by which somebody's rights are given: rows by service, columns by space.

    A level that the giver does not hold is offered only where it is given already.
    """
    held = frozenset(rights)
    return [
        Part(
            label=_part_label(structure, service, language),
            cells=tuple(
                _cell(structure.id, service, space, held, giver, language=language) for space in Space
            ),
        )
        for service in _parts(structure, services, held)
    ]


def rights_of_form(form: Form, structure: Structure, services: Services) -> frozenset[Habilitation]:
    """Return the rights that a matrix was sent with; a field that is not one of its own gives none."""
    parts: list[ServiceCode | None] = [None, *(service.code for service in structure.services)]
    return frozenset(
        Habilitation(structure=structure.id, space=space, level=Level(level), service=service)
        for service in parts
        if services is None or service in services
        for space in Space
        if (level := form.text(_field(space, service))) in set(Level)
    )


def member_row(member: Member, *, language: str) -> MemberRow:
    """Return a user as the list shows it."""
    return MemberRow(
        member, state_badge(member.state, language=language), rights_words(member, language=language)
    )


def rights_words(member: Member, *, language: str) -> tuple[str, ...]:
    """Return a user's rights in words, one a line."""
    if member.is_manager:
        return (text("members.role.manager", language=language),)
    return tuple(
        right_words(right, member.structure, language=language)
        for right in ordered_rights(member.user.rights)
    )


def right_words(right: Habilitation, structure: Structure | None, *, language: str) -> str:
    """Return a right in words: space, level, and the service where it is on one."""
    words = f"{space_words(right.space, language=language)} – {_level(right.level, language)}"
    return f"{words} ({_service_name(structure, right.service)})" if right.service else words


def space_words(space: Space, *, language: str) -> str:
    """Return the name of a space."""
    return text(f"members.space.{space.value}", language=language)


def state_badge(state: MemberState, *, language: str) -> Badge:
    """Return how a user's rights in a structure stand."""
    return Badge(text(f"members.state.{state.value}", language=language), _TONES[state])


def request_row(request: AccessRequest, structure: Structure | None, *, language: str) -> RequestRow:
    """Return a request in words."""
    return RequestRow(
        request=request,
        badge=Badge(text(f"approvals.state.{request.state.value}", language=language), _TONES[request.state]),
        what=text(f"approvals.what.{'join' if request.joins else 'more'}", language=language),
        structure=structure.name if structure is not None else request.structure,
        service=_service_name(structure, request.service),
        rights=tuple(right_words(r, structure, language=language) for r in ordered_rights(request.rights)),
        comment=comment_words(request.comment, language=language),
    )


def comment_words(comment: str, *, language: str) -> str:
    """Return a comment in the reader's language where the platform wrote it, as it is where a person did."""
    return comment_text(comment).in_language(language)


def act_row(act: AdministrativeAct, *, language: str) -> ActRow:
    """Return a row of the history in words."""
    names = sorted({*act.before, *act.after})
    return ActRow(
        act,
        what=text(f"history.act.{act.kind.value}", language=language),
        changes=tuple(
            (
                _detail_name(name, language),
                _detail(name, act.before.get(name, ""), language),
                _detail(name, act.after.get(name, ""), language),
            )
            for name in names
        ),
    )


def rights_told(written: str, *, language: str) -> str:
    """Return rights in words, from the form in which a history keeps them."""
    return ", ".join(_right_told(one, language) for one in written.split(", ") if one)


def _right_told(written: str, language: str) -> str:
    """Return one right in words; what is none, as it is."""
    space, level, *service = [*written.split(":", 2), ""]
    service = [code for code in service if code]
    if space not in set(Space) or level not in {each.name.lower() for each in Level}:
        return written
    level_words = text(f"members.level.{level}", language=language)
    words = f"{space_words(Space(space), language=language)} – {level_words}"
    return f"{words} ({service[0]})" if service else words


def _detail_name(name: str, language: str) -> str:
    """Return what changed in words, or its name where the catalogue has none."""
    part, _, rest = name.partition(".")
    if part == "services":
        code, _, field = rest.rpartition(".")
        words = _words_of(f"services.{field}", language) or field
        return translate("members", "detail.of_service", language, code=code, name=words)
    return _words_of(name, language) or name


def _words_of(name: str, language: str) -> str | None:
    known = template("members", f"detail.{name}")
    return known.in_language(language) if known is not None else None


def _detail(name: str, value: str, language: str) -> str:
    """Return a value in words: rights, states, yes and no, days and moments."""
    if name == "rights":
        return rights_told(value, language=language)
    if name == "state" and value in set(MemberState):
        return state_badge(MemberState(value), language=language).label
    if name == "comment":
        return comment_words(value, language=language)
    if value in _YES_NO:
        return translate("members", _YES_NO[value], language)
    return _words_of(f"{name}.{value}", language) or _moment_words(value, language) or value


def _moment_words(value: str, language: str) -> str | None:
    """Return a day or a moment as people write it, None for any other text."""
    if not _MOMENT.match(value):
        return None
    try:
        moment = dt.datetime.fromisoformat(value)
    except ValueError:
        return None
    if moment.tzinfo is None:
        return date_text(moment.date(), language=language)
    return moment_text(moment, language=language)


def _parts(
    structure: Structure, services: Services, held: frozenset[Habilitation]
) -> list[ServiceCode | None]:
    used = {right.service for right in held}
    codes = [s.code for s in structure.services if s.active or s.code in used]
    if services is None:
        return [None, *codes]
    return [code for code in codes if code in services]


def _cell(  # noqa: PLR0913 - a field, by place, and what it may be set to
    structure: StructureId,
    service: ServiceCode | None,
    space: Space,
    held: frozenset[Habilitation],
    giver: Principal,
    *,
    language: str,
) -> Cell:
    rights = {
        level: Habilitation(structure=structure, space=space, level=level, service=service) for level in Level
    }
    chosen = next((level for level in reversed(Level) if rights[level] in held), None)
    offered = [level for level in Level if level is chosen or holds(giver, rights[level])]
    choices = [Choice("", text("members.level.none", language=language), chosen is None)]
    choices += [Choice(level.value, _level(level, language), level is chosen) for level in offered]
    return Cell(_field(space, service), space_words(space, language=language), tuple(choices))


def _field(space: Space, service: str | None) -> str:
    return f"right.{space.value}.{service or ''}"


def _level(level: Level, language: str) -> str:
    return text(f"members.level.{level.name.lower()}", language=language)


def _part_label(structure: Structure, service: str | None, language: str) -> str:
    if service is None:
        return text("members.whole", language=language)
    return _service_name(structure, service)


def _service_name(structure: Structure | None, code: str | None) -> str:
    found = structure.service(code) if structure is not None and code is not None else None
    return found.name if found is not None else code or ""
