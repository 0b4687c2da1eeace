"""The accounts to pay to: IBANs and French RIBs whose keys hold; an account to be debited is none."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from choriste.documents.read.prefill.evidence import Doubt, Evidence
from choriste.documents.read.prefill.identifiers import compact
from choriste.documents.read.prefill.judgement import doubted
from choriste.documents.read.prefill.labels import Page
from choriste.documents.read.prefill.model import Box, Found
from choriste.documents.read.prefill.page_layout import Segment
from choriste.documents.read.prefill.shapes import IBAN_LENGTHS
from choriste.domain.invoice.identifiers import is_iban

_IBAN: Final = re.compile(rf"(?:(?<![A-Z0-9])|(?<=IBAN))(?:{'|'.join(IBAN_LENGTHS)}) ?\d ?\d")
_RIB: Final = re.compile(
    r"(?<!\d)(\d{5})[^\d]{1,25}?(\d{5})[^\d]{1,25}?([0-9a-z]{11})[^\d]{1,25}?(\d{2})(?!\d)", re.IGNORECASE
)
_NAMED: Final = re.compile(
    r"\b(?:iban|rib|virement|bank|bancaire\w*|compte|konto|account|domiciliation|banque|bic)\b|iban"
)
_DEBITED: Final = re.compile(
    r"prelevement|preleve|\bdebit|votre compte|votre iban|your account|ihr konto|ihrem konto|lastschrift"
    r"|abgebucht|eingezogen|direct debit|\brum\b|mandat\b|domicile sur|compte a debiter|client s account"
)
_OURS: Final = re.compile(r"\b(?:notre|nos|our|unser\w*|a l ordre|beneficiaire|virement a|crediter)\b")
_NEAR_LINES: Final = 3
_RIB_LETTERS: Final = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "12345678912345678923456789")


def read_ibans(page: Page) -> tuple[Found, ...]:
    """Return every account seen, those to be debited with the doubt that bars them, each once."""
    debits = any(
        _DEBITED.search(each.plain) and not _IBAN.search(each.text.upper()) for each in page.segments
    )
    found: dict[str, Found] = {}
    for each in (*_ibans(page, debits=debits), *_ribs(page, debits=debits)):
        before = found.get(each.value)
        if before is None or (before.barred and not each.barred):
            found[each.value] = each
    return tuple(found.values())


def _ibans(page: Page, *, debits: bool) -> Iterator[Found]:
    for segment in page.segments:
        for match in _IBAN.finditer(segment.text.upper()):
            value, box = _read(page, segment, match.start(), IBAN_LENGTHS[match[0][:2]])
            if is_iban(value):
                yield _judged(page, segment, match.start(), Found(value, box), debits=debits)


def _read(page: Page, segment: Segment, start: int, length: int) -> tuple[str, Box]:
    """Read on in the cells to the right, or on the next line, where the account goes on there."""
    text = segment.text.upper()
    value, end = compact(text, start, length)
    if len(value) < length and segment.line is not None:
        for after in (*segment.line.after(segment), *_next(page, segment)):
            more, _ = compact(after.text.upper(), 0, length - len(value))
            if is_iban(value + more):
                return value + more, segment.box(start)
            if not re.fullmatch(r"[0-9A-Z ]+", after.text.upper()):
                break
            value += more
    return value, segment.box(start, end)


def _next(page: Page, segment: Segment) -> list[Segment]:
    under = page.continued(segment)
    return [under] if under is not None else []


def _ribs(page: Page, *, debits: bool) -> Iterator[Found]:
    """Yield the IBAN of a French account given as bank, branch, number and key."""
    for line in page.lines:
        text = " ".join(segment.text for segment in line.segments)
        over = page.above(line.segments[0])
        before = over.plain if over is not None else ""
        for match in _RIB.finditer(text):
            named = re.search(r"rib|guichet|banque|compte", f"{before} {text.lower()}")
            value = iban_of_rib(*match.groups())
            if named and value is not None and is_iban(value):
                first = line.segments[0]
                yield _judged(page, first, 0, Found(value, first.box()), debits=debits)


def iban_of_rib(bank: str, branch: str, number: str, key: str) -> str | None:
    """Return the IBAN of a RIB, None where its key does not hold (97 less the rest by 97)."""
    digits = number.upper().translate(_RIB_LETTERS)
    rest = (89 * int(bank) + 15 * int(branch) + 3 * int(digits)) % 97
    if int(key) != 97 - rest:
        return None
    account = f"{bank}{branch}{number.upper()}{key}"
    check = 98 - int("".join(str(int(character, 36)) for character in f"{account}FR00")) % 97
    return f"FR{check:02d}{account}"


def _judged(page: Page, segment: Segment, start: int, account: Found, *, debits: bool) -> Found:
    around = _around(page, segment)
    before = segment.plain[:start]
    evidence = {Evidence.CHECKSUM}
    if _NAMED.search(before) or any(_NAMED.search(each.plain) for each in around):
        evidence.add(Evidence.NAMED)
    found = replace(account, evidence=frozenset(evidence), text=segment.text)
    own = _OURS.search(before) or any(_OURS.search(each.plain) for each in around)
    debited = _DEBITED.search(segment.plain) or any(_DEBITED.search(each.plain) for each in around)
    if debited and not own:
        return doubted(found, Doubt.DEBITED)
    return doubted(found, Doubt.CONTRADICTED) if debits and not own else found


def _around(page: Page, segment: Segment) -> list[Segment]:
    """Return the cells beside an account, and the lines of its column above and below."""
    around = list(segment.line.segments) if segment.line is not None else []
    for step in (page.above, page.below):
        current: Segment | None = segment
        for _ in range(_NEAR_LINES):
            current = step(current) if current is not None else None
            if current is None or _IBAN.search(current.text.upper()):
                break
            around.append(current)
    return [each for each in around if each is not segment]
