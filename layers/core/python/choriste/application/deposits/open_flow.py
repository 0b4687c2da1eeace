"""Open a deposited file: what it holds becomes documents, and these go into the intake by turns.

A single file is its own document, and starts at once. An archive is opened behind a queue: first it is gone
through, so that one with a fault is refused before any of it is kept; then its members are kept side by side.
It is read where it is, and little of it is in memory at a time. Its documents then wait in a queue, too: the
intake takes in no more than it gets through (`admit_documents`).
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import BinaryIO, Final

from choriste.application.deposits.deposited_file import clean_filename, mime_type_of
from choriste.application.deposits.ports import DepositPorts
from choriste.application.shared.ports import Bucket
from choriste.application.shared.side_by_side import side_by_side
from choriste.domain.deposits.flow import Document, Flow, Outcome
from choriste.domain.deposits.named_parties import unfit_for_several
from choriste.domain.exchange.names import tells_statuses
from choriste.domain.shared.errors import NotFoundError
from choriste.domain.shared.findings import Finding, worded
from choriste.domain.shared.ids import FlowId, new_invoice_id
from choriste.formats.archives import Member, is_archive, unpack
from choriste.formats.errors import UnreadableError

HELD: Final = 32 * 1024 * 1024
"""Bytes of members that wait in memory to be kept; one member may be three times as large."""

_Placed = tuple[int, Member]


def take_in_file(
    ports: DepositPorts, flow: Flow, *, is_archive: bool
) -> tuple[Flow, tuple[Document, ...] | None]:
    """Take in a file that is kept: a single one at once, an archive when its turn comes (documents: None)."""
    if is_archive:
        ports.backlog.open_later(flow.id)
        return flow, None
    alone = Document(
        flow_id=flow.id,
        position=1,
        filename=flow.filename,
        size=flow.size,
        sha256=flow.sha256 or "",
        key=flow.key,
        invoice_id=new_invoice_id(ports.clock.now()),
    )
    (document,) = ports.flows.add_documents(flow, [alone])
    ports.intake.start(flow.id, document.position)
    return replace(flow, documents=1), (document,)


def open_flow(ports: DepositPorts, flow_id: FlowId) -> Flow | None:
    """Open the file of a flow and send its documents on their way; None for a flow that nobody knows.

    A flow that was opened before is left alone. Its original may be missing where the deposit was broken off
    before it was answered. By the API nobody holds an answer, so the flow is refused. An object of the inbox
    is still there and its event comes again: the flow waits for it.
    """
    flow = ports.flows.get(flow_id)
    if flow is None or flow.documents is not None:
        return flow
    try:
        source = ports.files.open(Bucket.ARCHIVE, flow.key)
    except NotFoundError:
        return (
            flow
            if flow.drop is not None
            else _refused(ports, flow, worded("deposits", "DEPOSIT-INTERRUPTED"))
        )
    if not is_archive(source):
        return take_in_file(ports, flow, is_archive=False)[0]
    return _open_archive(ports, flow, source)


def resume_flow(ports: DepositPorts, flow_id: FlowId, *, attempt: int) -> Flow | None:
    """Take a flow up again where it stands, and return it unless it is finished.

    What takes long waits for its turn: a file that nobody opened is sent to be opened, documents that nobody
    settled are sent to the intake. A flow of statuses, which holds no invoice, waits for its own event.
    """
    flow = ports.flows.get(flow_id)
    if flow is None or flow.state.is_final:
        return None
    if flow.documents is None:
        if flow.drop is None or not tells_statuses(flow.filename):
            ports.backlog.open_later(flow_id)
        return flow
    documents = ports.flows.documents(flow_id)
    for document in documents:
        if document.outcome is not Outcome.PENDING:
            ports.flows.settle(document, at=ports.clock.now(), alone=flow.documents == 1)
    pending = [document.position for document in documents if document.outcome is Outcome.PENDING]
    ports.backlog.admit_later(flow_id, pending, attempt=attempt)
    return flow


def _open_archive(ports: DepositPorts, flow: Flow, source: BinaryIO) -> Flow:
    try:
        count = sum(1 for _ in unpack(source, flow.filename))
    except UnreadableError as error:
        return _refused(ports, flow, error.finding)
    unfit = unfit_for_several(flow.parties, count)
    if unfit is not None:
        return _refused(ports, flow, unfit)
    now = ports.clock.now()
    documents: list[Document] = []
    for group in _groups(enumerate(unpack(source, flow.filename), start=1)):
        documents += side_by_side(lambda placed: _kept(ports, flow, placed, now), group)
    recorded = ports.flows.add_documents(flow, documents)
    ports.backlog.admit_later(flow.id, [document.position for document in recorded])
    return replace(flow, documents=len(recorded))


def _groups(members: Iterable[_Placed]) -> Iterator[Sequence[_Placed]]:
    """Yield members in groups that fill no more memory than `HELD` and their last one."""
    group: list[_Placed] = []
    size = 0
    for position, member in members:
        group.append((position, member))
        size += len(member.data)
        if size >= HELD:
            yield group
            group, size = [], 0
    yield group


def _kept(ports: DepositPorts, flow: Flow, placed: _Placed, now: dt.datetime) -> Document:
    """Keep a member in the archive, and return its document."""
    position, member = placed
    name = clean_filename(member.name)
    key = f"members/{flow.id}/{position}/{name}"
    ports.files.put(Bucket.ARCHIVE, key, member.data, mime_type=mime_type_of(name))
    return Document(
        flow_id=flow.id,
        position=position,
        filename=name,
        size=len(member.data),
        sha256=hashlib.sha256(member.data).hexdigest(),
        key=key,
        invoice_id=new_invoice_id(now),
    )


def _refused(ports: DepositPorts, flow: Flow, finding: Finding) -> Flow:
    refused = replace(flow, documents=0, findings=(finding,), state_at=ports.clock.now())
    ports.flows.refuse(refused)
    return refused
