"""A draft begun from a PDF: what is certain is filled in, what is not is proposed, what cannot be is told."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest

from choriste.application.drafts.draft_from_pdf import draft_from_pdf
from choriste.application.drafts.prefill_pdf import prefill_pdf
from choriste.domain.drafts.draft import Draft
from choriste.domain.drafts.prefilled import Prefilled, PrefilledLine, PrefilledVat
from choriste.domain.invoice.entry import fields_of
from choriste.domain.lifecycle import Status
from choriste.domain.shared.errors import BadRequestError, ForbiddenError
from tests.builders.pdfs import a_facturx, plain_pdf
from tests.builders.stage import CITY, CONTRACTOR, Stage, a_stage
from tests.fakes.pdf_reader import MemoryPdfReader
from tests.generators.pdf.producers import as_scan
from tests.generators.pdf.supplier_pdf import supplier_pdf

FOUND = Prefilled(
    certain={
        "number": "F-77",
        "issue_date": "2026-11-20",
        "buyer_siret": "21690123100011",
        "purchase_order": "BC-9",
        "currency": "EUR",
    },
    probable={"due_date": "2026-12-20"},
    vat=(PrefilledVat(rate="20", base="100.00", tax="20.00"), PrefilledVat(rate="10", base=None, tax="1.00")),
)


@pytest.fixture
def stage() -> Stage:
    return a_stage()


def _begin(stage: Stage, found: Prefilled, *, by: str = CONTRACTOR) -> tuple[Draft, Prefilled]:
    return draft_from_pdf(
        replace(stage.ports, pdf_reader=MemoryPdfReader(found)),
        stage.principals[by],
        structure=CONTRACTOR,
        filename="facture.pdf",
        content=b"%PDF-1.7",
    )


def test_certain_values_are_filled_in_and_the_others_proposed(stage: Stage) -> None:
    draft, found = _begin(stage, FOUND)

    entry, totals = fields_of(draft.invoice), draft.invoice.totals
    assert draft.status is Status.INTERPRETEE_OCR
    assert (entry.number, entry.issue_date, entry.due_date) == ("F-77", dt.date(2026, 11, 20), None)
    assert (entry.engagement, entry.recipient_siret) == ("BC-9", "21690123100011")
    assert [(line.name, line.price) for line in entry.lines] == [("Selon facture.pdf", Decimal("100.00"))]
    assert totals is not None
    assert totals.with_vat == Decimal("120.00")
    assert found.probable == {"due_date": "2026-12-20"}


def test_proven_lines_become_lines_and_what_is_taken_off_has_a_negative_quantity(stage: Stage) -> None:
    lines = (
        PrefilledLine(name="Chauffe-eau", quantity="1", price="1240.00", vat_rate="10"),
        PrefilledLine(name="Remise", quantity="1", price="-62.00", vat_rate="10"),
    )

    draft, _ = _begin(stage, replace(FOUND, lines=lines))

    entry = fields_of(draft.invoice)
    assert [(line.name, line.quantity, line.price) for line in entry.lines] == [
        ("Chauffe-eau", Decimal(1), Decimal("1240.00")),
        ("Remise", Decimal(-1), Decimal("62.00")),
    ]
    assert draft.invoice.totals is not None
    assert draft.invoice.totals.with_vat == Decimal("1295.80")


def test_credit_note_begins_as_one_and_names_the_invoice_that_it_corrects(stage: Stage) -> None:
    certain = {
        "number": "AV-31",
        "type_code": "381",
        "corrected_invoice": "FA-42",
        "total_without_vat": "-100.00",
        "iban": "FR7630006000011234567890189",
    }
    vat = (PrefilledVat(rate="20", base="-100.00", tax="-20.00"),)

    draft, _ = _begin(stage, Prefilled(certain=certain, vat=vat))

    entry, totals = fields_of(draft.invoice), draft.invoice.totals
    assert (entry.type_code, entry.iban) == ("381", "FR7630006000011234567890189")
    assert [each.number for each in draft.invoice.preceding_invoices] == ["FA-42"]
    assert totals is not None
    assert totals.with_vat == Decimal("120.00")


def test_invoice_without_vat_has_a_line_and_says_why(stage: Stage) -> None:
    reason = "TVA non applicable, art. 293 B du CGI"
    certain = {"total_without_vat": "500.00", "total_vat": "0.00", "exemption_reason": reason}

    draft, _ = _begin(stage, Prefilled(certain=certain))

    assert fields_of(draft.invoice).exemption_reason == reason
    assert draft.invoice.totals is not None
    assert draft.invoice.totals.with_vat == Decimal("500.00")


def test_reader_is_told_who_deposits(stage: Stage) -> None:
    reader = MemoryPdfReader(FOUND)

    draft_from_pdf(
        replace(stage.ports, pdf_reader=reader),
        stage.principals[CONTRACTOR],
        structure=CONTRACTOR,
        filename="facture.pdf",
        content=b"%PDF-1.7",
    )

    structure = stage.ports.directory.structure(CONTRACTOR)
    assert structure is not None
    assert reader.depositors == [structure.identifier.value]


def test_pdf_that_cannot_be_read_is_told_and_leaves_no_draft(stage: Stage) -> None:
    with pytest.raises(BadRequestError) as refusal:
        _begin(stage, Prefilled(refusal={"fr": "Image.", "en": "Picture."}))

    findings = refusal.value.parameters["findings"]
    assert isinstance(findings, list)
    assert findings[0].message.fr == "Image."
    assert stage.ports.drafts.of_structure(CONTRACTOR, after=None, limit=9).rows == ()


def test_nobody_begins_one_for_others(stage: Stage) -> None:
    with pytest.raises(ForbiddenError):
        _begin(stage, FOUND, by=CITY)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"\x00\x00\x00\x18ftypheic", "HEIC"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "en PDF depuis le logiciel"),
        (b"<Invoice/>", "ni un PDF ni l’image"),
    ],
)
def test_file_that_is_no_page_is_told_what_it_is(stage: Stage, content: bytes, words: str) -> None:
    with pytest.raises(BadRequestError) as refusal:
        draft_from_pdf(
            stage.ports, stage.principals[CONTRACTOR], structure=CONTRACTOR, filename="f", content=content
        )

    findings = refusal.value.parameters["findings"]
    assert isinstance(findings, list)
    assert words in findings[0].message.fr


def test_what_was_read_travels_unchanged() -> None:
    line = PrefilledLine(name="Pose", quantity="2", price="10.00", vat_rate="20")
    found = replace(FOUND, lines=(line,), remarks=({"fr": "Deux factures.", "en": "Two invoices."},))

    assert Prefilled.from_json(found.as_json()) == found


def test_pages_of_a_suppliers_pdf_are_read() -> None:
    found = prefill_pdf(supplier_pdf(7).data, filename="a.pdf")

    assert found.refusal is None
    assert found.certain["number"]
    assert found.vat


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (as_scan(plain_pdf()), "ne sait pas y reconnaître"),
        (a_facturx(), "déposez-le tel quel"),
        (b"not a PDF", ""),
    ],
)
def test_pdf_without_anything_to_read_says_what_to_do(content: bytes, words: str) -> None:
    found = prefill_pdf(content, filename="a.pdf")

    assert found.refusal is not None
    assert words in found.refusal["fr"]
    assert found.certain == {}
