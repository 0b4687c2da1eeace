"""Download invoices at once: as a pivot flow for another system, or as PDFs for people.

Each download by the recipient is noted once, in the history too: systems ask for what they have not fetched.
"""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from choriste.application.invoices.access import visible_invoice
from choriste.application.invoices.act_on_invoice import note_download
from choriste.application.invoices.ports import FilePorts
from choriste.application.invoices.read_content import content_of
from choriste.application.invoices.read_invoices import read_file
from choriste.domain.access.principal import Principal
from choriste.domain.parties.structure import StructureId
from choriste.domain.shared.errors import TooLargeError
from choriste.domain.shared.ids import InvoiceId, new_flow_id
from choriste.domain.tracking.head import AttachedFile, FileKind, InvoiceHead
from choriste.formats.pivot import PivotFile, PivotInvoice, write_pivot

MAX_DOWNLOAD_BYTES: Final = 120 * 1024 * 1024
"""What all files of a download may hold (Chorus Pro swagger, `telecharger/groupe`)."""

PIVOT_INTERFACE: Final = "0036"


class DownloadForm(StrEnum):
    """How invoices are downloaded."""

    PIVOT = "PIVOT"
    PDF = "PDF"


@dataclass(frozen=True, slots=True, kw_only=True)
class Download:
    """What is asked for; `limit` is how many bytes the files may have in all."""

    form: DownloadForm
    attachments: bool = True
    receiver: str = "CPP001"
    limit: int = field(default=MAX_DOWNLOAD_BYTES)


def download_invoices(
    ports: FilePorts, principal: Principal, invoices: Sequence[InvoiceId], wanted: Download
) -> bytes:
    """Return a pivot flow; or one PDF, or a ZIP with a folder for each invoice where there are several files.

    Raises `NotFoundError` for an invoice that the principal may not know of, `TooLargeError`.
    """
    heads = [visible_invoice(ports.invoices, principal, each) for each in dict.fromkeys(invoices)]
    size = sum(file.size for head in heads for file in _files(head, wanted))
    if size > wanted.limit:
        raise TooLargeError(size=size, limit=wanted.limit)
    make = _pivot if wanted.form is DownloadForm.PIVOT else _pdf
    made = make(ports, principal, heads, wanted)
    for head in heads:
        note_download(ports, principal, head)
    return made


_IN_PIVOT: Final = frozenset({FileKind.OWN_DOCUMENT})
"""What a pivot has already among the pieces that the data embed."""


def _files(head: InvoiceHead, wanted: Download) -> list[AttachedFile]:
    """Return the files of an invoice that are asked for: people read the copy, not the data."""
    passed = _IN_PIVOT if wanted.form is DownloadForm.PIVOT else frozenset({FileKind.ORIGINAL})
    hidden = passed if wanted.attachments else passed | {FileKind.ATTACHMENT}
    kept = [file for file in head.files if file.kind not in hidden]
    return kept or list(head.files)


def _pivot(ports: FilePorts, principal: Principal, heads: Sequence[InvoiceHead], wanted: Download) -> bytes:
    now = ports.clock.now()
    flow = new_flow_id(now, interface=PIVOT_INTERFACE)
    return pivot_of(ports, principal, heads, wanted, flow=flow, at=now)


def pivot_of(  # noqa: PLR0913 - which invoices, for whom, and the number and time of their flow
    ports: FilePorts,
    principal: Principal,
    heads: Sequence[InvoiceHead],
    wanted: Download,
    *,
    flow: str,
    at: dt.datetime,
) -> bytes:
    """Return the pivot flow of invoices that the principal may see; it notes no download."""
    invoices = [_pivot_invoice(ports, principal, head, wanted) for head in heads]
    return write_pivot(
        invoices,
        flow=flow,
        receiver=wanted.receiver,
        service_names=[_service_name(ports, head) for head in heads],
        at=at.date(),
    )


def _pivot_invoice(
    ports: FilePorts, principal: Principal, head: InvoiceHead, wanted: Download
) -> PivotInvoice:
    content = content_of(ports, head)
    files = (
        PivotFile(
            name=file.name,
            content=read_file(ports, principal, head.id, file.name)[1],
            mime_type=file.mime_type,
            category=file.category or (file.kind.value if file.kind is FileKind.READABLE_COPY else None),
            main=file.kind is FileKind.ORIGINAL,
        )
        for file in _files(head, wanted)
    )
    embedded = (
        PivotFile(
            name=piece.filename or piece.reference or "piece",
            content=piece.content,
            mime_type=piece.mime_type or "application/octet-stream",
            category=piece.description,
        )
        for piece in content.supporting_documents
        if piece.content is not None and wanted.attachments
    )
    return PivotInvoice(
        head=head, content=content, history=ports.invoices.history(head.id), files=(*files, *embedded)
    )


def _service_name(ports: FilePorts, head: InvoiceHead) -> str | None:
    structure = ports.directory.structure(StructureId(head.recipient.structure or ""))
    service = structure.service(head.service_code) if structure is not None and head.service_code else None
    return service.name if service is not None else None


def _pdf(ports: FilePorts, principal: Principal, heads: Sequence[InvoiceHead], wanted: Download) -> bytes:
    named = [
        (f"{_folder(head)}/{file.name}", read_file(ports, principal, head.id, file.name)[1])
        for head in heads
        for file in _files(head, wanted)
    ]
    return named[0][1] if len(named) == 1 else _zipped(named)


def _folder(head: InvoiceHead) -> str:
    """Return the folder of an invoice: its number as a path may hold it, and the id that is its own."""
    safe = "".join(sign if sign.isalnum() or sign in "-_." else "_" for sign in head.number)
    return f"{safe}-{head.id}"


def _zipped(files: Iterable[tuple[str, bytes]]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files:
            archive.writestr(name, content)
    return packed.getvalue()
