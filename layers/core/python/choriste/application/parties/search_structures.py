"""Find structures by identifier, by name, by city or postal code; the same for a list and for each keystroke.

A search reads one list of the index from where the last page ended. What the list itself does not settle is
looked at row by row, of which one search reads a bounded number: a search that says too little answers a
short page and where to go on, and never takes long.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from choriste.application.access.policy import may_know, sees_inside
from choriste.application.parties.ports import PartiesPorts
from choriste.application.shared.ports import Page
from choriste.domain.access.principal import Principal
from choriste.domain.parties.form import refused
from choriste.domain.parties.identifiers import identifier_fault, identifier_of
from choriste.domain.parties.search import (
    Lookup,
    StructureSummary,
    lookups_of,
    siren_lookup,
    summary_of,
)
from choriste.domain.parties.structure import IdentifierKind, Structure, StructureKind

MOST_READ: Final = 400
"""Rows of the index that one search looks at, at most: 100 kilobytes, 12 read units."""

_CHUNK: Final = 100
_NUMBER: Final = re.compile(r"[0-9]{9,14}")


@dataclass(frozen=True, slots=True, kw_only=True)
class StructureQuery:
    """What a structure is looked for by; what is empty or None does not matter.

    `words` are words of the name, `*` standing for any letters, or a SIREN or SIRET. `identifier` is a whole
    one, of `identifier_kind` where that is given.
    """

    words: str = ""
    identifier: str = ""
    identifier_kind: IdentifierKind | None = None
    city: str = ""
    postcode: str = ""
    country: str = ""
    kind: StructureKind | None = None
    active: bool | None = None
    is_moa: bool | None = None

    def admits(self, found: StructureSummary) -> bool:
        """Say whether a structure is of the kind that is looked for."""
        return (
            (self.kind is None or found.kind is self.kind)
            and (self.active is None or found.active is self.active)
            and (self.is_moa is None or found.is_moa is self.is_moa)
            and (self.identifier_kind is None or found.identifier.kind is self.identifier_kind)
            and (not self.country or found.country == self.country.upper())
            and (not self.postcode or found.postcode == self.postcode)
        )


def search_structures(
    ports: PartiesPorts, principal: Principal, query: StructureQuery, *, after: str | None, limit: int
) -> Page[StructureSummary]:
    """Return a page of the structures that answer a query, in the order of the word that they were found by.

    Everybody who is signed in may search; structures whose name the registry may not publish are found by
    their identifier alone, test structures by their own people. Raises `FieldsInvalidError` for a query that
    begins no list.
    """
    digits = re.sub(r"\s", "", query.words)
    if query.identifier or (len(digits) == 14 and digits.isascii() and digits.isdigit()):  # noqa: PLR2004
        found = _identified(ports, principal, query, query.identifier or digits)
        rows = tuple(_shown(structure, principal) for structure in found)
        return Page(tuple(row for row in rows if query.admits(row)), None)
    lookups = (siren_lookup(digits),) if _NUMBER.fullmatch(digits) else _lookups(query)
    return _read_in_turn(ports, principal, query, lookups, after=after, limit=limit)


def _lookups(query: StructureQuery) -> tuple[Lookup, ...]:
    lookups = lookups_of(query.words, where=query.postcode or query.city)
    if not lookups:
        raise refused("query", "SEARCH-TOO-SHORT")
    return lookups


def _identified(
    ports: PartiesPorts, principal: Principal, query: StructureQuery, typed: str
) -> Iterator[Structure]:
    """Yield the structures with an identifier: one of its kind, or of each kind that it may be one of."""
    kinds = (query.identifier_kind,) if query.identifier_kind is not None else tuple(IdentifierKind)
    for kind in kinds:
        identifier = identifier_of(kind, typed)
        found = None
        if identifier_fault(identifier) is None:
            found = ports.directory.structure_by_identifier(identifier)
        if found is not None and may_know(principal, found.id):
            yield found


def _shown(structure: Structure, principal: Principal) -> StructureSummary:
    summary = summary_of(structure)
    if structure.registry.undisclosed and not sees_inside(principal, structure.id):
        return replace(summary, city=None, postcode=None)
    return summary


def _read_in_turn(  # noqa: PLR0913 - the ports, who, what, and which page
    ports: PartiesPorts,
    principal: Principal,
    query: StructureQuery,
    lookups: tuple[Lookup, ...],
    *,
    after: str | None,
    limit: int,
) -> Page[StructureSummary]:
    """Read one list after the other until the page is full; a place begins with the number of its list."""
    rows: tuple[StructureSummary, ...] = ()
    first, place = (int(after[0]), after[1:] or None) if after else (0, None)
    for number, lookup in enumerate(lookups[first:], start=first):
        found = _read(ports, principal, query, lookup, after=place, limit=limit - len(rows))
        rows, place = (*rows, *found.rows), None
        if found.after is not None:
            return Page(rows, f"{number}{found.after}")
        if len(rows) == limit and number + 1 < len(lookups):
            return Page(rows, f"{number + 1}")
    return Page(rows, None)


def _read(  # noqa: PLR0913 - the ports, who, what, and which page
    ports: PartiesPorts,
    principal: Principal,
    query: StructureQuery,
    lookup: Lookup,
    *,
    after: str | None,
    limit: int,
) -> Page[StructureSummary]:
    rows: list[StructureSummary] = []
    read, chunk = 0, limit if not lookup.patterns else _CHUNK
    while read < MOST_READ:
        page = ports.directory.entries(lookup, after=after, limit=min(chunk, MOST_READ - read))
        for entry in page.rows:
            read, after = read + 1, entry.key
            found = entry.summary
            if lookup.admits(entry) and query.admits(found) and may_know(principal, found.id):
                rows.append(found)
            if len(rows) == limit:
                more = page.after is not None or entry is not page.rows[-1]
                return Page(tuple(rows), after if more else None)
        if page.after is None:
            return Page(tuple(rows), None)
    return Page(tuple(rows), after)
