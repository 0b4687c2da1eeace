"""The day of the invoice and the day by which it is to be paid."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import replace
from enum import StrEnum
from typing import Final

from choriste.documents.read.prefill.candidates import Read, sightings
from choriste.documents.read.prefill.evidence import Doubt, Evidence
from choriste.documents.read.prefill.judgement import Verdict, doubted, judge, supported
from choriste.documents.read.prefill.kind import Title
from choriste.documents.read.prefill.labels import Label, Page
from choriste.documents.read.prefill.model import FieldName, Found
from choriste.documents.read.prefill.page_layout import Segment
from choriste.documents.read.prefill.patterns import DateRead, dates_in, orders_in, periods_in
from choriste.documents.read.prefill.references import is_quoted
from choriste.documents.read.prefill.wholes import read_reference

_PLACE_AND_DATE: Final = re.compile(
    r"^(?:(?:fait )?a )?[^\W\d_][\w' \-]{1,40}?,? *(?:\ble|\bthe|\bden|\bam|,) *"
    r"(?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche)? *(?=\d)",
    re.IGNORECASE,
)
_LEADS: Final = re.compile(
    r"[\s:]*(?:le|the|on|am|den|au|du|dated)?[\s:]*(?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche"
    r"|monday|tuesday|wednesday|thursday|friday|saturday|sunday|montag|dienstag|mittwoch|donnerstag"
    r"|freitag|samstag|sonntag)?[\s,:]*",
    re.IGNORECASE,
)
_EIGHT_DIGITS: Final = re.compile(r"20\d{6}(?!\d)")
_OF: Final = re.compile(r"[ ,]*(?:\(?du|en date du|\ble|dated|of|vom) (?=\S)", re.IGNORECASE)
_BARE: Final = re.compile(r"(?:le )?", re.IGNORECASE)
_ENGLISH: Final = re.compile(
    r"\b(?:invoice|due date|bill(?:ed)? to|amount|quantity|unit price|subtotal|payment)\b"
)
_DISCOUNT: Final = re.compile(r"\b(?:escompte|skonto|discount|remise|si pay\w+|if paid)\b")
_REMINDS: Final = re.compile(r"\b(?:rappel|relance|impayee?s?|reminder|overdue|precedente)\b")
_DATE_WORD: Final = re.compile(r"date\b|datum|emi|etabli|edit|issue|^le ")
_MASTHEAD: Final = 0.5
_HEADER_HEIGHT: Final = 90.0
"""Points between the number and a date that go together."""


class Order(StrEnum):
    """Which of day and month comes first in the document's dates."""

    DAY_FIRST = "day"
    MONTH_FIRST = "month"
    UNKNOWN = "unknown"


def read_dates(page: Page, titles: tuple[Title, ...], number: Found | None) -> dict[FieldName, Verdict]:
    """Judge the dates; a due date before the issue date puts both in doubt."""
    order = _order_of(page)
    issued = [_settled(each, order) for each in _issued(page, titles, number)]
    due = [_settled(each, order) for each in _due(page)]
    issue, until = judge(issued), judge(due)
    if issue.found and until.found and _day(until.found) < _day(issue.found):
        issue = replace(issue, found=doubted(issue.found, Doubt.OUT_OF_ORDER))
        until = replace(until, found=doubted(until.found, Doubt.OUT_OF_ORDER))
    return {FieldName.ISSUE_DATE: issue, FieldName.DUE_DATE: until}


def read_date(text: str) -> Read | None:
    """Read a date at the beginning of a text; one whose day and month could be swapped is doubtful."""
    first = next(iter(dates_in(text)), None)
    if first is None or not _LEADS.fullmatch(text[: first.start]):
        return _compact(text)
    return _as_read(text, first)


def _compact(text: str) -> Read | None:
    """Read a date of eight digits, `20260815`: only right behind a label of a date."""
    match = _EIGHT_DIGITS.match(text)
    try:
        return Read(dt.date.fromisoformat(match[0]).isoformat(), 0, match.end()) if match else None
    except ValueError:
        return None


def _as_read(text: str, date: DateRead) -> Read:
    doubts = {Doubt.DAY_OR_MONTH} if date.ambiguous else set()
    if (date.start, date.end) in periods_in(text):
        doubts.add(Doubt.PERIOD)
    return Read(date.value.isoformat(), date.start, date.end, frozenset(doubts))


def _issued(page: Page, titles: tuple[Title, ...], number: Found | None) -> Iterator[Found]:
    for each in sightings(page, "issue_date", read_date):
        found = _near_number(each.found, each.label.segment, titles, number)
        yield _reminded(found, each.label, titles)
    yield from _after_number(page, titles)
    yield from _place_and_date(page)
    yield from _alone(page)


def _near_number(found: Found, segment: Segment, titles: tuple[Title, ...], number: Found | None) -> Found:
    """Let a bare `Date` count in full only beside the number or the title."""
    if Evidence.HINTED not in found.evidence:
        return found
    near = number is not None and found.box.page == number.box.page
    near = near and abs(found.box.top - number.box.top) < _HEADER_HEIGHT  # type: ignore[union-attr]
    near = near or any(title.segment is segment for title in titles)
    return supported(found, Evidence.TITLE) if near else replace(found, evidence=frozenset({Evidence.HINTED}))


