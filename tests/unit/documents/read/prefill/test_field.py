"""Supplier layouts made after public bug reports: what a person would type, and what nothing proves.

Each PDF of `field/prefill` and `field/pdf` has a JSON beside it. A field that `right` leaves out is one that
the pages do not tell: it may be proposed, and is never certain where the truth is disputed.
"""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from choriste.documents.read.inspection import extract_text
from choriste.documents.read.prefill import FieldName, Prefill, prefill
from tests.builders.corpora import CORPORA

pytestmark = pytest.mark.corpora

NEITHER_PARTY = {"P05", "P17", "P19"}
"""Only an insurer, a mediator or a guarantor is identified: no supplier may be certain."""

UNTOLD = {
    "T10": FieldName.CURRENCY,
    "T45": FieldName.CURRENCY,
    "D05": FieldName.ISSUE_DATE,
    "D40": FieldName.DUE_DATE,
}


def cases() -> list[Path]:
    """Return the truths about pages: those whose `right` is a mapping of fields."""
    files = [*CORPORA.glob("field/prefill/*.json"), *CORPORA.glob("field/pdf/*.json")]
    return sorted(file for file in files if isinstance(truth(file), dict))


def truth(file: Path) -> Any:
    """Return what is right."""
    described = json.loads(file.read_text(encoding="utf-8"))
    return described.get("right", described)


def read(file: Path) -> Prefill:
    """Read the PDF beside a truth."""
    return prefill(extract_text(file.with_suffix(".pdf").read_bytes()))


@pytest.mark.parametrize("file", cases(), ids=lambda file: file.stem)
def test_every_field_of_a_suppliers_page_is_read_right(file: Path) -> None:
    right, found = truth(file), read(file)

    values = {name.value: each.value for name, each in found.fields.items()}
    accounts = [each.value for each in found.ibans]
    wanted = {name: value.split("|") for name, value in right.items() if name in set(FieldName)}
    assert {
        name: values.get(name)
        for name, alternatives in wanted.items()
        if values.get(name) not in alternatives
    } == {}
    assert accounts == right.get("ibans", [right["iban"]] if "iban" in right else [])
    if "vat" in right:
        rows = [[f"{row.rate.normalize():f}", str(row.base), str(row.tax)] for row in found.vat_breakdown]
        assert sorted(rows, key=lambda row: Decimal(row[0])) == right["vat"]


@pytest.mark.parametrize("file", cases(), ids=lambda file: file.stem)
def test_what_the_page_does_not_tell_is_not_certain(file: Path) -> None:
    filled = read(file).filled()

    if file.stem in NEITHER_PARTY:
        assert filled.keys().isdisjoint({FieldName.SUPPLIER_SIRET, FieldName.SUPPLIER_SIREN})
    assert UNTOLD.get(file.stem) not in filled


def test_text_that_is_not_on_the_page_gives_no_total() -> None:
    for name in ("X14-text-outside-page", "X29-outside-cropbox"):
        found = read(CORPORA / "field/pdf" / f"{name}.json")
        assert FieldName.TOTAL_WITH_VAT not in found.fields


def test_file_of_two_invoices_says_so_and_fills_in_nothing_that_differs() -> None:
    found = read(CORPORA / "field/pdf/X20-two-invoices-one-pdf.json")

    assert [finding.rule for finding in found.findings] == ["PREFILL-SEVERAL"]
    assert found.filled().keys().isdisjoint({FieldName.NUMBER, FieldName.TOTAL_WITH_VAT})
    assert FieldName.SUPPLIER_SIRET in found.filled()


def test_scan_with_the_line_of_an_application_is_a_scan() -> None:
    found = read(CORPORA / "field/pdf/X11-scan-with-app-line.json")

    assert [finding.rule for finding in found.findings] == ["PREFILL-SCANNED"]
