from __future__ import annotations

import datetime as dt
import gzip
import itertools
import json
import re
from dataclasses import replace
from decimal import Decimal

import pytest

from choriste.domain.invoice.model import Identifier, Invoice
from choriste.domain.invoice.reading import Reading, Syntax
from choriste.formats.detect import detect_xml
from choriste.formats.invoice.cii import write_cii
from choriste.formats.invoice.ubl import write_ubl
from choriste.formats.read import read_document, read_xml
from choriste.formats.xml.names import line_of, xpath_of
from choriste.formats.xml.parsing import parse_xml
from tests.builders.corpora import CORPORA
from tests.builders.invoices import a_cii, a_ubl, an_invoice

_TRYTON = CORPORA.parent / "specs" / "chorus" / "recorded" / "trytond.flux.2a305e96.xml"


def _changed(document: bytes, old: str, new: str) -> Reading:
    text = document.decode()
    assert old in text
    return read_xml(text.replace(old, new, 1).encode())


@pytest.mark.parametrize("document", [a_cii(), a_ubl()], ids=["CII", "UBL"])
def test_places_point_at_the_raw_text_of_every_term(document: bytes) -> None:
    reading = read_xml(document)

    places = reading.places

    assert places["BT-1"].raw == "F2026-0042"
    assert places["BG-25[3]/BT-131"].raw == "85.00"
    assert places["BG-25[2]/BG-27[1]/BT-136"].raw == "11.50"
    assert places["BG-25[5]/BG-28[1]/BT-141"].raw == "5.00"
    assert places["BG-17[1]/BT-84"].raw == "FR7630006000011234567890189"
    assert places["BT-29[1]"].raw == "83214569200014"
    assert places["BG-25[1]/BT-130"].raw == "HUR"
    assert places["BG-25[1]/BT-130"].xpath.endswith("/@unitCode")
    assert "BG-25[6]/BT-131" not in places


@pytest.mark.parametrize("document", [a_cii(), a_ubl()], ids=["CII", "UBL"])
def test_places_hold_xpaths_and_lines_that_lead_back_to_the_element(document: bytes) -> None:
    root = parse_xml(document)
    by_path = {xpath_of(element): element for element in root.iter("*")}

    for place in read_xml(document).places.values():
        path, _, attribute = place.xpath.partition("/@")
        element = by_path[path]
        assert (element.get(attribute) if attribute else element.text) == place.raw
        assert line_of(element) == place.line


@pytest.mark.parametrize("document", [a_cii(), a_ubl()], ids=["CII", "UBL"])
def test_places_hold_the_schemes_of_identifiers(document: bytes) -> None:
    places = read_xml(document).places

    assert places["BT-34-1"].raw == "0225"
    assert places["BT-34-1"].xpath.endswith("/@schemeID")
    assert places["BT-29-1[1]"].raw == "0009"


def test_places_hold_the_raw_text_unstripped() -> None:
    reading = _changed(a_cii(), ">F2026-0042<", "> F2026-0042\n<")

    assert reading.places["BT-1"].raw == " F2026-0042\n"
    assert reading.invoice.number == "F2026-0042"


def test_a_credit_note_names_its_own_lines() -> None:
    reading = read_xml(a_ubl(type_code="381"))

    assert reading.syntax is Syntax.UBL_CREDIT_NOTE
    assert (
        reading.places["BG-25[2]/BT-129"].xpath == "/cn:CreditNote/cac:CreditNoteLine[2]/cbc:CreditedQuantity"
    )


@pytest.mark.parametrize(
    ("document", "old", "new", "term", "expected"),
    [
        (a_cii(), ">1792.18<", ">1792,18<", "BT-112", "decimal"),
        (a_ubl(), ">85.00<", ">1E2<", "BG-23[2]/BT-116", "decimal"),
        (a_cii(), ">20261005<", ">20260231<", "BT-2", "date-102"),
        (a_ubl(), ">2026-10-05<", ">05/10/2026<", "BT-2", "date-iso"),
    ],
)
def test_a_value_that_its_type_refuses_is_a_fault_and_reads_as_absent(
    document: bytes, old: str, new: str, term: str, expected: str
) -> None:
    reading = _changed(document, old, new)

    (fault,) = reading.faults
    assert fault.term_path == term
    assert fault.expected == expected
    assert fault.place.raw == new.strip("<>")
    assert fault.place.line is not None


