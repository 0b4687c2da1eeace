"""The order in which a screen reader says an invoice, kept as a text that people can review."""

from __future__ import annotations

import datetime as dt
import io
from pathlib import Path

import pikepdf

from choriste.documents.issue.facturx import DocumentContext, make_facturx
from tests.builders.invoices import a_cii, an_invoice
from tests.pdfa.tag_tree import dump

EXPECTED = Path(__file__).with_name("reading_order.fr.txt")


def test_invoice_reads_in_the_order_of_its_meaning() -> None:
    context = DocumentContext(
        technical_id="CHO-2026-00000042",
        deposited_at=dt.datetime(2026, 10, 6, 9, 15, tzinfo=dt.UTC),
        engagement="1400123456",
        service_code="ACHATS",
    )

    order = dump(pikepdf.open(io.BytesIO(make_facturx(an_invoice(), cii=a_cii(), context=context))))

    assert order == EXPECTED.read_text(encoding="utf-8")


def test_repeated_headings_and_running_totals_are_not_read_again() -> None:
    lines = an_invoice().lines * 20

    order = dump(
        pikepdf.open(
            io.BytesIO(make_facturx(an_invoice(lines=lines), cii=a_cii(), context=DocumentContext()))
        )
    )

    assert order.count("TH Désignation") == 1
    assert "Report" not in order
    assert order.count("    TR") == 1 + len(lines) + 3 + 4
