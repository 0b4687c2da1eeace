"""The page of an invoice as its readers see it: what stands on one page, and what is said in words."""

from __future__ import annotations

import ctypes
import datetime as dt
import io
import re
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pikepdf
import pypdfium2
import pytest

from choriste.documents.issue.context import DocumentContext
from choriste.documents.issue.facturx import make_facturx
from choriste.documents.issue.pages.invoice import invoice_page
from choriste.domain.invoice.model import AllowanceCharge, Invoice, Line
from choriste.domain.invoice.reading import Leftover
from choriste.formats.read import read_xml
from tests.builders.corpora import CORPORA
from tests.builders.invoices import a_cii, an_invoice, the_totals
from tests.pdfa.corpora import CONTEXT

SETTLEMENT = "/rsm:CrossIndustryInvoice/rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeSettlement"
LINE = "/rsm:CrossIndustryInvoice/rsm:SupplyChainTradeTransaction/ram:IncludedSupplyChainTradeLineItem"
TERMS = f"{SETTLEMENT}/ram:SpecifiedTradePaymentTerms"
DATE = "ram:DueDateDateTime/udt:DateTimeString"
DISCOUNT = "ram:ApplicableTradePaymentDiscountTerms/ram:CalculationPercent"


def a_page(invoice: Invoice, *leftovers: tuple[str, str], language: str = "fr") -> dict[str, Any]:
    left = [Leftover(xpath, None, text) for xpath, text in leftovers]
    return invoice_page(invoice, DocumentContext(), language=language, leftovers=left)


def a_pdf(invoice: Invoice, *, language: str = "fr") -> bytes:
    return make_facturx(invoice, cii=a_cii(), context=CONTEXT, language=language)


def pages_of(pdf: bytes) -> int:
    return len(pikepdf.open(io.BytesIO(pdf)).pages)


def texts_by_page(pdf: bytes) -> list[str]:
    document = pypdfium2.PdfDocument(pdf)
    try:
        return [page.get_textpage().get_text_range() for page in document]
    finally:
        document.close()


def many_lines(count: int, **changes: Any) -> tuple[Line, ...]:
    line = replace(an_invoice().lines[0], **changes)
    return tuple(replace(line, id=f"{n}") for n in range(1, count + 1))


# --- on paper ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("type_code", ["380", "381"])
def test_an_invoice_of_five_lines_stands_on_one_page(language: str, type_code: str) -> None:
    invoice = an_invoice(type_code=type_code)
    assert len(invoice.lines) == 5

    assert pages_of(a_pdf(invoice, language=language)) == 1


@pytest.mark.parametrize("count", range(6, 30))
def test_the_heading_of_the_lines_stays_with_the_first_of_them(count: int) -> None:
    notes = tuple(replace(an_invoice().notes[0], text=f"mention {n}") for n in range(2))
    invoice = an_invoice(lines=many_lines(count), notes=notes)
    long = replace(invoice, purchase_order_reference="\n".join(["commande"] * count))

    (heading,) = (text for text in texts_by_page(a_pdf(long)) if "Détail" in text)

    assert "Rapport remis" in heading[heading.index("Détail") :]


def test_no_line_is_split_over_two_pages() -> None:
    details = "\n".join(f"début{n}" if n == 0 else f"détail {n}" for n in range(9)) + "\nfin"
    pages = texts_by_page(a_pdf(an_invoice(lines=many_lines(40, note=details))))

    assert len(pages) > 5
    assert all(text.count("début0") == len(re.findall(r"\bfin\b", text)) for text in pages)


def test_a_line_longer_than_a_page_is_shown_to_its_end() -> None:
    text = " ".join(f"mot{n}" for n in range(2500))

    shown = " ".join(texts_by_page(a_pdf(an_invoice(lines=many_lines(2, note=text)))))

    assert all(f"mot{n}" in shown for n in (0, 1200, 2499))


def test_zeros_are_set_without_a_slash() -> None:
    # The face of the words has a slashed zero; that of the figures has none.
    assert all("NotoSans" in font for font in fonts_of("0", a_pdf(an_invoice())))


