"""Deposit under a key of the client's (`Idempotency-Key`): one key stands for one deposit, for a day.

The key is claimed by what is deposited before anything is kept, so that of two requests at the same moment
only one counts. Whoever broke off in between sends the same again and gets the same flow.
"""

from __future__ import annotations

import datetime as dt
import hashlib

from choriste.application.ports import Workshop
from choriste.application.read_designations import designations_text
from choriste.application.read_flows import read_report
from choriste.application.receive_deposit import Receipt, receive_deposit
from choriste.domain.designation import Designations
from choriste.domain.errors import KeyReusedError, NotFoundError
from choriste.domain.flow import Channel
from choriste.domain.identity.principal import Principal
from choriste.domain.identity.user import Level, Space
from choriste.domain.ids import FlowId

KEPT = dt.timedelta(days=1)
"""How long a key is kept for its first deposit."""


def deposit_once(  # noqa: PLR0913 - a deposit is these facts
    shop: Workshop,
    principal: Principal,
    *,
    key: str | None,
    structure: str,
    filename: str,
    content: bytes,
    channel: Channel,
    parties: Designations,
) -> Receipt:
    """Deposit a file, under a key of this account if given: the same deposit again answers with its flow.

    The same are the bytes, the structure and the parties; the file's name may differ. Raises
    `KeyReusedError` when the key stands for another deposit, and what `receive_deposit` raises: that does
    not use the key up.
    """

    def received() -> Receipt:
        return receive_deposit(
            shop,
            principal,
            structure=structure,
            filename=filename,
            content=content,
            channel=channel,
            parties=parties,
        )

    if not key:
        return received()
    principal.require(Space.ISSUE, Level.MODIFY, structure=structure)
    place = _claimed(shop, principal, key=key, wanted=_fingerprint(structure, content, parties))
    known = shop.once.recall(place)
    flow = shop.flows.get(FlowId(known)) if known is not None else None
    if flow is not None:
        return Receipt(flow=flow, is_new=False)
    receipt = received()
    shop.once.remember(place, receipt.flow.id, until=shop.clock.now() + KEPT)
    return receipt


def _claimed(shop: Workshop, principal: Principal, *, key: str, wanted: str) -> str:
    """Claim a key for a deposit, and return under what its flow is remembered; raises `KeyReusedError`."""
    claim = f"api#{principal.id}#{key}"
    counting = shop.once.remember(claim, wanted, until=shop.clock.now() + KEPT)
    if counting != wanted:
        raise _reused(shop, principal, key=key, place=_place(claim, counting))
    return _place(claim, wanted)


def _fingerprint(structure: str, content: bytes, parties: Designations) -> str:
    """Return 64 hexadecimal digits that tell deposits apart."""
    named = hashlib.sha256(f"{structure}\n{designations_text(parties)}\n".encode())
    named.update(content)
    return named.hexdigest()


def _place(claim: str, fingerprint: str) -> str:
    """Return under what the flow of a claim is remembered."""
    return f"{claim}#{fingerprint}"


def _reused(shop: Workshop, principal: Principal, *, key: str, place: str) -> KeyReusedError:
    """Return the refusal; it names the first deposit's flow to whoever may read its report."""
    known = shop.once.recall(place)
    if known is None:
        return KeyReusedError(key=key)
    try:
        return KeyReusedError(key=key, flow=read_report(shop, principal, FlowId(known)).flow.id)
    except NotFoundError:
        return KeyReusedError(key=key)
