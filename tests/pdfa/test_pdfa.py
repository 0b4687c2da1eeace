"""The gate: what we issue passes veraPDF for PDF/A-3a and PDF/UA-1, and what must fail does fail."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Literal

import pikepdf
import pytest
import typst

from choriste.documents.issue.context import DocumentContext, Logo
from choriste.documents.issue.facturx import make_facturx
from choriste.domain.invoice.model import Invoice, Item, Line, Party
from choriste.formats.invoice.cii import write_cii
from choriste.formats.read import read_xml
from tests.builders.invoices import a_cii, an_invoice
from tests.builders.printouts import PRINTOUTS
from tests.pdfa.corpora import CONTEXT, comparable, facturx_of, valid_samples
from tests.pdfa.verapdf import missing, validate

REASON = missing()
needs_verapdf = pytest.mark.skipif(REASON is not None, reason=REASON or "")
pytestmark = pytest.mark.slow

SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><circle cx="4" cy="4" r="4"/></svg>'
SCRIPTS = "Łódź Ελλάδα Київ 東京 서울 القاهرة ירושלים 👍🏽 ☐ ≤ ไทย \ue000 " + "long" * 40


def hard_documents() -> Iterator[tuple[str, bytes]]:
    """Yield what is likely to break a claim: no data, every script, a logo, many lines, a credit note."""
    yield "empty", make_facturx(Invoice(), cii=a_cii(), context=DocumentContext())
    lines = tuple(Line(id=str(i), item=Item(name=SCRIPTS)) for i in range(3))
    scripts = Invoice(number=SCRIPTS, seller=Party(name=SCRIPTS), lines=lines)
    yield "scripts", make_facturx(scripts, cii=a_cii(), context=CONTEXT)
    logo = replace(CONTEXT, logo=Logo(content=SVG, alternative="Logo"))
    yield "logo", make_facturx(an_invoice(), cii=a_cii(), context=logo, language="en")
    many = an_invoice(lines=an_invoice().lines * 30)
    yield "many", make_facturx(many, cii=write_cii(many), context=CONTEXT)
    credit = an_invoice(type_code="381")
    yield "credit", make_facturx(credit, cii=write_cii(credit), context=CONTEXT)


def failures(files: dict[Path, bytes]) -> list[str]:
    for file, content in files.items():
        file.write_bytes(content)
    return [f"{o.file.name} {o.profile}: {o.failing}" for o in validate(list(files)) if not o.passed]


@needs_verapdf
def test_every_printout_passes_in_both_languages(tmp_path: Path) -> None:
    files = {
        tmp_path / f"{name}-{code}.pdf": make(code)
        for name, make in PRINTOUTS.items()
        for code in ("fr", "en")
    }

    assert failures(files) == []


@needs_verapdf
def test_hard_invoices_pass(tmp_path: Path) -> None:
    files = {tmp_path / f"{name}.pdf": content for name, content in hard_documents()}

    assert failures(files) == []


@pytest.mark.corpora
@needs_verapdf
def test_a_sample_of_the_corpora_passes(tmp_path: Path) -> None:
    samples = list(valid_samples())[::40]

    files = {tmp_path / f"{index}.pdf": facturx_of(sample) for index, sample in enumerate(samples)}

    assert failures(files) == []


@pytest.mark.parametrize("standard", ["1.7", "a-3b"])
@needs_verapdf
def test_gate_refuses_a_document_that_claims_less(tmp_path: Path, standard: Literal["1.7", "a-3b"]) -> None:
    plain = tmp_path / "plain.pdf"
    plain.write_bytes(typst.compile(b"Plain text", format="pdf", pdf_standards=[standard], pdf_tags=False))

    outcomes = validate([plain])

    assert {(outcome.profile, outcome.passed) for outcome in outcomes} == {("3a", False), ("ua1", False)}


@needs_verapdf
def test_gate_notices_a_metadata_schema_that_is_missing(tmp_path: Path) -> None:
    broken = tmp_path / "broken.pdf"
    content = make_facturx(an_invoice(), cii=a_cii(), context=CONTEXT)

    broken.write_bytes(content.replace(b"<pdfaProperty:name>Version<", b"<pdfaProperty:name>Variant<"))

    outcomes = {outcome.profile: outcome for outcome in validate([broken])}
    assert not outcomes["3a"].passed
    assert "6.6.2.3.1-1" in outcomes["3a"].failing


@pytest.mark.corpora
def test_embedded_xml_reads_back_as_the_same_model() -> None:
    samples = list(valid_samples())[::10]

    changed = []
    for sample in samples:
        with pikepdf.open(io.BytesIO(facturx_of(sample))) as pdf:
            embedded = pdf.attachments["factur-x.xml"].get_file().read_bytes()
        if comparable(read_xml(embedded).invoice) != comparable(read_xml(sample.xml).invoice):
            changed.append(sample.path)

    assert changed == []
