"""One look into a PDF: what it contains, or why it is refused. In this process, or in a limited child.

A reader keeps every object it meets, and a hostile file can hold many in few bytes: two bytes of an array
become a hundred in memory. Short files cannot do harm and are read here; longer ones are read by a child
with a memory limit, which costs its start-up of a few tenths of a second.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Any, Final

import pikepdf

from choriste.documents.read.inspection import limits
from choriste.documents.read.inspection.attachments import Attachment
from choriste.documents.read.inspection.beside import beside
from choriste.documents.read.inspection.child import ChildError, Failure, run_child
from choriste.documents.read.inspection.embedded import embedded_invoice, findings_on
from choriste.documents.read.inspection.model import (
    AttachedFile,
    AttachedTo,
    Coverage,
    EmbeddedXml,
    Encryption,
    Family,
    FileKind,
    Obstacle,
    PdfaClaim,
    PdfFacts,
    Signature,
)
from choriste.documents.read.inspection.objects import UNREADABLE, ExpansionError, TreeError
from choriste.documents.read.inspection.pdf_file import Gathered, gather, opened
from choriste.documents.read.inspection.structure import TooManyObjectsError, measure_structure
from choriste.documents.read.inspection.wording import finding
from choriste.domain.shared.findings import Finding

_FOREIGN_LOCK: Final = "unsupported encryption filter"
"""What qpdf says of a lock other than by password: for the holders of certificates, or of a rights server."""

_REFUSALS: Final[tuple[tuple[type[Exception], FileKind, str], ...]] = (
    (pikepdf.PasswordError, FileKind.ENCRYPTED_PDF, "PDF-ENCRYPTED"),
    (ExpansionError, FileKind.DAMAGED_PDF, "PDF-BOMB"),
    (MemoryError, FileKind.DAMAGED_PDF, "PDF-BOMB"),
    (TooManyObjectsError, FileKind.DAMAGED_PDF, "PDF-TOO-COMPLEX"),
    (TreeError, FileKind.DAMAGED_PDF, "PDF-PAGE-TREE"),
)


@dataclass(frozen=True, slots=True)
class Look:
    """What a look gave: facts with unchecked signatures, or none and the kind of a refused file."""

    facts: PdfFacts | None
    invoice: EmbeddedXml | None
    findings: tuple[Finding, ...]
    refused: FileKind | None = None


def look_at(data: bytes) -> Look:
    """Look into a PDF, here or in a child, whichever its length asks for."""
    if len(data) > limits.MAX_INLINE:
        return _look_from_child(data)
    try:
        expanded = measure_structure(data)
    except (ExpansionError, TooManyObjectsError) as error:
        return refusal(error)
    if len(data) + expanded <= limits.MAX_INLINE:
        return look_here(data)
    return _look_from_child(data)


def measured_look(data: bytes) -> Look:
    """Look into a PDF of any length in this process, its structure measured first: the child's part."""
    try:
        measure_structure(data)
    except (ExpansionError, TooManyObjectsError) as error:
        return refusal(error)
    return look_here(data)


def look_here(data: bytes) -> Look:
    """Look into a PDF in this process."""
    try:
        with opened(data) as pdf:
            gathered = gather(pdf)
            chosen = embedded_invoice(gathered.attachments, gathered.xmp)
            findings = tuple(_findings(gathered, chosen))
    except (*UNREADABLE, MemoryError) as error:
        return refusal(error)
    return Look(gathered.facts, chosen[1] if chosen else None, findings)


def refusal(error: Exception) -> Look:
    """Turn an error of reading into a refusal."""
    for cause, kind, code in _REFUSALS:
        if isinstance(error, cause):
            return _refused(kind, code)
    if _FOREIGN_LOCK in str(error):
        return _refused(FileKind.ENCRYPTED_PDF, "PDF-ENCRYPTED-FOR")
    return _refused(FileKind.DAMAGED_PDF, "PDF-DAMAGED")


def _refused(kind: FileKind, code: str) -> Look:
    return Look(None, None, (finding(code),), kind)


def _findings(gathered: Gathered, chosen: tuple[Attachment, EmbeddedXml] | None) -> list[Finding]:
    found = [finding("PDF-REPAIRED")] if gathered.repaired else []
    found += [] if gathered.xmp.well_formed else [finding("PDF-XMP-INVALID")]
    found += findings_on(*chosen, gathered.xmp) if chosen else ()
    around = list(beside(gathered.attachments, gathered.xmp, chosen))
    if chosen is None and not around and gathered.xmp.family is not None:
        found.append(finding("PDF-XML-MISSING", expected=gathered.xmp.announced("DocumentFileName")))
    return found + around


# --- through a child: plain JSON, so that nothing a hostile file may do to it can run here ---------------


def _look_from_child(data: bytes) -> Look:
    try:
        answer = run_child("look.py", data, memory=limits.CHILD_MEMORY, cpu=limits.LOOK_CPU)
    except ChildError as error:
        code = "PDF-TOO-COMPLEX" if error.failure is Failure.TIMEOUT else "PDF-BOMB"
        return _refused(FileKind.DAMAGED_PDF, code)
    return from_json(answer)


def as_json(look: Look) -> dict[str, Any]:
    """Return a look as JSON values; the invoice's bytes in base64."""
    return {
        "facts": look.facts.as_json() if look.facts else None,
        "invoice": look.invoice.as_json() if look.invoice else None,
        "xml": base64.b64encode(look.invoice.xml).decode() if look.invoice else "",
        "findings": [[each.rule, each.found, each.expected] for each in look.findings],
        "refused": look.refused,
    }


def from_json(answer: dict[str, Any]) -> Look:
    """Rebuild a look from what `as_json` gave."""
    facts, invoice, refused = answer["facts"], answer["invoice"], answer["refused"]
    return Look(
        _facts(facts) if facts else None,
        _invoice(invoice, answer["xml"]) if invoice else None,
        tuple(finding(code, found=found, expected=expected) for code, found, expected in answer["findings"]),
        FileKind(refused) if refused else None,
    )


def _facts(item: dict[str, Any]) -> PdfFacts:
    claim = item["pdfa"]
    changed = {
        "encryption": Encryption(item["encryption"]),
        "active_content": tuple(item["active_content"]),
        "attachments": tuple(_attachment(each) for each in item["attachments"]),
        "signatures": tuple(_signature(each) for each in item["signatures"]),
        "pdfa": PdfaClaim(**(claim | {"reasons": tuple(claim["reasons"])})) if claim else None,
    }
    return PdfFacts(**(item | changed))


def _attachment(item: dict[str, Any]) -> AttachedFile:
    return AttachedFile(**(item | {"attached_to": AttachedTo(item["attached_to"])}))


def _signature(item: dict[str, Any]) -> Signature:
    kept = {key: value for key, value in item.items() if key != "trusted"}
    obstacle = Obstacle(item["obstacle"]) if item["obstacle"] else None
    return Signature(**(kept | {"coverage": Coverage(item["coverage"]), "obstacle": obstacle}))


def _invoice(item: dict[str, Any], xml: str) -> EmbeddedXml:
    kept = {key: value for key, value in item.items() if key not in {"format", "size"}}
    return EmbeddedXml(family=Family(item["format"]), xml=base64.b64decode(xml), **kept)
