"""Export a list of invoices as CSV or as a spreadsheet: exactly what is listed, in its order.

The amounts of a credit note are below zero, so that a column adds up to what is owed.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from choriste.application.invoices.criteria import Criteria, Side
from choriste.application.invoices.ports import InvoicePorts
from choriste.application.invoices.search_invoices import NEWEST, READ_BY_MANY, Budget, Order, search_invoices
from choriste.application.shared.spreadsheets import Cell, Column, as_csv, as_xlsx
from choriste.domain.access.principal import Principal
from choriste.domain.lifecycle.labels import status_label
from choriste.domain.shared.errors import BadRequestError
from choriste.domain.tracking.head import InvoiceHead
from choriste.i18n.catalogue import message, translate
from choriste.i18n.formats import legal_date

MOST: Final = 5_000
"""Invoices of one export: some seconds to read, less than a megabyte to answer."""

_PAGE: Final = 200
_COLUMNS: Final = (
    ("number", 20),
    ("kind", 10),
    ("supplier", 32),
    ("supplier_number", 18),
    ("recipient", 32),
    ("recipient_number", 18),
    ("service", 16),
    ("engagement", 18),
    ("date", 12),
    ("due", 12),
    ("deposited", 12),
    ("without_vat", 14),
    ("vat", 14),
    ("with_vat", 14),
    ("payable", 14),
    ("currency", 8),
    ("status", 30),
    ("since", 12),
    ("assignee", 22),
    ("reference", 20),
    ("id", 20),
)


@dataclass(frozen=True, slots=True)
class Listing:
    """A list as somebody looks at it: a side of a structure, narrowed and in an order."""

    side: Side
    structure: str
    criteria: Criteria
    order: Order = NEWEST
    language: str = "fr"


def export_csv(ports: InvoicePorts, principal: Principal, listing: Listing) -> bytes:
    """Return a list as CSV, in UTF-8 with its mark and semicolons.

    Raises `ForbiddenError`, and `BadRequestError` for a list of more than `MOST` invoices, or one for which
    more than `READ_BY_MANY` would have to be looked through.
    """
    return as_csv(_columns(listing.language), _rows(ports, principal, listing), language=listing.language)


def export_xlsx(ports: InvoicePorts, principal: Principal, listing: Listing) -> bytes:
    """Return a list as an Excel workbook, its days and amounts as such; raises as `export_csv`."""
    name = translate("invoices", "export.sheet", listing.language)
    return as_xlsx(name, _columns(listing.language), _rows(ports, principal, listing))


def _columns(language: str) -> tuple[Column, ...]:
    return tuple(Column(translate("invoices", f"export.{name}", language), width) for name, width in _COLUMNS)


def _rows(ports: InvoicePorts, principal: Principal, listing: Listing) -> Iterator[tuple[Cell, ...]]:
    return (_row(head, listing.language) for head in _heads(ports, principal, listing))


def _heads(ports: InvoicePorts, principal: Principal, listing: Listing) -> list[InvoiceHead]:
    """Return what is listed; the whole of it is read before the first line is written."""
    found: list[InvoiceHead] = []
    after, budget = None, Budget(READ_BY_MANY)
    while True:
        page = search_invoices(
            ports,
            principal,
            side=listing.side,
            structure=listing.structure,
            criteria=listing.criteria,
            order=listing.order,
            after=after,
            limit=_PAGE,
            budget=budget,
        )
        found += page.rows
        if len(found) > MOST:
            raise BadRequestError(field="export", expected=message("expected", "export", most=MOST))
        if page.after is None:
            return found
        if budget.is_spent:
            expected = message("expected", "export-read", most=READ_BY_MANY)
            raise BadRequestError(field="export", expected=expected)
        after = page.after


def _row(head: InvoiceHead, language: str) -> tuple[str | Decimal | dt.date | None, ...]:
    return (
        head.number,
        translate("invoices", f"export.kind.{'credit' if head.is_credit_note else 'invoice'}", language),
        head.supplier.name,
        head.supplier.identifier,
        head.recipient.name,
        head.recipient.identifier,
        head.service_code,
        head.engagement,
        head.issue_date,
        head.payment_due,
        legal_date(head.deposited_at),
        *(head.signed(each) for each in (head.without_vat, head.vat, head.with_vat, head.due)),
        head.currency,
        status_label(head.status, language=language),
        legal_date(head.status_at),
        head.assignee.name if head.assignee is not None else None,
        head.accounting_reference,
        str(head.id),
    )
