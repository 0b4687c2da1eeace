"""From the words of a PDF to the fields of the entry form."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from choriste.documents.read.inspection.text import TextPage
from choriste.documents.read.prefill.accounts import read_ibans
from choriste.documents.read.prefill.currency import read_currency
from choriste.documents.read.prefill.dates import read_dates
from choriste.documents.read.prefill.evidence import Confidence, Doubt, Evidence
from choriste.documents.read.prefill.judgement import Verdict, doubted, judge
from choriste.documents.read.prefill.kind import read_kind, titles
from choriste.documents.read.prefill.labels import Page
from choriste.documents.read.prefill.lines import read_items, with_rates
from choriste.documents.read.prefill.model import FieldName, Found, ItemLine, Prefill
from choriste.documents.read.prefill.page_layout import lines_of
from choriste.documents.read.prefill.parties import read_parties
from choriste.documents.read.prefill.references import read_buyer_references, read_numbers
from choriste.documents.read.prefill.terms import read_terms
from choriste.documents.read.prefill.totals import EXEMPT, Totals, read_totals
from choriste.domain.shared.findings import Finding, Severity, worded

MAX_WORDS: Final = 5_000
"""Words that are looked at: eight dense pages. The time grows with them, and the caller waits."""

_FEW_WORDS: Final = 25
"""Words beside a picture of a page that may be those of the scanning program."""

_LAW: Final = re.compile(r"\b(?:CGI|Code général des impôts)\b")
_UNMAPPED_SHARE: Final = 0.3

_OF_ONE_INVOICE: Final = (
    FieldName.NUMBER,
    FieldName.TYPE_CODE,
    FieldName.DUE_DATE,
    FieldName.TOTAL_WITHOUT_VAT,
    FieldName.TOTAL_VAT,
    FieldName.TOTAL_WITH_VAT,
    FieldName.AMOUNT_DUE,
    FieldName.PURCHASE_ORDER,
    FieldName.ENGAGEMENT,
    FieldName.EXEMPTION,
)
"""What differs between two invoices of one supplier in one file."""


@dataclass(frozen=True)
class _Reading:
    verdicts: Mapping[FieldName, Verdict]
    totals: Totals
    lines: tuple[ItemLine, ...]
    ibans: tuple[Found, ...]
    several: bool


def prefill(text_pages: Sequence[TextPage], *, depositor: str | None = None) -> Prefill:
    """Read the fields of an invoice from its pages' words; `depositor` is the SIRET of who deposits it.

    What makes a value certain is in `evidence`. Pages that cannot be read (a scan, letters without Unicode)
    are said to be so, and nothing else.
    """
    unread = _unread(text_pages) if text_pages else "PREFILL-NOTHING"
    if unread is not None:
        return Prefill(scanned=unread == "PREFILL-SCANNED", findings=(_finding(unread),))
    read = _within_reach(text_pages)
    reading = _reading(Page(lines_of(read)), depositor)
    extra = {Doubt.RECOGNISED} if any(page.recognised for page in text_pages) else set()
    fields = {
        name: doubted(verdict.found, *extra, *_several(name, several=reading.several))
        for name, verdict in reading.verdicts.items()
        if verdict.found is not None
    }
    several = _several(FieldName.NUMBER, several=reading.several)
    rows = tuple(replace(row, doubts=row.doubts | extra | several) for row in reading.totals.rows)
    accounts = [doubted(each, *extra) for each in reading.ibans]
    return Prefill(
        fields=fields,
        vat_breakdown=rows,
        ibans=tuple(each for each in accounts if not each.barred),
        lines=() if reading.several or extra else reading.lines,
        findings=tuple(_findings(text_pages, read, reading, fields)),
        considered=_considered(reading, fields, accounts),
    )


def _reading(page: Page, depositor: str | None) -> _Reading:
    heads = titles(page)
    verdicts: dict[FieldName, Verdict] = {FieldName.TYPE_CODE: judge(read_kind(page))}
    numbers = read_numbers(page, heads)
    verdicts[FieldName.NUMBER] = judge(numbers.own)
    verdicts[FieldName.CORRECTED_INVOICE] = judge(numbers.corrected)
    verdicts |= read_parties(page, depositor)
    verdicts |= {name: judge(found) for name, found in read_buyer_references(page).items()}
    verdicts |= read_dates(page, heads, verdicts[FieldName.NUMBER].found)
    items = read_items(page)
    totals = read_totals(page, code=heads[0].code if heads else None, lines_sum=items.total)
    verdicts |= {name: judge(found) for name, found in totals.fields.items()}
    verdicts[FieldName.CURRENCY] = judge(read_currency(page, totals.amounts))
    verdicts[FieldName.EXEMPTION] = judge(_exemption(page, verdicts))
    verdicts[FieldName.PAYMENT_TERMS] = judge(read_terms(page))
    net = verdicts.get(FieldName.TOTAL_WITHOUT_VAT)
    lines: tuple[ItemLine, ...] = ()
    if net is not None and net.found is not None and net.found.confidence is Confidence.CERTAIN:
        lines = with_rates(items, Decimal(net.found.value), totals.rows)
    several = len(_own_numbers(numbers.own)) > 1
    return _Reading(verdicts, totals, lines, read_ibans(page), several)


def _own_numbers(own: Sequence[Found]) -> set[str]:
    """Return the numbers that stand in titles of different pages: as many invoices as there are."""
    titled = [each for each in own if Evidence.TITLE in each.evidence and not each.doubts]
    pages = {each.value: each.box.page for each in titled}
    return set(pages) if len(set(pages.values())) > 1 else set()


def _several(name: FieldName, *, several: bool) -> set[Doubt]:
    return {Doubt.SEVERAL_INVOICES} if several and name in _OF_ONE_INVOICE else set()


def _exemption(page: Page, verdicts: Mapping[FieldName, Verdict]) -> Iterator[Found]:
    """Yield the reason why no VAT is due, where the totals have none."""
    vat = verdicts.get(FieldName.TOTAL_VAT)
    if vat is None or vat.found is None or Decimal(vat.found.value):
        return
    for segment in page.segments:
        match = EXEMPT.search(segment.plain)
        if match is not None:
            evidence = frozenset({Evidence.NAMED, Evidence.SUMS})
            under = page.continued(segment)
            goes_on = under is not None and _LAW.search(under.text) and not _LAW.search(segment.text)
            text = f"{segment.text} {under.text}" if under is not None and goes_on else segment.text
            yield Found(text.rstrip(" .")[:200], segment.box(), evidence, vat.found.doubts, text)


def _unread(text_pages: Sequence[TextPage]) -> str | None:
    """Return the code of why the pages cannot be read, None where they can."""
    words = sum(len(page.words) for page in text_pages)
    letters = sum(len(word.text) for page in text_pages for word in page.words)
    if sum(page.unmapped for page in text_pages) > _UNMAPPED_SHARE * max(letters, 1):
        return "PREFILL-UNMAPPED"
    pictured = any(page.pictured for page in text_pages)
    if all(page.recognised for page in text_pages):
        return None if words else "PREFILL-NOTHING"
    return "PREFILL-SCANNED" if not words or (pictured and words < _FEW_WORDS) else None


def _within_reach(text_pages: Sequence[TextPage]) -> tuple[TextPage, ...]:
    """Return the pages from both ends inwards that hold at most `MAX_WORDS`, the last one cut short."""
    left, kept = MAX_WORDS, []
    total = len(text_pages)
    for at in sorted(range(total), key=lambda at: (min(at, total - 1 - at), at)):
        page = text_pages[at]
        kept.append(replace(page, words=page.words[:left]))
        left -= len(page.words)
        if left <= 0:
            break
    return tuple(sorted(kept, key=lambda page: (page.number, page.turn)))


def _findings(
    text_pages: Sequence[TextPage],
    read: Sequence[TextPage],
    reading: _Reading,
    fields: Mapping[FieldName, Found],
) -> Iterator[Finding]:
    is_cut = sum(len(page.words) for page in read) < sum(len(page.words) for page in text_pages)
    if is_cut or len({page.number for page in text_pages}) < text_pages[0].of:
        yield _finding("PREFILL-PARTIAL")
    if reading.several:
        yield _finding("PREFILL-SEVERAL")
    if any(page.recognised for page in text_pages):
        yield _finding("PREFILL-RECOGNISED")
    if any(page.entered for page in text_pages):
        yield _finding("PREFILL-ENTERED")
    if not fields:
        yield _finding("PREFILL-NOTHING")
    elif not reading.totals.coherent:
        yield _finding("PREFILL-INCOHERENT")


def _finding(code: str) -> Finding:
    return worded("documents.prefill", code, severity=Severity.WARNING)


def _considered(
    reading: _Reading, fields: Mapping[FieldName, Found], accounts: Sequence[Found]
) -> dict[str, tuple[Found, ...]]:
    considered = {
        name.value: (fields[name], *verdict.considered[1:]) if name in fields else verdict.considered
        for name, verdict in reading.verdicts.items()
        if verdict.considered
    }
    return considered | ({"ibans": tuple(accounts)} if accounts else {})
