"""Factur-X: the readable page of an invoice with its XML inside, archivable and accessible.

PDF/A-3a and PDF/UA-1 with the CII as `factur-x.xml` (Factur-X 1.0.8 / ZUGFeRD 2.4), whatever syntax the
invoice came in: the caller gives our CII, and the original as an attachment where it was not CII.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from choriste.documents.issue.assembly import Attachment, Relationship, assemble, is_media_type
from choriste.documents.issue.context import DocumentContext, Logo
from choriste.documents.issue.pages.invoice import invoice_page
from choriste.documents.issue.profile import conformance_level
from choriste.documents.issue.render import Template, render
from choriste.documents.issue.wording import wording
from choriste.documents.issue.xmp import FACTURX_FILENAME
from choriste.domain.invoice.model import Invoice, SupportingDocument
from choriste.domain.invoice.reading import Leftover

__all__ = ["Attachment", "DocumentContext", "Logo", "Relationship", "make_facturx"]

# Profiles too poor to replace the page: the XML is supplementary data, not an alternative (Factur-X 6.2.1).
_DATA_ONLY = frozenset({"MINIMUM", "BASIC WL"})
_UNDATED = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)


def make_facturx(  # noqa: PLR0913 - what goes into the document
    invoice: Invoice,
    *,
    cii: bytes,
    context: DocumentContext,
    language: str = "fr",
    attachments: Sequence[Attachment] = (),
    leftovers: Sequence[Leftover] = (),
) -> bytes:
    """Return the Factur-X of an invoice: the same bytes for the same input.

    `cii` becomes `factur-x.xml` unaltered; its guideline (BT-24) decides the conformance level.
    `language` is that of the page, `fr` or `en`. The invoice's own embedded documents (BG-24) are
    attached too. `leftovers` are what the invoice's file says beyond EN 16931, so that the page says it
    too. Raises DocumentError.
    """
    dated = context.deposited_at or _issued(invoice)
    level = conformance_level(cii)
    shown = invoice_page(invoice, context, language=language, leftovers=leftovers)
    page = render(Template.INVOICE, shown, dated=dated)
    files = [_facturx_file(cii, level, language), *attachments]
    files += _supporting(invoice.supporting_documents, language, files)
    return assemble(page, attachments=files, modified=dated, conformance=level)


def _issued(invoice: Invoice) -> dt.datetime:
    if invoice.issue_date is None:
        return _UNDATED
    return dt.datetime.combine(invoice.issue_date, dt.time(), tzinfo=dt.UTC)


def _facturx_file(cii: bytes, level: str, language: str) -> Attachment:
    return Attachment(
        name=FACTURX_FILENAME,
        content=cii,
        mime_type="text/xml",
        relationship=Relationship.DATA if level in _DATA_ONLY else Relationship.ALTERNATIVE,
        description=wording(language)["facturx"],
    )


def _supporting(
    documents: Iterable[SupportingDocument], language: str, given: Sequence[Attachment]
) -> list[Attachment]:
    """Return the documents that the invoice embeds, but those that the caller attaches already."""
    known = {attachment.content for attachment in given}
    return [
        Attachment(
            name=document.filename or document.reference or "document",
            content=document.content,
            mime_type=_media_type(document.mime_type),
            description=document.description or wording(language)["embedded"],
        )
        for document in documents
        if document.content and document.content not in known
    ]


def _media_type(written: str | None) -> str:
    """Return what BT-125 says where it is a media type: an odd one must not stop an invoice here."""
    return written if written and is_media_type(written) else "application/octet-stream"
