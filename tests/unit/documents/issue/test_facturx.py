from __future__ import annotations

import datetime as dt
import io
import re
from dataclasses import replace
from decimal import Decimal

import pikepdf
import pytest
from facturx import get_level, get_xml_from_pdf
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from choriste.documents.errors import AssemblyError
from choriste.documents.issue.facturx import Attachment, DocumentContext, Logo, Relationship, make_facturx
from choriste.domain.invoice.model import Invoice, Item, Line, Party, SupportingDocument
from choriste.formats.invoice.cii import write_cii
from choriste.formats.read import read_xml
from tests.builders.invoices import a_cii, a_ubl, an_invoice
from tests.builders.readable import squeezed, text_of

CONTEXT = DocumentContext(
    technical_id="CHO-2026-00000042",
    deposited_at=dt.datetime(2026, 10, 6, 9, 15, tzinfo=dt.UTC),
    engagement="1400123456",
    service_code="ACHATS",
)
# One white pixel.
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489"
    "0000000d49444154789c63f8ffffff7f0009fb03fd2a86e38a0000000049454e44ae426082"
)
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><circle cx="4" cy="4" r="4"/></svg>'


def opened(pdf: bytes) -> pikepdf.Pdf:
    return pikepdf.open(io.BytesIO(pdf))


def a_facturx(invoice: Invoice | None = None, **changes: object) -> bytes:
    shown = invoice or an_invoice()
    arguments: dict[str, object] = {"cii": write_cii(shown), "context": CONTEXT, **changes}
    return make_facturx(shown, **arguments)  # type: ignore[arg-type]


def test_facturx_is_the_same_bytes_for_the_same_input() -> None:
    assert a_facturx() == a_facturx()


def test_facturx_embeds_the_xml_unaltered() -> None:
    cii = a_cii()

    name, xml = get_xml_from_pdf(a_facturx(cii=cii), check_xsd=True)

    assert (name, xml) == ("factur-x.xml", cii)


def test_facturx_xml_reads_back_as_the_same_invoice() -> None:
    invoice = an_invoice()

    _name, xml = get_xml_from_pdf(a_facturx(invoice), check_xsd=False)

    assert read_xml(xml).invoice == invoice


@pytest.mark.parametrize(
    ("specification", "level", "relationship"),
    [
        ("urn:factur-x.eu:1p0:minimum", "MINIMUM", "/Data"),
        ("urn:factur-x.eu:1p0:basicwl", "BASIC WL", "/Data"),
        ("urn:cen.eu:en16931:2017#compliant#urn:factur-x.eu:1p0:basic", "BASIC", "/Alternative"),
        ("urn:cen.eu:en16931:2017", "EN 16931", "/Alternative"),
        ("urn:cen.eu:en16931:2017#conformant#urn:factur-x.eu:1p0:extended", "EXTENDED", "/Alternative"),
        ("urn:cen.eu:en16931:2017#compliant#urn:xeinkauf.de:kosit:xrechnung_3.0", "EN 16931", "/Alternative"),
    ],
)
def test_facturx_declares_the_level_of_its_xml(specification: str, level: str, relationship: str) -> None:
    pdf = opened(a_facturx(cii=a_cii(specification=specification)))

    xmp = pdf.open_metadata()
    fx = "{urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#}"

    assert xmp[f"{fx}ConformanceLevel"] == level
    assert xmp[f"{fx}DocumentFileName"] == "factur-x.xml"
    assert str(pdf.attachments["factur-x.xml"].obj.AFRelationship) == relationship
    assert (xmp["pdfaid:part"], xmp["pdfaid:conformance"]) == ("3", "A")
    assert xmp["{http://www.aiim.org/pdfua/ns/id/}part"] == "1"


def test_facturx_level_agrees_with_the_facturx_library() -> None:
    _name, xml = get_xml_from_pdf(a_facturx(), check_xsd=False)

    assert get_level(etree.fromstring(xml)) == "en16931"


def test_facturx_is_a_sound_pdf_after_its_incremental_update() -> None:
    pdf = opened(a_facturx())

    assert pdf.check_pdf_syntax() == []
    assert [str(file.F) for file in pdf.Root.AF] == ["factur-x.xml"]


def test_facturx_describes_each_embedded_file() -> None:
    original = a_ubl()
    source = Attachment(
        name="facture (1).xml",
        content=original,
        mime_type="application/xml",
        relationship=Relationship.SOURCE,
    )

    pdf = opened(a_facturx(attachments=(source,)))
    embedded = pdf.attachments["facture (1).xml"]

    file = embedded.get_file()
    assert file.read_bytes() == original
    assert (file.mime_type, file.size) == ("application/xml", len(original))
    assert file.obj.Params.ModDate == "D:20261006091500Z"
    assert str(embedded.obj.AFRelationship) == "/Source"


