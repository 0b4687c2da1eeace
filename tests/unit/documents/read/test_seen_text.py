"""Only what a reader of the page sees is read, whichever way the page and its text are turned."""

from __future__ import annotations

import pytest
from pikepdf import Array, Dictionary, Name, Stream, String

from choriste.documents.read.inspection import extract_text
from choriste.documents.read.prefill import Confidence, FieldName, prefill
from tests.builders.pdfs import a_pdf, saved

SHOWN = b"BT /F1 12 Tf 72 700 Td (Facture F-1) Tj ET "


def words_of(content: bytes, **page_entries: object) -> list[str]:
    """Return the words read of a page with this content."""
    pdf = a_pdf()
    pdf.pages[0].obj.Contents = Stream(pdf, content)
    for key, value in page_entries.items():
        pdf.pages[0].obj[f"/{key}"] = value
    return [word.text for page in extract_text(saved(pdf)) for word in page.words]


@pytest.mark.parametrize(
    "hidden",
    [
        b"BT 1 1 1 rg /F1 12 Tf 72 600 Td (Secret) Tj ET",
        b"BT 0.99 g /F1 12 Tf 72 600 Td (Secret) Tj ET",
        b"BT 3 Tr /F1 12 Tf 72 600 Td (Secret) Tj ET",
        b"BT /F1 12 Tf 700 600 Td (Secret) Tj ET",
        b"BT /F1 12 Tf 72 -50 Td (Secret) Tj ET",
        b"BT /F1 0.2 Tf 72 600 Td (Secret) Tj ET",
        b"BT /F1 12 Tf 72 600 Td (Secret) Tj ET 1 g 60 590 100 30 re f",
        b"1 g 60 590 100 30 re f BT 1 g /F1 12 Tf 72 600 Td (Secret) Tj ET",
    ],
    ids=["white", "nearly-white", "invisible", "beside", "below", "tiny", "painted-over", "white-on-white"],
)
def test_text_that_nobody_sees_is_not_read(hidden: bytes) -> None:
    assert words_of(SHOWN + hidden) == ["Facture", "F-1"]


def test_white_text_on_a_coloured_band_is_read() -> None:
    band = b"0.1 0.2 0.5 rg 60 590 200 30 re f BT 1 1 1 rg /F1 12 Tf 72 600 Td (Total) Tj ET"

    assert words_of(SHOWN + band) == ["Facture", "F-1", "Total"]


def test_text_outside_the_crop_box_is_not_read_and_places_are_from_its_corner() -> None:
    pdf = a_pdf()
    pdf.pages[0].obj.CropBox = Array([50, 400, 500, 800])
    hidden = b"BT /F1 12 Tf 72 300 Td (Secret) Tj ET"
    pdf.pages[0].obj.Contents = Stream(pdf, SHOWN + hidden)

    (page,) = extract_text(saved(pdf))

    assert [word.text for word in page.words] == ["Facture", "F-1"]
    assert (page.width, page.height) == (450, 400)
    assert page.words[0].x0 == pytest.approx(22, abs=1)
    assert 85 < page.words[0].top < page.words[0].bottom < 110


def test_boxes_that_a_page_inherits_are_its_own() -> None:
    pdf = a_pdf()
    page = pdf.pages[0].obj
    pdf.Root.Pages.MediaBox = Array([0, 0, 700, 1000])
    del page.MediaBox
    page.Contents = Stream(pdf, b"BT /F1 12 Tf 650 980 Td (Top) Tj ET " + SHOWN)

    (read,) = extract_text(saved(pdf))

    assert (read.width, read.height) == (700, 1000)
    assert [word.text for word in read.words] == ["Top", "Facture", "F-1"]
    assert 5 < read.words[0].top < 20


@pytest.mark.parametrize(
    ("rotation", "matrix"),
    [(90, b"0 1 -1 0 300 100"), (180, b"-1 0 0 -1 300 300"), (270, b"0 -1 1 0 300 300")],
)
def test_pages_that_stand_turned_are_read_upright(rotation: int, matrix: bytes) -> None:
    content = b"BT /F1 12 Tf " + matrix + b" Tm (Facture n. F-1) Tj 0 -20 Td (Date 03/11/2026) Tj ET"
    pdf = a_pdf()
    pdf.pages[0].obj.Rotate = rotation
    pdf.pages[0].obj.Contents = Stream(pdf, content)

    (page,) = extract_text(saved(pdf))

    assert [word.text for word in page.words] == ["Facture", "n.", "F-1", "Date", "03/11/2026"]
    first, second = page.words[0], page.words[3]
    assert page.turn == 0
    assert first.x0 == pytest.approx(second.x0, abs=1)
    assert second.top - first.top == pytest.approx(20, abs=1)