def fonts_of(character: str, pdf: bytes) -> set[str]:
    """Return the names of the fonts that a character is set in."""
    document = pypdfium2.PdfDocument(pdf)
    found = set()
    try:
        for page in document:
            text = page.get_textpage()
            for index in range(text.count_chars()):
                if pypdfium2.raw.FPDFText_GetUnicode(text, index) == ord(character):
                    found.add(_font_at(text, index))
    finally:
        document.close()
    assert found
    return found


def _font_at(text: pypdfium2.PdfTextPage, index: int) -> str:
    name = ctypes.create_string_buffer(200)
    pypdfium2.raw.FPDFText_GetFontInfo(text, index, name, len(name), ctypes.c_int())
    return name.value.decode()


# --- in words ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "french", "english"),
    [
        ("380", "Facture", "Invoice"),
        ("381", "Avoir", "Credit note"),
        ("325", "Facture pro forma", "Pro forma invoice"),
        ("383", "Note de débit", "Debit note"),
        ("385", "Facture récapitulative", "Consolidated invoice"),
        ("388", "Facture fiscale", "Tax invoice"),
        ("390", "Facture ducroire", "Delcredere invoice"),
        ("394", "Facture de crédit-bail ou de location", "Lease invoice"),
        ("999", "Facture", "Invoice"),
    ],
)
def test_each_type_of_document_has_its_name(code: str, french: str, english: str) -> None:
    kinds = [a_page(an_invoice(type_code=code), language=language)["kind"] for language in ("fr", "en")]

    assert kinds == [french, english]


def test_codes_stand_in_the_technical_block_only() -> None:
    page = a_page(an_invoice())

    technical = dict(page.pop("technical")["pairs"])
    others = str({key: value for key, value in page.items() if key not in {"language", "lines"}})
    assert not re.search(r"\((30|95|380|S|FC|PMT|PMD|AAB)\)|urn:cen|0225:", others)
    assert technical["Type de document"] == "380"
    assert technical["Moyen de paiement"] == "30"
    assert technical["Objets des mentions"] == "PMT, PMD, AAB"
    assert technical["Adresse électronique — vendeur"] == "0225:832145692"
    assert technical["SIREN — vendeur"].replace("\xa0", "") == "832145692"


@pytest.mark.parametrize("code", ["ACC", "ACB", "AAC", "AAB", "PMT", "CUS", "TXD"])
def test_notes_are_headed_by_words(code: str) -> None:
    note = replace(an_invoice().notes[0], subject_code=code)

    for language in ("fr", "en"):
        (row,) = a_page(an_invoice(notes=(note,)), language=language)["notes"]["rows"]
        assert row[0]
        assert code not in row[0]


def test_the_ordinary_regime_goes_without_saying_and_others_are_named() -> None:
    ordinary, *_ = an_invoice().vat_breakdown
    reverse = replace(ordinary, category="AE", rate=Decimal(0), tax=Decimal(0), exemption_code="VATEX-EU-AE")

    rows = a_page(an_invoice(vat_breakdown=(ordinary, reverse)))["vat"]["rows"]

    assert [row[0] for row in rows] == ["20\xa0%", "Autoliquidation"]


def test_nothing_is_shown_as_minus_zero_or_as_a_sum_of_nothing() -> None:
    zero = Decimal("0.00")
    totals = replace(the_totals(), allowances=zero, charges=zero, paid=zero, rounding=zero)
    free = AllowanceCharge(amount=zero, reason="Geste", vat_category="S", vat_rate=Decimal(20))
    line = replace(an_invoice().lines[0], allowances=(free,))

    page = a_page(an_invoice(totals=totals, allowances=(free,), charges=(), lines=(line,)))

    labels = [label for label, _ in page["totals"]["rows"]]
    assert labels == ["Total des lignes", "Total HT", "TVA", "Total TTC"]
    assert "−0,00" not in str(page)


def test_each_allowance_of_a_line_has_a_row_with_its_amount() -> None:
    rows = a_page(an_invoice())["lines"]["below"]

    assert rows[1] == [["Remise\xa0: Remise fidélité, sur 361,50", "−11,50"]]
    assert rows[4] == [["Frais\xa0: Emballage", "5,00"]]


