"""Nothing that the data may hold pushes text out of the page's margins."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

import pypdfium2
import pytest

from choriste.documents.issue.facturx import DocumentContext, make_facturx
from choriste.domain.invoice.model import Identifier, Invoice, Item
from tests.builders.invoices import a_buyer, a_cii, a_seller, an_invoice, the_totals

MILLIMETRE = 72 / 25.4
LEFT, RIGHT = 18 * MILLIMETRE, (210 - 18) * MILLIMETRE
TOLERANCE = 1.5
CONTEXT = DocumentContext(
    technical_id="CHO-" + "9" * 60,
    deposited_at=dt.datetime(2026, 2, 3, tzinfo=dt.UTC),
    original_digest="f" * 64,
    original_filename="facture-" + "x" * 120 + ".xml",
)


def extents(pdf: bytes) -> Iterator[tuple[float, float]]:
    """Yield the left and right edge of every visible character, in points."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        for page in document:
            text = page.get_textpage()
            for index, character in enumerate(text.get_text_range()):
                if not character.isspace():
                    left, _bottom, right, _top = text.get_charbox(index)
                    yield left, right
    finally:
        document.close()


def with_huge_figures() -> Invoice:
    amount = Decimal("-12345678901234567.89")
    lines = tuple(
        replace(line, net_amount=amount, quantity=Decimal("1234567.123456")) for line in an_invoice().lines
    )
    return an_invoice(lines=lines, totals=replace(the_totals(), due=amount, with_vat=amount))


def with_long_words() -> Invoice:
    word = "Donaudampfschifffahrtsgesellschaftskapitaen" * 4
    address = Identifier("https://example.org/" + "a" * 150, "EM")
    lines = tuple(
        replace(line, id="L" * 40, unit="U" * 30, item=Item(name=word, description=word))
        for line in an_invoice().lines
    )
    seller = replace(a_seller(), name=word, vat_number="F" * 90, electronic_address=address)
    return an_invoice(number="N" * 120, lines=lines, seller=seller, buyer=replace(a_buyer(), name=word))


@pytest.mark.parametrize("invoice", [with_huge_figures(), with_long_words()], ids=["figures", "words"])
def test_text_stays_within_the_margins(invoice: Invoice) -> None:
    pdf = make_facturx(invoice, cii=a_cii(), context=CONTEXT)

    edges = list(extents(pdf))

    assert min(left for left, _right in edges) >= LEFT - TOLERANCE
    assert max(right for _left, right in edges) <= RIGHT + TOLERANCE