def test_text_up_a_margin_is_an_entry_of_its_own_with_its_place_on_the_page() -> None:
    body = b"BT /F1 12 Tf 72 600 Td (Une ligne de texte parmi celles de la page) Tj ET "
    margin = b"BT /F1 8 Tf 0 1 -1 0 30 100 Tm (SIRET 732 829 320 00074) Tj ET"
    pdf = a_pdf()
    pdf.pages[0].obj.Contents = Stream(pdf, SHOWN + body + margin)

    upright, margin_text = extract_text(saved(pdf))
    found = prefill([upright, margin_text]).considered["supplier_siret"][0]

    assert (upright.turn, margin_text.turn) == (0, 90)
    assert found.value == "73282932000074"
    assert 20 < found.box.x0 < found.box.x1 < 40
    assert 600 < found.box.top < found.box.bottom < 745


def test_diagonal_stamp_leaves_the_lines_under_it_alone() -> None:
    stamp = b"BT /F1 60 Tf 0.7 0.7 -0.7 0.7 100 500 Tm (DUPLICATA) Tj ET"

    assert words_of(SHOWN + stamp) == ["Facture", "F-1"]


def test_letters_spaced_apart_are_words_all_the_same() -> None:
    spaced = b"BT 5 Tc /F1 10 Tf 72 600 Td (FACTURE No F-2026-118) Tj ET"

    assert words_of(spaced) == ["FACTURE", "No", "F-2026-118"]


@pytest.mark.parametrize("state", ["off", "base-off", "membership", "form"])
def test_text_of_a_layer_that_is_switched_off_is_not_read(state: str) -> None:
    pdf = a_pdf()
    group = pdf.make_indirect(Dictionary(Type=Name.OCG, Name=String("draft")))
    configuration = Dictionary(BaseState=Name.OFF) if state == "base-off" else Dictionary(OFF=Array([group]))
    pdf.Root.OCProperties = Dictionary(OCGs=Array([group]), D=configuration)
    page = pdf.pages[0].obj
    content = group
    if state == "membership":
        content = pdf.make_indirect(Dictionary(Type=Name.OCMD, OCGs=Array([group])))
    page.Resources.Properties = Dictionary(L=content)
    hidden = b"/OC /L BDC BT /F1 12 Tf 72 600 Td (Secret) Tj ET EMC "
    if state == "form":
        form = Stream(pdf, b"BT /F1 12 Tf 72 600 Td (Secret) Tj ET")
        form.update(
            Dictionary(
                Type=Name.XObject, Subtype=Name.Form, BBox=Array([0, 0, 595, 842]), Resources=page.Resources
            )
        )
        form.OC = group
        page.Resources.XObject = Dictionary(F=form)
        hidden = b"/F Do "
    page.Contents = Stream(pdf, hidden + SHOWN)

    words = [word.text for each in extract_text(saved(pdf)) for word in each.words]

    assert words == ["Facture", "F-1"]


def test_layer_that_is_shown_is_read() -> None:
    pdf = a_pdf()
    group = pdf.make_indirect(Dictionary(Type=Name.OCG, Name=String("text")))
    pdf.Root.OCProperties = Dictionary(OCGs=Array([group]), D=Dictionary())
    pdf.pages[0].obj.Resources.Properties = Dictionary(L=group)
    pdf.pages[0].obj.Contents = Stream(pdf, b"/OC /L BDC " + SHOWN + b"EMC")

    assert [word.text for page in extract_text(saved(pdf)) for word in page.words] == ["Facture", "F-1"]


