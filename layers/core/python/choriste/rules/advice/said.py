"""One piece of advice before it is worded: its kind, the term that it is about, and its values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from choriste.domain.deposits.advice import Kind
from choriste.domain.invoice.terms import TERMS
from choriste.domain.shared.findings import Finding, Message, Severity, worded

if TYPE_CHECKING:
    from choriste.domain.invoice.reading import Reading


class Said(NamedTuple):
    """A piece of advice. `path` is the term path of the reading (`BG-17[1]/BT-84`), where it has a place."""

    kind: Kind
    path: str
    found: str | None = None
    expected: str | None = None
    values: Mapping[str, object] = {}


def finding_of(said: Said, reading: Reading) -> Finding:
    """Return a piece of advice as a warning that points at its term."""
    term = said.path.rpartition("/")[2].partition("[")[0]
    place = reading.places.get(said.path)
    return worded(
        "advice",
        said.kind,
        severity=Severity.WARNING,
        term=term,
        location=place.xpath if place is not None else None,
        line=place.line if place is not None else None,
        found=said.found,
        expected=said.expected,
        values={"thing": _called(term), **said.values},
    )


def _called(term: str) -> Message:
    name = TERMS[term].name
    return Message(fr=f"{name.fr} ({term})", en=f"{name.en} ({term})")
