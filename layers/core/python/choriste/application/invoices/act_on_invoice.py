"""Act on an invoice beside its transitions: comment, assign, record a reference, acknowledge.

An act leaves the status and its deadline alone; it is a row of the history and of the audit chain like any
step. Who may do what, at which status, is the lifecycle's table of acts
(docs/reference/b2g-lifecycle.md#acts).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from choriste.application.access.mandated import with_mandates
from choriste.application.access.policy import answering_holders
from choriste.application.invoices.access import (
    entitled,
    require_visible,
    role_for_act,
    roles_of,
    visible_invoice,
)
from choriste.application.invoices.ports import InvoicePorts
from choriste.application.invoices.write import change_invoice
from choriste.domain.access.principal import Principal
from choriste.domain.access.user import Level, User, UserId
from choriste.domain.lifecycle import Role
from choriste.domain.parties.structure import StructureId
from choriste.domain.shared.field_faults import field_error
from choriste.domain.shared.ids import InvoiceId
from choriste.domain.tracking.head import Assignee, InvoiceHead
from choriste.domain.tracking.journey import Actor, Journey, party_of

COMMENT_LIMIT = 2000
"""Longest comment, in characters (Chorus Pro API annex, `commentaire`)."""

REFERENCE_LIMIT = 50
"""Longest accounting reference, in characters: that of the other references of the API annex."""

ACKNOWLEDGEMENTS = frozenset({"acknowledge-rejection", "close-rejection", "acknowledge-suspension"})
"""ACQUITTEMENT_REJET, TRAITEMENT_REJET and ACQUITTEMENT_SUSPENSION of the official history."""

Change = Callable[[InvoiceHead], InvoiceHead]


def comment_invoice(
    ports: InvoicePorts, principal: Principal, invoice_id: InvoiceId, text: str
) -> InvoiceHead:
    """Leave a comment that all parties of the invoice read; raises `BadRequestError` when it is empty."""
    words = _within(text, field="text", limit=COMMENT_LIMIT)
    return act_on_invoice(ports, principal, invoice_id, "comment", text=words)


def assign_invoice(
    ports: InvoicePorts, principal: Principal, invoice_id: InvoiceId, account: str | None
) -> InvoiceHead:
    """Give the care of an invoice to a colleague, or to nobody (None).

    Raises `BadRequestError` when that account is no active user who may act on the invoice on the same side.
    """
    head = visible_invoice(ports.invoices, principal, invoice_id)
    assignee = _colleague(ports, principal, head, account) if account is not None else None
    named = assignee.name if assignee is not None else None
    return act_on_invoice(
        ports,
        principal,
        invoice_id,
        "assign",
        text=named,
        change=lambda before: replace(before, assignee=assignee),
    )


def record_reference(
    ports: InvoicePorts, principal: Principal, invoice_id: InvoiceId, reference: str
) -> InvoiceHead:
    """Record the recipient's own accounting reference, which the supplier sees."""
    words = _within(reference, field="reference", limit=REFERENCE_LIMIT)
    return act_on_invoice(
        ports,
        principal,
        invoice_id,
        "record-accounting-reference",
        text=words,
        change=lambda before: replace(before, accounting_reference=words),
    )


def acknowledge_invoice(
    ports: InvoicePorts, principal: Principal, invoice_id: InvoiceId, act: str
) -> InvoiceHead:
    """Acknowledge a rejection or a suspension; doing so twice changes nothing."""
    if act not in ACKNOWLEDGEMENTS:
        raise field_error("act", "ACT-UNKNOWN", found=act)
    head = visible_invoice(ports.invoices, principal, invoice_id)
    done = (c for c in ports.invoices.history(invoice_id) if c.transition == act and c.after is head.status)
    if next(done, None) is not None:
        return head
    closes = act == "close-rejection"
    return act_on_invoice(
        ports,
        principal,
        invoice_id,
        act,
        change=lambda before: replace(before, rejection_closed=before.rejection_closed or closes),
    )


def note_download(ports: InvoicePorts, principal: Principal, head: InvoiceHead) -> InvoiceHead:
    """Note that the recipient's system fetched an invoice; nothing where another party did, or did again."""
    if head.downloaded or not entitled(principal, head, Role.RECIPIENT, Level.MODIFY):
        return head
    return act_on_invoice(
        ports, principal, head.id, "download", change=lambda before: replace(before, downloaded=True)
    )


def act_on_invoice(  # noqa: PLR0913 - who does what to which invoice, saying what, changing what
    ports: InvoicePorts,
    principal: Principal,
    invoice_id: InvoiceId,
    act: str,
    *,
    text: str | None = None,
    change: Change | None = None,
) -> InvoiceHead:
    """Write one act and return the invoice as it then stands.

    Raises `NotFoundError`, `ForbiddenError` when no role of the principal has this act at all, and
    `BadRequestError` when it has, but not at this status. An act that met somebody else's step is repeated.
    """

    def acted(head: InvoiceHead) -> Journey:
        require_visible(principal, head)
        actor = Actor(role_for_act(principal, head, act), principal.id, principal.name)
        journey = Journey.begin(head).edited(change(head) if change is not None else head)
        return journey.with_act(act, actor=actor, at=ports.clock.now(), text=text)

    return change_invoice(ports, invoice_id, acted).head


def colleagues_of(ports: InvoicePorts, principal: Principal, head: InvoiceHead) -> tuple[User, ...]:
    """Return whom a principal may assign an invoice to, by name: those who may act on it on the same side.

    The side of whoever answers by a mandate is its holder: the giver's people are none of its colleagues.
    """
    sides = _sides(principal, head)
    users = {user.id: user for _, home in sides for user in ports.directory.users_of(home)}
    able = (user for user in users.values() if _shares_a_side(ports, user, head, sides))
    return tuple(sorted(able, key=lambda user: user.name))


def _sides(principal: Principal, head: InvoiceHead) -> tuple[tuple[Role, StructureId], ...]:
    """Return the roles in which a principal acts on an invoice, each with the structure it does so from."""
    parties = ((role, party_of(head, role)) for role in roles_of(principal, head))
    return tuple(
        (role, StructureId(home))
        for role, party in parties
        if party is not None and party.structure is not None
        for home in (answering_holders(principal, giver=party.structure) if role is Role.SUPPLIER else ())
        or (party.structure,)
    )


def _shares_a_side(
    ports: InvoicePorts, user: User, head: InvoiceHead, sides: tuple[tuple[Role, StructureId], ...]
) -> bool:
    known = with_mandates(Principal.of_user(user), accounts=ports.accounts, at=ports.clock.now())
    return any(home in known.structures and entitled(known, head, role, Level.MODIFY) for role, home in sides)


def _colleague(ports: InvoicePorts, principal: Principal, head: InvoiceHead, account: str) -> Assignee:
    user = ports.accounts.user(UserId(account))
    if user is None or not user.active:
        raise field_error("account", "COLLEAGUE-UNKNOWN")
    if not _shares_a_side(ports, user, head, _sides(principal, head)):
        raise field_error("account", "COLLEAGUE-NOT-ENTITLED")
    return Assignee(account=user.id, name=user.name)


def _within(text: str, *, field: str, limit: int) -> str:
    words = text.strip()
    if not words or len(words) > limit:
        raise field_error(field, "FIELD-LENGTH", limit=limit)
    return words
