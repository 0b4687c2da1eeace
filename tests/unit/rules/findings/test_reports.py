from __future__ import annotations

import re

import pytest

from tests.builders.broken_invoices import BROKEN_INVOICES, BrokenInvoice


@pytest.mark.parametrize("invoice", BROKEN_INVOICES, ids=lambda i: i.name)
def test_the_first_finding_is_the_one_to_mend_first(invoice: BrokenInvoice) -> None:
    validation = invoice.validated()

    assert validation.findings[0].rule == invoice.first
    assert len({(f.term, f.location, f.message.en) for f in validation.findings}) == len(validation.findings)


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("invoice", BROKEN_INVOICES, ids=lambda i: i.name)
def test_a_report_speaks_of_the_invoice_and_not_of_its_markup(invoice: BrokenInvoice, language: str) -> None:
    report = invoice.report(language)

    told = [line for line in report.splitlines() if not line.strip().startswith("/")]
    assert not re.search(r"\bNone\b|[{}]|\?|Premature|Σ", "\n".join(told))
    assert report.count(":") >= 3


@pytest.mark.parametrize("invoice", BROKEN_INVOICES, ids=lambda i: i.name)
def test_mending_the_one_fault_makes_the_invoice_valid(invoice: BrokenInvoice) -> None:
    mended = BrokenInvoice(invoice.name, invoice.story, invoice.sample, (), invoice.first)

    assert mended.validated().findings == ()
