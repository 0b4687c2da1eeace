"""Fill in a draft: what was typed, with the parties that the directory knows."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Final

from choriste.application.drafts.ports import DraftPorts
from choriste.domain.invoice.entry import DraftFields, with_fields
from choriste.domain.invoice.model import Invoice
from choriste.domain.parties.structure import Structure, StructureIdentifier
from choriste.domain.shared.errors import NotFoundError

_YEARS: Final = 5
"""How far back a corrected invoice is looked for: the civil prescription between professionals."""


def filled_in(ports: DraftPorts, structure: str, invoice: Invoice, fields: DraftFields) -> Invoice:
    """Return an invoice of a structure with what was typed; raises `NotFoundError` for no such structure.

    The date of a corrected invoice that the platform knows need not be typed.
    """
    seller = ports.directory.structure(structure)
    if seller is None:
        raise NotFoundError(kind="structure", id=structure)
    filled = with_fields(invoice, fields, seller=seller, buyer=_recipient(ports, fields.recipient_siret))
    first = next(iter(filled.preceding_invoices), None)
    if first is None or first.number is None or first.issue_date is not None:
        return filled
    supplier, recipient = seller.identifier.value, fields.recipient_siret or ""
    dated = replace(first, issue_date=_issued(ports, first.number, supplier=supplier, recipient=recipient))
    return replace(filled, preceding_invoices=(dated, *filled.preceding_invoices[1:]))


def _issued(ports: DraftPorts, number: str, *, supplier: str, recipient: str) -> dt.date | None:
    """Return the date of the newest invoice with that number between the parties, None for none."""
    this_year = ports.clock.now().year
    for year in range(this_year, this_year - _YEARS, -1):
        found = ports.invoices.numbered(supplier=supplier, recipient=recipient, year=year, number=number)
        head = ports.invoices.get(found) if found is not None else None
        if head is not None:
            return head.issue_date
    return None


def _recipient(ports: DraftPorts, siret: str | None) -> Structure | None:
    if siret is None:
        return None
    return ports.directory.structure_by_identifier(StructureIdentifier.siret(siret))
