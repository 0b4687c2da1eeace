"""Tell the users concerned about a status change, each in their language, if they asked for it.

Source: docs/reference/accounts.md#notices.

A notice is claimed, sent, and only then completed: one that was broken off anywhere is sent at the next try,
one that was completed never again. A mail comes twice only when the work broke off after the mail had left
and before that was written down: SES takes no key by which it would know a message again.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace

from choriste.application.invoices.access import entitled
from choriste.application.notices.compose_notice import compose_notice
from choriste.application.notices.ports import NoticePorts
from choriste.application.shared.ports import Acquisition
from choriste.domain.access.principal import Principal
from choriste.domain.access.user import Level, NoticeRhythm, User
from choriste.domain.lifecycle.next_actor import concerned_roles
from choriste.domain.shared.ids import InvoiceId
from choriste.domain.tracking.head import InvoiceHead, StatusChange
from choriste.domain.tracking.journey import party_of, position_of

CLAIMED = dt.timedelta(minutes=1)
"""How long nobody else tries a notice that is being sent: longer than the function may run."""

_REMEMBERED = dt.timedelta(days=14)


class NoticeUnderWayError(Exception):
    """Another message is at this notice, or broke off there: come again when its claim is over."""


def notify_users(ports: NoticePorts, invoice_id: InvoiceId, version: int, *, by: str) -> int:
    """Send the notices of one status change that nobody was sent yet, and return how many went out.

    `by` names the message that asks for it: when it comes again, it goes on where it was broken off. Raises
    the failures as one group once everybody else was told.
    """
    found = ports.invoices.with_change(invoice_id, version)
    if found is None or found[1].is_act:
        return 0
    head, change = found
    sent, failures = 0, []
    for user in _concerned(ports, head, change):
        try:
            sent += _notify(ports, user, head, change, by=by)
        except Exception as error:  # noqa: BLE001 - one address must not keep the notice from the others
            failures.append(error)
    if failures:
        raise ExceptionGroup("notices that could not be sent", failures)
    return sent


def _concerned(ports: NoticePorts, head: InvoiceHead, change: StatusChange) -> Iterator[User]:
    """Yield the users of the parties concerned who may see the invoice and want notices at once, once each.

    Concerned are the depositor, whoever is expected to act, and whoever held the invoice before.
    """
    after = replace(position_of(head), status=change.after)
    before = replace(after, status=change.before or change.after)
    seen: set[str] = set()
    for role in sorted(concerned_roles(before, after, actor=change.role)):
        party = party_of(head, role)
        for user in ports.directory.users_of(party.structure) if party and party.structure else ():
            sees = entitled(Principal.of_user(user), head, role, Level.CONSULT)
            if sees and user.notices is NoticeRhythm.AT_ONCE and user.id not in seen:
                seen.add(user.id)
                yield user


def _notify(ports: NoticePorts, user: User, head: InvoiceHead, change: StatusChange, *, by: str) -> int:
    key = f"notice#{change.id}#{user.id}"
    claim = ports.idempotency.acquire(key, by=by, until=ports.clock.now() + CLAIMED)
    if claim is Acquisition.HELD:
        raise NoticeUnderWayError(key)
    if claim is Acquisition.DONE:
        return 0
    notice = compose_notice(head, change, language=user.language.value, base_url=ports.base_url)
    ports.mailer.send(to=user.notice_address, subject=notice.subject, text=notice.text, html=notice.html)
    ports.idempotency.complete(key, until=ports.clock.now() + _REMEMBERED)
    return 1
