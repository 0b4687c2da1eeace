"""A draft begun from a PDF: what is certain is filled in, what is not is proposed, what cannot be is told."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest

from choriste.application.drafts.draft_from_pdf import draft_from_pdf
from choriste.application.drafts.prefill_pdf import prefill_pdf
from choriste.domain.drafts.draft import Draft
from choriste.domain.drafts.prefilled import Prefilled, PrefilledVat
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
        content=b"%PDF",
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


def test_what_was_read_travels_unchanged() -> None:
    assert Prefilled.from_json(FOUND.as_json()) == FOUND


def test_pages_of_a_suppliers_pdf_are_read() -> None:
    found = prefill_pdf(supplier_pdf(7).data, filename="a.pdf")

    assert found.refusal is None
    assert found.certain["number"]
    assert found.vat


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (as_scan(plain_pdf()), "est une image"),
        (a_facturx(), "déposez-le tel quel"),
        (b"not a PDF", ""),
    ],
)
def test_pdf_without_anything_to_read_says_what_to_do(content: bytes, words: str) -> None:
    found = prefill_pdf(content, filename="a.pdf")

    assert found.refusal is not None
    assert words in found.refusal["fr"]
    assert found.certain == {}