def test_an_indicator_that_is_no_boolean_is_a_fault_and_nothing_is_lost() -> None:
    reading = _changed(a_cii(), "<udt:Indicator>false<", "<udt:Indicator>no<")

    assert [fault.expected for fault in reading.faults] == ["boolean"]
    assert "11.50" in {leftover.text for leftover in reading.leftovers}
    assert reading.invoice.lines[1].allowances == ()


def test_an_embedded_document_that_is_no_base64_is_a_fault() -> None:
    document = a_cii().replace(
        b"</ram:ContractReferencedDocument>",
        b"</ram:ContractReferencedDocument><ram:AdditionalReferencedDocument>"
        b"<ram:IssuerAssignedID>A</ram:IssuerAssignedID><ram:TypeCode>916</ram:TypeCode>"
        b"<ram:AttachmentBinaryObject mimeCode='text/csv' filename='a.csv'>%%%</ram:AttachmentBinaryObject>"
        b"</ram:AdditionalReferencedDocument>",
    )

    reading = read_xml(document)

    assert [(fault.term_path, fault.expected) for fault in reading.faults] == [("BG-24[1]/BT-125", "base64")]
    assert reading.invoice.supporting_documents[0].filename == "a.csv"


def test_what_the_model_has_no_room_for_is_left_over() -> None:
    extension = (
        "<ram:LineID>1</ram:LineID><ram:ParentLineID>0</ram:ParentLineID>"
        "<ram:Extra unitCode='C62'><ram:A>x</ram:A><ram:A/></ram:Extra>"
    )

    reading = _changed(a_cii(), "<ram:LineID>1</ram:LineID>", extension)

    line = (
        "/rsm:CrossIndustryInvoice/rsm:SupplyChainTradeTransaction/ram:IncludedSupplyChainTradeLineItem[1]"
        "/ram:AssociatedDocumentLineDocument"
    )
    assert [(left.xpath, left.text) for left in reading.leftovers] == [
        (f"{line}/ram:ParentLineID", "0"),
        (f"{line}/ram:Extra/@unitCode", "C62"),
        (f"{line}/ram:Extra/ram:A[1]", "x"),
    ]
    assert reading.invoice == an_invoice()


def test_a_second_value_is_left_over_unless_it_says_the_same() -> None:
    same = _changed(a_ubl(), "<cbc:ID>F2026-0042</cbc:ID>", "<cbc:ID>F2026-0042</cbc:ID>" * 2)
    other = _changed(a_ubl(), "<cbc:ID>F2026-0042</cbc:ID>", "<cbc:ID>F2026-0042</cbc:ID><cbc:ID>F2</cbc:ID>")

    assert same.leftovers == ()
    assert [left.text for left in other.leftovers] == ["F2"]
    assert other.invoice.number == "F2026-0042"


def test_an_amount_in_another_currency_is_told() -> None:
    reading = _changed(
        a_ubl(), '<cbc:TaxAmount currencyID="EUR">277.18', '<cbc:TaxAmount currencyID="USD">277.18'
    )

    assert [(left.xpath, left.text) for left in reading.leftovers] == [
        ("/inv:Invoice/cac:TaxTotal/cbc:TaxAmount/@currencyID", "USD")
    ]


def test_elements_inside_a_value_are_left_over() -> None:
    reading = _changed(a_ubl(), "<cbc:ID>F2026-0042</cbc:ID>", "<cbc:ID>F2026-0042<x>y</x></cbc:ID>")

    assert [(left.xpath, left.text) for left in reading.leftovers] == [("/inv:Invoice/cbc:ID/inv:x", "y")]


def test_the_net_price_tells_the_base_quantity() -> None:
    gross = (
        "<ram:GrossPriceProductTradePrice><ram:ChargeAmount>95.00</ram:ChargeAmount>"
        "<ram:BasisQuantity>2</ram:BasisQuantity></ram:GrossPriceProductTradePrice>"
    )
    net = "<ram:NetPriceProductTradePrice>"
    document = a_cii().decode().replace(net, gross + net, 1)
    document = document.replace(
        "<ram:ChargeAmount>95.00</ram:ChargeAmount>\n",
        "<ram:ChargeAmount>95.00</ram:ChargeAmount><ram:BasisQuantity>1</ram:BasisQuantity>",
        1,
    )

    reading = read_xml(document.encode())

    price = reading.invoice.lines[0].price
    assert price is not None
    assert price.base_quantity == Decimal(1)
    assert [left.text for left in reading.leftovers] == ["2"]


