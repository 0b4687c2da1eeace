"""Receive a deposit: keep the bytes unaltered, give the flow its number, and set its documents going.

The same bytes from the same depositor are the same deposit: the first flow answers. Every step may be
repeated, by a client that retries, by a queue that delivers twice, or by the sweeper.
"""

from __future__ import annotations

import hashlib
import mimetypes
import re
from dataclasses import dataclass, replace

from choriste.application.access.policy import require_issue
from choriste.application.deposits.ports import DepositPorts
from choriste.application.shared.ports import Bucket
from choriste.domain.access.principal import Principal
from choriste.domain.deposits.flow import Channel, Document, Flow, Outcome
from choriste.domain.deposits.named_parties import NamedParties, unfit_for_several
from choriste.domain.exchange.names import tells_statuses
from choriste.domain.shared.errors import IdentifierTakenError, NotFoundError, TooLargeError
from choriste.domain.shared.findings import Finding, worded
from choriste.domain.shared.ids import FlowId, new_flow_id, new_invoice_id
from choriste.formats.archives import Member, is_archive, unpack
from choriste.formats.errors import UnreadableError

MAX_FILE_BYTES = 100 * 1024 * 1024
"""The reform's limit for one file (Flow Service 1.3.0)."""

MAX_ARCHIVE_BYTES = 1024 * 1024 * 1024
"""The EDI limit for one flow (docs/reference/deposits.md#limits)."""

_UNSAFE = re.compile(r"[^\w.\- ]+")


@dataclass(frozen=True, slots=True)
class Receipt:
    """The answer to a deposit: its flow, and whether this very call opened it.

    `documents` are those of the file where this call has looked into it; else they are to be read.
    """

    flow: Flow
    is_new: bool
    documents: tuple[Document, ...] | None = None


def receive_deposit(  # noqa: PLR0913 - a deposit is these facts
    ports: DepositPorts,
    principal: Principal,
    *,
    structure: str,
    filename: str,
    content: bytes,
    channel: Channel,
    account: str | None = None,
    parties: NamedParties | None = None,
    drop: str | None = None,
) -> Receipt:
    """Keep a deposited file and start its integration.

    `parties` are those that the depositor names beside the file, for all its documents: they stay on its
    flow, where the integration reads them. `drop` names the version of an inbox object.

    Raises `ForbiddenError` if the principal may not issue for
    `structure`, `TooLargeError` over 1 GB.
    """
    require_issue(principal, structure)
    name = clean_filename(filename)
    _check_size(len(content), name)
    now = ports.clock.now()
    wanted = Flow(
        id=new_flow_id(now),
        channel=channel,
        depositor=structure,
        account=account or principal.id,
        filename=name,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        key="",
        received_at=now,
        state_at=now,
        parties=parties or NamedParties(),
        drop=drop,
    )
    flow, is_new = register_flow(ports, wanted)
    if flow.documents is not None:
        return Receipt(flow=flow, is_new=is_new)
    ports.files.put(Bucket.ARCHIVE, flow.key, content, mime_type=mime_type_of(name))
    flow, documents = open_flow(ports, flow, content)
    return Receipt(flow=flow, is_new=is_new, documents=documents)


def register_flow(ports: DepositPorts, wanted: Flow) -> tuple[Flow, bool]:
    """Open a flow, or find the one that stands for its bytes; say whether it is the new one.

    The archive key follows from the flow's id. An id that another flow was given is exchanged.
    """
    while True:
        flow = replace(wanted, key=f"originals/{wanted.id}/{wanted.filename}")
        try:
            opened = ports.flows.open(flow)
        except IdentifierTakenError:
            wanted = replace(wanted, id=new_flow_id(ports.clock.now()))
            continue
        return opened, opened.id == flow.id


def clean_filename(filename: str) -> str:
    """Return the last part of a file name, safe in paths and headers, at most 200 characters.

    A name of which nothing is left (dots, spaces) becomes `file`: its content may be an invoice all the same.
    """
    last = filename.replace("\\", "/").rsplit("/", 1)[-1]
    cleaned = _UNSAFE.sub("_", last).strip(" .")
    if not cleaned:
        return "file"
    stem, dot, suffix = cleaned.rpartition(".")
    return cleaned if len(cleaned) <= 200 else f"{(stem or suffix)[:180]}{dot}{suffix[:19]}"  # noqa: PLR2004


