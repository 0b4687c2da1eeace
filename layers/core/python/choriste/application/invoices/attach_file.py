"""Attach a file to an invoice at the statuses that allow it, or one that its billing file already holds.

Limits are those of the national portal (docs/reference/deposits.md#limits): 10 MB a file, 120 MB an invoice,
and a list of kinds.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace

from choriste.application.deposits.deposited_file import clean_filename, mime_type_of
from choriste.application.invoices.access import role_for_act
from choriste.application.invoices.act_on_invoice import act_on_invoice
from choriste.application.invoices.ports import FilePorts
from choriste.application.invoices.read_invoices import read_invoice
from choriste.application.shared.ports import Bucket
from choriste.domain.access.principal import Principal
from choriste.domain.shared.errors import NotFoundError, TooLargeError
from choriste.domain.shared.field_faults import field_error
from choriste.domain.shared.ids import InvoiceId
from choriste.domain.tracking.head import AttachedFile, FileKind, InvoiceHead
from choriste.domain.works.checks import file_of

MAX_ATTACHMENT_BYTES = 10 * 1024 * 1024
CATEGORY_LIMIT = 30
MAX_INVOICE_BYTES = 120 * 1024 * 1024
ALLOWED_EXTENSIONS = frozenset(
    {
        "bmp",
        "bz2",
        "csv",
        "doc",
        "docx",
        "fax",
        "gif",
        "gz",
        "gzip",
        "htm",
        "html",
        "jpeg",
        "jpg",
        "odp",
        "ods",
        "odt",
        "p7s",
        "pdf",
        "png",
        "pps",
        "ppt",
        "pptx",
        "rtf",
        "svg",
        "tgz",
        "tif",
        "tiff",
        "txt",
        "xhtml",
        "xlc",
        "xlm",
        "xls",
        "xlsx",
        "xml",
        "xsd",
        "xsl",
        "zip",
    }
)
"""Chorus Pro API annex, extensions of attachments."""

_ACT = "attach"


def attach_file(  # noqa: PLR0913 - who attaches what, of which type, to which invoice
    ports: FilePorts,
    principal: Principal,
    invoice_id: InvoiceId,
    *,
    filename: str,
    content: bytes,
    category: str | None = None,
) -> InvoiceHead:
    """Keep a file with an invoice; `category` is its type in the depositor's words, at most 30 characters.

    The same file under the same name again changes nothing. Raises `TooLargeError` over 10 MB or when the
    invoice would exceed 120 MB, `BadRequestError` for a kind of file that is not taken or a name that
    another file of the invoice has.
    """
    name, size = clean_filename(filename), len(content)
    check_attachment(name, size=size, category=category)
    digest = hashlib.sha256(content).hexdigest()
    file = AttachedFile(
        kind=FileKind.ATTACHMENT,
        name=name,
        key=f"attachments/{invoice_id}/{digest[:16]}/{name}",
        size=size,
        sha256=digest,
        mime_type=mime_type_of(name),
        category=category,
    )
    head = read_invoice(ports, principal, invoice_id).head
    if any(known.name == name and known.sha256 == digest for known in head.files):
        return head
    _check_room(head, file)
    # what the archive takes in, it keeps for ten years: nothing of somebody who may not attach
    role_for_act(principal, head, _ACT)
    ports.files.put(Bucket.ARCHIVE, file.key, content, mime_type=file.mime_type)
    return _attach(ports, principal, invoice_id, file)


def reuse_file(
    ports: FilePorts, principal: Principal, invoice_id: InvoiceId, *, piece: InvoiceId, name: str
) -> InvoiceHead:
    """Attach a file that another piece of the same billing file already has.

    Source: docs/reference/works-contracts.md#what-a-billing-file-shares.

    Raises `NotFoundError` when there is no such file that the principal may see.
    """
    head, source = (read_invoice(ports, principal, each).head for each in (invoice_id, piece))
    file = next((f for f in source.files if f.name == name and f.kind is not FileKind.READABLE_COPY), None)
    if file is None or file_of(source) != file_of(head):
        raise NotFoundError(kind="file", id=name)
    _check_room(head, file)
    return _attach(ports, principal, invoice_id, replace(file, kind=FileKind.ATTACHMENT))


def _attach(ports: FilePorts, principal: Principal, invoice_id: InvoiceId, file: AttachedFile) -> InvoiceHead:
    def attached(before: InvoiceHead) -> InvoiceHead:
        # somebody else may have attached a file since the room was first looked at
        _check_room(before, file)
        return before.with_file(file)

    return act_on_invoice(ports, principal, invoice_id, _ACT, text=file.name, change=attached)


def check_attachment(name: str, *, size: int, category: str | None) -> None:
    """Refuse what no invoice takes: a kind of file, a size in bytes, a type that is too long."""
    if category is not None and len(category) > CATEGORY_LIMIT:
        raise field_error("category", "FIELD-TOO-LONG", limit=CATEGORY_LIMIT)
    if size > MAX_ATTACHMENT_BYTES:
        raise TooLargeError(size=size, limit=MAX_ATTACHMENT_BYTES)
    extension = name.rpartition(".")[2].lower()
    if extension not in ALLOWED_EXTENSIONS:
        expected = ", ".join(sorted(ALLOWED_EXTENSIONS))
        raise field_error("filename", "FILE-KIND", found=extension, expected=expected)


def _check_room(head: InvoiceHead, file: AttachedFile) -> None:
    known = next((f for f in head.files if f.name == file.name), None)
    if known is not None and known.sha256 != file.sha256:
        raise field_error("filename", "FILE-NAME-TAKEN", found=file.name)
    total = sum(f.size for f in head.files) + (file.size if known is None else 0)
    if total > MAX_INVOICE_BYTES:
        raise TooLargeError(size=total, limit=MAX_INVOICE_BYTES)
