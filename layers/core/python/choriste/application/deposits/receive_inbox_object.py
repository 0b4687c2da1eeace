"""Receive a file dropped in the S3 inbox: by a partner under its account's folder, or by a presigned upload.

Inbox keys are `partners/<account>/<file>`, the file in as many folders as the partner likes, and
`uploads/<structure>/<account>/<upload>/<file>`. The object stays where it is until the inbox's own lifecycle
rule removes it; the archive keeps the copy that counts. A file that is refused for its size, its account or
its metadata is neither read nor archived: its flow says why. Bytes that a partner dropped before, under
whatever name, open a flow that names the first one: who dropped a file must find what became of it.

A partner names parties in the object's metadata (`x-amz-meta-validator: 80912345800014`), under the names
of the API with `-` for `_`; values outside ASCII are percent-encoded, other metadata are passed over. For an
upload they were named when its address was asked for.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from urllib.parse import unquote

from choriste.application.access.policy import may_issue
from choriste.application.access.principals import KnownAccount, account_of
from choriste.application.deposits.deposited_file import clean_filename, dropped_file
from choriste.application.deposits.inbox_findings import (
    account_ended,
    not_entitled,
    oversize,
    repeated,
    several_structures,
)
from choriste.application.deposits.parse_named_parties import (
    parse_flat_parties,
    parties_of_text,
    parties_text,
)
from choriste.application.deposits.ports import DepositPorts
from choriste.application.deposits.receive_deposit import (
    MAX_ARCHIVE_BYTES,
    MAX_FILE_BYTES,
    Receipt,
    is_named_archive,
    receive_file,
    register_flow,
)
from choriste.application.shared.ports import Bucket
from choriste.domain.deposits.flow import Channel, Flow
from choriste.domain.deposits.named_parties import NamedParties
from choriste.domain.shared.errors import BadRequestError, NotFoundError
from choriste.domain.shared.findings import Finding
from choriste.domain.shared.ids import FlowId, new_flow_id

_REMEMBERED = dt.timedelta(days=14)


@dataclass(frozen=True, slots=True)
class _Drop:
    """What an inbox key says: whose file it is, and how it came; `claim` names this version of the object."""

    key: str
    claim: str
    account: str
    structure: str | None
    filename: str
    channel: Channel


def receive_inbox_object(
    ports: DepositPorts, key: str, *, delivery: str, refusal: Finding | None = None
) -> Receipt | None:
    """Take an inbox object in as a deposit; None when the key belongs to no account (it is left alone).

    It is not read where its caller knows a `refusal`: that is then what its flow says.

    A file of an account with several structures is refused, as by the API where the request names none of
    them; the refusal is kept under the first.

    `delivery` names this very version of the object: an event that is delivered twice opens one flow.
    Raises `NotFoundError` when the object has gone.
    """
    drop = _parse(key, delivery)
    account = account_of(ports.accounts, drop.account, at=ports.clock.now()) if drop is not None else None
    if drop is None or account is None:
        return None
    known = ports.idempotency.get(drop.claim)
    flow = ports.flows.get(FlowId(known)) if known is not None else None
    if flow is not None:
        return Receipt(flow=flow, is_new=False)
    receipt = _receive(
        ports, drop, account, structure=drop.structure or _first_home(account), refusal=refusal
    )
    ports.idempotency.put_if_absent(drop.claim, receipt.flow.id, until=ports.clock.now() + _REMEMBERED)
    return receipt


def drop_claim(key: str, *, delivery: str | None = None) -> str:
    """Return under what a taken-in object is remembered; an upload's key is its own, used once."""
    return f"drop#{key}#{delivery or ''}"


def _receive(
    ports: DepositPorts, drop: _Drop, account: KnownAccount, *, structure: str, refusal: Finding | None
) -> Receipt:
    size = ports.files.size(Bucket.INBOX, drop.key)
    finding = refusal or _refusal(ports, drop, account, structure=structure, size=size)
    if finding is not None:
        return _refuse(ports, drop, structure=structure, size=size, finding=finding)
    try:
        parties = _parties(ports, drop)
    except BadRequestError as error:
        return _refuse(ports, drop, structure=structure, size=size, finding=error.findings[0])
    receipt = receive_file(
        ports,
        account.principal,
        structure=structure,
        filename=drop.filename,
        file=dropped_file(ports.files, drop.key),
        channel=drop.channel,
        parties=parties,
        drop=drop.claim,
    )
    first = receipt.flow
    if drop.channel is not Channel.S3 or (first.drop or "").startswith(drop_claim(drop.key)):
        return receipt  # new, or the same file sent again under its own name
    return _refuse(
        ports,
        drop,
        structure=structure,
        size=size,
        finding=repeated(first.id, first.filename, first.received_at),
    )


def _refusal(
    ports: DepositPorts, drop: _Drop, account: KnownAccount, *, structure: str, size: int
) -> Finding | None:
    """Return why a file may not be read, None when it may."""
    if not account.is_open(ports.clock.now()):
        return account_ended(drop.account, expired_at=account.expires_at if account.active else None)
    if drop.structure is None and len(account.principal.homes) > 1:
        return several_structures(account.principal.homes)
    is_archive = is_named_archive(drop.filename)
    limit = MAX_ARCHIVE_BYTES if is_archive else MAX_FILE_BYTES
    if size > limit:
        return oversize(size, limit, is_archive=is_archive)
    return None if may_issue(account.principal, structure) else not_entitled(structure)


def remember_parties(ports: DepositPorts, key: str, parties: NamedParties) -> None:
    """Keep the parties that were named for an upload until it arrives."""
    if parties != NamedParties():
        until = ports.clock.now() + _REMEMBERED
        ports.idempotency.put_if_absent(_parties_claim(key), parties_text(parties), until=until)


def _parties_claim(key: str) -> str:
    return f"parties#{key}"


def _parties(ports: DepositPorts, drop: _Drop) -> NamedParties:
    """Return the parties named for an object; raises `BadRequestError` with its finding."""
    if drop.channel is Channel.UPLOAD:
        kept = ports.idempotency.get(_parties_claim(drop.key))
        return parties_of_text(kept) if kept is not None else NamedParties()
    named = ports.files.metadata(Bucket.INBOX, drop.key)
    return parse_flat_parties({name.replace("-", "_"): unquote(text) for name, text in named.items()})


def _parse(key: str, delivery: str) -> _Drop | None:
    match key.split("/"):
        case ["partners", account, *_, filename] if filename:
            return _Drop(
                key, drop_claim(key, delivery=delivery), account, None, clean_filename(filename), Channel.S3
            )
        case ["uploads", structure, account, _, filename] if filename:
            return _Drop(key, drop_claim(key), account, structure, clean_filename(filename), Channel.UPLOAD)
    return None


def _first_home(account: KnownAccount) -> str:
    if not account.principal.homes:
        raise NotFoundError(kind="structure", id=account.principal.id)
    return account.principal.homes[0]


def _refuse(ports: DepositPorts, drop: _Drop, *, structure: str, size: int, finding: Finding) -> Receipt:
    """Open a flow that is refused for what its file or account is: the file is not archived."""
    now = ports.clock.now()
    wanted = Flow(
        id=new_flow_id(now),
        channel=drop.channel,
        depositor=structure,
        account=drop.account,
        filename=drop.filename,
        size=size,
        sha256=None,
        key="",
        received_at=now,
        documents=0,
        findings=(finding,),
        state_at=now,
        drop=drop.claim,
    )
    flow, is_new = register_flow(ports, wanted)
    return Receipt(flow=flow, is_new=is_new)
