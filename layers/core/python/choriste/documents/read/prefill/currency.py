"""The currency of the totals: by its sign beside them, above their column, or where the page declares it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from choriste.documents.read.prefill.amounts import Amount
from choriste.documents.read.prefill.candidates import Read, sightings
from choriste.documents.read.prefill.evidence import Doubt, Evidence
from choriste.documents.read.prefill.labels import Page
from choriste.documents.read.prefill.model import Found
from choriste.documents.read.prefill.page_layout import Segment
from choriste.documents.read.prefill.patterns import DOLLAR

_CODES: Final = "eur|gbp|usd|chf|cad|aud|sek|nok|dkk|pln|czk|huf|ron|bgn|jpy"
_DECLARED: Final = re.compile(
    r"\b(?:montants?|prix|sommes?|amounts?|prices?|betrage|totaux|all amounts|alle betrage)"
    r" (?:(?:sont|are|sind|exprimes|exprimees|indiques|libelles|stated|shown|quoted|ht|ttc|et) )*"
    rf"(?:en|in) (euros?|{_CODES})\b"
)
_HEAD: Final = re.compile(
    rf"(?:(?:montant|total|amount|en|in|ttc|ht) )*\(?(euros?|€|{_CODES})\)?", re.IGNORECASE
)
_WRITTEN: Final = re.compile(rf"(euros?|€|{_CODES})\b(?: ?\((?:{_CODES})\))?")
_DOLLARS: Final[tuple[tuple[str, re.Pattern[str]], ...]] = (
    ("CAD", re.compile(r"\b(?:gst|hst|qst|tps|tvq|canada|quebec|ontario|cad)\b")),
    ("AUD", re.compile(r"\b(?:abn|australia|aud)\b")),
    ("USD", re.compile(r"\b(?:usd|us dollars?|united states|usa|u s a)\b")),
)
_EUROS: Final = re.compile(r"€|\beuros?\b|\bEUR\b", re.IGNORECASE)
_FRENCH: Final = re.compile(r"\b(?:t ?v ?a|ttc|293 b)\b")


def read_currency(page: Page, totals: Sequence[Amount]) -> list[Found]:
    """Return what was seen of the currency; `$` alone names none, other words must tell which it is."""
    labelled = [each.found for each in sightings(page, "currency", _read_code)]
    found = [*_signs(page, totals), *_heads(page, totals), *_declared(page), *labelled]
    return found or list(_presumed(page, totals))


def _signs(page: Page, totals: Sequence[Amount]) -> Iterator[Found]:
    written = [each for each in totals if each.currency]
    several = len({each.currency for each in written}) > 1
    counts = Counter(each.currency for each in written)
    for each in written:
        evidence = {Evidence.NAMED, Evidence.TOTALS}
        doubts = {Doubt.CONTRADICTED} if several else set()
        code = str(each.currency)
        if code == DOLLAR:
            named = _dollar(page)
            if named is None:
                continue
            code, evidence, doubts = named, {Evidence.HINTED}, {Doubt.DERIVED}
        if counts[each.currency] > 1:
            evidence.add(Evidence.REPEATED)
        yield Found(code, each.box, frozenset(evidence), frozenset(doubts), each.text)


def _dollar(page: Page) -> str | None:
    text = " ".join(segment.plain for segment in page.segments)
    named = [code for code, pattern in _DOLLARS if pattern.search(text)]
    return named[0] if len(named) == 1 else None


def _heads(page: Page, totals: Sequence[Amount]) -> Iterator[Found]:
    """Yield the currency that stands over the column of the totals."""
    for segment in page.segments:
        match = _HEAD.fullmatch(segment.text.strip())
        if match is None or not any(_is_over(segment, each) for each in totals):
            continue
        yield Found(
            _code(match[1]),
            segment.box(),
            frozenset({Evidence.NAMED, Evidence.TOTALS}),
            frozenset(),
            segment.text,
        )


def _is_over(segment: Segment, amount: Amount) -> bool:
    above = segment.sheet.number == amount.box.page and segment.bottom <= amount.box.top + 1
    return above and segment.x0 < amount.box.x1 and amount.box.x0 < segment.x1 + segment.height


def _declared(page: Page) -> Iterator[Found]:
    for segment in page.segments:
        if (match := _DECLARED.search(segment.plain)) is not None:
            evidence = frozenset({Evidence.NAMED, Evidence.PAIRED})
            yield Found(
                _code(match[1]),
                segment.box(match.start(), match.end()),
                evidence,
                text=segment.text,
            )


def _presumed(page: Page, totals: Sequence[Amount]) -> Iterator[Found]:
    """Yield euros where the page is French, writes them somewhere, and its totals have no sign."""
    if any(each.currency for each in totals) or not totals:
        return
    french = any(_FRENCH.search(segment.plain) for segment in page.segments)
    place = next((segment for segment in page.segments if _EUROS.search(segment.text)), None)
    if french:
        box = place.box() if place is not None else totals[0].box
        yield Found("EUR", box, frozenset({Evidence.HINTED}), text=place.text if place is not None else "")


def _read_code(text: str) -> Read | None:
    match = _WRITTEN.match(text.lower())
    return Read(_code(match[1]), 0, match.end()) if match else None


def _code(written: str) -> str:
    return "EUR" if written.lower().startswith(("eur", "€")) else written.upper()
