from __future__ import annotations

import csv

import pytest

from choriste.documents.read.inspection import FileKind, extract_invoice_xml, inspect_path
from choriste.domain.shared.findings import Severity
from choriste.formats.errors import UnreadableError
from tests.builders.corpora import CORPORA
from tests.pdfa import verapdf

pytestmark = pytest.mark.corpora

# Where we differ from the manifest's row, and why.
EXCEPTIONS = {
    "cas-limites/PDF-002_facture.pdf": "holds the invoice as facture.xml: read, and refused for its name",
    "cas-limites/XML-001_facture.pdf": "the XML is cut, but its guideline is readable",
    "mustang/MustangGnuaccountingBeispielRE-20170509_505.pdf": "ZUGFeRD 1.0, whose guideline is not EN 16931",
    "mustang/zugferd_invoice.pdf": "ZUGFeRD 1.0, whose guideline is not EN 16931",
    "mustang/validV1WithAdditionalData.pdf": "ZUGFeRD 1.0, whose guideline is not EN 16931",
    "mustang/corruptedV2PDF.pdf": "the damaged names tree still leads to factur-x.xml through /AF",
    "mustang/validV2PDF.pdf": "holds ZUGFeRD 1.0 and Factur-X side by side; the newer one is read",
    "mustang/invalidXMP-ParseError.pdf": "holds ZUGFeRD 1.0 and Factur-X side by side; the newer one is read",
}


def _rows() -> dict[str, dict[str, str]]:
    with (CORPORA / "manifest.csv").open(encoding="utf-8") as lines:
        return {row["path"]: row for row in csv.DictReader(lines) if row["path"].lower().endswith(".pdf")}


def test_every_hybrid_pdf_is_recognised_with_the_profile_of_its_manifest_row() -> None:
    wrong = {}
    for path, row in _rows().items():
        inspection = inspect_path(CORPORA / path)
        guideline = inspection.invoice.guideline if inspection.invoice else ""
        if guideline != row["profile"]:
            wrong[path] = guideline

    assert set(wrong) == set(EXCEPTIONS)


def test_profile_names_cover_every_guideline_but_the_invented_one() -> None:
    unnamed = set()
    for path, row in _rows().items():
        inspection = inspect_path(CORPORA / path)
        if row["profile"] and inspection.invoice and inspection.invoice.profile is None:
            unnamed.add(row["profile"])

    assert unnamed == {"urn:factur-x.eu:2p0:ultimate"}


def test_no_valid_invoice_of_the_corpora_is_refused() -> None:
    refused = {
        path
        for path, row in _rows().items()
        if row["expected"].startswith("valid") and inspect_path(CORPORA / path).refusal is not None
    }

    assert refused == set()


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("cas-limites/PDF-002_facture.pdf", "PDF-XML-NAME"),
        ("mustang/zugferd_invoice.pdf", "PDF-ZUGFERD-1"),
        ("mustang/corrupt-factur-x-waytoosmall.pdf", "PDF-TRUNCATED"),
    ],
)
def test_extraction_refuses_with_the_finding_that_says_why(path: str, code: str) -> None:
    _rows()

    with pytest.raises(UnreadableError) as caught:
        extract_invoice_xml((CORPORA / path).read_bytes())

    assert caught.value.finding.rule == code
    assert caught.value.finding.severity is Severity.FATAL


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("cas-limites/PDF-007_facture.pdf", "PDF-PDFA-CLAIM"),
        ("mustang/invalidXMP-ParseError.pdf", "PDF-XMP-INVALID"),
        ("attestwire/facturx-basic-einfach.pdf", "PDF-XMP-MISSING"),
    ],
)
def test_defects_that_do_not_prevent_reading_are_warnings(path: str, code: str) -> None:
    _rows()

    inspection = inspect_path(CORPORA / path)

    assert inspection.kind is FileKind.FACTURX
    assert code in {finding.rule for finding in inspection.findings if finding.severity is Severity.WARNING}


@pytest.mark.slow
def test_no_pdfa_claim_is_refuted_that_verapdf_upholds() -> None:
    if (reason := verapdf.missing()) is not None:
        pytest.skip(reason)
    claims = {}
    for path in _rows():
        facts = inspect_path(CORPORA / path).pdf
        if facts is not None and facts.pdfa is not None and facts.pdfa.level in {"3A", "3B"}:
            claims[path] = facts.pdfa

    for level in ("3A", "3B"):
        paths = [path for path, claim in claims.items() if claim.level == level]
        outcomes = verapdf.validate([CORPORA / path for path in paths], [level.lower()])
        refuted = {path for path, outcome in zip(paths, outcomes, strict=True) if not outcome.passed}

        assert {path for path in paths if not claims[path].claim_holds} <= refuted