def test_letters_without_unicode_are_said_to_be_unreadable() -> None:
    pdf = a_pdf()
    descendant = pdf.make_indirect(
        Dictionary(
            Type=Name.Font,
            Subtype=Name.CIDFontType2,
            BaseFont=Name("/ABCDEF+Unknown"),
            CIDSystemInfo=Dictionary(Registry=String("Adobe"), Ordering=String("Identity"), Supplement=0),
            FontDescriptor=pdf.make_indirect(
                Dictionary(Type=Name.FontDescriptor, FontName=Name("/ABCDEF+Unknown"), Flags=4)
            ),
        )
    )
    font = Dictionary(
        Type=Name.Font,
        Subtype=Name.Type0,
        BaseFont=Name("/ABCDEF+Unknown"),
        Encoding=Name("/Identity-H"),
        DescendantFonts=Array([descendant]),
    )
    pdf.pages[0].obj.Resources.Font.F2 = pdf.make_indirect(font)
    pdf.pages[0].obj.Contents = Stream(pdf, b"BT /F2 12 Tf 72 700 Td <002400250026002700280029> Tj ET")

    read = prefill(extract_text(saved(pdf)))

    assert [finding.rule for finding in read.findings] == ["PREFILL-UNMAPPED"]
    assert read.fields == {}


def test_values_of_form_fields_and_notes_are_read_and_said() -> None:
    pdf = a_pdf()
    field = pdf.make_indirect(
        Dictionary(
            Type=Name.Annot,
            Subtype=Name.Widget,
            FT=Name.Tx,
            T=String("po"),
            V=String("4500012345"),
            Rect=Array([200, 640, 400, 656]),
            F=4,
            DA=String("/F1 10 Tf 0 g"),
        )
    )
    note = pdf.make_indirect(
        Dictionary(
            Type=Name.Annot,
            Subtype=Name.FreeText,
            Contents=String("Code service : ACHATS"),
            Rect=Array([72, 600, 300, 614]),
            F=4,
        )
    )
    pdf.Root.AcroForm = Dictionary(Fields=Array([field]))
    pdf.pages[0].obj.Annots = Array([field, note])
    label = b"BT /F1 12 Tf 72 643 Td (Bon de commande) Tj ET"
    pdf.pages[0].obj.Contents = Stream(pdf, SHOWN + label)

    read = prefill(extract_text(saved(pdf)))

    assert read.fields[FieldName.PURCHASE_ORDER].value == "4500012345"
    assert read.fields[FieldName.SERVICE_CODE].value == "ACHATS"
    assert "PREFILL-ENTERED" in [finding.rule for finding in read.findings]


def test_words_that_a_scanner_recognised_are_only_proposed() -> None:
    pdf = a_pdf()
    image = Stream(pdf, b"\x00" * 300)
    image.update(Dictionary(Type=Name.XObject, Subtype=Name.Image, Width=10, Height=10, BitsPerComponent=8))
    image.ColorSpace = Name.DeviceRGB
    pdf.pages[0].obj.Resources.XObject = Dictionary(I=image)
    text = b"".join(
        b"BT 3 Tr /F1 12 Tf 72 %d Td (%s) Tj ET " % (700 - 20 * at, line)
        for at, line in enumerate(
            [b"Facture no F-77", b"Date 03/11/2026", b"Echeance 03/12/2026"]
            + [b"Une ligne de texte de la facture, lue sur une image"] * 3
        )
    )
    pdf.pages[0].obj.Contents = Stream(pdf, b"q 595 0 0 842 0 0 cm /I Do Q " + text)

    read = prefill(extract_text(saved(pdf)))

    assert read.fields[FieldName.NUMBER].value == "F-77"
    assert {found.confidence for found in read.fields.values()} == {Confidence.PROBABLE}
    assert "PREFILL-RECOGNISED" in [finding.rule for finding in read.findings]


def test_scan_with_the_line_of_its_program_is_a_scan() -> None:
    pdf = a_pdf()
    image = Stream(pdf, b"\x00" * 300)
    image.update(Dictionary(Type=Name.XObject, Subtype=Name.Image, Width=10, Height=10, BitsPerComponent=8))
    image.ColorSpace = Name.DeviceRGB
    pdf.pages[0].obj.Resources.XObject = Dictionary(I=image)
    pdf.pages[0].obj.Contents = Stream(pdf, b"q 595 0 0 842 0 0 cm /I Do Q " + SHOWN)

    read = prefill(extract_text(saved(pdf)))

    assert read.scanned
    assert [finding.rule for finding in read.findings] == ["PREFILL-SCANNED"]
