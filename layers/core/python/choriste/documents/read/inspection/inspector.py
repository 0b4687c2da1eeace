"""What any deposited file is, in one pass: magic first, then, for a PDF, its structure within limits."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

from choriste.documents.read.inspection import limits, signatures
from choriste.documents.read.inspection.activity import DANGEROUS
from choriste.documents.read.inspection.look import look_at
from choriste.documents.read.inspection.magic import is_polyglot, kind_by_magic
from choriste.documents.read.inspection.model import (
    EmbeddedXml,
    Encryption,
    Family,
    FileKind,
    Inspection,
    PdfFacts,
)
from choriste.documents.read.inspection.structure import is_cut, lacks_end_mark
from choriste.documents.read.inspection.wording import finding
from choriste.domain.shared.findings import Finding, Severity
from choriste.formats.errors import UnreadableError
from choriste.formats.magic import office_name, pdf_offset, picture_name

_REFUSED_KINDS: Final[dict[FileKind, str]] = {
    FileKind.EMPTY: "FILE-EMPTY",
    FileKind.UNKNOWN: "FILE-UNKNOWN",
    FileKind.IMAGE: "FILE-IMAGE",
    FileKind.OFFICE: "FILE-OFFICE",
}
_KINDS_OF_FAMILIES: Final[dict[Family, FileKind]] = {
    Family.FACTURX: FileKind.FACTURX,
    Family.ZUGFERD_2: FileKind.FACTURX,
    Family.ZUGFERD_1: FileKind.ZUGFERD_1,
    Family.ORDERX: FileKind.ORDERX,
}


def inspect(data: bytes, *, filename: str) -> Inspection:
    """Return what a file is. Nothing is raised for any content: a refusal is a fatal finding.

    Of XML files and archives it says the kind only; their own readers check them.
    """
    if len(data) > limits.MAX_FILE:
        return _refused(data, filename, FileKind.UNKNOWN, "FILE-TOO-LARGE")
    kind = kind_by_magic(data)
    if kind in _REFUSED_KINDS:
        name = office_name(data) or picture_name(data)
        return _refused(data, filename, kind, _REFUSED_KINDS[kind], found=name)
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
    pdf = data[pdf_offset(data) or 0 :]
    if is_cut(pdf):
        return _refused(data, filename, FileKind.DAMAGED_PDF, "PDF-TRUNCATED")
    look = look_at(pdf)
    facts = look.facts
    if facts is not None:
        facts = replace(facts, signatures=signatures.checked_signatures(pdf, facts.signatures))
    findings = (*_on_file(data), *look.findings, *(_on_facts(facts) if facts else ()))
    return Inspection(
        filename=filename,
        size=len(data),
        sha256=_sha256(data),
        kind=look.refused or _kind(facts, look.invoice),
        pdf=facts,
        invoice=look.invoice,
        findings=tuple(sorted(findings, key=lambda each: each.severity is not Severity.FATAL)),
    )


def _on_file(data: bytes) -> Iterator[Finding]:
    if is_polyglot(data):
        yield finding("PDF-POLYGLOT")
    elif pdf_offset(data):
        yield finding("PDF-LEADING-BYTES", found=f"{pdf_offset(data)}", expected="0")
    if lacks_end_mark(data):
        yield finding("PDF-NO-END-MARK", expected="%%EOF")


def _on_facts(facts: PdfFacts) -> Iterator[Finding]:
    if facts.encryption is Encryption.OWNER_ONLY:
        yield finding("PDF-RESTRICTED")
    if facts.portfolio:
        yield finding("PDF-PORTFOLIO")
    dangerous = [name for name in facts.active_content if name in DANGEROUS]
    if dangerous:
        yield finding("PDF-ACTIVE-CONTENT", found=", ".join(dangerous))
    elif facts.active_content:
        yield finding("PDF-SCRIPTS", found=", ".join(facts.active_content))
    yield from signatures.findings_on(facts.signatures)
    claim = facts.pdfa
    if claim is not None and not claim.claim_holds:
        yield finding("PDF-PDFA-CLAIM", found=", ".join(claim.reasons), expected=f"PDF/A-{claim.level}")


def _kind(facts: PdfFacts | None, invoice: EmbeddedXml | None) -> FileKind:
    if facts is None:
        return FileKind.DAMAGED_PDF
    if facts.portfolio:
        return FileKind.PDF_PORTFOLIO
    if invoice is not None:
        return _KINDS_OF_FAMILIES[invoice.family]
    return FileKind.SIGNED_PDF if facts.signatures else FileKind.PDF


def _refused(
    data: bytes, filename: str, kind: FileKind, code: str, *, found: str | None = None
) -> Inspection:
    told = (finding(code, found=found),)
    return Inspection(filename=filename, size=len(data), sha256=_sha256(data), kind=kind, findings=told)


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
