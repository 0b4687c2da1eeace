"""The identifiers on the pages whose check digits hold, with the words and the block around each."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from typing import Final

from choriste.documents.read.prefill.labels import Page
from choriste.documents.read.prefill.page_layout import Segment
from choriste.documents.read.prefill.shapes import VAT_FORMATS
from choriste.domain.invoice.identifiers import is_siren, is_siret, is_vat_number

_SIRET: Final = re.compile(
    r"(?<!\d)(?:\d{14}|\d{9}[ .]\d{5}|\d{3}([ .])\d{3}\1\d{3}\1?\d{5}"
    r"|\d{3}[ .]\d{3}[ .]\d{3}[ .]\d{3}[ .]\d{2}"
    r"|\d{3} \d{3} \d{3} \d{2} \d{3}|\d{9} \d{3} \d{2}|\d{3} \d{3} \d{3} [a-z]{3} ?:? ?\d{5})(?!\d)"
)
_SIREN_NIC: Final = re.compile(r"(?<!\d)(\d{3} ?\d{3} ?\d{3})\W+nic\W+(\d{5})(?!\d)")
_SIREN: Final = re.compile(r"(?<!\d)\d{3}([ .]?)\d{3}\1\d{3}(?![ .]?\d)")
_VAT: Final = re.compile(rf"(?<![A-Z0-9])(?:{'|'.join(VAT_FORMATS)})(?=[ .]?[A-Z0-9])")
_SIREN_NAMED: Final = re.compile(
    r"\b(siren|rcs|r c s|registre du commerce|company no|company number|registration no)\b[a-z ]{0,40}$"
)
_RCS_BEHIND: Final = re.compile(r" ?-? ?(?:rcs|r c s)\b")
_VAT_NAMED: Final = re.compile(r"\b(t ?v ?a|vat|ust|uid|umsatzsteuer|steuer|btw|iva|intracom\w*|tax)\b")
_WHOLE_SEGMENT: Final = 60
_MOST: Final = 150
"""Identifiers that are weighed; no honest document has so many."""


class Kind(StrEnum):
    """Which identifier a value is."""

    SIRET = "siret"
    SIREN = "siren"
    VAT = "vat"


@dataclass(frozen=True)
class Identified:
    """An identifier whose digits hold: what names it, and the plain text before it in its clause."""

    kind: Kind
    value: str
    segment: Segment
    start: int
    end: int
    labelled: bool
    before: str
    flawed: bool = False
    """Its own check digits fail, though the SIREN in it stands elsewhere on the pages and holds."""

    @property
    def company(self) -> str:
        """The SIREN, or a foreign VAT number: what all identifiers of a company share."""
        if self.kind is Kind.VAT:
            return self.value[4:] if self.value.startswith("FR") else self.value
        return self.value[:9]


def identifiers_in(page: Page) -> tuple[Identified, ...]:
    """Return all identifiers in reading order; a SIREN only where it is named.

    A named SIRET or VAT number whose key fails is one only where its SIREN is proven elsewhere: a misprint.
    """
    sound = list(islice((each for segment in page.segments for each in _in_segment(page, segment)), _MOST))
    sirens = {each.company for each in sound}
    flawed = (each for segment in page.segments for each in _flawed(page, segment, sirens))
    return (*sound, *islice(flawed, _MOST))


def _flawed(page: Page, segment: Segment, sirens: set[str]) -> Iterator[Identified]:
    for match in _SIRET.finditer(segment.text):
        value, before = re.sub(r"\D", "", match[0]), context(page, segment, match.start())
        if not is_siret(value) and value[:9] in sirens and "siret" in before:
            yield Identified(
                Kind.SIRET, value, segment, match.start(), match.end(), True, before, flawed=True
            )
    text = segment.text.upper()
    for match in re.finditer(r"(?<![A-Z0-9])FR(?= ?\d)", text):
        value, end = compact(text, match.start(), len("FR12345678901"))
        before = context(page, segment, match.start())
        if value[4:] in sirens and not is_vat_number(value) and _VAT_NAMED.search(before):
            yield Identified(Kind.VAT, value, segment, match.start(), end, True, before, flawed=True)


def _in_segment(page: Page, segment: Segment) -> Iterator[Identified]:
    text = segment.text
    if sum(map(str.isdigit, text)) < 8:  # noqa: PLR2004 - the shortest VAT numbers
        return
    taken: list[tuple[int, int]] = []
    for value, start, end in (*_sirets(text), *_wrapped_sirets(page, segment)):
        taken.append((start, end))
        before = context(page, segment, start)
        yield Identified(Kind.SIRET, value, segment, start, end, "siret" in before or "nic" in before, before)
    for value, start, end in _vats(page, segment):
        before = context(page, segment, start)
        labelled = _VAT_NAMED.search(before) is not None
        if labelled or value.startswith("FR"):
            taken.append((start, end))
            yield Identified(Kind.VAT, value, segment, start, end, labelled, before)
    for match in _SIREN.finditer(text):
        value = re.sub(r"\D", "", match[0])
        if any(start < match.end() and match.start() < end for start, end in taken) or not is_siren(value):
            continue
        before = context(page, segment, match.start())
        named = _SIREN_NAMED.search(before) or _RCS_BEHIND.match(segment.plain[match.end() :])
        if named or "siret" in before[-12:]:
            yield Identified(Kind.SIREN, value, segment, match.start(), match.end(), True, before)


def _sirets(text: str) -> Iterator[tuple[str, int, int]]:
    for match in _SIRET.finditer(text.lower()):
        value = re.sub(r"\D", "", match[0])
        if is_siret(value):
            yield value, match.start(), match.end()
    for match in _SIREN_NIC.finditer(text.lower()):
        value = re.sub(r"\D", "", match[1] + match[2])
        if is_siret(value):
            yield value, match.start(), match.end()


def _wrapped_sirets(page: Page, segment: Segment) -> Iterator[tuple[str, int, int]]:
    """Yield a SIRET that begins at the end of a line and ends on the next one."""
    match = re.search(r"(?<!\d)\d{3}(?:[ .]?\d{3}){0,3}$", segment.text)
    under = page.continued(segment) if match else None
    rest = re.match(r"[\d .]+", under.text) if under is not None else None
    if match and rest:
        value = re.sub(r"\D", "", match[0] + rest[0])
        if is_siret(value):
            yield value, match.start(), len(segment.text)


def _vats(page: Page, segment: Segment) -> Iterator[tuple[str, int, int]]:
    text = segment.text.upper()
    for match in _VAT.finditer(text):
        read = _vat_at(text, match.start())
        if read is None and len(text) - match.start() < len("FR 12 345 678 9") and page.continued(segment):
            joined = f"{text} {page.continued(segment).text.upper()}"  # type: ignore[union-attr]
            read = _vat_at(joined, match.start())
            read = (read[0], len(text)) if read is not None else None
        if read is not None:
            yield read[0], match.start(), read[1]


def _vat_at(text: str, start: int) -> tuple[str, int] | None:
    for length in range(15, 7, -1):
        value, end = compact(text, start, length)
        if len(value) == length and is_vat_number(value) and not text[end : end + 1].isalnum():
            return value, end
    return None


def compact(text: str, start: int, length: int) -> tuple[str, int]:
    """Return so many letters and digits from a place on, blanks, dots and dashes left out, and their end."""
    value = ""
    for at in range(start, len(text)):
        if len(value) == length:
            return value, at
        if text[at].isalnum():
            value += text[at]
        elif text[at] not in " .-":
            return value, at
    return value, len(text)


def context(page: Page, segment: Segment, start: int) -> str:
    """Return the plain text before a place: in its segment, or the label left of or above it."""
    before = segment.plain[:start]
    if before.strip():
        return before
    left = label_left_of(page, segment)
    if left is not None:
        return left.plain
    over = page.above(segment)
    continues = over is not None and abs(over.x0 - segment.x0) < 1 and over.text.rstrip().endswith((":", "°"))
    if over is not None and (page.begins_with_label(over) or continues):
        return over.plain if len(over.plain) < _WHOLE_SEGMENT else over.plain[-_WHOLE_SEGMENT:]
    return ""


def label_left_of(page: Page, segment: Segment) -> Segment | None:
    """Return the label in the cell to the left."""
    left = segment.line.segments[segment.place - 1] if segment.line and segment.place else None
    return left if left is not None and page.begins_with_label(left) else None
