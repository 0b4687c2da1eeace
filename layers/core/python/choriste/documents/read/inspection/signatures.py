"""The signatures of a PDF: present, covering what, intact, by whom.

Trust is not judged: that takes a trust list and revocation data, which an offline reading does not have.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

import pikepdf

from choriste.documents.read.inspection import limits
from choriste.documents.read.inspection.child import ChildError, Failure, run_child
from choriste.documents.read.inspection.model import Certificate, Coverage, Obstacle, Signature
from choriste.documents.read.inspection.objects import Repeats, entry, items, text, walk
from choriste.documents.read.inspection.wording import finding
from choriste.domain.shared.findings import Finding


def signature_fields(pdf: pikepdf.Pdf) -> tuple[Signature, ...]:
    """Return the signed fields of the PDF's form, unchecked.

    Raises:
        TreeError: the form's tree loops or is too large.
    """
    fields = walk(
        items(entry(pdf.Root, "/AcroForm", "/Fields")),
        lambda node: items(entry(node, "/Kids")),
        repeats=Repeats.SKIPPED,
    )
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

    Too many, or too long to read, they stay unchecked; so they do where the child cannot read the file.
    """
    if not fields or len(fields) > limits.MAX_SIGNATURES:
        return fields
    try:
        answer = run_child("signatures.py", data, memory=limits.CHILD_MEMORY, cpu=limits.SIGNATURE_CPU)
    except ChildError as error:
        unreadable = error.failure is Failure.REFUSED and "MemoryError" not in error.detail
        return tuple(replace(field, obstacle=Obstacle.FORMAT) for field in fields) if unreadable else fields
    return tuple(_signature(item) for item in answer) or fields


def findings_on(signatures: tuple[Signature, ...]) -> Iterator[Finding]:
    """Yield what a reader must know: unchecked or broken signatures, and content added after the last."""
    whole = any(each.coverage in _WHOLE for each in signatures)
    if any(each.intact is None and each.obstacle is None for each in signatures):
        yield finding("PDF-SIGNATURE-UNCHECKED", found=f"{len(signatures)}")
        return
    for signature in signatures:
        if signature.intact is None and signature.obstacle is not None:
            yield finding(f"PDF-SIGNATURE-{signature.obstacle.value.upper()}", found=_called(signature))
        elif not signature.intact:
            yield finding("PDF-SIGNATURE-BROKEN", found=signature.field)
        elif signature.coverage in _ADDED_TO or (
            not whole and signature.coverage is Coverage.EARLIER_REVISION
        ):
            yield finding("PDF-SIGNATURE-PARTIAL", found=signature.field)


_WHOLE: Final = frozenset({Coverage.WHOLE_FILE, Coverage.VALIDATION_DATA_ADDED})
_ADDED_TO: Final = frozenset({Coverage.ALTERED_AFTER, Coverage.UNCLEAR})


def _called(signature: Signature) -> str:
    """Return a signature's field with what stands in the way of a check."""
    what = signature.format if signature.obstacle is Obstacle.FORMAT else signature.digest_algorithm
    shown = what if signature.obstacle is not Obstacle.CERTIFICATE else None
    return f"{signature.field} ({shown})" if shown else signature.field


def _signature(item: dict[str, Any]) -> Signature:
    certificate = item["certificate"]
    return Signature(
        field=item["field"],
        format=item["format"],
        coverage=Coverage(item["coverage"]),
        intact=item["intact"],
        obstacle=Obstacle(item["obstacle"]) if item["obstacle"] else None,
        signed_at=item["signed_at"],
        digest_algorithm=item["digest_algorithm"],
        certificate=Certificate(**certificate) if certificate else None,
    )
