"""What an invoice says beyond what may be entered: kept as it was, until somebody takes it away."""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum
from typing import Final

from choriste.domain.invoice.entry import fields_of, party_of, with_fields
from choriste.domain.invoice.model import Invoice, Line
from choriste.domain.parties.structure import Structure

_ENTERED_CATEGORIES: Final = frozenset({None, "S", "E"})
"""The VAT categories that follow from an entered rate."""


class Kept(StrEnum):
    """A part of an invoice that no entry changes."""

    SELLER = "seller"
    PAYEE = "payee"
    TAX_REPRESENTATIVE = "tax_representative"
    ALLOWANCES = "allowances"
    CHARGES = "charges"
    LINE_AMOUNTS = "line_amounts"
    """Allowances and charges of lines."""
    VAT_CATEGORIES = "vat_categories"
    ROUNDING = "rounding"
    ATTACHMENTS = "attachments"


def kept_of(invoice: Invoice, *, own: Structure) -> tuple[Kept, ...]:
    """Return what an invoice of a structure has that no entry changes and that changes what it comes to.

    Its seller is such a part where it differs from what the directory says of the structure.
    """
    present = {
        Kept.SELLER: invoice.seller not in (None, party_of(own)),
        Kept.PAYEE: invoice.payee is not None,
        Kept.TAX_REPRESENTATIVE: invoice.tax_representative is not None,
        Kept.ALLOWANCES: bool(invoice.allowances),
        Kept.CHARGES: bool(invoice.charges),
        Kept.LINE_AMOUNTS: any(line.allowances or line.charges for line in invoice.lines),
        Kept.VAT_CATEGORIES: bool(unusual_categories(invoice)),
        Kept.ROUNDING: invoice.totals is not None and bool(invoice.totals.rounding),
        Kept.ATTACHMENTS: bool(invoice.supporting_documents),
    }
    return tuple(kept for kept, is_there in present.items() if is_there)


def unusual_categories(invoice: Invoice) -> tuple[str, ...]:
    """Return the VAT categories of the lines that no entered rate gives."""
    found = (line.vat_category for line in invoice.lines if line.vat_category not in _ENTERED_CATEGORIES)
    return tuple(dict.fromkeys(each for each in found if each is not None))


def without(invoice: Invoice, kept: Kept, *, own: Structure) -> Invoice:
    """Return the invoice without such a part, its sums computed anew; its seller becomes the structure."""
    bare = _bare(invoice, kept)
    return with_fields(bare, fields_of(bare), seller=own, buyer=None)


def _bare(invoice: Invoice, kept: Kept) -> Invoice:
    match kept:
        case Kept.SELLER | Kept.PAYEE | Kept.TAX_REPRESENTATIVE:
            return replace(invoice, **{kept.value: None})  # type: ignore[arg-type]
        case Kept.ALLOWANCES | Kept.CHARGES:
            return replace(invoice, **{kept.value: ()})  # type: ignore[arg-type]
        case Kept.ATTACHMENTS:
            return replace(invoice, supporting_documents=())
        case Kept.ROUNDING:
            totals = replace(invoice.totals, rounding=None) if invoice.totals is not None else None
            return replace(invoice, totals=totals)
        case Kept.LINE_AMOUNTS:
            plain = (replace(line, allowances=(), charges=()) for line in invoice.lines)
            return replace(invoice, lines=tuple(plain))
        case Kept.VAT_CATEGORIES:
            return replace(invoice, lines=tuple(map(_usual, invoice.lines)))


def _usual(line: Line) -> Line:
    return line if line.vat_category in _ENTERED_CATEGORIES else replace(line, vat_category=None)
