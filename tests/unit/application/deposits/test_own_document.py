"""The supplier's own PDF in the data: kept beside the invoice, and what it says otherwise is told."""

from __future__ import annotations

import datetime as dt
from functools import cache

import pytest

from choriste.application.deposits.switch_advice import switch_advice
from choriste.application.printouts.render_readable_copy import render_readable_copy_pdf
from choriste.application.shared.ports import Bucket
from choriste.documents.issue.context import DocumentContext
from choriste.domain.access.principal import Principal
from choriste.domain.deposits.advice import Kind
from choriste.domain.deposits.flow import Document, Outcome
from choriste.domain.invoice.model import CreditTransfer, PaymentInstructions, SupportingDocument
from choriste.domain.tracking.head import FileKind
from tests.builders.identity import a_user
from tests.builders.intake import deposited
from tests.builders.invoices import a_cii
from tests.builders.ports import SUPPLIER, Bench, a_bench

NUMBER, ISSUED = "A-2026-117", dt.date(2026, 11, 2)
OLD, NEW = "FR7630006000011234567890189", "FR1420041010050500013M02606"


@pytest.fixture
def bench() -> Bench:
    return a_bench()


def _invoice(account: str, *attached: SupportingDocument, due: dt.date = ISSUED) -> bytes:
    payment = PaymentInstructions(means_code="58", credit_transfers=(CreditTransfer(account=account),))
    return a_cii(
        number=NUMBER, issue_date=ISSUED, due_date=due, payment=payment, supporting_documents=attached
    )


@cache
def a_paper() -> bytes:
    content = _invoice(NEW, due=ISSUED + dt.timedelta(20))
    return render_readable_copy_pdf(content, filename="a.xml", context=DocumentContext(), language="fr")


def _attached(name: str, content: bytes | None = None) -> SupportingDocument:
    return SupportingDocument(
        reference="1", filename=name, mime_type="application/pdf", content=content or a_paper()
    )


def _settled(bench: Bench, *attached: SupportingDocument) -> Document:
    document = bench.ports.flows.document(deposited(bench.ports, _invoice(OLD, *attached)).id, 1)
    assert document is not None
    assert document.outcome is Outcome.ACCEPTED, [f.rule for f in document.findings]
    return document


@pytest.mark.parametrize("name", [f"Facture {NUMBER}.pdf", "scan.pdf"])
def test_suppliers_own_document_is_kept_and_its_differences_are_told(bench: Bench, name: str) -> None:
    document = _settled(bench, _attached(name))

    head = bench.ports.invoices.get(document.invoice_id)
    file = head.file(FileKind.OWN_DOCUMENT) if head is not None else None
    told = {f.term: f for f in document.findings if f.rule == Kind.PAPER}
    assert file is not None
    assert bench.ports.files.get(Bucket.DOCUMENTS, file.key) == a_paper()
    assert file.name == name
    assert set(told) == {"BT-9", "BT-84"}
    assert "22 novembre 2026" in told["BT-9"].message.fr.replace("\u00a0", " ")
    assert (told["BT-84"].found, NEW in told["BT-84"].message.en) == (OLD, True)


def test_paper_that_says_the_same_or_cannot_be_read_is_told_nothing_of(bench: Bench) -> None:
    same = render_readable_copy_pdf(_invoice(OLD), filename="a.xml", context=DocumentContext(), language="fr")

    for content in (same, b"%PDF-1.7 nothing"):
        found = deposited(a_bench().ports, _invoice(OLD, _attached("facture.pdf", content)))
        assert found.documents == 1
    document = _settled(bench, _attached("facture.pdf", same))

    assert [f.rule for f in document.findings if f.rule == Kind.PAPER] == []


def test_other_attachments_are_not_taken_for_it(bench: Bench) -> None:
    slip = SupportingDocument(
        reference="2", description="BON_LIVRAISON", filename="facture.pdf", content=a_paper()
    )

    document = _settled(bench, slip, _attached("plan.pdf", b"%PDF-1.7"))

    head = bench.ports.invoices.get(document.invoice_id)
    assert head is not None
    assert head.file(FileKind.OWN_DOCUMENT) is None


def test_differences_are_switched_off_like_other_advice(bench: Bench) -> None:
    switch_advice(bench.ports, Principal.of_user(a_user(operator=True)), SUPPLIER, off=[Kind.PAPER])

    document = _settled(bench, _attached("facture.pdf"))

    assert [f.rule for f in document.findings if f.rule == Kind.PAPER] == []