def _reminded(found: Found, label: Label, titles: tuple[Title, ...]) -> Found:
    names_document = not _DATE_WORD.search(label.segment.plain[label.start : label.end])
    quoted = _REMINDS.search(label.segment.plain) or (names_document and is_quoted(label, titles))
    return doubted(found, Doubt.ANOTHER_DOCUMENT) if quoted else found


def _after_number(page: Page, titles: tuple[Title, ...]) -> Iterator[Found]:
    """Yield the date that follows a number: `Facture n° F-12 du 3 mars 2026`."""
    for label in page.labels("number"):
        number = read_reference(label.tail) if label.heads else None
        link = _OF.match(label.tail, number.end) if number else None
        if link is None or (read := read_date(label.tail[link.end() :])) is None:
            continue
        at = label.tail_start + link.end()
        evidence = frozenset({Evidence.NAMED if label.strong else Evidence.HINTED, Evidence.TITLE})
        box = label.segment.box(at + read.start, at + read.end)
        yield _reminded(Found(read.value, box, evidence, read.doubts, label.segment.text), label, titles)


def _place_and_date(page: Page) -> Iterator[Found]:
    """Yield the date of a letter's head: `Lyon, le 3 mars 2026`."""
    for segment in page.segments:
        lead = _PLACE_AND_DATE.match(segment.text)
        if lead is None or not _is_in_masthead(segment) or page.labels_of(segment):
            continue
        read = read_date(segment.text[lead.end() :])
        if read is not None and lead.end() + read.end == len(segment.text.rstrip(" .")):
            box = segment.box(lead.end() + read.start, lead.end() + read.end)
            yield Found(
                read.value, box, frozenset({Evidence.HINTED, Evidence.PAIRED}), read.doubts, segment.text
            )


def _alone(page: Page) -> Iterator[Found]:
    """Yield a date that fills a line of the masthead without any label."""
    for segment in page.segments:
        if not _is_in_masthead(segment):
            continue
        text = segment.text[_BARE.match(segment.text).end() :]  # type: ignore[union-attr]
        read = read_date(text)
        labelled = _is_label(page, page.above(segment)) or _is_label(page, _left_of(segment))
        if read is not None and read.end == len(text.rstrip(" .")) and not labelled:
            yield Found(read.value, segment.box(), frozenset({Evidence.PAIRED}), read.doubts, segment.text)


def _left_of(segment: Segment) -> Segment | None:
    return segment.line.segments[segment.place - 1] if segment.line and segment.place else None


def _is_label(page: Page, segment: Segment | None) -> bool:
    """Return whether a segment is a label and nothing else, whose value stands beside or under it."""
    labels = page.labels_of(segment) if segment is not None else ()
    return bool(labels) and not labels[-1].tail


def _is_in_masthead(segment: Segment) -> bool:
    return segment.sheet.number == 1 and segment.top < _MASTHEAD * segment.page_height


def _due(page: Page) -> Iterator[Found]:
    for each in sightings(page, "due_date", read_date, anywhere=True):
        found = each.found
        if _DISCOUNT.search(_clause_before(each.label)):
            found = doubted(found, Doubt.DISCOUNT)
        yield doubted(found, Doubt.ANOTHER_DOCUMENT) if _REMINDS.search(each.label.segment.plain) else found
        if each.segment is not each.label.segment:
            yield from _instalments(page, each.segment, found)


def _clause_before(label: Label) -> str:
    """Return the plain text before a label, from the last date before it on."""
    dates = dates_in(label.segment.text[: label.start])
    start = dates[-1].end if dates else 0
    return label.segment.plain[start : label.start].rpartition(" sinon ")[2]


def _instalments(page: Page, first: Segment, found: Found) -> Iterator[Found]:
    """Yield the dates right under a date in its column: a table of instalments has no one due date."""
    under = page.below(first)
    while under is not None and not page.begins_with_label(under):
        read = read_date(under.text)
        if read is None:
            return
        yield replace(found, value=read.value, box=under.box(), text=under.text)
        under = page.below(under)


def _settled(found: Found, order: Order) -> Found:
    if Doubt.DAY_OR_MONTH not in found.doubts or order is Order.UNKNOWN:
        return found
    value = found.value
    if order is Order.MONTH_FIRST:
        year, month, day = value.split("-")
        value = f"{year}-{day}-{month}"
    return replace(found, value=value, doubts=found.doubts - {Doubt.DAY_OR_MONTH})


def _order_of(page: Page) -> Order:
    """Return in which order days and months are written: from a date that proves it, or the language."""
    proofs = {order for segment in page.segments for order in orders_in(segment.text)}
    if len(proofs) == 1:
        return Order.DAY_FIRST if proofs == {"day"} else Order.MONTH_FIRST
    words = " ".join(segment.plain for segment in page.segments)
    return Order.DAY_FIRST if not proofs and not _ENGLISH.search(words) else Order.UNKNOWN


def _day(found: Found) -> dt.date:
    return dt.date.fromisoformat(found.value)
