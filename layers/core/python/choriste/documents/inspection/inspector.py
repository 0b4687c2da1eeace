"""What any deposited file is, in one pass: magic first, then, for a PDF, its structure within limits."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

import pikepdf

from choriste.documents.inspection import limits, signatures
from choriste.documents.inspection.embedded import embedded_invoice, findings_on
from choriste.documents.inspection.magic import is_polyglot, kind_by_magic, pdf_offset
from choriste.documents.inspection.model import (
    EmbeddedXml,
    Encryption,
    Family,
    FileKind,
    Inspection,
    PdfFacts,
)
from choriste.documents.inspection.objects import UNREADABLE, ExpansionError, TreeError
from choriste.documents.inspection.pdf_file import Gathered, TooManyObjectsError, gather, opened
from choriste.documents.inspection.structure import is_cut
from choriste.documents.inspection.wording import finding
from choriste.domain.findings import Finding, Severity
from choriste.formats.errors import UnreadableError

_REFUSED_KINDS: Final[dict[FileKind, str]] = {
    FileKind.EMPTY: "FILE-EMPTY",
    FileKind.UNKNOWN: "FILE-UNKNOWN",
    FileKind.IMAGE: "FILE-IMAGE",
}
_REFUSALS: Final[tuple[tuple[type[Exception], FileKind, str], ...]] = (
    (pikepdf.PasswordError, FileKind.ENCRYPTED_PDF, "PDF-ENCRYPTED"),
    (ExpansionError, FileKind.DAMAGED_PDF, "PDF-BOMB"),
    (MemoryError, FileKind.DAMAGED_PDF, "PDF-BOMB"),
    (TooManyObjectsError, FileKind.DAMAGED_PDF, "PDF-TOO-COMPLEX"),
    (TreeError, FileKind.DAMAGED_PDF, "PDF-PAGE-TREE"),
)
_KINDS_OF_FAMILIES: Final[dict[Family, FileKind]] = {
    Family.FACTURX: FileKind.FACTURX,
    Family.ZUGFERD_2: FileKind.FACTURX,
    Family.ZUGFERD_1: FileKind.ZUGFERD_1,
    Family.ORDERX: FileKind.ORDERX,
}


def inspect(data: bytes, *, filename: str) -> Inspection:
    """Tell what a file is. Nothing is raised for any content: a refusal is a fatal finding.

    XML files and archives are told by kind only; their own readers judge them.
    """
    if len(data) > limits.MAX_FILE:
        return _refused(data, filename, FileKind.UNKNOWN, "FILE-TOO-LARGE")
    kind = kind_by_magic(data)
    if kind in _REFUSED_KINDS:
        return _refused(data, filename, kind, _REFUSED_KINDS[kind])
    if kind is not FileKind.PDF:
        return Inspection(filename=filename, size=len(data), sha256=_sha256(data), kind=kind)
    return _inspect_pdf(data, filename)


def inspect_path(path: Path) -> Inspection:
    """Inspect a file on disk; one over the size limit is refused without being read.

    Raises:
        OSError: the file cannot be read.
    """
    size = path.stat().st_size
    if size > limits.MAX_FILE:
        refusal = finding("FILE-TOO-LARGE", found=f"{size}", expected=f"<= {limits.MAX_FILE}")
        return Inspection(
            filename=path.name, size=size, sha256="", kind=FileKind.UNKNOWN, findings=(refusal,)
        )
    return inspect(path.read_bytes(), filename=path.name)


def extract_invoice_xml(data: bytes) -> EmbeddedXml | None:
    """Return the structured invoice of a PDF, None where it holds none.

    Raises:
        UnreadableError: the file is refused as it stands; it carries the first fatal finding.
    """
    inspection = inspect(data, filename="")
    if inspection.refusal is not None:
        raise UnreadableError(inspection.refusal)
    return inspection.invoice


def _inspect_pdf(data: bytes, filename: str) -> Inspection:
    try:
        with opened(data) as pdf:
            gathered = gather(pdf)
            invoice = embedded_invoice(gathered.attachments, gathered.xmp)
    except (*UNREADABLE, MemoryError) as error:
        return _refused(data, filename, *_refusal(error, data))
    facts = replace(gathered.facts, signatures=signatures.checked_signatures(data, gathered.facts.signatures))
    findings = (
        *_findings_on_file(data, gathered),
        *_findings_on_facts(facts),
        *_on_invoice(gathered, invoice),
    )
    return Inspection(
        filename=filename,
        size=len(data),
        sha256=_sha256(data),
        kind=_kind(facts, invoice),
        pdf=facts,
        invoice=invoice,
        findings=tuple(sorted(findings, key=lambda each: each.severity is not Severity.FATAL)),
    )


def _refusal(error: Exception, data: bytes) -> tuple[FileKind, str]:
    for cause, kind, code in _REFUSALS:
        if isinstance(error, cause):
            return kind, code
    return FileKind.DAMAGED_PDF, "PDF-TRUNCATED" if is_cut(data) else "PDF-DAMAGED"


def _findings_on_file(data: bytes, gathered: Gathered) -> Iterator[Finding]:
    if is_polyglot(data):
        yield finding("PDF-POLYGLOT")
    elif pdf_offset(data):
        yield finding("PDF-LEADING-BYTES", found=f"{pdf_offset(data)}", expected="0")
    if is_cut(data):
        yield finding("PDF-TRUNCATED")
    elif gathered.repaired:
        yield finding("PDF-REPAIRED")


def _findings_on_facts(facts: PdfFacts) -> Iterator[Finding]:
    if facts.encryption is Encryption.OWNER_ONLY:
        yield finding("PDF-RESTRICTED")
    if facts.portfolio:
        yield finding("PDF-PORTFOLIO")
    if facts.active_content:
        yield finding("PDF-ACTIVE-CONTENT", found=", ".join(facts.active_content))
    yield from signatures.findings_on(facts.signatures)
    if facts.pdfa is not None and not facts.pdfa.claim_holds:
        yield finding(
            "PDF-PDFA-CLAIM", found=", ".join(facts.pdfa.reasons), expected=f"PDF/A-{facts.pdfa.level}"
        )


def _on_invoice(gathered: Gathered, invoice: EmbeddedXml | None) -> Iterator[Finding]:
    if not gathered.xmp.well_formed:
        yield finding("PDF-XMP-INVALID")
    if invoice is not None:
        yield from findings_on(invoice, gathered.xmp)
    elif gathered.xmp.family is not None:
        yield finding("PDF-XML-MISSING", expected=gathered.xmp.announced("DocumentFileName"))


def _kind(facts: PdfFacts, invoice: EmbeddedXml | None) -> FileKind:
    if facts.portfolio:
        return FileKind.PDF_PORTFOLIO
    if invoice is not None:
        return _KINDS_OF_FAMILIES[invoice.family]
    return FileKind.SIGNED_PDF if facts.signatures else FileKind.PDF


def _refused(data: bytes, filename: str, kind: FileKind, code: str) -> Inspection:
    return Inspection(
        filename=filename, size=len(data), sha256=_sha256(data), kind=kind, findings=(finding(code),)
    )


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
