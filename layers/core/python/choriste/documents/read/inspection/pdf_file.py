"""Opening a PDF within limits, and gathering what it contains."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

import pikepdf

from choriste.documents.read.inspection import limits
from choriste.documents.read.inspection.activity import active_content_of
from choriste.documents.read.inspection.attachments import Attachment, attachments_of
from choriste.documents.read.inspection.model import Encryption, PdfFacts
from choriste.documents.read.inspection.objects import entry, text
from choriste.documents.read.inspection.pages import pages_of
from choriste.documents.read.inspection.pdfa import check_claim, is_tagged
from choriste.documents.read.inspection.signatures import signature_fields
from choriste.documents.read.inspection.structure import TooManyObjectsError
from choriste.documents.read.inspection.xmp import Xmp, xmp_of


@dataclass(frozen=True, slots=True)
class Gathered:
    """What was read of an open PDF: the facts, and what the choice of the invoice needs."""

    facts: PdfFacts
    attachments: tuple[Attachment, ...]
    xmp: Xmp
    repaired: bool


@contextmanager
def opened(data: bytes) -> Iterator[pikepdf.Pdf]:
    """Open a PDF, already measured, within the limits, without running or repairing anything on disk.

    Raises:
        TooManyObjectsError: it has too many objects.
        pikepdf.PasswordError: it needs a password to be read.
        pikepdf.PdfError: it is damaged beyond reading.
    """
    limits.guard_qpdf()
    with pikepdf.open(
        io.BytesIO(data),
        suppress_warnings=True,
        inherit_page_attributes=False,
        attempt_recovery=len(data) <= limits.MAX_RECOVERY,
    ) as pdf:
        size = entry(pdf.trailer, "/Size")
        if isinstance(size, int) and size > limits.MAX_OBJECTS:
            raise TooManyObjectsError
        yield pdf


def gather(pdf: pikepdf.Pdf) -> Gathered:
    """Collect the facts of an open PDF; its signatures are listed, not yet checked.

    Raises:
        TreeError: one of its trees loops or is out of proportion.
    """
    xmp = xmp_of(pdf)
    pages = pages_of(pdf)
    attachments = attachments_of(pdf, pages)
    active = active_content_of(pdf, pages)
    claim = check_claim(pdf, pages=pages, attachments=attachments, active_content=active, xmp=xmp)
    repaired = bool(pdf.get_warnings())
    if claim is not None and repaired:
        claim = replace(claim, claim_holds=False, reasons=("damaged-structure", *claim.reasons))
    facts = PdfFacts(
        version=str(pdf.pdf_version),
        pages=len(pages),
        producer=text(entry(pdf.trailer, "/Info", "/Producer")),
        title=text(entry(pdf.trailer, "/Info", "/Title")),
        encryption=Encryption.OWNER_ONLY if pdf.is_encrypted else Encryption.NONE,
        portfolio=entry(pdf.Root, "/Collection") is not None,
        tagged=is_tagged(pdf),
        active_content=active,
        attachments=tuple(attachment.facts for attachment in attachments),
        signatures=signature_fields(pdf),
        pdfa=claim,
    )
    return Gathered(facts, attachments, xmp, repaired=repaired)
