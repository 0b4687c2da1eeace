"""Take in a file that lies in a partner's folder of the inbox: invoices, or the statuses of invoices.

The folder alone proves who dropped it, since the partner's credentials reach no other. What the file's name
says must agree: its interface says what is in it, its number is the partner's own and stands for one file.
Source: docs/reference/exchange.md#what-is-taken-in.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Final

from choriste.application.deposits.deposited_file import clean_filename
from choriste.application.deposits.inbox_findings import oversize
from choriste.application.deposits.receive_deposit import MAX_FILE_BYTES, Receipt
from choriste.application.deposits.receive_inbox_object import receive_inbox_object
from choriste.application.exchange.apply_statuses import receive_statuses
from choriste.application.exchange.ports import ExchangePorts
from choriste.application.exchange.report_flow import acknowledge_flow, report_flow
from choriste.application.shared.ports import Bucket
from choriste.domain.exchange.names import CODE, FlowName, read_name
from choriste.domain.exchange.partner import Partner
from choriste.domain.shared.findings import Finding, worded
from choriste.formats.pivot.statuses import SIZE_LIMIT as STATUSES_LIMIT

_REMEMBERED: Final = dt.timedelta(days=400)
"""How long a partner may not use a number again: longer than its numbering of a year."""


def partner_code_of(key: str) -> str | None:
    """Return the application code whose folder of the inbox a key is in, None for other keys."""
    match key.split("/"):
        case ["partners", code, *_, filename] if filename and CODE.fullmatch(code):
            return code
    return None


def receive_partner_file(ports: ExchangePorts, key: str, *, delivery: str) -> Receipt | None:
    """Take a partner's file in, and tell the partner so; None when no partner has that code.

    `delivery` names this very version of the object. Raises `NotFoundError` when the object has gone.
    """
    partner = ports.accounts.partner(partner_code_of(key) or "")
    if partner is None:
        return None
    filename = clean_filename(key.rpartition("/")[2])
    name = read_name(filename, code=partner.code)
    refusal = name if isinstance(name, Finding) else _refusal(ports, partner, name, key)
    if refusal is None and isinstance(name, FlowName) and name.carries_statuses and partner.active:
        receipt = receive_statuses(ports, partner, key, delivery=delivery)
    else:
        known = receive_inbox_object(ports, key, delivery=delivery, refusal=refusal)
        if known is None:
            return None
        receipt = known
    acknowledge_flow(ports, receipt.flow)
    report_flow(ports, receipt.flow.id)
    return receipt


def _refusal(ports: ExchangePorts, partner: Partner, name: FlowName, key: str) -> Finding | None:
    """Return why a file is refused unread; statuses, which are read at once, have a limit of their own."""
    size = ports.files.size(Bucket.INBOX, key) if name.carries_statuses else 0
    if size > STATUSES_LIMIT:
        return oversize(size, STATUSES_LIMIT, is_archive=False)
    return _number_used(ports, partner, name, key)


def _number_used(ports: ExchangePorts, partner: Partner, name: FlowName, key: str) -> Finding | None:
    """Return the refusal of a number that stands for other bytes already; the same bytes are a replay."""
    mark, until = _mark(ports, key), ports.clock.now() + _REMEMBERED
    first = ports.idempotency.put_if_absent(f"edi#{partner.code}#{name.number}", mark, until=until)
    return None if first == mark else worded("exchange", "EDI-NUMBER-USED", found=name.number)


def _mark(ports: ExchangePorts, key: str) -> str:
    """Return what a file is known by: its digest, its size where it is too large to be read twice."""
    size = ports.files.size(Bucket.INBOX, key)
    if size > MAX_FILE_BYTES:
        return f"size {size}"
    return hashlib.sha256(ports.files.get(Bucket.INBOX, key)).hexdigest()
