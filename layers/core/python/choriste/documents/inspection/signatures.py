"""The signatures of a PDF: present, covering what, intact, by whom.

Trust is not judged: that takes a trust list and revocation data, which an offline reading does not have.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import pikepdf

from choriste.documents.inspection import limits
from choriste.documents.inspection.child import ChildError, run_child
from choriste.documents.inspection.model import Certificate, Coverage, Signature
from choriste.documents.inspection.objects import entry, items, text, walk
from choriste.documents.inspection.wording import finding
from choriste.domain.findings import Finding

_TIMEOUT: Final = 8.0
_CPU: Final = 2
"""Seconds of processor time, of which loading the library takes about one."""

_MEMORY: Final = 400 << 20
"""Address space; the resident memory stays far below, for most of it is mapped code."""


def signature_fields(pdf: pikepdf.Pdf) -> tuple[Signature, ...]:
    """Return the signed fields of the PDF's form, unchecked: unclear coverage, not intact.

    Raises:
        TreeError: the form's tree loops or is too large.
    """
    fields = walk(items(entry(pdf.Root, "/AcroForm", "/Fields")), lambda node: items(entry(node, "/Kids")))
    return tuple(
        Signature(
            field=text(entry(field, "/T")) or "",
            format=text(entry(field, "/V", "/SubFilter")) or "",
            coverage=Coverage.UNCLEAR,
            intact=False,
            signed_at=None,
            digest_algorithm=None,
            certificate=None,
        )
        for field in fields
        if entry(field, "/V", "/ByteRange") is not None
    )


def checked_signatures(data: bytes, fields: tuple[Signature, ...]) -> tuple[Signature, ...]:
    """Check the signatures in a child process; without its answer, or if too many, they stay unchecked."""
    if not fields or len(fields) > limits.MAX_SIGNATURES:
        return fields
    try:
        answer = run_child("signatures.py", data, timeout=_TIMEOUT, memory=_MEMORY, cpu=_CPU)
    except ChildError:
        return fields
    return tuple(_signature(item) for item in answer) or fields


def findings_on(signatures: tuple[Signature, ...]) -> Iterator[Finding]:
    """Yield what a reader must know: broken signatures, and content added after the last one."""
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
