"""The invoice's number, dates and references."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator

from choriste.documents.prefill.candidates import Candidate, best, candidates
from choriste.documents.prefill.labels import Page
from choriste.documents.prefill.model import Confidence, FieldName, Found
from choriste.documents.prefill.patterns import REFERENCE, DateRead, amounts_in, dates_in, is_date_like

_PLACE_AND_DATE = re.compile(r"^[^\W\d_][\w' \-]{1,30}, (?:le|the|den|am) (?=\d)", re.IGNORECASE)

_OF = re.compile(r"^\S+(?: \S+)? (?:du|en date du|le|dated|of|vom) (?=\S)", re.IGNORECASE)


def read_references(page: Page) -> dict[FieldName, Found]:
    """Read the number, both dates, the purchase order, the engagement and the service code."""
    readers = {
        FieldName.NUMBER: best(candidates(page, "number", read_number)),
        FieldName.PURCHASE_ORDER: best(candidates(page, "purchase_order", read_number)),
        FieldName.ENGAGEMENT: best(candidates(page, "engagement", read_number)),
        FieldName.SERVICE_CODE: best(candidates(page, "service_code", read_code)),
    }
    found = {name: value for name, value in readers.items() if value is not None}
    return found | _dates(page)


def read_number(text: str) -> tuple[str, int, int] | None:
    """Read a reference that holds a digit, and is neither a date nor an amount."""
    match = REFERENCE.match(text)
    if match is None:
        return None
    value = match[0].rstrip(".-/_")
    rest = text[len(value) :]
    if re.match(r"[,.']\d| ?[%€$£]", rest):
        return None
    if re.fullmatch(r"[A-Z]{1,5}", value) and (
        following := re.match(r" ([A-Z0-9/_.\-]*\d[A-Z0-9/_.\-]*)", rest)
    ):
        value = f"{value} {following[1].rstrip('.-/_')}"
    if not any(character.isdigit() for character in value) or is_date_like(value) or amounts_in(value):
        return None
    return value, 0, len(value)


def read_code(text: str) -> tuple[str, int, int] | None:
    """Read a service code: one word in capitals, digits or both, alone in its cell."""
    match = re.fullmatch(r"([A-Z0-9][A-Z0-9_.\-/]{1,99})", text.strip())
    return (match[1], 0, len(text)) if match else None


def _dates(page: Page) -> dict[FieldName, Found]:
    trusted = _days_come_first(page)
    written = [*candidates(page, "issue_date", read_date), *_place_and_date(page), *_after_number(page)]
    issue = _date_field(written, trusted=trusted)
    due = _date_field([*candidates(page, "due_date", read_date)], trusted=trusted)
    if issue and due and dt.date.fromisoformat(due.value) < dt.date.fromisoformat(issue.value):
        issue, due = _doubted(issue), _doubted(due)
    named = {FieldName.ISSUE_DATE: issue, FieldName.DUE_DATE: due}
    return {name: found for name, found in named.items() if found is not None}


def read_date(text: str) -> tuple[str, int, int] | None:
    """Read a date at the beginning of a text; one whose day and month could be swapped ends with `?`."""
    first = next(iter(dates_in(text)), None)
    if first is None or text[: first.start].strip(" :").lower() not in {
        "",
        "le",
        "the",
        "on",
        "am",
        "den",
        "au",
    }:
        return None
    return first.value.isoformat() + ("?" if first.ambiguous else ""), first.start, first.end


def _date_field(found: list[Candidate], *, trusted: bool) -> Found | None:
    strong = [each for each in found if each.strong] or found
    chosen = best(
        [Candidate(each.value.rstrip("?"), strong=True, beside=each.beside, box=each.box) for each in strong]
    )
    if chosen is None:
        return None
    doubtful = any(each.value.endswith("?") for each in strong) and not trusted
    return _doubted(chosen) if doubtful else chosen


def _place_and_date(page: Page) -> Iterator[Candidate]:
    for segment in page.segments:
        lead = _PLACE_AND_DATE.match(segment.text)
        if lead and (found := read_date(segment.text[lead.end() :])):
            value, start, end = found
            yield Candidate(
                value, strong=False, beside=True, box=segment.box(lead.end() + start, lead.end() + end)
            )


def _after_number(page: Page) -> Iterator[Candidate]:
    """Yield the date that follows the number: `Facture n° F-12 du 3 mars 2026`."""
    for label in page.labels("number"):
        link = _OF.search(label.tail) if label.heads else None
        if link and (found := read_date(label.tail[link.end() :])):
            value, start, end = found
            at = label.tail_start + link.end()
            yield Candidate(value, strong=True, beside=True, box=label.segment.box(at + start, at + end))


def _days_come_first(page: Page) -> bool:
    """Tell whether the document writes days before months: one of its dates proves it, or its language."""
    read: list[DateRead] = [each for segment in page.segments for each in dates_in(segment.text)]
    if any(each.day_first for each in read):
        return True
    words = " ".join(segment.plain for segment in page.segments)
    return bool(re.search(r"\b(tva|siret|facture|avoir|date de|echeance|mwst|ust|rechnung|datum)\b", words))


def _doubted(found: Found) -> Found:
    return Found(found.value, Confidence.PROBABLE, found.box)
