"""A PDF with what a person would type of it, and how a reading compares with that."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from choriste.documents.read.prefill import Confidence, FieldName, Prefill


@dataclass(frozen=True)
class Case:
    """A document of a source.

    `truth` maps fields to values, `a|b` where either is right, None where nothing may be certain; `ibans`
    holds accounts with commas between them, empty for none, `vat_breakdown` rows `rate:base:tax`.
    """

    source: str
    name: str
    data: bytes
    truth: Mapping[str, str | None]


NOTHING: Final = "nothing"


@dataclass(frozen=True)
class Judged:
    """One field of one document: `right`, `missing`, `wrong` or `wrong-certain`, and what was read.

    Where the page tells nothing and nothing certain was read, that is `nothing`, and counts for no merit.
    """

    case: Case
    name: str
    verdict: str
    read: str
    certain: bool


def judged(case: Case, read: Prefill) -> Iterator[Judged]:
    """Yield a verdict for every field of the truth."""
    values = values_of(read)
    for name, right in case.truth.items():
        value, certain = values.get(name, ("", False))
        yield Judged(case, name, _verdict(right, value, certain=certain), value, certain)


def values_of(read: Prefill) -> dict[str, tuple[str, bool]]:
    """Return what was read: field → canonical value and whether it is certain."""
    certain = Confidence.CERTAIN
    values = {name.value: (found.value, found.confidence is certain) for name, found in read.fields.items()}
    values["ibans"] = (
        ",".join(each.value for each in read.ibans),
        all(each.confidence is certain for each in read.ibans),
    )
    rows = ";".join(
        f"{row.rate.normalize():f}:{'-' if row.base is None else row.base}:{row.tax}"
        for row in read.vat_breakdown
    )
    values["vat_breakdown"] = (rows, all(row.confidence is certain for row in read.vat_breakdown))
    return values


def counted(verdicts: list[Judged]) -> Counter[str]:
    """Count verdicts."""
    return Counter(each.verdict for each in verdicts)


def _verdict(right: str | None, value: str, *, certain: bool) -> str:
    if not right:
        return ("wrong-certain" if certain else NOTHING if right is None else "wrong") if value else NOTHING
    if any(_parts(value) == _parts(each) for each in right.split("|")):
        return "right"
    if not value:
        return "missing"
    return "wrong-certain" if certain else "wrong"


def _parts(value: str) -> list[str]:
    return sorted(value.replace(";", ",").split(","))


def amount(value: Decimal) -> str:
    """Return an amount as truths write it."""
    return f"{value:.2f}"


FIELDS = (*(field.value for field in FieldName), "ibans", "vat_breakdown")
