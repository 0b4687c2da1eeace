"""Keep the supplier's own document beside the invoice that embeds it, and say where the two differ."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass

from choriste.application.deposits.deposited_file import clean_filename
from choriste.application.deposits.ports import DepositPorts
from choriste.application.shared.ports import Bucket
from choriste.domain.deposits.advice import Kind
from choriste.domain.deposits.flow import Document
from choriste.domain.invoice.own_document import attached_pdfs
from choriste.domain.invoice.reading import Reading
from choriste.domain.shared.findings import Finding
from choriste.domain.shared.ids import FlowId
from choriste.domain.tracking.head import AttachedFile, FileKind

_PDF = "application/pdf"


@dataclass(frozen=True, slots=True)
class KeptDocument:
    """The file of the supplier's own document, none where there is none, and the differences."""

    files: tuple[AttachedFile, ...] = ()
    findings: tuple[Finding, ...] = ()


def keep_own_document(
    ports: DepositPorts, flow: FlowId, document: Document, reading: Reading, *, off: Collection[str]
) -> KeptDocument:
    """Store the supplier's own PDF as a file of the invoice, and return it with what it says otherwise.

    The bytes are those in the data, which the archive keeps; this copy can be made again.
    """
    if not attached_pdfs(reading.invoice):
        return KeptDocument()
    # Reading pages costs memory and start-up time that other invoices must not pay.
    from choriste.application.deposits.compare_paper import compare_paper  # noqa: PLC0415
    from choriste.rules.advice.said import finding_of  # noqa: PLC0415

    paper = compare_paper(reading.invoice)
    if paper is None:
        return KeptDocument()
    content = paper.document.content or b""
    key = f"own/{flow}/{document.position}.pdf"
    ports.files.put(Bucket.DOCUMENTS, key, content, mime_type=_PDF)
    file = AttachedFile(
        kind=FileKind.OWN_DOCUMENT,
        name=_name(paper.document.filename or paper.document.reference or "facture", document.filename),
        key=key,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        mime_type=_PDF,
    )
    told = paper.differences if Kind.PAPER not in off else ()
    return KeptDocument((file,), tuple(finding_of(each, reading) for each in told))


def _name(written: str, original: str) -> str:
    """Return the name of the file, which no other file of the invoice may have."""
    clean = clean_filename(written)
    name = clean if clean.lower().endswith(".pdf") else f"{clean}.pdf"
    return name if name != original else f"fournisseur-{name}"
