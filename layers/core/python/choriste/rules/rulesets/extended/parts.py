"""What the sums of an extended invoice are made of: its counted lines, allowances and charges.

An extended invoice may have headings and information lines next to its details; only details count. Each
line, allowance or charge brings a tolerance of one cent.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from decimal import Decimal
from functools import cached_property
from typing import Final

from choriste.rules.engine.syntax import CII, UBL
from choriste.rules.engine.tree import Document, Node
from choriste.rules.engine.values import (
    ZERO,
    MalformedError,
    boolean_of,
    cents,
    decimal_of,
    double_cents,
    double_of,
    double_sum,
    only,
)
from choriste.rules.rulesets.bindings import binding_of, settlement

CENT: Final = Decimal("0.01")


class Part:
    """What a sum is made of: a line, an allowance, a charge or a logistics charge, with its tax groups."""

    def __init__(self, sign: int, amount: Decimal, taxes: Sequence[Node]) -> None:
        self.sign = sign
        self.amount = amount
        self._taxes = taxes

    @cached_property
    def categories(self) -> frozenset[str]:
        """The VAT categories of its tax groups."""
        return frozenset(category for tax in self._taxes for category in categories_of(tax))

    @cached_property
    def rates(self) -> frozenset[Decimal]:
        """The VAT rates of its tax groups; raises MalformedError where one is no number."""
        return frozenset(decimal_of(n) for tax in self._taxes for n in tax.children(rate_name(tax)))

    @cached_property
    def reasons(self) -> frozenset[tuple[str, str]]:
        """The reasons for exemption of its tax groups, text and code."""
        return frozenset(map(reason_of, self._taxes))


def rate_name(tax: Node) -> str:
    """Return the name of the rate in a tax group."""
    return binding_of(tax.document).rate[0]


def categories_of(tax: Node) -> frozenset[str]:
    """Return the category codes of a tax group as the official rules compare them.

    UBL leaves out blanks around them, CII takes them as written.
    """
    binding = binding_of(tax.document)
    codes = tax.children(binding.category[0])
    return frozenset(n.raw if binding.syntax == CII else n.text for n in codes)


def reason_of(tax: Node) -> tuple[str, str]:
    """Return the reason for exemption of a tax group: its text and its code, empty where there is none."""
    prefix = "" if tax.document.syntax == CII else "Tax"
    text, code = (only(tax.children(f"{prefix}ExemptionReason{end}")) for end in ("", "Code"))
    return text.text if text else "", code.text if code else ""


def is_counted(line: Node, doc: Document) -> bool:
    """Whether a line counts in the sums: it has no status, or the status DETAIL."""
    if doc.syntax == CII:
        codes = line.find(("AssociatedDocumentLineDocument", "LineStatusReasonCode"))
        return not codes or any(n.raw == "DETAIL" for n in codes)
    own = {n.raw for n in doc.root.children("ID")}
    mine = [
        r
        for r in line.children("BillingReference")
        if own & {n.raw for n in r.find(("InvoiceDocumentReference", "ID"))}
    ]
    status = ("InvoiceDocumentReference", "DocumentStatusCode")
    return not mine or any(n.raw == "DETAIL" for r in mine for n in r.find(status))


def lines_of(doc: Document) -> list[Node]:
    """Return the lines; the UBL rules look for them anywhere in the file."""
    if doc.syntax == UBL:
        return [*doc.all("InvoiceLine"), *doc.all("CreditNoteLine")]
    binding = binding_of(doc)
    return [line for path in binding.lines for line in doc.root.find(path)]


def line_parts(doc: Document) -> list[Part]:
    """Return the counted lines."""
    binding, parts = binding_of(doc), []
    for line in lines_of(doc):
        if is_counted(line, doc):
            taxes = tuple(line.find(binding.line_taxes))
            parts += [Part(1, _summed(n, doc), taxes) for n in line.find(binding.line_total)]
    return parts


def _summed(node: Node, doc: Document) -> Decimal:
    """Return an amount of a sum. UBL sums untyped values, as doubles: an exponent is a number there."""
    try:
        return decimal_of(node)
    except MalformedError:
        value = double_of(node) if doc.syntax == UBL else math.nan
        if not math.isfinite(value):
            raise
        return Decimal(repr(value))


def _is_charge(indicator: Node, doc: Document) -> bool | None:
    """Read an indicator: UBL as a boolean; CII compares the text, and what is neither word is neither."""
    if doc.syntax == UBL:
        return boolean_of(indicator)
    return {"true": True, "false": False}.get(indicator.raw)


def parts_with(totals: Node, doc: Document) -> list[Part]:
    """Return the allowances and charges; UBL counts those that stand where the totals do."""
    holder = totals.up
    if doc.syntax == CII or holder is None or holder == doc.root:
        return doc.once(allowance_parts)
    return _parts_of(holder.children("AllowanceCharge"), doc)


def allowance_parts(doc: Document) -> list[Part]:
    """Return the allowances and charges of the document."""
    return _parts_of(doc.root.find(binding_of(doc).allowances), doc)


def _parts_of(groups: Iterable[Node], doc: Document) -> list[Part]:
    binding, parts = binding_of(doc), []
    for group in groups:
        taxes = tuple(group.children(binding.allowance_taxes))
        charges = {c for n in group.find(binding.indicator) if (c := _is_charge(n, doc)) is not None}
        for amount in group.children(binding.allowance_amount):
            parts += [Part(1 if charge else -1, _summed(amount, doc), taxes) for charge in charges]
    if binding.syntax == CII:
        for group in settlement(doc, "SpecifiedLogisticsServiceCharge"):
            taxes = tuple(group.children("AppliedTradeTax"))
            parts += [Part(1, decimal_of(n), taxes) for n in group.children("AppliedAmount")]
    return parts


def sum_of(parts: Iterable[Part], doc: Document, *, sign: int | None = None) -> Decimal:
    """Return a sum rounded to cents; UBL sums untyped values, and its doubles are kept to the last digit."""
    amounts = [p.amount for p in parts if sign in {None, p.sign}]
    if doc.syntax == CII:
        return cents(sum(amounts, ZERO))
    summed = double_cents(double_sum(map(float, amounts)))
    return Decimal(summed) if math.isfinite(summed) else cents(sum(amounts, ZERO))


def count_lines(doc: Document) -> int:
    """Return how many lines widen a margin: in CII each counted line, in UBL each amount of one."""
    if doc.syntax == CII:
        return sum(is_counted(line, doc) for line in lines_of(doc))
    return len(doc.once(line_parts))
