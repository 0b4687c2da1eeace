"""The invoice's number, dates and references."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import replace
from enum import StrEnum

from choriste.documents.read.prefill.candidates import Candidate, best, candidates
from choriste.documents.read.prefill.labels import Page
from choriste.documents.read.prefill.model import Confidence, FieldName, Found
from choriste.documents.read.prefill.patterns import REFERENCE, amounts_in, dates_in, is_date_like, orders_in

_PLACE_AND_DATE = re.compile(r"^[^\W\d_][\w' \-]{1,30}, (?:le|the|den|am) (?=\d)", re.IGNORECASE)

_OF = re.compile(r" (?:du|en date du|le|dated|of|vom) (?=\S)", re.IGNORECASE)
_ENGLISH = re.compile(r"\b(?:invoice|due date|bill(?:ed)? to|amount|quantity|unit price|subtotal|payment)\b")
_HEADER_HEIGHT = 90.0
"""Points between the number and a date that go together."""


class Order(StrEnum):
    """Which of day and month comes first in the document's dates."""

    DAY_FIRST = "day"
    MONTH_FIRST = "month"
    UNKNOWN = "unknown"


def read_references(page: Page) -> dict[FieldName, Found]:
    """Read the number, both dates, the purchase order, the engagement and the service code."""
    number = best(candidates(page, "number", read_number))
    readers = {
        FieldName.NUMBER: number,
        FieldName.PURCHASE_ORDER: best(candidates(page, "purchase_order", read_number)),
        FieldName.ENGAGEMENT: best(candidates(page, "engagement", read_number)),
        FieldName.SERVICE_CODE: best(candidates(page, "service_code", read_code)),
    }
    found = {name: value for name, value in readers.items() if value is not None}
    return found | _dates(page, number)


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
    if match is None or is_date_like(match[1]) or amounts_in(match[1]):
        return None
    return match[1], 0, len(text)


def _dates(page: Page, number: Found | None) -> dict[FieldName, Found]:
    order = _order_of(page)
    written = [*candidates(page, "issue_date", read_date), *_place_and_date(page), *_after_number(page)]
    issue = _date_field(written, order)
    if issue and not any(each.strong for each in written) and not _is_near(issue, number):
        issue = _doubted(issue)  # a bare `Date` is the invoice's own only beside its number
    dues = [*candidates(page, "due_date", read_date)]
    due = _date_field(dues, order)
    if due and not any(each.strong for each in dues):
        due = _doubted(due)
    if issue and due and dt.date.fromisoformat(due.value) < dt.date.fromisoformat(issue.value):
        issue, due = _doubted(issue), _doubted(due)
    named = {FieldName.ISSUE_DATE: issue, FieldName.DUE_DATE: due}
    return {name: found for name, found in named.items() if found is not None}


def _is_near(date: Found, number: Found | None) -> bool:
    return (
        number is not None
        and date.box.page == number.box.page
        and abs(date.box.top - number.box.top) < _HEADER_HEIGHT
    )


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


def _date_field(found: list[Candidate], order: Order) -> Found | None:
    strong = [each for each in found if each.strong] or found
    doubtful = order is Order.UNKNOWN and any(each.value.endswith("?") for each in strong)
    settled = [replace(each, value=_settled(each.value, order), strong=True) for each in strong]
    chosen = best(settled)
    return _doubted(chosen) if chosen and doubtful else chosen


def _settled(value: str, order: Order) -> str:
    if value.endswith("?") and order is Order.MONTH_FIRST:
        year, month, day = value[:-1].split("-")
        return f"{year}-{day}-{month}"
    return value.rstrip("?")


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
        number = read_number(label.tail) if label.heads else None
        link = _OF.match(label.tail, number[2]) if number else None
        if link and (found := read_date(label.tail[link.end() :])):
            value, start, end = found
            at = label.tail_start + link.end()
            yield Candidate(value, strong=True, beside=True, box=label.segment.box(at + start, at + end))


def _order_of(page: Page) -> Order:
    """Return in which order days and months are written: from a date that proves it, or the language."""
    proofs = {order for segment in page.segments for order in orders_in(segment.text)}
    if len(proofs) == 1:
        return Order.DAY_FIRST if proofs == {"day"} else Order.MONTH_FIRST
    words = " ".join(segment.plain for segment in page.segments)
    return Order.DAY_FIRST if not proofs and not _ENGLISH.search(words) else Order.UNKNOWN


def _doubted(found: Found) -> Found:
    return Found(found.value, Confidence.PROBABLE, found.box)
