"""The invoice's number, the invoice that it corrects, and the buyer's references."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from choriste.documents.read.prefill.candidates import Sighting, sightings, whole
from choriste.documents.read.prefill.evidence import Doubt, Evidence
from choriste.documents.read.prefill.judgement import doubted, supported
from choriste.documents.read.prefill.kind import CREDIT_NOTE, Title
from choriste.documents.read.prefill.labels import Label, Page
from choriste.documents.read.prefill.model import FieldName, Found
from choriste.documents.read.prefill.page_layout import Segment
from choriste.documents.read.prefill.patterns import dates_in
from choriste.documents.read.prefill.wholes import read_code, read_reference

_QUOTES: Final = re.compile(
    r"\b(?:rappel|relance|impayee?s?|precedente|derniere|anterieure?|corrige|annule|rectifie|remplace"
    r"|relatif|relative|reminder|overdue|previous|deduction|deduire|deduit|sur la|sur votre|sur facture"
    r"|avoir sur|original|origine|initiale|en reference|acomptes?|solde de la|mahnung|complement)\b"
)
_AMOUNT_BEHIND: Final = re.compile(r"-? ?\d[\d .]*[.,]\d{2}")
_NUMBER_SIGN: Final = re.compile(r"[ ,(]*(?:n[°o]|num[eé]ro|nr|n\.|no\.|#|r[eé]f[.eé]*)[ :.]*", re.IGNORECASE)
_CREDIT: Final = re.compile(r"avoir|credit|gutschrift|storno")
_DEPOSIT: Final = re.compile(r"acompte")
_ORDER: Final = re.compile(r"commande")
_OWN_WORDS: Final = re.compile(r"facture|invoice|rechnung|factuur|factura|fattura|honoraires")


@dataclass(frozen=True)
class Numbers:
    """What was seen of the number, and of the number of the invoice that a credit note corrects."""

    own: list[Found]
    corrected: list[Found]


def read_numbers(page: Page, titles: tuple[Title, ...]) -> Numbers:
    """Tell the document's own number from those of other documents that it quotes."""
    is_credit = bool(titles) and titles[0].code == CREDIT_NOTE
    own: list[Found] = []
    corrected: list[Found] = [each.found for each in sightings(page, "corrected", read_reference)]
    for each in sightings(page, "number", read_reference):
        found = _placed(each, titles)
        behind = each.segment.plain[each.end :] if each.segment is each.label.segment else ""
        if is_quoted(each.label, titles, behind):
            own.append(doubted(found, Doubt.ANOTHER_DOCUMENT))
            corrected += [each.found] if _may_be_corrected(each, is_credit=is_credit) else []
        else:
            own.append(found)
    if is_credit:
        inside = sightings(page, "number", read_reference, anywhere=True)
        corrected += [
            each.found for each in inside if _may_be_corrected(each, is_credit=True) and not each.label.heads
        ]
    own += [*_under_titles(page, titles), *_after_dates(page, titles)]
    return Numbers(own, corrected)


def read_buyer_references(page: Page) -> dict[FieldName, list[Found]]:
    """Return what was seen of the buyer's references, whose labels may also stand inside a sentence."""
    found = {
        name: [each.found for each in sightings(page, name.value, read, anywhere=True)]
        for name, read in (
            (FieldName.PURCHASE_ORDER, read_reference),
            (FieldName.ENGAGEMENT, read_reference),
            (FieldName.SERVICE_CODE, read_code),
            (FieldName.CONTRACT, read_reference),
        )
    }
    found[FieldName.PURCHASE_ORDER] += _dated(page, "other", _ORDER)
    return found


def _placed(sighting: Sighting, titles: tuple[Title, ...]) -> Found:
    """Note that a number stands in the title, right under it, or beside it."""
    for title in titles:
        near = sighting.segment is title.segment or sighting.label.segment is title.segment
        if near or _is_next_to(sighting.label.segment, title.segment):
            return supported(sighting.found, Evidence.TITLE)
    return _weakened(sighting.found)


