"""BR-CO-10 … BR-CO-17: the arithmetic of document totals and of the VAT breakdown, shown where it fails.

UBL computes in exact decimals. CII sums some untyped values as binary doubles, as its official rules do:
where half a cent decides, the two can differ, and so do we.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Final

from choriste.rules.engine.rule import Broken, Check
from choriste.rules.engine.syntax import CII, UBL
from choriste.rules.engine.tree import Document, Node
from choriste.rules.engine.values import (
    ONE,
    ZERO,
    boolean_of,
    cents,
    decimal_of,
    double_cents,
    double_of,
    double_sum,
    only,
    show,
    whole,
)
from choriste.rules.rulesets.bindings import CII_BINDING, binding_of, settlement
from choriste.rules.rulesets.en16931.register import REGISTER

_MINUS: Final = "−"


def differs(node: Node | None, found: Decimal | float, formula: str, expected: Decimal | float) -> Broken:
    """Return what is broken where an amount is not what its formula gives."""
    return Broken(node, show(found), f"{formula} = {show(expected)}" if formula else show(expected))


def lacking(*terms: str, node: Node | None = None, expected: str | None = None) -> Broken:
    """Return what is broken where a computation lacks amounts: the message names these terms."""
    return Broken(node, None, expected, {"operands": " ".join(terms)})


def absent(amounts: Mapping[str, object]) -> tuple[str, ...]:
    """Return the terms of which there is no amount."""
    return tuple(term for term, amount in amounts.items() if amount is None)


def total(node: Node, doc: Document, term: str) -> Node | None:
    """Return the node of a document total (BT-106 …) below the totals group."""
    return node.first(binding_of(doc).totals[term])


def _amount(node: Node, doc: Document, term: str) -> Decimal | None:
    binding = binding_of(doc)
    found = node.children(binding.totals[term])
    if binding.syntax == UBL or (term == "BT-106" and len(found) > 1):
        only(found)
    return decimal_of(found[0]) if found else None


@REGISTER.rule("BR-CO-10", syntax=CII)
def lines_total_cii(node: Node, doc: Document) -> Broken | None:
    """BT-106 is the sum of BT-131; the sum is rounded, BT-106 is not."""
    lines = node.find(("..", "..", "IncludedSupplyChainTradeLineItem", *CII_BINDING.line_total))
    amounts = [double_of(n) for n in lines]
    expected = cents(Decimal(double_sum(amounts)))
    return _same_total(node, doc, "BT-106", expected, f"Σ BT-131 ({len(amounts)})")


@REGISTER.rule("BR-CO-10", syntax=UBL)
def lines_total_ubl(node: Node, doc: Document) -> Broken | None:
    """BT-106 is the sum of BT-131."""
    lines = ("InvoiceLine", "CreditNoteLine")
    amounts = [decimal_of(n) for line in lines for n in doc.all(line, "LineExtensionAmount")]
    expected = cents(sum(amounts, ZERO))
    return _same_total(node, doc, "BT-106", expected, f"Σ BT-131 ({len(amounts)})")


def _same_total(node: Node, doc: Document, term: str, expected: Decimal, formula: str) -> Broken | None:
    found = _amount(node, doc, term)
    if found is None:
        return lacking(term, expected=f"{formula} = {show(expected)}")
    return None if found == expected else differs(total(node, doc, term), found, formula, expected)


def document_allowances(doc: Document, *, charge: bool) -> list[Node]:
    """Return the document level charges (BG-21) or allowances (BG-20)."""
    binding = binding_of(doc)
    return [
        n
        for n in doc.root.find(binding.allowances)
        if any(boolean_of(i) is charge for i in n.find(binding.indicator))
    ]


def _allowances_rule(term: str, part: str, *, charge: bool) -> Check:
    def check(node: Node, doc: Document) -> Broken | None:
        groups = document_allowances(doc, charge=charge)
        stated = total(node, doc, term)
        if stated is None:
            return lacking(term) if groups else None
        binding = binding_of(doc)
        if binding.syntax == UBL:
            only(node.children(binding.totals[term]))
        amounts = [n for g in groups for n in g.children(binding.allowance_amount)[:1]]
        formula = f"Σ {part} ({len(amounts)})"
        if binding.syntax == CII:
            expected = double_cents(double_sum(double_of(n) for n in amounts))
            found = double_of(stated)
            return None if found == expected else differs(stated, found, formula, expected)
        exact = cents(sum((decimal_of(n) for n in amounts), ZERO))
        value = decimal_of(stated)
        return None if value == exact else differs(stated, value, formula, exact)

    return check


REGISTER.add("BR-CO-11", _allowances_rule("BT-107", "BT-92", charge=False))
REGISTER.add("BR-CO-12", _allowances_rule("BT-108", "BT-99", charge=True))


@REGISTER.rule("BR-CO-13")
def total_without_vat(node: Node, doc: Document) -> Broken | None:
    """BT-109 = BT-106 − BT-107 + BT-108."""
    lines, without_vat = _amount(node, doc, "BT-106"), _amount(node, doc, "BT-109")
    allowances, charges = _amount(node, doc, "BT-107"), _amount(node, doc, "BT-108")
    if lines is None or without_vat is None:
        return lacking(*absent({"BT-106": lines, "BT-109": without_vat}))
    exact = lines - (allowances or ZERO) + (charges or ZERO)
    plain = allowances is None and charges is None and binding_of(doc).syntax == UBL
    expected = exact if plain else cents(exact)
    if without_vat == expected:
        return None
    formula = sum_text((("BT-106", lines), (_MINUS + "BT-107", allowances), ("+BT-108", charges)))
    return differs(total(node, doc, "BT-109"), without_vat, formula, expected)


def sum_text(parts: Sequence[tuple[str, Decimal | float | None]]) -> str:
    """Return a sum as read by people: `BT-106 300.00 − BT-107 20.00`; absent parts are left out."""
    words = []
    for name, value in parts:
        if value is not None:
            sign, term = (name[0], name[1:]) if name[0] in f"+{_MINUS}" else ("", name)
            words.append(f"{sign} {term} {show(value)}".strip())
    return " ".join(words)


@REGISTER.rule("BR-CO-16")
def amount_due(node: Node, doc: Document) -> Broken | None:
    """BT-115 = BT-112 − BT-113 + BT-114."""
    gross, due = _amount(node, doc, "BT-112"), _amount(node, doc, "BT-115")
    paid, rounding = _amount(node, doc, "BT-113"), _amount(node, doc, "BT-114")
    if gross is None or due is None:
        return lacking(*absent({"BT-112": gross, "BT-115": due}))
    expected = gross - (paid or ZERO) + (rounding or ZERO)
    right = due == expected
    if binding_of(doc).syntax == UBL:
        theirs = gross if paid is None else cents(gross - paid)
        right = (due if rounding is None else cents(due - rounding)) == theirs
    if right:
        return None
    formula = sum_text((("BT-112", gross), (_MINUS + "BT-113", paid), ("+BT-114", rounding)))
    return differs(total(node, doc, "BT-115"), due, formula, expected)


@REGISTER.rule("BR-CO-15", syntax=CII)
def total_with_vat_cii(_: Node, doc: Document) -> Broken | None:
    """BT-112 = BT-109 + BT-110, in the invoice currency, or BT-112 = BT-109 where there is no VAT."""
    sums = settlement(doc, "SpecifiedTradeSettlementHeaderMonetarySummation")
    for currency in settlement(doc, "InvoiceCurrencyCode"):
        taxes = [n for s in sums for n in s.children("TaxTotalAmount") if n.get("currencyID") == currency.raw]
        broken = _gross(sums, taxes, doc, currency.raw)
        if broken:
            return broken
    return None


def _gross(sums: Sequence[Node], taxes: Sequence[Node], doc: Document, currency: str) -> Broken | None:
    names = binding_of(doc).totals
    gross = next((n for s in sums for n in s.children(names["BT-112"])), None)
    net = next((n for s in sums for n in s.children(names["BT-109"])), None)
    if gross is None or net is None:
        return lacking(*absent({"BT-109": net, "BT-112": gross}))
    found, base = decimal_of(gross), decimal_of(net)
    if binding_of(doc).syntax == CII and found == base:
        return None
    if len(taxes) != 1:
        return tax_total(taxes, doc, currency, gross)
    tax = decimal_of(taxes[0])
    expected = cents(base + tax)
    return (
        None
        if found == expected
        else differs(gross, found, sum_text((("BT-109", base), ("+BT-110", tax))), expected)
    )


_TAX_TOTALS: Final = {
    CII: (
        ("SupplyChainTradeTransaction", "ApplicableHeaderTradeSettlement"),
        ("SpecifiedTradeSettlementHeaderMonetarySummation", "TaxTotalAmount"),
        "ram:TaxTotalAmount",
    ),
    UBL: (("TaxTotal",), ("TaxAmount",), "cbc:TaxAmount"),
}


def tax_total(taxes: Sequence[Node], doc: Document, currency: str, gross: Node | None) -> Broken:
    """Return what is wrong with BT-110 where it is not given once in the invoice currency.

    `taxes` are those in this currency. The message shows how to write it; `gross` (BT-112) is pointed at
    where no total of VAT is there at all.
    """
    above, below, name = _TAX_TOTALS[doc.syntax]
    stated = doc.root.find((*above, *below))
    if len(taxes) > 1:
        return Broken(taxes[1], words={"case": "tax-total-repeated", "count": str(len(taxes))})
    if not stated:
        return lacking("BT-110", node=gross)
    bare = next((n for n in stated if not n.get("currencyID")), None)
    node = bare or stated[0]
    return Broken(
        node,
        node.raw.strip() if bare else node.get("currencyID"),
        f'currencyID="{currency}"',
        {
            "case": "tax-total-bare" if bare else "tax-total-foreign",
            "currency": currency,
            "markup": f'<{name} currencyID="{currency}">{node.raw.strip() if bare else "…"}</{name}>',
        },
    )


@REGISTER.rule("BR-CO-15", syntax=UBL)
def total_with_vat_ubl(node: Node, doc: Document) -> Broken | None:
    """BT-112 = BT-109 + BT-110, in the invoice currency; exactly one BT-110 there."""
    for currency in node.children("DocumentCurrencyCode"):
        amounts = node.find(("TaxTotal", "TaxAmount"))
        taxes = [n for n in amounts if n.get("currencyID") == currency.raw]
        broken = _gross(node.children("LegalMonetaryTotal"), taxes, doc, currency.raw)
        if broken:
            return broken
    return None


@REGISTER.rule("BR-CO-14", syntax=CII)
def vat_total_cii(node: Node, doc: Document) -> Broken | None:
    """BT-110 = Σ BT-117, summed in binary as the official rule does."""
    amounts = settlement(doc, "ApplicableTradeTax", "CalculatedAmount")
    expected = double_cents(double_sum(double_of(n) for n in amounts))
    found = double_of(node)
    return None if found == expected else differs(node, found, f"Σ BT-117 ({len(amounts)})", expected)


@REGISTER.rule("BR-CO-14", syntax=UBL)
def vat_total_ubl(node: Node, _: Document) -> Broken | None:
    """BT-110 = Σ BT-117 where a breakdown is given."""
    if not node.has("TaxSubtotal"):
        return None
    stated = node.first("TaxAmount")
    if stated is None:
        return lacking("BT-110")
    only(node.children("TaxAmount"))
    amounts = node.find(("TaxSubtotal", "TaxAmount"))
    expected, found = cents(sum((decimal_of(n) for n in amounts), ZERO)), decimal_of(stated)
    return None if found == expected else differs(stated, found, f"Σ BT-117 ({len(amounts)})", expected)


@REGISTER.rule("BR-CO-17")
def vat_amount(node: Node, doc: Document) -> Broken | None:
    """BT-117 = BT-116 × BT-119, within one unit: excluded in UBL, included in CII."""
    binding = binding_of(doc)
    tax, base = only(node.children(binding.tax)), only(node.children(binding.taxable))
    rates = _vat_rates(node, doc)
    if tax is None:
        return lacking("BT-117")
    amount = decimal_of(tax)
    only(rates)
    if not rates or whole(decimal_of(rates[0])) == 0:
        return None if whole(amount) == 0 else differs(tax, amount, "", ZERO)
    if base is None:
        return lacking("BT-116")
    net, rate = decimal_of(base), decimal_of(rates[0])
    expected = cents(abs(net) * (rate / 100))
    gap = abs(abs(amount) - expected)
    if gap < ONE or (gap == ONE and binding.syntax == CII):
        return None
    return differs(tax, amount, f"BT-116 {show(net)} × BT-119 {show(rate)} %", expected)


def _vat_rates(node: Node, doc: Document) -> list[Node]:
    if binding_of(doc).syntax == CII:
        is_vat = any(n.text.upper() == "VAT" for n in node.children("TypeCode"))
        return node.children("RateApplicablePercent") if is_vat else []
    categories = [c for c in node.children("TaxCategory") if ubl_is_vat(c)]
    return [n for c in categories for n in c.children("Percent")]


def ubl_is_vat(category: Node) -> bool:
    """Whether the tax scheme of a UBL tax category, or of a party's tax scheme, is VAT."""
    schemes = category.children("TaxScheme")
    if len(schemes) == 1 and len(ids := schemes[0].children("ID")) == 1 and ids[0].raw == "VAT":
        return True
    found = (only(scheme.children("ID")) for scheme in schemes)
    return any(n is not None and n.text.upper() == "VAT" for n in found)
