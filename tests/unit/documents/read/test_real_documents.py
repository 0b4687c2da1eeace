"""The pages of other people's hybrid invoices, read as plain PDFs and compared with the data inside them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from functools import cache

import pytest

from choriste.documents.read.inspection import extract_text, inspect_path
from choriste.documents.read.prefill import Confidence, FieldName, Prefill, prefill
from choriste.domain.invoice.model import Invoice, Party
from choriste.formats.errors import UnreadableError
from choriste.formats.read import read_xml
from tests.builders.corpora import CORPORA

pytestmark = [pytest.mark.corpora, pytest.mark.slow]

# What the page says and the data contradict: the page was read right.
CONTRADICTIONS = {
    ("cas-limites/CALC-001_facture.pdf", "total_with_vat"): "the total was falsified in the XML only",
    ("cas-limites/CALC-003_facture.pdf", "total_vat"): "the VAT was falsified in the XML only",
    ("cas-limites/CALC-003_facture.pdf", "total_with_vat"): "the VAT was falsified in the XML only",
    ("mustang/validXRechnung.pdf", "number"): "the page is that of another invoice",
    ("field/pdf/C18-page-AF.pdf", "number"): "the page is that of another invoice",
    **{
        (
            f"zugferd-corpus/v2pdf/fail_ZUGFeRD_{version}_fully_compliant_complete.pdf",
            name,
        ): "15 % on the page, 19 % in the data"
        for version in ("2", "2.0")
        for name in ("total_vat", "total_with_vat")
    },
}


@cache
def _documents() -> tuple[tuple[str, Invoice, Prefill], ...]:
    return tuple(_read_all())


def _read_all() -> Iterator[tuple[str, Invoice, Prefill]]:
    for path in sorted(CORPORA.rglob("*.pdf")):
        embedded = inspect_path(path).invoice
        if embedded is None:
            continue
        try:
            invoice = read_xml(embedded.xml).invoice
        except UnreadableError:
            continue
        yield str(path.relative_to(CORPORA)), invoice, prefill(extract_text(path.read_bytes()))


def _truth(invoice: Invoice) -> dict[FieldName, set[str]]:
    totals = invoice.totals
    values: dict[FieldName, list[object]] = {
        FieldName.NUMBER: [invoice.number],
        FieldName.ISSUE_DATE: [invoice.issue_date],
        FieldName.DUE_DATE: [invoice.due_date],
        FieldName.CURRENCY: [invoice.currency],
        FieldName.TOTAL_WITHOUT_VAT: [totals.without_vat if totals else None],
        FieldName.TOTAL_VAT: [totals.vat if totals else None],
        FieldName.TOTAL_WITH_VAT: [totals.with_vat if totals else None],
        FieldName.PURCHASE_ORDER: [invoice.purchase_order_reference],
        FieldName.SUPPLIER_VAT: [invoice.seller.vat_number if invoice.seller else None],
        FieldName.BUYER_VAT: [invoice.buyer.vat_number if invoice.buyer else None],
        FieldName.SUPPLIER_SIRET: list(_sirets(invoice.seller)),
        FieldName.BUYER_SIRET: list(_sirets(invoice.buyer)),
    }
    return {
        name: {_canonical(value) for value in given if value is not None} for name, given in values.items()
    }


def _sirets(party: Party | None) -> Iterator[str | None]:
    for identifier in party.identifiers if party else ():
        if identifier.scheme == "0009":
            yield identifier.value


def _canonical(value: object) -> str:
    # A page prints the amounts of a credit note negative; its data does not.
    return f"{abs(value):.2f}" if isinstance(value, Decimal) else str(value).replace(" ", "")


def test_nothing_sure_contradicts_the_data_but_where_the_data_was_falsified() -> None:
    contradictions = {
        (path, name.value)
        for path, invoice, read in _documents()
        for name, truth in _truth(invoice).items()
        if (found := read.fields.get(name)) is not None
        and found.confidence is Confidence.CERTAIN
        and truth
        and found.value.replace(" ", "").removeprefix("-") not in truth
    }

    assert contradictions == set(CONTRADICTIONS)


def test_totals_of_real_documents_are_mostly_read() -> None:
    counts: Counter[bool] = Counter()
    for _, invoice, read in _documents():
        for name in (FieldName.TOTAL_WITHOUT_VAT, FieldName.TOTAL_VAT, FieldName.TOTAL_WITH_VAT):
            found, truth = read.fields.get(name), _truth(invoice)[name]
            counts[found is not None and found.value.removeprefix("-") in truth] += bool(truth)

    assert counts[True] / counts.total() > 0.7
