from __future__ import annotations

import csv
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from choriste.domain.invoice.model import Identifier, Invoice, Price, SupportingDocument
from choriste.domain.invoice.reading import Syntax
from choriste.formats.errors import UnreadableError
from choriste.formats.invoice.cii import write_cii
from choriste.formats.invoice.ubl import write_ubl
from choriste.formats.read import read_xml
from tests.builders.corpora import CORPORA
from tests.builders.invoices import an_invoice
from tests.builders.models import INVOICES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


_SLOW = settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
)


@pytest.mark.parametrize("write", [write_cii, write_ubl])
def test_the_builders_invoice_survives_each_syntax(write: Callable[[Invoice], bytes]) -> None:
    reading = read_xml(write(an_invoice()))

    assert reading.invoice == an_invoice()
    assert reading.faults == ()
    assert reading.leftovers == ()


@_SLOW
@given(INVOICES)
def test_any_invoice_survives_cii(invoice: Invoice) -> None:
    assert read_xml(write_cii(invoice)).invoice == invoice


@_SLOW
@given(INVOICES)
def test_any_invoice_survives_ubl(invoice: Invoice) -> None:
    reading = read_xml(write_ubl(invoice))

    assert reading.invoice == invoice


@_SLOW
@given(INVOICES)
def test_any_invoice_survives_ubl_and_then_cii(invoice: Invoice) -> None:
    through_ubl = read_xml(write_ubl(invoice)).invoice

    assert read_xml(write_cii(through_ubl)).invoice == invoice


def test_vat_totals_in_two_currencies_survive_both_syntaxes() -> None:
    totals = replace(
        an_invoice().totals or pytest.fail("the builder always has one"),
        vat_in_accounting_currency=Decimal("301.22"),
    )
    invoice = an_invoice(vat_currency="CHF", totals=totals)

    assert read_xml(write_cii(invoice)).invoice == invoice
    assert read_xml(write_ubl(invoice)).invoice == invoice


def test_identifiers_without_scheme_come_first_whatever_the_syntax() -> None:
    seller = an_invoice().seller or pytest.fail("the builder always has one")
    mixed = (Identifier("1", "0009"), Identifier("2"), Identifier("3", "0088"))
    invoice = an_invoice(seller=replace(seller, identifiers=mixed))

    for write in (write_cii, write_ubl):
        read = read_xml(write(invoice)).invoice.seller or pytest.fail("the builder always has one")
        assert [one.value for one in read.identifiers] == ["2", "1", "3"]


@pytest.mark.parametrize(
    ("write", "price", "completed"),
    [
        (
            write_cii,
            Price(net=Decimal(9), discount=Decimal(1)),
            Price(net=Decimal(9), discount=Decimal(1), gross=Decimal(10)),
        ),
        (
            write_ubl,
            Price(net=Decimal(9), gross=Decimal(10)),
            Price(net=Decimal(9), discount=Decimal(1), gross=Decimal(10)),
        ),
    ],
)
def test_a_price_gets_the_part_that_the_syntax_demands(
    write: Callable[[Invoice], bytes], price: Price, completed: Price
) -> None:
    line = replace(an_invoice().lines[0], price=price)

    read = read_xml(write(an_invoice(lines=(line,)))).invoice

    assert read.lines[0].price == completed


def test_write_cii_claims_the_specification_asked_for() -> None:
    asked = "urn:cen.eu:en16931:2017#compliant#urn:factur-x.eu:1p0:basic"

    assert read_xml(write_cii(an_invoice(), specification=asked)).invoice.specification == asked
    assert (
        read_xml(write_cii(an_invoice(specification=None))).invoice.specification == "urn:cen.eu:en16931:2017"
    )


def test_an_attachment_without_content_keeps_its_type_and_name() -> None:
    document = SupportingDocument(reference="A", mime_type="application/pdf", filename="a.pdf")
    invoice = an_invoice(supporting_documents=(document,))

    assert read_xml(write_cii(invoice)).invoice == invoice
    assert read_xml(write_ubl(invoice)).invoice == invoice


def test_a_credit_note_keeps_its_due_date_without_payment_means() -> None:
    invoice = an_invoice(type_code="381", payment=None)

    reading = read_xml(write_ubl(invoice))

    assert reading.syntax is Syntax.UBL_CREDIT_NOTE
    assert reading.invoice == invoice


def _valid_files() -> Iterator[tuple[str, bytes]]:
    with (CORPORA / "manifest.csv").open(encoding="utf-8") as manifest:
        for row in csv.DictReader(manifest):
            if row["kind"] == "invoice" and row["path"].endswith(".xml") and not row["en16931_fatal"]:
                yield row["path"], (CORPORA / row["path"]).read_bytes()


@pytest.mark.corpora
@pytest.mark.slow
def test_every_valid_corpus_file_survives_its_own_syntax() -> None:
    changed = []
    for path, data in _valid_files():
        try:
            reading = read_xml(data)
        except UnreadableError:
            continue
        write = write_cii if reading.syntax is Syntax.CII else write_ubl
        expected = reading.invoice
        if expected.specification is None:
            expected = replace(expected, specification="urn:cen.eu:en16931:2017")
        if read_xml(write(expected)).invoice != expected:
            changed.append(path)

    assert changed == []


@pytest.mark.corpora
@pytest.mark.slow
def test_every_valid_ubl_corpus_file_survives_cii() -> None:
    changed = []
    for path, data in _valid_files():
        try:
            reading = read_xml(data)
        except UnreadableError:
            continue
        if reading.syntax is not Syntax.CII and not _derives_a_gross_price(reading.invoice):
            through_cii = read_xml(write_cii(reading.invoice)).invoice
            if through_cii != reading.invoice:
                changed.append(path)

    assert changed == []


def _derives_a_gross_price(invoice: Invoice) -> bool:
    """CII cannot hold a price discount without the gross price, which the writer then adds."""
    prices = [line.price for line in invoice.lines if line.price]
    return any(price.discount is not None and price.gross is None for price in prices)