def test_tax_point_codes_are_read_in_the_codes_of_the_model() -> None:
    invoice = an_invoice(tax_point_code="35")

    assert b"<ram:DueDateTypeCode>29<" in write_cii(invoice)
    assert b"<cbc:DescriptionCode>35<" in write_ubl(invoice)
    assert read_xml(write_cii(invoice)).invoice.tax_point_code == "35"


def test_a_creditor_identifier_stands_among_the_sellers_identifiers_in_ubl() -> None:
    payment = an_invoice().payment
    assert payment is not None
    from_ubl = _changed(
        a_ubl(),
        "<cac:PartyIdentification>",
        '<cac:PartyIdentification><cbc:ID schemeID="SEPA">FR12ZZZ123456</cbc:ID></cac:PartyIdentification>'
        "<cac:PartyIdentification>",
    )

    seller = from_ubl.invoice.seller
    assert seller is not None
    assert seller.identifiers == (Identifier("83214569200014", "0009"),)
    assert from_ubl.invoice.payment is not None
    assert from_ubl.invoice.payment.direct_debit is not None
    assert from_ubl.invoice.payment.direct_debit.creditor == "FR12ZZZ123456"


def test_an_order_reference_na_stands_for_none() -> None:
    invoice = an_invoice(purchase_order_reference=None, sales_order_reference="SO-1")

    written = write_ubl(invoice)

    assert b"<cbc:ID>NA</cbc:ID>" in written
    assert read_xml(written).invoice == invoice


def test_read_document_shares_the_parse_of_the_checks() -> None:
    data = a_cii()
    root = parse_xml(data)
    detected = replace(detect_xml(root), syntax=Syntax.FACTURX)

    reading = read_document(root, detected=detected, xml=data)

    assert reading.syntax is Syntax.FACTURX
    assert reading.invoice == an_invoice()
    assert reading.profile == "EN 16931"
    assert reading.places["BT-1"].raw == "F2026-0042"
    assert len(reading.places) == len(set(reading.places))


def test_an_empty_invoice_reads_as_an_empty_model() -> None:
    namespace = re.search(rb'xmlns="([^"]+)"', a_ubl())
    assert namespace is not None

    reading = read_xml(b'<Invoice xmlns="' + namespace[1] + b'"/>')

    assert reading.invoice == Invoice()
    assert dict(reading.places) == {}


def test_writers_refuse_text_that_xml_cannot_carry() -> None:
    for write in (write_cii, write_ubl):
        with pytest.raises(ValueError, match="XML compatible"):
            write(an_invoice(number="A\x00B"))


_MUTANTS = CORPORA / "mutants"


@pytest.mark.corpora
@pytest.mark.slow
def test_mutants_of_real_invoices_read_whatever_their_damage() -> None:
    count = 0
    for archive in sorted(_MUTANTS.glob("*.jsonl.gz")):
        with gzip.open(archive, "rt", encoding="utf-8") as lines:
            for line in itertools.islice(lines, None, None, 5):
                data = json.loads(line)["xml"].encode()
                reading = read_xml(data)
                assert all(fault.place.xpath.startswith("/") for fault in reading.faults)
                assert ("BT-1" in reading.places) is (reading.invoice.number is not None)
                count += 1

    assert count > 500


@pytest.mark.corpora
def test_the_loosely_filled_cii_of_chorus_clients_reads() -> None:
    reading = read_xml(_TRYTON.read_bytes())

    invoice = reading.invoice
    assert reading.profile == "plain"
    assert invoice.specification is None
    assert invoice.issue_date == dt.date(2026, 11, 21)
    assert invoice.seller is not None
    assert invoice.seller.legal_registration == Identifier("73282932000074", "1")
    assert invoice.payment is not None
    assert invoice.payment.means_code == "1"
    assert reading.faults == ()
    assert {left.xpath.rsplit("/", 1)[-1] for left in reading.leftovers} >= {"ram:PartialPaymentAmount"}
