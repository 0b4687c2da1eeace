"""The money of an invoice: allowances, charges, VAT, totals and payment (BG-16, 20, 21, 22 and 23)."""

from __future__ import annotations

from decimal import Decimal

from choriste.documents.issue.pages.extensions import Extensions
from choriste.documents.issue.pages.lines import reason_of, vat_cell
from choriste.documents.issue.pages.pairs import Pair, labelled, pairs
from choriste.documents.issue.wording import Wording, grouped
from choriste.domain.invoice.model import (
    AllowanceCharge,
    CreditTransfer,
    Invoice,
    PaymentInstructions,
    Totals,
    VatBreakdown,
)

Block = dict[str, object]

_ADJUSTMENT_COLUMNS = ("nature", "reason", "base", "percentage", "vat", "amount")
_VAT_COLUMNS = ("rate", "base", "tax")


def adjustment_table(invoice: Invoice, words: Wording) -> Block | None:
    """Return the document's allowances and charges, or None where it has none."""
    rows = [_adjustment_row(a, "allowance", words, sign=-1) for a in invoice.allowances]
    rows += [_adjustment_row(c, "charge", words, sign=1) for c in invoice.charges]
    columns = [words[f"adjustment.{column}"] for column in _ADJUSTMENT_COLUMNS]
    return {"title": words["adjustments"], "columns": columns, "rows": rows} if rows else None


def _adjustment_row(adjustment: AllowanceCharge, kind: str, words: Wording, *, sign: int) -> list[str]:
    amount = adjustment.amount * sign if adjustment.amount else adjustment.amount
    return [
        words[kind],
        reason_of(adjustment, kind, words),
        _amount(adjustment.base_amount, words),
        words.rate(adjustment.percentage) if adjustment.percentage is not None else "",
        vat_cell(adjustment.vat_category, adjustment.vat_rate, words),
        _amount(amount, words),
    ]


def vat_table(invoice: Invoice, words: Wording) -> Block | None:
    """Return the VAT breakdown with each exemption's reason, or None where the invoice has none.

    A row is `[rate or regime, reason, base, tax]`: the ordinary regime goes without saying.
    """
    rows = [_vat_row(part, words) for part in invoice.vat_breakdown]
    columns = [words[f"vat.{column}"] for column in _VAT_COLUMNS]
    return {"title": words["vat"], "columns": columns, "rows": rows} if rows else None


def _vat_row(part: VatBreakdown, words: Wording) -> list[str]:
    rate = words.rate(part.rate) if part.rate is not None else ""
    regime = "" if part.category == "S" and rate else words.of("category", part.category)
    shown = [regime] if regime else []
    shown += [rate] if rate and (part.rate or not regime) else []
    return [
        " ".join(shown),
        part.exemption_reason or words.of("exemption", part.exemption_code),
        _amount(part.base, words),
        _amount(part.tax, words),
    ]


def totals_block(invoice: Invoice, words: Wording, *, credit: bool) -> Block:
    """Return the totals from the sum of lines down to the amount due, which stands apart."""
    totals, currency = invoice.totals or Totals(), invoice.currency
    rows = labelled(words, "total", ((key, _amount(value, words)) for key, value in _before_vat(totals)))
    other = totals.vat_in_accounting_currency
    if other is not None:
        label = words.filled("total.vat_in_accounting_currency", currency=invoice.vat_currency or "?")
        rows += [[label, _amount(other, words)]]
    rows += labelled(words, "total", ((key, _amount(value, words)) for key, value in _after_vat(totals)))
    label = words["amount_credited" if credit else "amount_due"]
    due = [label, words.money(totals.due, currency)] if totals.due is not None else None
    return {"title": words["totals"], "rows": rows, "due": due}


def _before_vat(totals: Totals) -> tuple[tuple[str, Decimal | None], ...]:
    """Return what adds up to the total without VAT, allowances negative, then the VAT."""
    return (
        ("lines", totals.lines),
        ("allowances", _unless_zero(totals.allowances, sign=-1)),
        ("charges", _unless_zero(totals.charges)),
        ("without_vat", totals.without_vat),
        ("vat", totals.vat),
    )


def _after_vat(totals: Totals) -> tuple[tuple[str, Decimal | None], ...]:
    return (
        ("with_vat", totals.with_vat),
        ("paid", _unless_zero(totals.paid, sign=-1)),
        ("rounding", _unless_zero(totals.rounding)),
    )


def _unless_zero(value: Decimal | None, *, sign: int = 1) -> Decimal | None:
    """Return what takes part in the sum: an allowance, charge or payment of nothing is none."""
    return value * sign if value else None


def payment_block(invoice: Invoice, words: Wording, extensions: Extensions) -> Block | None:
    """Return how to pay: means, due date, terms, reference to quote, and each account."""
    payment = invoice.payment or PaymentInstructions()
    means = words.of("means", payment.means_code)
    if payment.means_text and payment.means_text != means:
        means = f"{means} — {payment.means_text}" if means else payment.means_text
    due = extensions.due_date(invoice.due_date)
    values = (
        ("means", means),
        ("due_date", words.long_day(due) if due else None),
        ("terms", _first_term(invoice, extensions, words)),
        ("remittance", payment.remittance),
    )
    shown = labelled(words, "payment", values)
    shown += [[words["payment.terms"], text] for position, text in extensions.terms if position > 1]
    shown += _collection(payment, words)
    accounts = [_account(transfer, words) for transfer in payment.credit_transfers]
    if not shown and not accounts:
        return None
    return {"title": words["payment"], "pairs": shown, "accounts": accounts}


def _first_term(invoice: Invoice, extensions: Extensions, words: Wording) -> str | None:
    """Return the first term as written, with its date where a discount ends then, and what it says more."""
    date = invoice.due_date
    ends = date is not None and date != extensions.due_date(date)
    until = words.filled("until", end=words.day(date)) if date is not None and ends else ""
    more = [text for position, text in extensions.terms if position == 1]
    return " — ".join(part for part in (invoice.payment_terms, until, *more) if part) or None


def _account(transfer: CreditTransfer, words: Wording) -> list[Pair]:
    account = transfer.account or ""
    is_iban = account[:2].isalpha() and account[2:4].isdigit()
    label = words["payment.account" if is_iban else "payment.other_account"]
    shown = grouped(account, 4) if is_iban else account
    return pairs((label, shown)) + labelled(
        words, "payment", (("bic", transfer.bic), ("account_name", transfer.account_name))
    )


def _collection(payment: PaymentInstructions, words: Wording) -> list[Pair]:
    """Return the terms of a card payment (BG-18) or of a direct debit (BG-19)."""
    shown: list[Pair] = []
    if payment.card is not None:
        card = (("card", payment.card.number), ("card_holder", payment.card.holder))
        shown += labelled(words, "payment", card)
    if payment.direct_debit is not None:
        debit = payment.direct_debit
        values = (
            ("mandate", debit.mandate),
            ("creditor", debit.creditor),
            ("debited", debit.debited_account),
        )
        shown += labelled(words, "payment", values)
    return shown


def _amount(value: Decimal | None, words: Wording) -> str:
    return words.amount(value) if value is not None else ""
