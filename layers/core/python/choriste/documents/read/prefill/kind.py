"""What the document says it is, in its own title: an invoice, a credit note, a deposit invoice."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from choriste.documents.read.prefill.evidence import Doubt, Evidence
from choriste.documents.read.prefill.labels import Page
from choriste.documents.read.prefill.model import Found
from choriste.documents.read.prefill.page_layout import Segment
from choriste.documents.read.prefill.patterns import amounts_in

CREDIT_NOTE, INVOICE, DEPOSIT_INVOICE = "381", "380", "386"

_KINDS: Final[tuple[tuple[str, str], ...]] = (
    (
        r"(?:facture d avoir|avoir|note de credit|credit note|credit memo|gutschrift|stornorechnung"
        r"|rechnungskorrektur|nota de credito|nota di credito|creditnota)\b(?! fiscal)",
        CREDIT_NOTE,
    ),
    (r"(?:facture d acompte|deposit invoice|anzahlungsrechnung|acompte facture)\b", DEPOSIT_INVOICE),
    (
        r"(?:(?:votre |la )?facture|invoice(?! (?:to|address)\b)|tax invoice|vat invoice|sales invoice"
        r"|(?:handels|teil|schluss)?rechnung(?! an\b)|note d honoraires|memoire|factuur|factura|fattura"
        r"|situation de travaux.{0,8} facture)\b",
        INVOICE,
    ),
)
_ADDRESSES: Final = re.compile(r"\s+[aà](?=\s|:|$)", re.IGNORECASE)
"""`Facturé à` heads the buyer's address; `FACTURE A-12` is a title."""

_GOES_ON: Final = re.compile(r"d (?:avoir|acompte)\b")
"""How a title goes on in the next line: `Facture` over `d'avoir`."""

_TITLE_WORDS: Final = 9
_MASTHEAD: Final = 0.55


@dataclass(frozen=True)
class Title:
    """A title: its kind as a code of UNTDID 1001, its segment, and where the words of the kind end."""

    code: str
    segment: Segment
    end: int


def titles(page: Page) -> tuple[Title, ...]:
    """Return the titles of the document, the one that stands out most first: the larger, then the higher."""
    found = list(_titles(page))
    return tuple(sorted(found, key=lambda title: (-round(title.segment.height / 2), title.segment.page)))


def read_kind(page: Page) -> list[Found]:
    """Return what the titles say the document is; two kinds contradict each other."""
    read = []
    found = titles(page)
    for title in found:
        evidence = frozenset({Evidence.NAMED, Evidence.TITLE})
        top = title.segment is found[0].segment
        doubts = frozenset() if top else frozenset({Doubt.ANOTHER_DOCUMENT})
        box = title.segment.box(0, title.end)
        read.append(Found(title.code, box, evidence, doubts, title.segment.text))
    return read


def _titles(page: Page) -> Iterator[Title]:
    for segment in page.segments:
        if segment.top > _MASTHEAD * segment.page_height or len(segment.words) > _TITLE_WORDS:
            continue
        under = page.continued(segment)
        wrapped = (
            f"{segment.plain} {under.plain}" if under is not None and _GOES_ON.match(under.plain) else ""
        )
        for pattern, code in _KINDS:
            match = re.match(rf"\W*{pattern}", wrapped or segment.plain)
            if match and not _ADDRESSES.match(segment.text, match.end()) and not _has_amount(segment):
                yield Title(code, segment, min(match.end(), len(segment.text)))
                break


def _has_amount(segment: Segment) -> bool:
    """Return whether a line has amounts: it is then a row that names another document."""
    return segment.line is not None and any(amounts_in(each.text) for each in segment.line.segments)