def mime_type_of(filename: str) -> str:
    """Return the media type that a file's name suggests."""
    return mimetypes.guess_type(filename)[0] or "application/octet-stream"


def resume_flow(ports: DepositPorts, flow_id: FlowId, *, attempt: int) -> Flow | None:
    """Take a flow up again where it stands, and return it unless it is finished.

    Its original may be missing where the deposit was broken off before it was answered. By the API nobody
    holds an answer, so the flow is refused. An object of the inbox is still there and its event comes again:
    the flow waits for it, as a flow of statuses does, which holds no invoice.
    """
    flow = ports.flows.get(flow_id)
    if flow is None or flow.state.is_final:
        return None
    if flow.documents is None and flow.drop is not None and tells_statuses(flow.filename):
        return flow
    if flow.documents is None:
        try:
            content = ports.files.get(Bucket.ARCHIVE, flow.key)
        except NotFoundError:
            return flow if flow.drop is not None else _refuse_interrupted(ports, flow)
        return open_flow(ports, flow, content)[0]
    for document in ports.flows.documents(flow_id):
        if document.outcome is Outcome.PENDING:
            ports.intake.start(flow_id, document.position, attempt=attempt)
        else:
            ports.flows.settle(document, at=ports.clock.now(), alone=flow.documents == 1)
    return flow


def open_flow(ports: DepositPorts, flow: Flow, content: bytes) -> tuple[Flow, tuple[Document, ...]]:
    """Open a deposited file, record what it holds and start the intake of each document.

    Returns the flow and its documents, none where the file is refused as a whole.
    """
    try:
        members = _members(content, flow.filename)
    except UnreadableError as error:
        return _refused(ports, flow, error.finding), ()
    unfit = unfit_for_several(flow.parties, len(members))
    if unfit is not None:
        return _refused(ports, flow, unfit), ()
    documents = [_document(ports, flow, content, n, m) for n, m in enumerate(members, start=1)]
    recorded = ports.flows.add_documents(flow, documents)
    for document in recorded:
        ports.intake.start(flow.id, document.position)
    return replace(flow, documents=len(recorded)), recorded


def _refuse_interrupted(ports: DepositPorts, flow: Flow) -> Flow:
    """Refuse a flow whose bytes never reached the archive: its deposit was never answered."""
    return _refused(ports, flow, worded("deposits", "DEPOSIT-INTERRUPTED"))


def _refused(ports: DepositPorts, flow: Flow, finding: Finding) -> Flow:
    refused = replace(flow, documents=0, findings=(finding,), state_at=ports.clock.now())
    ports.flows.refuse(refused)
    return refused


def _members(content: bytes, filename: str) -> tuple[Member, ...]:
    """Return what a deposited file holds: its members if it is an archive, else the file itself."""
    return unpack(content, filename) if is_archive(content) else (Member(filename, content),)


def _document(ports: DepositPorts, flow: Flow, content: bytes, position: int, member: Member) -> Document:
    """Return the document for a member, its bytes archived unless it is the deposited file itself."""
    key = flow.key
    if member.data != content:
        key = f"members/{flow.id}/{position}/{clean_filename(member.name)}"
        ports.files.put(Bucket.ARCHIVE, key, member.data, mime_type=mime_type_of(member.name))
    return Document(
        flow_id=flow.id,
        position=position,
        filename=clean_filename(member.name),
        size=len(member.data),
        sha256=hashlib.sha256(member.data).hexdigest(),
        key=key,
        invoice_id=new_invoice_id(ports.clock.now()),
    )


def is_named_archive(filename: str) -> bool:
    """Say whether a file calls itself an archive, for which the larger limit holds."""
    return filename.lower().endswith((".tar.gz", ".tgz", ".tar", ".zip"))


def _check_size(size: int, filename: str) -> None:
    limit = MAX_ARCHIVE_BYTES if is_named_archive(filename) else MAX_FILE_BYTES
    if size > limit:
        raise TooLargeError(size=size, limit=limit)
