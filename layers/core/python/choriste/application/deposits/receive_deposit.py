"""Receive a deposit: keep the bytes unaltered, give the flow its number, and set its documents going.

The same bytes from the same depositor are the same deposit: the first flow answers. Every step may be
repeated, by a client that retries, by a queue that delivers twice, or by the sweeper. An archive is only kept
here: it is opened behind a queue (`open_flow`), so that no request and no drop lasts as long as 500 invoices.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from choriste.application.access.policy import require_issue
from choriste.application.deposits.deposited_file import DepositedFile, clean_filename, sent_file
from choriste.application.deposits.open_flow import take_in_file
from choriste.application.deposits.ports import DepositPorts
from choriste.domain.access.principal import Principal
from choriste.domain.deposits.flow import Channel, Document, Flow
from choriste.domain.deposits.named_parties import NamedParties
from choriste.domain.shared.errors import IdentifierTakenError, TooLargeError
from choriste.domain.shared.ids import new_flow_id

MAX_FILE_BYTES = 100 * 1024 * 1024
"""The reform's limit for one file (Flow Service 1.3.0)."""

MAX_ARCHIVE_BYTES = 1024 * 1024 * 1024
"""The EDI limit for one flow (docs/reference/deposits.md#limits)."""


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
) -> Receipt:
    """Keep a deposited file and start its integration; see `receive_file`."""
    return receive_file(
        ports,
        principal,
        structure=structure,
        filename=filename,
        file=sent_file(ports.files, content),
        channel=channel,
        account=account,
        parties=parties,
    )


def receive_file(  # noqa: PLR0913 - a deposit is these facts
    ports: DepositPorts,
    principal: Principal,
    *,
    structure: str,
    filename: str,
    file: DepositedFile,
    channel: Channel,
    account: str | None = None,
    parties: NamedParties | None = None,
    drop: str | None = None,
) -> Receipt:
    """Keep a file, wherever its bytes are, and start its integration.

    `parties` are those that the depositor names beside the file, for all its documents: they stay on its
    flow, where the integration reads them. `drop` names the version of an inbox object.

    Raises `ForbiddenError` if the principal may not issue for
    `structure`, `TooLargeError` over 1 GB.
    """
    require_issue(principal, structure)
    name = clean_filename(filename)
    _check_size(file.size, name)
    now = ports.clock.now()
    wanted = Flow(
        id=new_flow_id(now),
        channel=channel,
        depositor=structure,
        account=account or principal.id,
        filename=name,
        size=file.size,
        sha256=file.sha256,
        key="",
        received_at=now,
        state_at=now,
        parties=parties or NamedParties(),
        drop=drop,
    )
    flow, is_new = register_flow(ports, wanted)
    if flow.documents is not None:
        return Receipt(flow=flow, is_new=is_new)
    file.keep(flow.key)
    flow, documents = take_in_file(ports, flow, is_archive=file.is_archive)
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


def is_named_archive(filename: str) -> bool:
    """Say whether a file calls itself an archive, for which the larger limit holds."""
    return filename.lower().endswith((".tar.gz", ".tgz", ".tar", ".zip"))


def _check_size(size: int, filename: str) -> None:
    limit = MAX_ARCHIVE_BYTES if is_named_archive(filename) else MAX_FILE_BYTES
    if size > limit:
        raise TooLargeError(size=size, limit=limit)
