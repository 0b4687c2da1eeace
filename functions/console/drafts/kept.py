"""What a draft says beyond its form, in words: nobody deposits what they have not seen."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from choriste.domain.drafts.draft import Draft
from choriste.domain.invoice.kept import Kept, kept_of, unusual_categories
from choriste.domain.invoice.model import AllowanceCharge, Party
from choriste.domain.parties.structure import Structure
from choriste.i18n.formats import money_text
from functions.console.web.rendering import text


@dataclass(frozen=True, slots=True)
class KeptRow:
    """A part that the form does not change: its name, what it says, and what taking it away changes."""

    kept: Kept
    label: str
    value: str
    consequence: str


def kept_rows(draft: Draft, own: Structure, *, language: str) -> tuple[KeptRow, ...]:
    """Return what a draft keeps beyond its form."""
    return tuple(
        KeptRow(
            kept=kept,
            label=text(f"kept.{kept}", language=language),
            value=_value(kept, draft, language),
            consequence=text(f"kept.without.{kept}", language=language),
        )
        for kept in kept_of(draft.invoice, own=own)
    )


def _value(kept: Kept, draft: Draft, language: str) -> str:
    invoice = draft.invoice
    parties = {
        Kept.SELLER: invoice.seller,
        Kept.PAYEE: invoice.payee,
        Kept.TAX_REPRESENTATIVE: invoice.tax_representative,
    }
    if kept in parties:
        return _named(parties[kept])
    if kept is Kept.VAT_CATEGORIES:
        return ", ".join(unusual_categories(invoice))
    if kept is Kept.ATTACHMENTS:
        documents = invoice.supporting_documents
        return ", ".join(each.filename or each.uri or each.reference or "" for each in documents)
    if kept is Kept.ROUNDING:
        rounding = invoice.totals.rounding if invoice.totals is not None else None
        return money_text(rounding or Decimal(0), invoice.currency, language=language)
    lines = (amount for line in invoice.lines for amount in (*line.allowances, *line.charges))
    rows = {Kept.ALLOWANCES: invoice.allowances, Kept.CHARGES: invoice.charges}.get(kept, tuple(lines))
    return "; ".join(_amounts(rows, invoice.currency, language))


def _amounts(rows: Iterable[AllowanceCharge], currency: str | None, language: str) -> Iterable[str]:
    for row in rows:
        money = money_text(row.amount or Decimal(0), currency, language=language)
        yield " · ".join(filter(None, (row.reason, money)))


def _named(party: Party | None) -> str:
    if party is None:
        return ""
    numbers = [each.value for each in party.identifiers]
    registered = party.legal_registration.value if party.legal_registration is not None else None
    told = (party.name, *numbers, None if numbers else registered)
    return " · ".join(each for each in told if each)
