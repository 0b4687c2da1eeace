"""What a principal may do with one invoice: see it, act in the roles of its parties, reissue it.

A role follows from the party that wears it: whoever has the right of its space at that party's structure, and
at the service that the invoice names, may act in it. Rights on structures are in
`choriste.application.access.policy`; every use case asks one of the two.
"""

from __future__ import annotations

from choriste.application.access.policy import answering_holders, may_answer_issued, may_read_issued, operates
from choriste.application.invoices.ports import Invoices
from choriste.domain.access.principal import Principal, PrincipalKind
from choriste.domain.access.user import Level, Space
from choriste.domain.lifecycle import Carries, Role, Status, Transition, available
from choriste.domain.lifecycle.acts import ACTS, acts_of
from choriste.domain.lifecycle.editing import needs_new_number
from choriste.domain.lifecycle.next_step import next_step
from choriste.domain.shared.errors import ForbiddenError, NotFoundError
from choriste.domain.shared.field_faults import field_error
from choriste.domain.shared.ids import InvoiceId
from choriste.domain.tracking.head import InvoiceHead
from choriste.domain.tracking.journey import party_of, position_of

_SPACES: dict[Role, Space] = {
    Role.SUPPLIER: Space.ISSUE,
    Role.RECIPIENT: Space.RECEIVE,
    Role.VALIDATOR_1: Space.ISSUE,
    Role.VALIDATOR_2: Space.ISSUE,
    Role.MOE: Space.WORKS,
    Role.MOA: Space.WORKS,
}
"""The space of its structure in which each party handles an invoice."""

_GIVERS = frozenset({"abandon"})
"""What a mandate to answer leaves to its giver: it ends an invoice (docs/reference/parties.md)."""

NOT_ALONE = frozenset({Carries.DOCUMENT, Carries.NUMBER})
"""What comes with a deposit, never as an action: the works document that answers, the new invoice."""


def entitled(principal: Principal, head: InvoiceHead, role: Role, level: Level) -> bool:
    """Say whether a principal may act, or look, in a role for an invoice."""
    party = party_of(head, role)
    if party is None or party.structure is None:
        return False
    if role is Role.SUPPLIER:
        allows = may_read_issued if level is Level.CONSULT else may_answer_issued
        return allows(principal, party.structure)
    is_recipient = party.structure == head.recipient.structure
    space = Space.RECEIVE if role is Role.VALIDATOR_1 and is_recipient else _SPACES[role]
    service = head.service_code if is_recipient else head.moe_service if role is Role.MOE else None
    return principal.may(space, level, structure=party.structure, service=service)


def may_see(principal: Principal, head: InvoiceHead) -> bool:
    """Say whether a principal may read an invoice: a party's people, each within their services."""
    return operates(principal) or any(entitled(principal, head, role, Level.CONSULT) for role in _SPACES)


def require_visible(principal: Principal, head: InvoiceHead) -> None:
    """Raise `NotFoundError` when a principal may not know of an invoice."""
    if not may_see(principal, head):
        raise NotFoundError(kind="invoice", id=head.id)


def visible_invoice(invoices: Invoices, principal: Principal, invoice_id: InvoiceId) -> InvoiceHead:
    """Return an invoice; raises `NotFoundError`, also when the principal may not know of it."""
    head = invoices.get(invoice_id)
    if head is None:
        raise NotFoundError(kind="invoice", id=invoice_id)
    require_visible(principal, head)
    return head


def roles_of(principal: Principal, head: InvoiceHead) -> tuple[Role, ...]:
    """Return the roles in which a principal may act on an invoice."""
    if principal.kind is PrincipalKind.OPERATOR:
        return (Role.OPERATOR,)
    return tuple(role for role in _SPACES if entitled(principal, head, role, Level.MODIFY))


def actions_of(principal: Principal, head: InvoiceHead) -> tuple[Transition, ...]:
    """Return what a principal may do with an invoice now, in the order of the table, each name once."""
    found: dict[str, Transition] = {}
    for role in roles_of(principal, head):
        for row in available(position_of(head), role):
            if row.carries not in NOT_ALONE and not _is_the_givers(principal, head, role, row.name):
                found.setdefault(row.name, row)
    return tuple(found.values())


def _is_the_givers(principal: Principal, head: InvoiceHead, role: Role, action: str) -> bool:
    """Say whether an action is left to the supplier itself, where a principal answers by its mandate."""
    giver = head.supplier.structure
    by_mandate = giver is not None and bool(answering_holders(principal, giver=giver))
    return action in _GIVERS and role is Role.SUPPLIER and by_mandate


def next_step_of(principal: Principal, head: InvoiceHead) -> Transition | None:
    """Return the step that a principal should take first on an invoice, None where it is not its turn.

    One that carries a document is taken by depositing that document.
    """
    return next_step(position_of(head), roles_of(principal, head))


def role_for_action(principal: Principal, head: InvoiceHead, action: str) -> Role:
    """Return the role in which a principal takes an action: the first that may, else the first it has.

    Raises `ForbiddenError` for a principal without any role, or whose only one is by a mandate that leaves
    the action to its giver.
    """
    known = roles_of(principal, head)
    roles = tuple(role for role in known if not _is_the_givers(principal, head, role, action))
    if known and not roles:
        principal.require(Space.ISSUE, Level.MODIFY, structure=head.supplier.structure or "")
    if not roles:
        structure = head.recipient.structure or ""
        principal.require(Space.RECEIVE, Level.MODIFY, structure=structure, service=head.service_code)
    position = position_of(head)
    able = (role for role in roles if any(row.name == action for row in available(position, role)))
    return next(able, roles[0] if roles else Role.RECIPIENT)


def acts_open_to(principal: Principal, head: InvoiceHead) -> tuple[str, ...]:
    """Return the acts that a principal may do now, each once, in the order of the table."""
    found = (act for role in roles_of(principal, head) for act in acts_of(position_of(head), role))
    return tuple(dict.fromkeys(found))


def role_for_act(principal: Principal, head: InvoiceHead, act: str) -> Role:
    """Return the role in which a principal does an act now.

    Raises `ForbiddenError` when no role of the principal has this act at all, `BadRequestError` when one has
    it, but not at this status.
    """
    roles = roles_of(principal, head)
    able = next((role for role in roles if act in acts_of(position_of(head), role)), None)
    if able is not None:
        return able
    known = next(row for row in ACTS if row.name == act)
    if not known.roles & set(roles):
        raise ForbiddenError(right=act, structure=head.recipient.structure, service=head.service_code)
    statuses = ", ".join(sorted(status.value for status in known.statuses))
    raise field_error("act", "ACT-NOT-NOW", found=act, expected=statuses)


def depositor_role(principal: Principal, head: InvoiceHead, action: str) -> Role | None:
    """Return the depositor's role in which a principal may take an action now, None where it has none."""
    roles = (role for role in head.frame.depositors if entitled(principal, head, role, Level.MODIFY))
    position = position_of(head)
    able = (role for role in roles if any(row.name == action for row in available(position, role)))
    return next(able, None)


def answers_for(principal: Principal, head: InvoiceHead) -> bool:
    """Say whether a principal answers for an invoice as its depositor."""
    return any(entitled(principal, head, role, Level.MODIFY) for role in head.frame.depositors)


def may_be_reissued(principal: Principal, head: InvoiceHead) -> bool:
    """Say whether a principal may reissue an invoice now: refused for good, and not reissued before."""
    is_taken = head.taken_up_by is not None or head.status is Status.DUPLIQUE_APRES_REFUS
    return needs_new_number(position_of(head)) and not is_taken and answers_for(principal, head)
