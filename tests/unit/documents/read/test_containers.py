"""Containers as suppliers really send them: what the report says of all that lies around the data."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, Stream

from choriste.application.deposits.validate_file import validate_file
from choriste.documents.read.inspection import AttachedTo, FileKind, inspect
from choriste.domain.shared.findings import Severity, Verdict
from choriste.formats.archives import is_archive
from choriste.formats.invoice.cii import write_cii
from choriste.formats.invoice.ubl import write_ubl
from tests.builders.corpora import CORPORA
from tests.builders.invoices import a_cii, an_invoice
from tests.builders.pdfs import a_pdf, attach, facturx_xmp, plain_pdf, saved, set_xmp

TODAY = dt.date(2026, 11, 29)
CTC_FR = "urn:cen.eu:en16931:2017#conformant#urn.cpro.gouv.fr:1p0:extended-ctc-fr"
EXTENDED = "urn:cen.eu:en16931:2017#conformant#urn:factur-x.eu:1p0:extended"
DRAFT = b'<rsm:Invoice xmlns:rsm="urn:un:unece:uncefact:data:standard:CBFBUY:5"/>'
WARNING = b"<br />\n<b>Warning</b>:  Undefined index: tva in <b>/srv/f.php</b> on line <b>12</b><br />\n"


def told(data: bytes, name: str = "facture.pdf") -> dict[str, tuple[str | None, str | None]]:
    return {each.rule: (each.found, each.expected) for each in inspect(data, filename=name).findings}


def a_pdf_with(*files: tuple[str, bytes], xmp: str | None = None, relationship: str = "Alternative") -> bytes:
    pdf = a_pdf()
    for name, content in files:
        attach(pdf, name, content, relationship=relationship)
    set_xmp(pdf, facturx_xmp() if xmp is None else xmp)
    return saved(pdf)


def a_package(*names: str, first: bytes = b"") -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as package:
        if first:
            package.writestr("mimetype", first)
        for name in names:
            package.writestr(name, b"<x/>")
    return target.getvalue()


def test_a_sound_facturx_has_nothing_to_tell() -> None:
    assert told(a_pdf_with(("factur-x.xml", a_cii()))) == {}


# --- beside the invoice -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("zugferd-invoice.xml", write_cii(an_invoice(number="F-2"))),
        ("factur-x.xml", write_cii(an_invoice(number="F-2"))),
        ("facture.xml", write_ubl(an_invoice(number="F-2"))),
        ("avoir.xml", write_ubl(an_invoice(number="F-2", type_code="381"))),
    ],
)
def test_another_invoice_beside_is_told_with_both_numbers(name: str, content: bytes) -> None:
    number = an_invoice().number

    findings = told(a_pdf_with(("factur-x.xml", a_cii()), (name, content)))

    assert findings == {"PDF-SECOND-INVOICE": (f"{name} (F-2)", f"factur-x.xml ({number})")}


def test_the_same_invoice_twice_is_told() -> None:
    findings = told(a_pdf_with(("factur-x.xml", a_cii()), ("zugferd-invoice.xml", a_cii())))

    assert findings == {"PDF-INVOICE-TWICE": ("zugferd-invoice.xml", "factur-x.xml")}


def test_the_source_of_the_invoice_and_other_files_are_no_second_invoice() -> None:
    data = a_pdf_with(
        ("factur-x.xml", a_cii()), ("source.xml", write_ubl(an_invoice())), ("bon.xml", b"<delivery/>")
    )

    assert told(data) == {}


def test_the_same_facts_written_otherwise_are_the_same_invoice() -> None:
    source = (
        write_ubl(an_invoice())
        .replace(b"2026-10-05<", b"2026-10-05+01:00<")
        .replace(b"1792.18<", b"1792.180<")
    )

    assert told(a_pdf_with(("factur-x.xml", a_cii()), ("source.xml", source))) == {}


@pytest.mark.parametrize(
    ("content", "code", "found"),
    [
        (b"", "PDF-XML-EMPTY", "factur-x.xml"),
        (b" \n", "PDF-XML-EMPTY", "factur-x.xml"),
        (write_ubl(an_invoice()), "PDF-XML-UBL", "factur-x.xml"),
        (DRAFT, "PDF-XML-DRAFT", "factur-x.xml"),
        (b"<html><body/></html>", "PDF-XML-FOREIGN", "factur-x.xml (html)"),
        (b"null", "PDF-XML-BROKEN", "factur-x.xml"),
    ],
)
def test_what_stands_in_place_of_the_invoice_is_named(content: bytes, code: str, found: str) -> None:
    data = a_pdf_with(("factur-x.xml", content))

    inspection = inspect(data, filename="facture.pdf")
    validation = validate_file(data, filename="facture.pdf", on=TODAY)

    assert inspection.refusal is None
    assert [(each.rule, each.found) for each in inspection.findings] == [(code, found)]
    assert validation.verdict is Verdict.UNREADABLE
    assert [(each.rule, each.severity) for each in validation.findings] == [(code, Severity.FATAL)]


@pytest.mark.parametrize("name", ["INV_2026_00117_ubl_bis3.xml", "facture.xml"])
def test_ubl_under_a_name_of_its_own_is_told_too(name: str) -> None:
    assert told(a_pdf_with((name, write_ubl(an_invoice())), xmp="")) == {
        "PDF-XML-UBL": (name, "factur-x.xml")
    }


def test_an_empty_standard_name_beside_the_invoice_is_told() -> None:
    findings = told(a_pdf_with(("factur-x.xml", b""), ("xrechnung.xml", a_cii())))

    assert findings["PDF-XML-EMPTY"] == ("factur-x.xml", None)


# --- where and how it is attached -------------------------------------------------------------------------


def _moved(change: Callable[[pikepdf.Pdf, pikepdf.Object], None]) -> bytes:
    pdf = a_pdf()
    specification = attach(pdf, "factur-x.xml", a_cii(), relationship="Alternative")
    set_xmp(pdf, facturx_xmp())
    del pdf.Root.Names, pdf.Root.AF
    change(pdf, specification)
    return saved(pdf)


def _on_page(pdf: pikepdf.Pdf, specification: pikepdf.Object) -> None:
    pdf.pages[0].obj.AF = Array([specification])


def _on_annotation(pdf: pikepdf.Pdf, specification: pikepdf.Object) -> None:
    clip = Dictionary(Type=Name.Annot, Subtype=Name.FileAttachment, Rect=[0, 0, 9, 9], FS=specification)
    pdf.pages[0].obj.Annots = Array([clip])


@pytest.mark.parametrize(
    ("change", "attached_to"), [(_on_page, AttachedTo.PAGE), (_on_annotation, AttachedTo.ANNOTATION)]
)
def test_an_invoice_on_a_page_is_refused_with_the_place_to_move_it_to(
    change: Callable[[pikepdf.Pdf, pikepdf.Object], None], attached_to: AttachedTo
) -> None:
    inspection = inspect(_moved(change), filename="facture.pdf")

    assert inspection.pdf is not None
    assert [each.attached_to for each in inspection.pdf.attachments] == [attached_to]
    assert inspection.refusal is not None
    assert inspection.refusal.rule == f"PDF-XML-ON-{attached_to.value.upper()}"


def test_an_invoice_missing_from_the_list_of_attachments_is_read_and_told() -> None:
    def change(pdf: pikepdf.Pdf, specification: pikepdf.Object) -> None:
        pdf.Root.AF = Array([specification])

    assert told(_moved(change)) == {"PDF-XML-NOT-LISTED": ("factur-x.xml", None)}


@pytest.mark.parametrize("name", ["FACTUR-X.XML", "Factur-X.xml", "ZUGFeRD-invoice.xml"])
def test_a_name_in_another_case_is_read_and_told(name: str) -> None:
    findings = told(a_pdf_with((name, a_cii()), xmp=facturx_xmp(filename=name)))

    assert findings == {"PDF-XML-NAME-CASE": (name, name.lower())}


@pytest.mark.parametrize(
    ("mime_type", "code"), [("application/octet-stream", "PDF-XML-TYPE"), ("", "PDF-XML-UNTYPED")]
)
def test_a_wrong_or_missing_type_is_told(mime_type: str, code: str) -> None:
    pdf = a_pdf()
    specification = attach(pdf, "factur-x.xml", a_cii(), relationship="Alternative", mime_type="text/xml")
    stream = specification.EF.F
    if mime_type:
        stream.Subtype = Name(f"/{mime_type}")
    else:
        del stream.Subtype
    set_xmp(pdf, facturx_xmp())

    assert told(saved(pdf)) == {code: (mime_type or None, "text/xml")}


# --- what the metadata announce ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "instead", "code", "values"),
    [
        (">INVOICE<", ">ORDER<", "PDF-XMP-DOCUMENTTYPE", ("ORDER", "INVOICE")),
        (">1.0<", ">2.3<", "PDF-XMP-VERSION", ("2.3", "1.0")),
        (">factur-x.xml<", ">invoice.xml<", "PDF-XMP-DOCUMENTFILENAME", ("invoice.xml", "factur-x.xml")),
        (">EN 16931<", ">EXTENDED<", "PDF-PROFILE-DIFFERS", ("EXTENDED", "EN 16931")),
        (">EN 16931<", "><", "PDF-XMP-INCOMPLETE", ("ConformanceLevel", None)),
    ],
)
def test_metadata_that_disagree_with_the_data_are_told(
    written: str, instead: str, code: str, values: tuple[str, str | None]
) -> None:
    xmp = facturx_xmp().replace(written, instead)

    assert told(a_pdf_with(("factur-x.xml", a_cii()), xmp=xmp)) == {code: values}


def test_a_facturx_that_declares_the_french_extension_is_told_what_to_declare() -> None:
    data = a_pdf_with(("factur-x.xml", a_cii(specification=CTC_FR)), xmp=facturx_xmp("EXTENDED"))

    assert told(data) == {"PDF-GUIDELINE": (CTC_FR, EXTENDED)}


# --- around the PDF ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("end", [b"%%EO", b"", b"%%EOF"[:2]])
def test_a_whole_pdf_without_its_end_mark_is_read(end: bytes) -> None:
    whole = plain_pdf()

    findings = told(whole[: whole.rindex(b"%%EOF")] + end)

    assert findings == {"PDF-NO-END-MARK": (None, "%%EOF")}


def test_a_pdf_cut_within_its_last_offset_is_cut() -> None:
    whole = plain_pdf()
    start = whole.rindex(b"startxref")

    assert all("PDF-TRUNCATED" in told(whole[:end]) for end in range(start - 40, start + 11))


@pytest.mark.parametrize("times", [1, 4, 60])
def test_a_pdf_behind_the_warnings_of_a_web_server_is_a_pdf(times: int) -> None:
    noise = WARNING * times

    inspection = inspect(noise + a_pdf_with(("factur-x.xml", a_cii())), filename="facture.pdf")

    assert inspection.kind is FileKind.FACTURX
    assert [(each.rule, each.found) for each in inspection.findings] == [
        ("PDF-LEADING-BYTES", f"{len(noise)}")
    ]
    validation = validate_file(noise + a_pdf_with(("factur-x.xml", a_cii())), filename="f.pdf", on=TODAY)
    assert validation.verdict is Verdict.VALID


@pytest.mark.parametrize(
    "prefix", [b"<html><script>x()</script></html>", b"<p onclick='x()'>", b"<?xml ?><a/>"]
)
def test_a_page_of_its_own_before_the_pdf_is_refused(prefix: bytes) -> None:
    assert "PDF-POLYGLOT" in told(prefix + plain_pdf())


def test_a_lock_for_certificates_is_called_a_lock() -> None:
    pdf = plain_pdf()
    lock = b"/Encrypt<</Filter/Adobe.PubSec/SubFilter/adbe.pkcs7.s5/V 4/Length 128>>/Root"

    inspection = inspect(pdf.replace(b"/Root", lock), filename="facture.pdf")

    assert inspection.kind is FileKind.ENCRYPTED_PDF
    assert [each.rule for each in inspection.findings] == ["PDF-ENCRYPTED-FOR"]


def test_fields_attachments_and_scripts_listed_twice_are_read_once() -> None:
    pdf = a_pdf()
    field = pdf.make_indirect(Dictionary(T="a", FT=Name.Tx, V="1"))
    parent = pdf.make_indirect(Dictionary(T="p", Kids=Array([field, field])))
    pdf.Root.AcroForm = Dictionary(Fields=Array([field, field, parent, parent]))
    attach(pdf, "devis.pdf", b"1")
    names = pdf.make_indirect(Dictionary(Names=pdf.Root.Names.EmbeddedFiles.Names))
    pdf.Root.Names.EmbeddedFiles = Dictionary(Kids=Array([names, names]))

    inspection = inspect(saved(pdf), filename="facture.pdf")

    assert inspection.findings == ()
    assert inspection.pdf is not None
    assert [each.name for each in inspection.pdf.attachments] == ["devis.pdf"]


@pytest.mark.parametrize("kind", ["JavaScript", "ResetForm", "Hide", "SetOCGState"])
def test_scripts_and_buttons_are_told_and_not_refused(kind: str) -> None:
    pdf = a_pdf()
    pdf.Root.OpenAction = Dictionary(S=Name(f"/{kind}"), JS="this.print()")

    inspection = inspect(saved(pdf), filename="facture.pdf")

    assert inspection.refusal is None
    assert [(each.rule, each.found) for each in inspection.findings] == [("PDF-SCRIPTS", kind)]


@pytest.mark.parametrize("kind", ["Launch", "SubmitForm", "ImportData", "GoToE", "RichMediaExecute", "Movie"])
def test_actions_that_reach_out_are_refused(kind: str) -> None:
    pdf = a_pdf()
    pdf.Root.OpenAction = Dictionary(S=Name(f"/{kind}"))
    pdf.Root.Names = Dictionary(JavaScript=Dictionary(Names=Array(["a", Stream(pdf, b"")])))

    refusal = inspect(saved(pdf), filename="facture.pdf").refusal

    assert refusal is not None
    assert (refusal.rule, refusal.found) == ("PDF-ACTIVE-CONTENT", kind)


# --- no PDF -----------------------------------------------------------------------------------------------

CONTENT_TYPES = "[Content_Types].xml"
FOREIGN = [
    (a_package(CONTENT_TYPES, "word/document.xml"), "Word (.docx)", "FILE-OFFICE"),
    (a_package("_rels/.rels", CONTENT_TYPES, "xl/workbook.xml"), "Excel (.xlsx)", "FILE-OFFICE"),
    (a_package(CONTENT_TYPES, "ppt/presentation.xml"), "PowerPoint (.pptx)", "FILE-OFFICE"),
    (
        a_package("content.xml", first=b"application/vnd.oasis.opendocument.text"),
        "OpenDocument (.odt)",
        "FILE-OFFICE",
    ),
    (
        a_package("content.xml", first=b"application/vnd.oasis.opendocument.spreadsheet"),
        "OpenDocument (.ods)",
        "FILE-OFFICE",
    ),
    (a_package("Index/Document.iwa", "preview.jpg"), "Pages, Numbers (iWork)", "FILE-OFFICE"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512), "Word, Excel (.doc, .xls)", "FILE-OFFICE"),
    (b"{\\rtf1\\ansi facture}", "RTF (.rtf)", "FILE-OFFICE"),
    (b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic", "HEIC", "FILE-IMAGE"),
    (b"\x00\x00\x00\x1cftypmif1\x00\x00\x00\x00mif1heic", "HEIF", "FILE-IMAGE"),
    (b"\x00\x00\x00\x18ftypavif\x00\x00\x00\x00avif", "AVIF", "FILE-IMAGE"),
    (b"BM\x36\x00\x0c\x00\x00\x00\x00\x00\x36\x00\x00\x00\x28\x00\x00\x00", "BMP", "FILE-IMAGE"),
    (b"RIFF\x24\x00\x00\x00WEBPVP8 ", "WebP", "FILE-IMAGE"),
    (b"\xff\xd8\xff\xe0\x00\x10JFIF", "JPEG", "FILE-IMAGE"),
]


@pytest.mark.parametrize(("data", "name", "code"), FOREIGN, ids=[name for _, name, _ in FOREIGN])
def test_office_documents_and_pictures_are_told_once_by_their_names(
    data: bytes, name: str, code: str
) -> None:
    inspection = inspect(data, filename="facture")
    validation = validate_file(data, filename="facture", on=TODAY)

    assert [(each.rule, each.found) for each in inspection.findings] == [(code, name)]
    assert [(each.rule, each.found) for each in validation.findings] == [(code, name)]
    assert validation.verdict is Verdict.UNREADABLE
    assert not is_archive(io.BytesIO(data))


def test_an_archive_of_office_documents_is_an_archive() -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("facture.docx", a_package(CONTENT_TYPES, "word/document.xml"))

    assert inspect(target.getvalue(), filename="lot.zip").kind is FileKind.ZIP


def test_text_that_begins_like_a_bitmap_is_no_picture() -> None:
    assert inspect(b"BMW FRANCE, facture 26-118", filename="a.txt").kind is FileKind.UNKNOWN


# --- the files of the field -------------------------------------------------------------------------------

FIELD = {
    "files/ctcfr-in-pdf.pdf": "PDF-GUIDELINE",
    "files/empty-xml.pdf": "PDF-XML-EMPTY",
    "files/two-invoices.pdf": "PDF-SECOND-INVOICE",
    "files/ubl-in-pdf.pdf": "PDF-XML-UBL",
    "pdf/A11-name-uppercase.pdf": "PDF-XML-NAME-CASE",
    "pdf/A16-same-name-twice.pdf": "PDF-SECOND-INVOICE",
    "pdf/A36-xmp-doctype-order.pdf": "PDF-XMP-DOCUMENTTYPE",
    "pdf/A40-mime-missing.pdf": "PDF-PDFA-CLAIM",
    "pdf/A42-zugferd-rc.pdf": "PDF-XML-DRAFT",
    "pdf/B04-pubsec.pdf": "PDF-ENCRYPTED-FOR",
    "pdf/C04-eo.pdf": "PDF-NO-END-MARK",
    "pdf/C12-field-twice.pdf": "",
    "pdf/C18-page-AF.pdf": "PDF-XML-ON-PAGE",
    "pdf/F01-heic.heic": "FILE-IMAGE",
    "pdf/F03-docx.docx": "FILE-OFFICE",
    "pdf/S08-pades-lt-dss.pdf": "",
    "pdf/S13-nuls-after.pdf": "",
    "pdf/S31-no-certificate.pdf": "PDF-SIGNATURE-CERTIFICATE",
}


@pytest.mark.corpora
@pytest.mark.parametrize(("path", "code"), FIELD.items())
def test_each_container_of_the_field_is_told_for_what_it_is(path: str, code: str) -> None:
    file = Path(CORPORA / "field" / path)

    inspection = inspect(file.read_bytes(), filename=file.name)

    codes = [each.rule for each in inspection.findings]
    assert code in codes if code else codes == []
