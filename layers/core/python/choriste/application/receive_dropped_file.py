"""Receive a file dropped in the S3 inbox: by a partner under its account's folder, or by a presigned upload.

Inbox keys are `partners/<account>/<file>`, the file in as many folders as the partner likes, and
`uploads/<structure>/<account>/<upload>/<file>`. The object stays where it is until the inbox's own lifecycle
rule removes it; the archive keeps the copy that counts.

A partner names parties in the object's metadata (`x-amz-meta-validator: 80912345800014`), under the names
of the API with `-` for `_`; values outside ASCII are percent-encoded, other metadata are passed over. For an
upload they were named when its address was asked for.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from urllib.parse import unquote

from choriste.application.ports import Shelf, Workshop
from choriste.application.principals import principal_of
from choriste.application.read_designations import (
    designations_of_text,
    designations_text,
    read_flat_designations,
)
from choriste.application.receive_deposit import (
    MAX_ARCHIVE_BYTES,
    MAX_FILE_BYTES,
    Receipt,
    clean_filename,
    receive_deposit,
    register_flow,
)
from choriste.domain.designation import Designations
from choriste.domain.errors import BadRequestError, NotFoundError
from choriste.domain.findings import Finding, Message, Severity
from choriste.domain.flow import Channel, Flow
from choriste.domain.identity.principal import Principal
from choriste.domain.identity.user import Level, Space
from choriste.domain.ids import FlowId, new_flow_id

_REMEMBERED = dt.timedelta(days=14)
_ARCHIVES = (".tar.gz", ".tgz", ".tar", ".zip")


@dataclass(frozen=True, slots=True)
class _Drop:
    """What an inbox key says: whose file it is, and how it came."""

    account: str
    structure: str | None
    filename: str
    channel: Channel


def receive_dropped_file(shop: Workshop, key: str, *, delivery: str) -> Receipt | None:
    """Take an inbox object in as a deposit; None when the key belongs to no account (it is left alone).

    `delivery` names this very version of the object: an event that is delivered twice opens one flow.
    Raises `NotFoundError` when the object has gone.
    """
    drop = _parse(key)
    principal = principal_of(shop.accounts, drop.account) if drop is not None else None
    if drop is None or principal is None:
        return None
    claim = drop_claim(key, delivery=None if drop.channel is Channel.UPLOAD else delivery)
    known = shop.once.recall(claim)
    flow = shop.flows.get(FlowId(known)) if known is not None else None
    if flow is not None:
        return Receipt(flow=flow, is_new=False)
    receipt = _receive(shop, key, drop, principal)
    shop.once.remember(claim, receipt.flow.id, until=shop.clock.now() + _REMEMBERED)
    return receipt


def drop_claim(key: str, *, delivery: str | None = None) -> str:
    """Return under what a taken-in object is remembered; an upload's key is its own, used once."""
    return f"drop#{key}#{delivery or ''}"


def _receive(shop: Workshop, key: str, drop: _Drop, principal: Principal) -> Receipt:
    structure = drop.structure or _home(principal)
    size = shop.files.size(Shelf.INBOX, key)
    limit = _limit(drop.filename)
    if size > limit:
        return _refuse(shop, key, drop, structure=structure, finding=_oversize(size, limit))
    if not principal.may(Space.ISSUE, Level.MODIFY, structure=structure):
        return _refuse(shop, key, drop, structure=structure, finding=_not_entitled(structure))
    try:
        parties = _parties(shop, key, drop)
    except BadRequestError as error:
        return _refuse(shop, key, drop, structure=structure, finding=_finding_of(error))
    return receive_deposit(
        shop,
        principal,
        structure=structure,
        filename=drop.filename,
        content=shop.files.get(Shelf.INBOX, key),
        channel=drop.channel,
        parties=parties,
    )


def remember_parties(shop: Workshop, key: str, parties: Designations) -> None:
    """Keep the parties that were named for an upload until it arrives."""
    if parties != Designations():
        until = shop.clock.now() + _REMEMBERED
        shop.once.remember(_parties_claim(key), designations_text(parties), until=until)


def _parties_claim(key: str) -> str:
    return f"parties#{key}"


def _parties(shop: Workshop, key: str, drop: _Drop) -> Designations:
    """Return the parties named for an object; raises `BadRequestError` with its finding."""
    if drop.channel is Channel.UPLOAD:
        kept = shop.once.recall(_parties_claim(key))
        return designations_of_text(kept) if kept is not None else Designations()
    named = shop.files.metadata(Shelf.INBOX, key)
    return read_flat_designations({name.replace("-", "_"): unquote(text) for name, text in named.items()})


def _finding_of(error: BadRequestError) -> Finding:
    found: list[Finding] = list(error.parameters["findings"])  # type: ignore[call-overload]
    return found[0]


def _parse(key: str) -> _Drop | None:
    match key.split("/"):
        case ["partners", account, *_, filename] if filename:
            return _Drop(account, None, filename, Channel.S3)
        case ["uploads", structure, account, _, filename] if filename:
            return _Drop(account, structure, filename, Channel.UPLOAD)
    return None


def _home(principal: Principal) -> str:
    """Return the structure that an account belongs to; a partner's account belongs to exactly one."""
    homes = sorted(principal.attached or principal.managed)
    if not homes:
        raise NotFoundError(kind="structure", id=principal.id)
    return homes[0]


def _limit(filename: str) -> int:
    return MAX_ARCHIVE_BYTES if filename.lower().endswith(_ARCHIVES) else MAX_FILE_BYTES


def _refuse(shop: Workshop, key: str, drop: _Drop, *, structure: str, finding: Finding) -> Receipt:
    """Open a flow that is refused for what its file or account is; the file is not read into memory."""
    now, name = shop.clock.now(), clean_filename(drop.filename)
    wanted = Flow(
        id=new_flow_id(now),
        channel=drop.channel,
        depositor=structure,
        account=drop.account,
        filename=name,
        size=shop.files.size(Shelf.INBOX, key),
        sha256=shop.files.digest(Shelf.INBOX, key),
        key="",
        received_at=now,
        state_at=now,
    )
    flow, is_new = register_flow(shop, wanted)
    if flow.documents is None:
        shop.files.archive_from_inbox(key, flow.key)
        flow = replace(flow, documents=0, findings=(finding,))
        shop.flows.refuse(flow)
    return Receipt(flow=flow, is_new=is_new)


def _not_entitled(structure: str) -> Finding:
    return Finding(
        rule="DEPOSIT-NOT-ENTITLED",
        severity=Severity.FATAL,
        message=Message(
            fr=f"Ce compte n’a plus le droit d’émettre pour la structure {structure} : demandez-le à son "
            "gestionnaire principal, puis déposez le fichier de nouveau.",
            en=f"This account may no longer issue for structure {structure}: ask its primary manager for the "
            "right, then deposit the file again.",
        ),
        found=structure,
    )


def _oversize(size: int, limit: int) -> Finding:
    found, expected = f"{size / 1024**2:.1f} MB", f"≤ {limit // 1024**2} MB"
    return Finding(
        rule="FILE-TOO-LARGE",
        severity=Severity.FATAL,
        message=Message(
            fr=f"Le fichier pèse {found} ; la limite est {expected}. Déposez-le en plusieurs fichiers, ou "
            "envoyez les pièces jointes à part.",
            en=f"The file weighs {found}; the limit is {expected}. Deposit it as several files, or send the "
            "attachments separately.",
        ),
        found=found,
        expected=expected,
    )
