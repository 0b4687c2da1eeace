"""Read one invoice with its history, and its files."""

from __future__ import annotations

from dataclasses import dataclass

from choriste.application.invoices.access import actions_of, visible_invoice
from choriste.application.invoices.ports import FilePorts, InvoicePorts
from choriste.application.shared.ports import Bucket
from choriste.domain.access.principal import Principal
from choriste.domain.lifecycle import Transition
from choriste.domain.shared.errors import NotFoundError
from choriste.domain.shared.ids import InvoiceId
from choriste.domain.tracking.head import AttachedFile, FileKind, InvoiceHead, StatusChange

_BUCKETS = {FileKind.ORIGINAL: Bucket.ARCHIVE, FileKind.ATTACHMENT: Bucket.ARCHIVE}


@dataclass(frozen=True, slots=True)
class InvoiceView:
    """An invoice as its reader may see it: head, history oldest first, and the actions open to the reader."""

    head: InvoiceHead
    history: tuple[StatusChange, ...]
    actions: tuple[Transition, ...]


def read_invoice(ports: InvoicePorts, principal: Principal, invoice_id: InvoiceId) -> InvoiceView:
    """Return an invoice; raises `NotFoundError`, also when the principal may not know of it."""
    return view_of(ports, principal, visible_invoice(ports.invoices, principal, invoice_id))


def view_of(ports: InvoicePorts, principal: Principal, head: InvoiceHead) -> InvoiceView:
    """Return an invoice whose head is at hand, as after a step that the reader has just taken."""
    return InvoiceView(head, ports.invoices.history(head.id), actions_of(principal, head))


def read_file(
    ports: FilePorts, principal: Principal, invoice_id: InvoiceId, name: str
) -> tuple[AttachedFile, bytes]:
    """Return a file of an invoice with its bytes; raises `NotFoundError`."""
    file, bucket = _find_file(ports, principal, invoice_id, name)
    return file, ports.files.get(bucket, file.key)


def file_address(
    ports: FilePorts, principal: Principal, invoice_id: InvoiceId, name: str, *, seconds: int = 300
) -> tuple[AttachedFile, str]:
    """Return a file of an invoice with an address to download it from for that long."""
    file, bucket = _find_file(ports, principal, invoice_id, name)
    return file, ports.files.download_address(bucket, file.key, filename=file.name, seconds=seconds)


def _find_file(
    ports: FilePorts, principal: Principal, invoice_id: InvoiceId, name: str
) -> tuple[AttachedFile, Bucket]:
    head = visible_invoice(ports.invoices, principal, invoice_id)
    file = next((file for file in head.files if file.name == name), None)
    if file is None:
        raise NotFoundError(kind="file", id=name)
    return file, _BUCKETS.get(file.kind, Bucket.DOCUMENTS)