# --- beyond EN 16931 --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "leftovers", "due"),
    [
        ("2026-06-06", [], "6 juin 2026"),
        (
            "2026-06-06",
            [(f"{TERMS}[1]/{DISCOUNT}", "2.00"), (f"{TERMS}[2]/{DATE}", "20260613")],
            "13 juin 2026",
        ),
        (
            "2026-06-13",
            [(f"{TERMS}[2]/{DATE}", "20260606"), (f"{TERMS}[2]/{DISCOUNT}", "2.00")],
            "13 juin 2026",
        ),
        ("2026-06-06", [(f"{TERMS}/{DISCOUNT}", "2.00")], None),
        ("2026-06-06", [(f"{TERMS}[2]/{DATE}", "20260706")], "6 juillet 2026"),
    ],
)
def test_the_date_of_a_discount_is_never_the_due_date(
    first: str, leftovers: list[tuple[str, str]], due: str | None
) -> None:
    invoice = an_invoice(due_date=dt.date.fromisoformat(first), payment_terms="Escompte")

    page = a_page(invoice, *leftovers)

    shown = {label: value.replace("\xa0", " ") for label, value in page["highlights"]}
    assert shown.get("À payer avant le") == due
    dates = {
        first,
        *(f"{text[:4]}-{text[4:6]}-{text[6:]}" for path, text in leftovers if path.endswith(DATE)),
    }
    payment = str(page["payment"]["pairs"]).replace("\\xa0", " ")
    for day in map(dt.date.fromisoformat, dates):
        assert f"{day:%d/%m/%Y}" in payment or f"{day.day} " in payment


def test_lines_below_a_line_are_indented_and_counted_once() -> None:
    base = an_invoice().lines[0]
    lines = tuple(
        replace(base, id=number, net_amount=Decimal(amount))
        for number, amount in (("1", 100), ("1.1", 40), ("1.2", 60), ("1.2.1", 60), ("2", 10), ("3", 99))
    )
    status = "ram:AssociatedDocumentLineDocument/ram:LineStatusReasonCode"
    parent = "ram:AssociatedDocumentLineDocument/ram:ParentLineID"

    shown = a_page(
        an_invoice(lines=lines),
        (f"{LINE}[1]/{status}", "GROUP"),
        (f"{LINE}[2]/{parent}", "1"),
        (f"{LINE}[3]/{parent}", "1"),
        (f"{LINE}[3]/{status}", "GROUP"),
        (f"{LINE}[4]/{parent}", "1.2"),
        (f"{LINE}[4]/{status}", "DETAIL"),
        (f"{LINE}[6]/{status}", "INFORMATION"),
    )["lines"]

    assert shown["depths"] == [0, 1, 1, 2, 0, 0]
    assert shown["running"] == ["0,00", "40,00", "40,00", "100,00", "110,00", "110,00"]
    assert shown["rows"][0][2].startswith("Regroupement")


def test_a_parent_that_is_not_there_is_named_and_a_loop_ends() -> None:
    parent = "ram:AssociatedDocumentLineDocument/ram:ParentLineID"

    shown = a_page(
        an_invoice(lines=many_lines(2)), (f"{LINE}[1]/{parent}", "1"), (f"{LINE}[2]/{parent}", "absent")
    )["lines"]

    assert "Ligne parente\xa0: absent" in shown["rows"][1][2]
    assert shown["depths"][1] == 0


@pytest.mark.corpora
@pytest.mark.parametrize(
    ("path", "texts"),
    [
        ("field/pdf/R06-sublines.xml", ["13\xa0juin\xa02026", "Bis zum zum 13.06.2026 ohne Abzug"]),
        ("field/pdf/R12-payee-address.xml", ["300000007_00033_FACTOR", "rôle\xa0: DL", "Affacturage"]),
    ],
)
def test_the_extended_invoices_of_the_field_are_shown_whole(path: str, texts: list[str]) -> None:
    reading = read_xml((CORPORA / path).read_bytes())

    page = invoice_page(reading.invoice, DocumentContext(), language="fr", leftovers=reading.leftovers)

    assert [text for text in texts if text not in str(page).replace("\\xa0", "\xa0")] == []
