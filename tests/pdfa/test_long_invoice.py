"""The longest invoice we promise: 5,000 lines in one document."""

from __future__ import annotations

import io
from dataclasses import replace
from decimal import Decimal

import pikepdf
import pytest

from choriste.documents.issue.facturx import DocumentContext, make_facturx
from tests.builders.invoices import a_cii, an_invoice
from tests.builders.readable import text_of


@pytest.mark.slow
def test_invoice_of_five_thousand_lines_makes_one_document() -> None:
    line = an_invoice().lines[3]
    lines = tuple(replace(line, id=f"L{i}z", net_amount=Decimal("1.01")) for i in range(1, 5001))

    pdf = make_facturx(an_invoice(lines=lines), cii=a_cii(), context=DocumentContext())

    text = text_of(pdf)
    pages = len(pikepdf.open(io.BytesIO(pdf)).pages)
    assert all(f"L{i}z" in text for i in (1, 2500, 5000))
    assert text.count("Àreporter") == text.count("Report") >= pages - 2
