"""Structures from a file of the directory: a line for each structure, or for each of its services.

A line puts its structure on the directory if its identifier is new, then opens its service if that is new.
What is there already stays as it is, so that the same file can be sent again. The registry is not asked for
each line, which would take days: SIRETs are due for their check at once, and verified in slices.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from choriste.application.access.policy import require_operator
from choriste.application.access.ports import Directory, History
from choriste.application.parties.change_services import ServiceEntry, add_service
from choriste.application.parties.ports import PartiesPorts, RegistryUnavailableError
from choriste.application.parties.register_structure import NewStructure, register_structure
from choriste.application.shared.clock import Clock
from choriste.domain.access.principal import Principal
from choriste.domain.members.import_file import decoded
from choriste.domain.parties.form import Faults, FieldsInvalidError, Form, address_of, refused, text_of
from choriste.domain.parties.identifiers import identifier_fault, identifier_of
from choriste.domain.parties.registry import RegistryEntry
from choriste.domain.parties.structure import IdentifierKind, Structure, StructureKind
from choriste.domain.shared.findings import Finding

COLUMNS: Final = (
    "identifiant",
    "type_identifiant",
    "raison_sociale",
    "type_structure",
    "adresse",
    "code_postal",
    "ville",
    "pays",
    "service_obligatoire",
    "engagement_obligatoire",
    "service_ou_engagement",
    "code_service",
    "nom_service",
)
"""The columns of a file, of which `identifiant` and `raison_sociale` must be there."""

_YES: Final = frozenset({"oui", "true", "1", "o", "yes", "x"})
_SETTINGS: Final = {
    "service_mandatory": "service_obligatoire",
    "engagement_mandatory": "engagement_obligatoire",
    "either_mandatory": "service_ou_engagement",
}


class LineOutcome(StrEnum):
    """What became of a line."""

    REGISTERED = "registered"
    SERVICE_ADDED = "service-added"
    UNCHANGED = "unchanged"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Line:
    """What became of a line of a file, counted from 1, and what is wrong with one that was refused."""

    number: int
    identifier: str
    outcome: LineOutcome
    faults: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class _Silent:
    """The ports of an import: the same, with a registry that has nothing to say now."""

    clock: Clock
    directory: Directory
    history: History

    @property
    def registry(self) -> _Silent:
        """A registry that does not answer."""
        return self

    def establishment(self, siret: str) -> RegistryEntry | None:
        """Raise: the line waits for no answer."""
        raise RegistryUnavailableError(siret)

    def establishments(self, sirets: object) -> Mapping[str, RegistryEntry]:
        """Raise, as above."""
        raise RegistryUnavailableError(str(sirets))


def import_structures(
    ports: PartiesPorts, principal: Principal, content: bytes, *, dry_run: bool = False
) -> Iterator[Line]:
    """Yield what becomes of each line of a file; with `dry_run` nothing is written.

    Raises `ForbiddenError` for everybody but the operator and the platform, `UnreadableFileError` for what is
    no text, and `FieldsInvalidError` for a file without the columns it needs.
    """
    require_operator(principal)
    silent = _Silent(ports.clock, ports.directory, ports.history)
    known: set[str] = set()
    for number, row in _rows(content):
        try:
            outcome = _take(silent, principal, row, known, dry_run=dry_run)
        except FieldsInvalidError as error:
            yield Line(number, row["identifiant"], LineOutcome.REFUSED, error.findings)
        else:
            yield Line(number, row["identifiant"], outcome)


def _rows(content: bytes) -> Iterator[tuple[int, Mapping[str, str]]]:
    text = decoded(content)
    separator = max(";,\t", key=text.partition("\n")[0].count)
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=separator)
    names = [name.strip().lower() for name in reader.fieldnames or ()]
    if not {"identifiant", "raison_sociale"} <= set(names):
        raise refused("file", "IMPORT-COLUMNS", expected=", ".join(COLUMNS))
    reader.fieldnames = names
    for row in reader:
        yield reader.line_num, {name: str(row.get(name) or "").strip() for name in COLUMNS}


def _take(
    ports: _Silent, principal: Principal, row: Mapping[str, str], known: set[str], *, dry_run: bool
) -> LineOutcome:
    """Do what a line asks for; `known` are the identifiers that earlier lines of a dry run brought."""
    kind = _kind(row)
    identifier = identifier_of(kind, row["identifiant"])
    fault = identifier_fault(identifier)
    if fault is not None:
        raise FieldsInvalidError(findings=(fault,))
    structure = ports.directory.structure_by_identifier(identifier)
    is_new = structure is None and identifier.value not in known
    if is_new:
        _check(_wanted(row, kind).entry)
    if dry_run:
        known.add(identifier.value)
        adds = row["code_service"] and (structure is None or structure.service(row["code_service"]) is None)
        return LineOutcome.REGISTERED if is_new else _service_outcome(adds=bool(adds))
    made = structure or register_structure(ports, principal, _wanted(row, kind))
    added = _open_service(ports, principal, made, row)
    return LineOutcome.REGISTERED if is_new else _service_outcome(adds=added)


def _check(entry: Form) -> None:
    """Raise `FieldsInvalidError` for an entry that no structure could be registered with."""
    faults = Faults()
    text_of(entry, "name", faults, needed=True)
    address_of(entry, faults)
    faults.refuse_any()


def _service_outcome(*, adds: bool) -> LineOutcome:
    return LineOutcome.SERVICE_ADDED if adds else LineOutcome.UNCHANGED


def _kind(row: Mapping[str, str]) -> IdentifierKind:
    return next(
        (kind for kind in IdentifierKind if kind == row["type_identifiant"].upper()), IdentifierKind.SIRET
    )


def _wanted(row: Mapping[str, str], kind: IdentifierKind) -> NewStructure:
    private = row["type_structure"].upper() == StructureKind.PRIVATE
    return NewStructure(
        kind=StructureKind.PRIVATE if private else StructureKind.PUBLIC,
        identifier_kind=kind,
        identifier=row["identifiant"],
        entry={
            "name": row["raison_sociale"],
            "line1": row["adresse"],
            "postcode": row["code_postal"],
            "city": row["ville"],
            "country": row["pays"],
        },
        settings={name: row[column].lower() in _YES for name, column in _SETTINGS.items()},
    )


def _open_service(ports: _Silent, principal: Principal, structure: Structure, row: Mapping[str, str]) -> bool:
    """Open the service of a line; False where it names none, or one that is there already."""
    code = row["code_service"]
    if not code or structure.service(code) is not None:
        return False
    entry = ServiceEntry(entry={"name": row["nom_service"] or code})
    add_service(ports, principal, structure.id, code, entry)
    return True
