"""Make the readable copy of an invoice: the accessible Factur-X that is attached to every one.

Source: docs/reference/deposits.md#readable-copy.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from pathlib import PurePath

from choriste.application.deposits.deposited_file import mime_type_of
from choriste.application.deposits.validate_file import (
    is_pdf,
    no_invoice_data,
    validate_facturx_data,
)
from choriste.application.printouts.ports import PrintoutPorts
from choriste.application.shared.archived import read_archived
from choriste.application.shared.ports import Bucket
from choriste.documents.issue.assembly import Attachment, Relationship
from choriste.documents.issue.context import DocumentContext
from choriste.documents.issue.facturx import make_facturx
from choriste.documents.read.inspection import inspect
from choriste.domain.access.user import Language
from choriste.domain.invoice.reading import Reading, Syntax
from choriste.domain.lifecycle.labels import frame_label
from choriste.domain.shared.errors import NotFoundError
from choriste.domain.shared.findings import Verdict
from choriste.domain.shared.ids import InvoiceId
from choriste.domain.tracking.head import AttachedFile, FileKind, InvoiceHead
from choriste.formats.errors import UnreadableError
from choriste.formats.invoice.facturx import converted_data, facturx_data
from choriste.formats.read import read_xml

_CII = frozenset({Syntax.CII, Syntax.FACTURX})
COPY_PREFIX = "PJP00XFAC"


def render_readable_copy(ports: PrintoutPorts, invoice_id: InvoiceId) -> AttachedFile:
    """Render the readable copy, store it, and return its description; the same input gives the same bytes."""
    head = ports.invoices.get(invoice_id)
    original = head.file(FileKind.ORIGINAL) if head is not None else None
    if head is None or original is None:
        raise NotFoundError(kind="invoice", id=invoice_id)
    content = read_archived(ports.files, original)
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

    Data that Factur-X takes as they are go in unaltered. Others are converted, or get the profile's own
    identifier (BT-24); then what was deposited is attached beside them.
    """
    reading = read_invoice_file(content, filename)
    cii = _data_of(reading, on=context.deposited_at)
    return make_facturx(
        reading.invoice,
        cii=cii,
        context=context,
        language=language,
        leftovers=reading.leftovers,
        attachments=() if cii == reading.xml else (_source(reading.xml, _source_name(content, filename)),),
    )


def _data_of(reading: Reading, *, on: dt.datetime | None) -> bytes:
    """Return the data of the Factur-X, converted where the rules of Factur-X refuse what was deposited.

    Those of plain CII admit elements that they exclude; what came out of a Factur-X has met them already.
    """
    cii = facturx_data(reading)
    if reading.syntax not in _CII or (reading.syntax is Syntax.FACTURX and cii == reading.xml):
        return cii
    judged = validate_facturx_data(cii, on=on.date() if on else dt.date.max)
    return cii if judged.verdict is Verdict.VALID else converted_data(reading)


def read_invoice_file(content: bytes, filename: str) -> Reading:
    """Return the data of an invoice file, or those embedded in a PDF; raises `UnreadableError`."""
    if not is_pdf(content):
        return read_xml(content)
    inspection = inspect(content, filename=filename)
    if inspection.invoice is None or inspection.refusal is not None:
        raise UnreadableError(inspection.why_no_invoice or no_invoice_data(filename))
    return read_xml(inspection.invoice.xml)


def _source(content: bytes, filename: str) -> Attachment:
    return Attachment(
        name=filename,
        content=content,
        mime_type=mime_type_of(filename),
        relationship=Relationship.SOURCE,
    )


def _source_name(content: bytes, filename: str) -> str:
    """Return the name of the deposited data: of a PDF, only the XML inside it was changed."""
    return f"{PurePath(filename).stem}.xml" if is_pdf(content) else filename


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
