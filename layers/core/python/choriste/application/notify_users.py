"""Tell the users concerned about a status change, each once, in their language, if they asked for it (F1)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from choriste.application.ports import Workshop
from choriste.domain.head import InvoiceHead, StatusChange
from choriste.domain.identity.principal import Principal
from choriste.domain.identity.user import Level, NoticeRhythm, Space, User
from choriste.domain.ids import InvoiceId
from choriste.i18n.notices import compose_notice

_REMEMBERED = dt.timedelta(days=14)


def notify_users(shop: Workshop, invoice_id: InvoiceId, version: int) -> int:
    """Send the notices of one status change and return how many went out."""
    head = shop.invoices.get(invoice_id)
    change = next((c for c in shop.invoices.history(invoice_id) if c.version == version), None)
    if head is None or change is None:
        return 0
    return sum(_notify(shop, user, head, change) for user in _concerned(shop, head))


def _concerned(shop: Workshop, head: InvoiceHead) -> Iterator[User]:
    """Yield the users of both sides who may see the invoice and want notices at once, each once."""
    seen: set[str] = set()
    sides = (
        (head.supplier.structure, Space.ISSUE, None),
        (head.recipient.structure, Space.RECEIVE, head.service_code),
    )
    for structure, space, service in sides:
        for user in shop.directory.users_of(structure) if structure is not None else ():
            may_see = Principal.of_user(user).may(
                space, Level.CONSULT, structure=str(structure), service=service
            )
            if may_see and user.notices is NoticeRhythm.AT_ONCE and user.id not in seen:
                seen.add(user.id)
                yield user


def _notify(shop: Workshop, user: User, head: InvoiceHead, change: StatusChange) -> int:
    key = f"notice#{change.id}#{user.id}"
    if not shop.once.claim(key, until=shop.clock.now() + _REMEMBERED):
        return 0
    notice = compose_notice(head, change, language=user.language.value, base_url=shop.base_url)
    try:
        shop.mailer.send(to=user.email, subject=notice.subject, text=notice.text, html=notice.html)
    except Exception:
        shop.once.release(key)
        raise
    return 1
