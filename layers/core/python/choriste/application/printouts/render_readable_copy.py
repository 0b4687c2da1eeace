"""Make the readable copy of an invoice: the accessible Factur-X that is attached to every one.

Source: docs/reference/deposits.md#readable-copy.
"""

from __future__ import annotations

import hashlib

from choriste.application.deposits.receive_deposit import mime_type_of
from choriste.application.deposits.validate_file import is_pdf, no_invoice_data
from choriste.application.printouts.ports import PrintoutPorts
from choriste.application.shared.ports import Bucket
from choriste.documents.issue.assembly import Attachment, Relationship
from choriste.documents.issue.context import DocumentContext
from choriste.documents.issue.facturx import make_facturx
from choriste.documents.read.inspection import inspect
from choriste.domain.access.user import Language
from choriste.domain.invoice.reading import Reading, Syntax
from choriste.domain.lifecycle.labels import frame_label
from choriste.domain.shared.errors import NotFoundError
from choriste.domain.shared.ids import InvoiceId
from choriste.domain.tracking.head import AttachedFile, FileKind, InvoiceHead
from choriste.formats.errors import UnreadableError
from choriste.formats.invoice.cii import write_cii
from choriste.formats.read import read_xml

COPY_PREFIX = "PJP00XFAC"
_CII = frozenset({Syntax.CII, Syntax.FACTURX})


def render_readable_copy(ports: PrintoutPorts, invoice_id: InvoiceId) -> AttachedFile:
    """Render the readable copy, store it, and return its description; the same input gives the same bytes."""
    head = ports.invoices.get(invoice_id)
    original = head.file(FileKind.ORIGINAL) if head is not None else None
    if head is None or original is None:
        raise NotFoundError(kind="invoice", id=invoice_id)
    content = ports.files.get(Bucket.ARCHIVE, original.key)
    pdf = render_readable_copy_pdf(
        content,
        filename=original.name,
        context=_context(head, original),
        language=Language.FRENCH.value,
    )
    file = readable_copy_of(head, pdf)
    ports.files.put(Bucket.DOCUMENTS, file.key, pdf, mime_type=file.mime_type)
    return file


def readable_copy_of(head: InvoiceHead, pdf: bytes) -> AttachedFile:
    """Return the description of an invoice's readable copy."""
    return AttachedFile(
        kind=FileKind.READABLE_COPY,
        name=f"{COPY_PREFIX}{head.id}.pdf",
        key=f"duplicates/{head.id}/{COPY_PREFIX}{head.id}.pdf",
        size=len(pdf),
        sha256=hashlib.sha256(pdf).hexdigest(),
        mime_type="application/pdf",
    )


def render_readable_copy_pdf(
    content: bytes, *, filename: str, context: DocumentContext, language: str
) -> bytes:
    """Return the Factur-X of an invoice file; raises `UnreadableError`.

    The data of a CII or Factur-X file go in unaltered; of any other they are converted, and the file
    itself is attached beside them.
    """
    reading = read_invoice_file(content, filename)
    is_cii = reading.syntax in _CII
    return make_facturx(
        reading.invoice,
        cii=reading.xml if is_cii else write_cii(reading.invoice),
        context=context,
        language=language,
        attachments=() if is_cii else (_source(content, filename),),
    )


def read_invoice_file(content: bytes, filename: str) -> Reading:
    """Return the data of an invoice file, or those embedded in a PDF; raises `UnreadableError`."""
    if not is_pdf(content):
        return read_xml(content)
    inspection = inspect(content, filename=filename)
    if inspection.invoice is None or inspection.refusal is not None:
        raise UnreadableError(inspection.refusal or no_invoice_data(filename))
    return read_xml(inspection.invoice.xml)


def _source(content: bytes, filename: str) -> Attachment:
    return Attachment(
        name=filename,
        content=content,
        mime_type=mime_type_of(filename),
        relationship=Relationship.SOURCE,
    )


def _context(head: InvoiceHead, original: AttachedFile) -> DocumentContext:
    return DocumentContext(
        technical_id=str(head.id),
        deposited_at=head.deposited_at.replace(microsecond=0),
        flow_id=head.flow_id,
        channel=head.channel.value,
        frame=frame_label(head.frame, language=Language.FRENCH.value),
        service_code=head.service_code,
        engagement=head.engagement,
        original_filename=original.name,
        original_digest=original.sha256,
    )
