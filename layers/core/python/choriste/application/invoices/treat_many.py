"""Take one step on many invoices: what it would do to each, then the step on each by itself, with a report.

Each invoice is treated as if it were alone: one that has changed meanwhile, or cannot take the step, is
reported and stops none of the others.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from choriste.application.invoices.access import actions_of, visible_invoice
from choriste.application.invoices.ports import InvoicePorts
from choriste.application.invoices.treat_invoice import Treatment, treat_invoice
from choriste.domain.access.principal import Principal
from choriste.domain.lifecycle import Status, TransitionRefusedError
from choriste.domain.shared.errors import (
    BadRequestError,
    ChoristeError,
    ForbiddenError,
    NotFoundError,
    StaleVersionError,
)
from choriste.domain.shared.ids import InvoiceId
from choriste.domain.tracking.head import InvoiceHead

MOST_TREATED: Final = 400
"""Invoices of one request: what a function treats well within the half minute that it has."""

_LONGEST: Final = dt.timedelta(seconds=20)
"""How long one request treats; what is left then is reported as such."""

_REFUSALS: Final = (
    BadRequestError,
    ForbiddenError,
    NotFoundError,
    StaleVersionError,
    TransitionRefusedError,
)


_TOWARDS_PAYMENT: Final = frozenset({"mandate", "send-to-accountant", "book", "pay"})
_UNCERTIFIED: Final = frozenset({Status.MISE_A_DISPOSITION, Status.COMPLETEE, Status.SUSPENDUE})


@dataclass(frozen=True, slots=True)
class Selection:
    """Invoices chosen for a step: those that can take it now, and those that cannot.

    `unusual` can take it too, but leap over something on the way to be paid: a suspension that nobody
    lifted, a service that nobody certified. Whoever means them says so one by one.
    """

    able: tuple[InvoiceHead, ...]
    unable: tuple[InvoiceHead, ...]
    unusual: tuple[InvoiceHead, ...] = ()

    @property
    def sums(self) -> dict[str, Decimal]:
        """What is to be paid for the usual ones, by currency, less their credit notes."""
        return _sums(self.able)

    @property
    def credits(self) -> dict[str, Decimal]:
        """What the credit notes among the usual ones take off, by currency."""
        return _sums(head for head in self.able if head.is_credit_note)


def _sums(heads: Iterable[InvoiceHead]) -> dict[str, Decimal]:
    found: dict[str, Decimal] = {}
    for head in heads:
        found[head.currency] = found.get(head.currency, Decimal(0)) + head.signed(head.due)
    return found


@dataclass(frozen=True, slots=True)
class Treated:
    """What became of one invoice: as it stands now, or why nothing was done; both None: not reached."""

    id: InvoiceId
    head: InvoiceHead | None = None
    refusal: ChoristeError | None = None


def select_invoices(
    ports: InvoicePorts, principal: Principal, ids: Iterable[InvoiceId], action: str
) -> Selection:
    """Return which of some invoices can take a step now; raises `NotFoundError` for one that is not seen."""
    heads = [visible_invoice(ports.invoices, principal, each) for each in ids]
    able = {head.id for head in heads if any(row.name == action for row in actions_of(principal, head))}
    leaping = {head.id for head in heads if action in _TOWARDS_PAYMENT and head.status in _UNCERTIFIED}
    return Selection(
        tuple(head for head in heads if head.id in able - leaping),
        tuple(head for head in heads if head.id not in able),
        tuple(head for head in heads if head.id in able & leaping),
    )


def treat_many(
    ports: InvoicePorts,
    principal: Principal,
    versions: Sequence[tuple[InvoiceId, int]],
    treatment: Treatment,
) -> tuple[Treated, ...]:
    """Take a step on each invoice that still stands at the version seen, and return what became of each.

    Raises `BadRequestError` for more than `MOST_TREATED`.
    """
    if len(versions) > MOST_TREATED:
        raise BadRequestError(field="invoices", expected=f"<= {MOST_TREATED}")
    until = ports.clock.now() + _LONGEST
    return tuple(_treated(ports, principal, each, treatment, until=until) for each in versions)


def _treated(
    ports: InvoicePorts,
    principal: Principal,
    seen: tuple[InvoiceId, int],
    treatment: Treatment,
    *,
    until: dt.datetime,
) -> Treated:
    invoice_id, version = seen
    if ports.clock.now() > until:
        return Treated(invoice_id)
    try:
        head = treat_invoice(ports, principal, invoice_id, treatment, expected_version=version)
    except _REFUSALS as error:
        return Treated(invoice_id, refusal=error)
    return Treated(invoice_id, head=head)