def test_facturx_attaches_what_the_invoice_embeds_once() -> None:
    note = SupportingDocument(reference="BL-1", filename="bl é.csv", mime_type="text/csv", content=b"a;b\n")
    same = Attachment(name="déjà là.csv", content=b"a;b\n", mime_type="text/csv")
    invoice = an_invoice(
        supporting_documents=(note, replace(note, content=b"c\n"), replace(note, content=None))
    )

    pdf = opened(a_facturx(invoice, attachments=(same,)))
    names = set(pdf.attachments)

    assert names == {"factur-x.xml", "déjà là.csv", "bl é.csv"}


def test_facturx_tells_apart_attachments_of_one_name() -> None:
    twins = tuple(
        Attachment(name="a.csv", content=content, mime_type="text/csv") for content in (b"1", b"2", b"3")
    )

    pdf = opened(a_facturx(attachments=twins))

    assert set(pdf.attachments) == {"factur-x.xml", "a.csv", "a (2).csv", "a (3).csv"}
    assert pdf.attachments["a (2).csv"].get_file().read_bytes() == b"2"


def test_facturx_refuses_an_attachment_without_a_media_type() -> None:
    nameless = Attachment(name="a", content=b"", mime_type="text/xml; charset=utf-8")

    with pytest.raises(AssemblyError):
        a_facturx(attachments=(nameless,))


def test_facturx_refuses_xml_that_is_no_invoice() -> None:
    with pytest.raises(AssemblyError):
        a_facturx(cii=b"<x/>")


@pytest.mark.parametrize(("language", "title"), [("fr", "Avoir"), ("en", "Credit note")])
def test_credit_note_says_so(language: str, title: str) -> None:
    pdf = opened(a_facturx(an_invoice(type_code="381"), language=language))

    assert str(pdf.docinfo.Title).startswith(title)
    assert str(pdf.Root.Lang) == language


def test_page_shows_where_the_invoice_stands_on_the_platform() -> None:
    text = text_of(a_facturx())

    for shown in ("CHO-2026-00000042", "1400123456", "ACHATS", "6 octobre 2026 à 11 h 15"):
        assert squeezed(shown) in text


def test_long_invoice_repeats_its_heading_and_carries_its_total_forward() -> None:
    line = an_invoice().lines[0]
    lines = tuple(replace(line, id=str(i), net_amount=Decimal("10.01")) for i in range(1, 121))

    text = text_of(a_facturx(an_invoice(lines=lines)))

    pages = len(opened(a_facturx(an_invoice(lines=lines))).pages)
    assert pages > 3
    assert text.count("Désignation") >= pages - 1
    carried = re.findall(r"Àreporter([\d]+,\d\d)", text)
    brought = re.findall(r"Report([\d]+,\d\d)", text)
    assert carried == brought
    assert len(carried) >= pages - 2


@pytest.mark.parametrize("content", [PNG, SVG])
def test_logo_has_an_alternative_text(content: bytes) -> None:
    context = replace(CONTEXT, logo=Logo(content=content, alternative="Logo des Cimes"))

    pdf = a_facturx(context=context)

    assert b"/Alt(Logo des Cimes)" in pdf


def test_empty_invoice_still_has_a_page() -> None:
    pdf = make_facturx(Invoice(), cii=a_cii(), context=DocumentContext())

    assert "sansnuméro" in text_of(pdf)


@pytest.mark.parametrize(
    "name", ["שלום עולם", "شركة النور", "東京電力株式会社", "W" * 200, "Café ☕️👨‍👩‍👧 ไทย"]
)
def test_names_of_any_script_make_a_page(name: str) -> None:
    line = Line(id="1", item=Item(name=name))

    assert a_facturx(Invoice(number=name, seller=Party(name=name), lines=(line,)), cii=a_cii()).startswith(
        b"%PDF-1.7"
    )


@settings(max_examples=40, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=60))
def test_any_text_at_all_makes_a_page(text: str) -> None:
    line = Line(id=text, note=text, item=Item(name=text))

    assert make_facturx(Invoice(number=text, lines=(line,)), cii=a_cii(), context=DocumentContext())


def test_markup_in_the_data_stays_text() -> None:
    text = text_of(a_facturx(an_invoice(number='#panic("x") *y* $z$ <line>')))

    assert squeezed('#panic("x") *y* $z$ <line>') in text


def test_facturx_takes_xml_in_any_encoding() -> None:
    cii = etree.tostring(etree.fromstring(a_cii()), encoding="utf-16", xml_declaration=True)

    pdf = opened(a_facturx(cii=cii))

    assert pdf.attachments["factur-x.xml"].get_file().read_bytes() == cii


def test_facturx_embeds_a_document_whose_media_type_is_nonsense() -> None:
    odd = SupportingDocument(reference="A", filename="a", mime_type="PDF file", content=b"x")

    pdf = opened(a_facturx(an_invoice(supporting_documents=(odd,))))

    assert pdf.attachments["a"].get_file().mime_type == "application/octet-stream"
