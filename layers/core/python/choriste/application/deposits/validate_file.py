"""Validate a file: say what it is, read it, and tell everything that is wrong with it.

Pure of any storage: the intake, the command line and the console's "check a file" use the same function.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from choriste.domain.deposits.advice import Kind
from choriste.domain.invoice.own_document import attached_pdfs
from choriste.domain.invoice.reading import Reading, Syntax
from choriste.domain.shared.findings import Finding, Severity, Verdict, verdict_of, worded
from choriste.formats.detect import Detected, detect_xml
from choriste.formats.errors import UnreadableError
from choriste.formats.magic import office_name, pdf_offset, picture_name
from choriste.formats.xml.parsing import parse_xml
from choriste.formats.xml.schema import check_schema
from choriste.rules import Edition, judge

if TYPE_CHECKING:
    from lxml import etree


@dataclass(frozen=True, slots=True)
class Source:
    """Invoice data as parsed once, for the checks and the reading: `xml` are the exact bytes."""

    root: etree._Element
    detected: Detected
    xml: bytes


@dataclass(frozen=True, slots=True)
class Validation:
    """What validation found; `source` is None when the file holds no invoice data.

    `judged_by` names the rule sets that judged, with their versions.
    """

    syntax: Syntax
    profile: str | None
    verdict: Verdict
    findings: tuple[Finding, ...]
    source: Source | None = None
    judged_by: tuple[Edition, ...] = ()

    def read(self) -> Reading:
        """Return the invoice model; raises `UnreadableError` for a file that has none."""
        if self.source is None:
            raise UnreadableError(self.findings[0])
        # The model and its binding tables take longer to load than a validation takes.
        from choriste.formats.read import read_document  # noqa: PLC0415

        return read_document(self.source.root, detected=self.source.detected, xml=self.source.xml)


def validate_file(content: bytes, *, filename: str, on: dt.date) -> Validation:
    """Validate a file with the rules in force on a date."""
    try:
        if is_pdf(content):
            return _validate_pdf(content, filename=filename, on=on)
        if office_name(content) is not None or picture_name(content) is not None:
            return _refuse_foreign(content, filename=filename)
        return _validate_xml(content, container=None, on=on)
    except UnreadableError as error:
        return _unreadable(Syntax.PDF if is_pdf(content) else Syntax.UNKNOWN, error.finding)


def validate_facturx_data(xml: bytes, *, on: dt.date) -> Validation:
    """Validate the XML of a Factur-X, taken out of its PDF or about to go into one.

    Raises `UnreadableError` where the bytes are no invoice.
    """
    return _validate_xml(xml, container=Syntax.FACTURX, on=on)


def with_advice(validation: Validation, *, off: Collection[str] = ()) -> Validation:
    """Return a validation with advice after its findings, without the kinds that are switched off.

    The verdict stays: advice is about what the rules accept.
    """
    if validation.source is None:
        return validation
    from choriste.rules.advice import advise  # noqa: PLC0415 - a verdict alone needs neither model nor advice

    reading = validation.read()
    told = (*advise(reading, off=off), *(_on_paper(reading) if Kind.PAPER not in off else ()))
    return replace(validation, findings=(*validation.findings, *told))


def _on_paper(reading: Reading) -> tuple[Finding, ...]:
    if not attached_pdfs(reading.invoice):
        return ()
    from choriste.application.deposits.compare_paper import compare_paper  # noqa: PLC0415 - see `_validate_pdf`
    from choriste.rules.advice.said import finding_of  # noqa: PLC0415 - as above

    paper = compare_paper(reading.invoice)
    return tuple(finding_of(said, reading) for said in paper.differences) if paper is not None else ()


def is_pdf(content: bytes) -> bool:
    """Say whether a file is a PDF, as readers accept it: other bytes may precede its header."""
    return pdf_offset(content) is not None


def _validate_xml(xml: bytes, *, container: Syntax | None, on: dt.date) -> Validation:
    root = parse_xml(xml)
    found = detect_xml(root)
    detected = replace(found, syntax=container or found.syntax)
    schema = check_schema(root, detected=detected)
    judgement = judge(root, detected=detected, on=on, schema=schema)
    return Validation(
        syntax=detected.syntax,
        profile=detected.profile,
        verdict=verdict_of(judgement.findings),
        findings=judgement.findings,
        source=Source(root, detected, xml),
        judged_by=judgement.judged_by,
    )


def _refuse_foreign(content: bytes, *, filename: str) -> Validation:
    from choriste.documents.read.inspection import inspect  # noqa: PLC0415 - see below

    return _unreadable(Syntax.UNKNOWN, inspect(content, filename=filename).findings[0])


def _validate_pdf(content: bytes, *, filename: str, on: dt.date) -> Validation:
    # PDF reading costs memory and start-up time that an XML deposit must not pay.
    from choriste.documents.read.inspection import inspect  # noqa: PLC0415

    inspection = inspect(content, filename=filename)
    if inspection.invoice is None or inspection.refusal is not None:
        return _unreadable(inspection.syntax, inspection.why_no_invoice or no_invoice_data(filename))
    validation = validate_facturx_data(inspection.invoice.xml, on=on)
    told = (*inspection.findings, *validation.findings)
    return replace(validation, findings=tuple(sorted(told, key=lambda f: f.severity is Severity.WARNING)))


def _unreadable(syntax: Syntax, finding: Finding) -> Validation:
    return Validation(syntax=syntax, profile=None, verdict=Verdict.UNREADABLE, findings=(finding,))


def no_invoice_data(filename: str) -> Finding:
    """Return the finding of a PDF that holds no invoice data."""
    return worded(
        "deposits",
        "PDF-NO-INVOICE-DATA",
        found="PDF",
        expected="Factur-X (factur-x.xml)",
        values={"filename": filename},
    )
