"""Tell the users concerned about a status change, each once, in their language, if they asked for it (F1)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace

from choriste.application.ports import Workshop
from choriste.application.treat_invoice import entitled
from choriste.domain.head import InvoiceHead, StatusChange
from choriste.domain.identity.principal import Principal
from choriste.domain.identity.user import Level, NoticeRhythm, User
from choriste.domain.ids import InvoiceId
from choriste.domain.lifecycle.rules import concerned_roles
from choriste.domain.tracking import party_of, position_of
from choriste.i18n.notices import compose_notice

_REMEMBERED = dt.timedelta(days=14)


def notify_users(shop: Workshop, invoice_id: InvoiceId, version: int) -> int:
    """Send the notices of one status change and return how many went out."""
    head = shop.invoices.get(invoice_id)
    change = next((c for c in shop.invoices.history(invoice_id) if c.version == version), None)
    if head is None or change is None or change.is_act:
        return 0
    return sum(_notify(shop, user, head, change) for user in _concerned(shop, head, change))


def _concerned(shop: Workshop, head: InvoiceHead, change: StatusChange) -> Iterator[User]:
    """Yield the users of the parties concerned who may see the invoice and want notices at once, once each.

    Concerned are the depositor, whoever is expected to act, and whoever held the invoice before.
    """
    after = replace(position_of(head), status=change.after)
    before = replace(after, status=change.before or change.after)
    seen: set[str] = set()
    for role in sorted(concerned_roles(before, after, actor=change.role)):
        party = party_of(head, role)
        for user in shop.directory.users_of(party.structure) if party and party.structure else ():
            sees = entitled(Principal.of_user(user), head, role, Level.CONSULT)
            if sees and user.notices is NoticeRhythm.AT_ONCE and user.id not in seen:
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
