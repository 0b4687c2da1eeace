"""Values next to their labels: in the same cell, in the next one, or underneath."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from choriste.documents.read.prefill.labels import Label, Page
from choriste.documents.read.prefill.model import Box, Confidence, Found
from choriste.documents.read.prefill.page_layout import Segment


@dataclass(frozen=True)
class Candidate:
    """A value that a label points at; a strong label, and a value beside rather than under it, weigh more."""

    value: str
    strong: bool
    beside: bool
    box: Box


Reader = Callable[[str], tuple[str, int, int] | None]
"""Reads a value at the beginning of a text: the canonical value and the span it was read from."""


def candidates(page: Page, name: str, read: Reader) -> Iterator[Candidate]:
    """Yield the values that the labels of a field point at; a label inside a sentence is no label."""
    for label in page.labels(name):
        if label.heads and (candidate := _candidate(page, label, read)) is not None:
            yield candidate


def best(found: Iterable[Candidate]) -> Found | None:
    """Choose among candidates: strong ones first; certain only where all strong ones agree."""
    everything = list(found)
    strong = [each for each in everything if each.strong]
    chosen = strong or everything
    if not chosen:
        return None
    first = chosen[0]
    agreed = len({each.value for each in chosen}) == 1
    certain = bool(strong) and agreed
    return Found(first.value, Confidence.CERTAIN if certain else Confidence.PROBABLE, first.box)


def _candidate(page: Page, label: Label, read: Reader) -> Candidate | None:
    if label.tail:
        return _read_at(label, read, (label.segment, label.tail_start, label.until), beside=True)
    if label.until < len(label.segment.text) or not label.names_its_cell:
        return None  # labels run together: which of them a value belongs to cannot be known
    right = label.segment.line.after(label.segment) if label.segment.line else []
    if right and not page.begins_with_label(right[0]):
        found = _read_at(label, read, _whole(right[0]), beside=True)
        if found is not None:
            return found
    under = page.below(label.segment)
    if under is None or page.begins_with_label(under):
        return None
    return _read_at(label, read, _whole(under), beside=False)


def _whole(segment: Segment) -> tuple[Segment, int, int]:
    lead = len(segment.text) - len(segment.text.lstrip(" :#="))
    return segment, lead, len(segment.text)


def _read_at(label: Label, read: Reader, span: tuple[Segment, int, int], *, beside: bool) -> Candidate | None:
    segment, start, until = span
    found = read(segment.text[start:until])
    if found is None:
        return None
    value, begin, end = found
    return Candidate(value, label.strong, beside, segment.box(start + begin, start + end))
