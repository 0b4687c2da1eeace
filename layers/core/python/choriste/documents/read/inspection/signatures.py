"""The signatures of a PDF: present, covering what, intact, by whom.

Trust is not judged: that takes a trust list and revocation data, which an offline reading does not have.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pikepdf

from choriste.documents.read.inspection import limits
from choriste.documents.read.inspection.child import ChildError, Failure, run_child
from choriste.documents.read.inspection.model import Certificate, Coverage, Signature
from choriste.documents.read.inspection.objects import entry, items, text, walk
from choriste.documents.read.inspection.wording import finding
from choriste.domain.shared.findings import Finding


def signature_fields(pdf: pikepdf.Pdf) -> tuple[Signature, ...]:
    """Return the signed fields of the PDF's form, unchecked.

    Raises:
        TreeError: the form's tree loops or is too large.
    """
    fields = walk(items(entry(pdf.Root, "/AcroForm", "/Fields")), lambda node: items(entry(node, "/Kids")))
    return tuple(
        Signature(
            field=text(entry(field, "/T")) or "",
            format=text(entry(field, "/V", "/SubFilter")) or "",
            coverage=Coverage.UNCLEAR,
            intact=None,
            signed_at=None,
            digest_algorithm=None,
            certificate=None,
        )
        for field in fields
        if entry(field, "/V", "/ByteRange") is not None
    )


def checked_signatures(data: bytes, fields: tuple[Signature, ...]) -> tuple[Signature, ...]:
    """Check the signatures in a child process.

    Too many, or too long to read, they stay unchecked; what the child cannot read at all is broken.
    """
    if not fields or len(fields) > limits.MAX_SIGNATURES:
        return fields
    try:
        answer = run_child("signatures.py", data, memory=limits.CHILD_MEMORY, cpu=limits.SIGNATURE_CPU)
    except ChildError as error:
        unreadable = error.failure is Failure.REFUSED and "MemoryError" not in error.detail
        return tuple(replace(field, intact=False) for field in fields) if unreadable else fields
    return tuple(_signature(item) for item in answer) or fields


def findings_on(signatures: tuple[Signature, ...]) -> Iterator[Finding]:
    """Yield what a reader must know: unchecked or broken signatures, and content added after the last."""
    unchecked = sum(1 for each in signatures if each.intact is None)
    if unchecked:
        yield finding("PDF-SIGNATURE-UNCHECKED", found=f"{unchecked}")
        return
    for signature in signatures:
        if not signature.intact:
            yield finding("PDF-SIGNATURE-BROKEN", found=signature.field)
    if signatures and not any(each.coverage is Coverage.WHOLE_FILE for each in signatures):
        yield finding("PDF-SIGNATURE-PARTIAL", found=signatures[-1].field)


def _signature(item: dict[str, Any]) -> Signature:
    certificate = item["certificate"]
    return Signature(
        field=item["field"],
        format=item["format"],
        coverage=Coverage(item["coverage"]),
        intact=item["intact"],
        signed_at=item["signed_at"],
        digest_algorithm=item["digest_algorithm"],
        certificate=Certificate(**certificate) if certificate else None,
    )
