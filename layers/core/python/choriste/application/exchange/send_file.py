"""Send one file to a partner: once, in order, and again under the same name until it is there.

A file is begun (its number and what it tells are recorded), written to the outbox, and then recorded as
sent. Whoever comes after a failure writes the file that was begun, before any other about the same subject.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import Final

from choriste.application.exchange.ports import ExchangePorts
from choriste.application.shared.ports import Bucket
from choriste.domain.access.errors import StaleRecordError
from choriste.domain.exchange.partner import Dispatch, Partner, next_number
from choriste.domain.shared.errors import IdentifierTakenError

Render = Callable[[Dispatch], bytes]
"""Makes the bytes of a file that was begun; the same ones each time."""

_TRIES: Final = 20


def send_file(  # noqa: PLR0913 - to whom, about what, how far, and in which words
    ports: ExchangePorts,
    partner: Partner,
    subject: str,
    *,
    interface: str,
    last: int,
    render: Render,
    floor: str | None = None,
) -> bool:
    """Send what a subject has up to its version `last`, and say whether a file was written.

    Its number is greater than that of the file before it about the same subject, and than `floor`.
    Raises whatever the outbox raises: the file stays begun, and the next call writes it.
    """
    wrote = False
    for _ in range(_TRIES):
        known = ports.dispatches.latest(partner.code, subject)
        if known is not None and known.sent_at is None:
            _write(ports, known, render)
            wrote = True
        elif known is not None and known.last >= last:
            return wrote
        else:
            wanted = _next(ports, partner, subject, interface, known=known, floor=floor)
            floor = wanted.number  # another file may have that number: then the next is tried
            with suppress(StaleRecordError, IdentifierTakenError):
                ports.dispatches.begin(replace(wanted, last=last), after=known)
    raise StaleRecordError(kind="dispatch", id=subject)


def _next(  # noqa: PLR0913 - to whom, about what, and after which
    ports: ExchangePorts,
    partner: Partner,
    subject: str,
    interface: str,
    *,
    known: Dispatch | None,
    floor: str | None,
) -> Dispatch:
    """Return the file that follows the newest one about a subject; how far it tells is yet to be said."""
    before = [number for number in (floor, known.number if known is not None else None) if number is not None]
    now, first = ports.clock.now(), known.last + 1 if known is not None else 1
    number = next_number(now, code=partner.code, interface=interface, after=before)
    return Dispatch(
        partner=partner.code,
        subject=subject,
        interface=interface,
        number=number,
        first=first,
        last=first,
        begun_at=now,
    )


def _write(ports: ExchangePorts, dispatch: Dispatch, render: Render) -> None:
    ports.files.put(Bucket.OUTBOX, dispatch.key, render(dispatch), mime_type="application/xml")
    ports.dispatches.finish(replace(dispatch, sent_at=ports.clock.now()))
