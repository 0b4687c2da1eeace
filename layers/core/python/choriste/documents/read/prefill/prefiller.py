"""From the words of a PDF to the fields of the entry form."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from choriste.documents.read.inspection.text import TextPage
from choriste.documents.read.prefill.labels import Page
from choriste.documents.read.prefill.model import Prefill
from choriste.documents.read.prefill.page_layout import lines_of
from choriste.documents.read.prefill.parties import read_ibans, read_parties
from choriste.documents.read.prefill.references import read_references
from choriste.documents.read.prefill.totals import read_totals
from choriste.domain.shared.findings import Finding, Severity, worded

MAX_WORDS: Final = 5_000
"""Words that are looked at: eight dense pages. The time grows with them, and the caller waits."""


def prefill(text_pages: Sequence[TextPage]) -> Prefill:
    """Read the fields of an invoice from its pages' words.

    A value is certain only where its label names it, its checksum or arithmetic holds, and no other value
    claims its place. Pages without a word are a scan, which is said and nothing else.
    """
    if not any(page.words for page in text_pages):
        return Prefill(scanned=True, findings=(_finding("PREFILL-SCANNED"),))
    read = _within_reach(text_pages)
    page = Page(lines_of(read))
    totals = read_totals(page)
    return Prefill(
        fields=read_parties(page) | read_references(page) | totals.fields,
        vat_breakdown=totals.rows,
        ibans=read_ibans(page),
        findings=tuple(_findings(text_pages, read, coherent=totals.coherent)),
    )


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
    return tuple(sorted(kept, key=lambda page: page.number))


def _findings(
    text_pages: Sequence[TextPage], read: Sequence[TextPage], *, coherent: bool
) -> Iterator[Finding]:
    is_cut = sum(len(page.words) for page in read) < sum(len(page.words) for page in text_pages)
    if is_cut or len(text_pages) < text_pages[0].of:
        yield _finding("PREFILL-PARTIAL")
    if not coherent:
        yield _finding("PREFILL-INCOHERENT")


def _finding(code: str) -> Finding:
    return worded("documents.prefill", code, severity=Severity.WARNING)
