"""The identifiers that the platform gives: ordered by time, safe as JSON integers, never reused.

An invoice id is an integer below 2**53, so that every JSON reader keeps it exact. A flow id is the
25-character *numero de flux* of the Chorus Pro API: partner code, interface, 15-digit sequence.
"""

from __future__ import annotations

import datetime as dt
import secrets
from typing import NewType

InvoiceId = NewType("InvoiceId", int)
FlowId = NewType("FlowId", str)
EventId = NewType("EventId", str)

_EPOCH = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
_PARTNER = "CPP001"


def _milliseconds(now: dt.datetime) -> int:
    return int((now - _EPOCH) / dt.timedelta(milliseconds=1))


def new_invoice_id(now: dt.datetime) -> InvoiceId:
    """Return a fresh technical id: milliseconds since 2020 and four random digits (at most 16 digits)."""
    return InvoiceId(_milliseconds(now) * 10_000 + secrets.randbelow(10_000))


def new_number(now: dt.datetime) -> str:
    """Return a fresh number of at most 16 digits, such as a structure's id: an integer below 2**53 too."""
    return str(new_invoice_id(now))


def new_flow_id(now: dt.datetime, *, interface: str = "1117") -> FlowId:
    """Return a fresh flow number of 25 characters, as clients of the Chorus Pro API expect it.

    `interface` are the digits of the flow's EDI interface.
    """
    sequence = _milliseconds(now) * 1_000 + secrets.randbelow(1_000)
    return FlowId(f"{_PARTNER}{interface}{sequence:015d}")


def parts_of(event: EventId) -> tuple[InvoiceId, int]:
    """Return the invoice and the version that an event id names."""
    invoice, _, version = event.partition("-")
    return InvoiceId(int(invoice)), int(version)


def event_id(invoice_id: InvoiceId, version: int) -> EventId:
    """Return the id of an invoice's status change: the same change always has the same id."""
    return EventId(f"{invoice_id}-{version:04d}")