def _weakened(found: Found) -> Found:
    # `N° 12` or `Référence 12` away from the title may number anything.
    return (
        replace(found, evidence=found.evidence - {Evidence.PAIRED})
        if Evidence.HINTED in found.evidence
        else found
    )


def _is_next_to(segment: Segment, title: Segment) -> bool:
    if segment.page != title.page:
        return False
    under = 0 <= segment.top - title.top < title.height + 2.5 * segment.height and segment.overlaps(title)
    return under or (segment.line is title.line and segment.x0 > title.x0)


def is_quoted(label: Label, titles: tuple[Title, ...], behind: str = "") -> bool:
    """Return whether a label names another document than the one whose titles these are.

    `behind` is the plain text behind the label's value.
    """
    words = label.segment.plain[label.start : label.end]
    if _QUOTES.search(f"{label.before} {behind}"):
        return True
    if titles and _CREDIT.search(words):
        return titles[0].code != CREDIT_NOTE
    if titles and titles[0].code == CREDIT_NOTE and _OWN_WORDS.search(words):
        return True
    is_title = any(title.segment is label.segment for title in titles)
    return not is_title and _is_in_sums(label, is_deposit=_DEPOSIT.search(words) is not None)


def _is_in_sums(label: Label, *, is_deposit: bool) -> bool:
    """Return whether a label stands in a row of the sums: a deposit, or an amount that is taken off."""
    after = label.segment.line.after(label.segment) if label.segment.line is not None else []
    texts = [each.text for each in after if _AMOUNT_BEHIND.search(each.text)]
    return any(is_deposit or text.startswith("-") for text in texts)


def _may_be_corrected(sighting: Sighting, *, is_credit: bool) -> bool:
    words = sighting.label.segment.plain[sighting.label.start : sighting.label.end]
    return is_credit and _OWN_WORDS.search(words) is not None


def _under_titles(page: Page, titles: tuple[Title, ...]) -> Iterator[Found]:
    """Yield the number that follows the words of a title without any label: `FACTURE A-2026-01`."""
    for title in titles:
        text = title.segment.text
        start = title.end + len(text[title.end :]) - len(text[title.end :].lstrip(" :-#°"))
        if any(label.name == "number" and label.tail for label in _labels(page, title)):
            continue
        read = read_reference(text[start:])
        if read is not None:
            read = whole(page, read, title.segment, start + read.end)
            evidence = frozenset({Evidence.HINTED, Evidence.TITLE})
            yield Found(read.value, title.segment.box(start, start + read.end), evidence, read.doubts, text)


def _after_dates(page: Page, titles: tuple[Title, ...]) -> Iterator[Found]:
    """Yield the number that follows a date: `Votre facture du 02/11/2026 n° 26110200457`."""
    for label, found in _numbers_behind_dates(page, "issue_date", _OWN_WORDS):
        if not is_quoted(label, titles):
            yield found


def _dated(page: Page, name: str, words: re.Pattern[str]) -> Iterator[Found]:
    """Yield such a number for another document: `Votre commande du 12/10/2026 n° 4500118`."""
    yield from (found for _, found in _numbers_behind_dates(page, name, words))


def _numbers_behind_dates(page: Page, name: str, wanted: re.Pattern[str]) -> Iterator[tuple[Label, Found]]:
    for label in page.labels(name):
        words = label.segment.plain[label.start : label.end]
        date = _date_end(label.tail) if wanted.search(words) and label.heads else None
        link = _NUMBER_SIGN.match(label.segment.text, label.tail_start + date) if date else None
        read = read_reference(label.segment.text[link.end() :]) if link else None
        if link is None or read is None:
            continue
        end = link.end() + read.end
        read = whole(page, read, label.segment, end)
        evidence = frozenset({Evidence.NAMED, Evidence.PAIRED})
        box = label.segment.box(link.end(), end)
        yield label, Found(read.value, box, evidence, read.doubts, label.segment.text)


def _date_end(text: str) -> int | None:
    """Return where the date at the beginning of a text ends, None where there is none."""
    return next((each.end for each in dates_in(text) if each.start == 0), None)


def _labels(page: Page, title: Title) -> tuple[Label, ...]:
    return page.labels_of(title.segment)
