"""Deposit under a key of the client's (`Idempotency-Key`): one key stands for one deposit, for a day.

The key is claimed by what is deposited before anything is kept, so that of two requests at the same moment
only one counts. Whoever broke off in between sends the same again and gets the same flow.
"""

from __future__ import annotations

import datetime as dt
import hashlib

from choriste.application.access.policy import require_issue
from choriste.application.deposits.parse_named_parties import parties_text
from choriste.application.deposits.ports import DepositPorts
from choriste.application.deposits.read_report import read_report
from choriste.application.deposits.receive_deposit import Receipt, receive_deposit
from choriste.domain.access.principal import Principal
from choriste.domain.deposits.flow import Channel
from choriste.domain.deposits.named_parties import NamedParties
from choriste.domain.shared.errors import KeyReusedError, NotFoundError
from choriste.domain.shared.ids import FlowId

KEPT = dt.timedelta(days=1)
"""How long a key is kept for its first deposit."""


def deposit_with_key(  # noqa: PLR0913 - a deposit is these facts
    ports: DepositPorts,
    principal: Principal,
    *,
    key: str | None,
    structure: str,
    filename: str,
    content: bytes,
    channel: Channel,
    parties: NamedParties,
) -> Receipt:
    """Deposit a file, under a key of this account if given: the same deposit again answers with its flow.

    The same are the bytes, the structure and the parties; the file's name may differ. Raises
    `KeyReusedError` when the key stands for another deposit, and what `receive_deposit` raises: that does
    not use the key up.
    """

    def received() -> Receipt:
        return receive_deposit(
            ports,
            principal,
            structure=structure,
            filename=filename,
            content=content,
            channel=channel,
            parties=parties,
        )

    if not key:
        return received()
    require_issue(principal, structure)
    place = _claimed(ports, principal, key=key, wanted=_fingerprint(structure, content, parties))
    known = ports.idempotency.get(place)
    flow = ports.flows.get(FlowId(known)) if known is not None else None
    if flow is not None:
        return Receipt(flow=flow, is_new=False)
    receipt = received()
    ports.idempotency.put_if_absent(place, receipt.flow.id, until=ports.clock.now() + KEPT)
    return receipt


def _claimed(ports: DepositPorts, principal: Principal, *, key: str, wanted: str) -> str:
    """Claim a key for a deposit, and return under what its flow is remembered; raises `KeyReusedError`."""
    claim = f"api#{principal.id}#{key}"
    counting = ports.idempotency.put_if_absent(claim, wanted, until=ports.clock.now() + KEPT)
    if counting != wanted:
        raise _reused(ports, principal, key=key, place=_place(claim, counting))
    return _place(claim, wanted)


def _fingerprint(structure: str, content: bytes, parties: NamedParties) -> str:
    """Return 64 hexadecimal digits that tell deposits apart."""
    named = hashlib.sha256(f"{structure}\n{parties_text(parties)}\n".encode())
    named.update(content)
    return named.hexdigest()


def _place(claim: str, fingerprint: str) -> str:
    """Return under what the flow of a claim is remembered."""
    return f"{claim}#{fingerprint}"


def _reused(ports: DepositPorts, principal: Principal, *, key: str, place: str) -> KeyReusedError:
    """Return the refusal; it names the first deposit's flow to whoever may read its report."""
    known = ports.idempotency.get(place)
    if known is None:
        return KeyReusedError(key=key)
    try:
        return KeyReusedError(key=key, flow=read_report(ports, principal, FlowId(known)).flow.id)
    except NotFoundError:
        return KeyReusedError(key=key)
