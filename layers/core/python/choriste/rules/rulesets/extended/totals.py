"""The extended profiles (Factur-X EXTENDED, EXTENDED-CTC-FR): document totals, with a tolerance."""

from __future__ import annotations

from decimal import Decimal

from choriste.rules.engine.rule import Broken, Check
from choriste.rules.engine.syntax import CII, UBL
from choriste.rules.engine.tree import Document, Node
from choriste.rules.engine.values import ZERO, cents, decimal_of, only, show
from choriste.rules.rulesets.bindings import binding_of, settlement
from choriste.rules.rulesets.en16931.totals import absent, differs, lacking, sum_text, tax_total, total
from choriste.rules.rulesets.extended.parts import CENT, count_lines, line_parts, lines_of, parts_with, sum_of
from choriste.rules.rulesets.extended.register import REGISTER


def stated(node: Node, doc: Document, term: str) -> tuple[Node | None, Decimal | None]:
    """Return the node of a document total (BT-106 …) and its value."""
    found = total(node, doc, term)
    return found, None if found is None else decimal_of(found)


def near(
    found: Node | None, value: Decimal | None, expected: Decimal, margin: Decimal, formula: str
) -> Broken | None:
    """Return what is broken where a value is farther from what its formula gives than a margin."""
    if value is None:
        return Broken(None, None, f"{formula} = {show(cents(expected))}")
    if abs(value - expected) <= margin:
        return None
    return differs(found, value, formula, cents(expected))


@REGISTER.rule("BR-FREXT-CO-10", "BR-FXEXT-CO-10")
def _lines_total(node: Node, doc: Document) -> Broken | None:
    parts = doc.once(line_parts)
    count = len(lines_of(doc)) if doc.syntax == CII else len(parts)
    return near(
        *stated(node, doc, "BT-106"), cents(sum_of(parts, doc)), CENT * count, f"Σ BT-131 ({len(parts)})"
    )


def _allowances_total(term: str, part: str, sign: int) -> Check:
    def check(node: Node, doc: Document) -> Broken | None:
        parts = [p for p in parts_with(node, doc) if p.sign == sign]
        found, value = stated(node, doc, term)
        if value is None and not parts:
            return None
        return near(found, value, sum_of(parts, doc), CENT * len(parts), f"Σ {part} ({len(parts)})")

    return check


_allowances = _allowances_total("BT-107", "BT-92", -1)
REGISTER.add("BR-FREXT-CO-11", _allowances)
REGISTER.rule("BR-FREXT-CO-12", "BR-FXEXT-CO-12")(_allowances_total("BT-108", "BT-99", 1))


@REGISTER.rule("BR-FXEXT-CO-11")
def _allowances_in_binary(node: Node, doc: Document) -> Broken | None:
    """BT-107 is the sum of BT-92, held as a double by the official rule: the very margin may be over it."""
    broken, parts = _allowances(node, doc), [p for p in parts_with(node, doc) if p.sign < 0]
    (found, value), expected = stated(node, doc, "BT-107"), sum_of(parts, doc)
    over = value is not None and abs(value - Decimal(float(expected))) > CENT * len(parts)
    return broken or (differs(found, value or ZERO, f"Σ BT-92 ({len(parts)})", expected) if over else None)


@REGISTER.rule("BR-FREXT-CO-13", "BR-FXEXT-CO-13")
def _total_without_vat(node: Node, doc: Document) -> Broken | None:
    lines, others = doc.once(line_parts), parts_with(node, doc)
    net, allowances, charges = (
        cents(sum_of(lines, doc)),
        cents(sum_of(others, doc, sign=-1)),
        cents(sum_of(others, doc, sign=1)),
    )
    formula = sum_text((("Σ BT-131", net), ("−Σ BT-92", allowances), ("+Σ BT-99", charges)))
    margin = CENT * (count_lines(doc) + len(others))
    return near(*stated(node, doc, "BT-109"), net - allowances + charges, margin, formula)


@REGISTER.rule("BR-FREXT-CO-15", "BR-FXEXT-CO-15")
def _total_with_vat(node: Node, doc: Document) -> Broken | None:
    currencies = doc.root.find(binding_of(doc).currency)
    if not currencies:
        return lacking("BT-5") if doc.syntax == CII else None
    path = (node, "TaxTotalAmount") if doc.syntax == CII else (doc.root, "TaxTotal")
    amounts = path[0].children(path[1]) if doc.syntax == CII else doc.root.find(("TaxTotal", "TaxAmount"))
    taxes = [n for n in amounts if n.get("currencyID") == currencies[0].raw]
    if not taxes:
        gross_node = total(node, doc, "BT-112")
        return tax_total(taxes, doc, currencies[0].raw, gross_node) if doc.syntax == CII else None
    found, gross = stated(node, doc, "BT-112")
    _, net = stated(node, doc, "BT-109")
    if net is None or gross is None:
        return lacking(*absent({"BT-109": net, "BT-112": gross}))
    if doc.syntax == CII and len(taxes) != 1:
        return None if net == gross else differs(found, gross, "BT-109", net)
    only(taxes)
    tax = decimal_of(taxes[0])
    margin = CENT * (count_lines(doc) + len(parts_with(node, doc)))
    return near(found, gross, net + tax, margin, sum_text((("BT-109", net), ("+BT-110", tax))))


@REGISTER.rule("BR-FXEXT-CO-16", syntax=CII)
def _due(node: Node, doc: Document) -> Broken | None:
    found, due = stated(node, doc, "BT-115")
    parts = [
        (s, n)
        for name, s in (("GrandTotalAmount", 1), ("TotalPrepaidAmount", -1), ("RoundingAmount", 1))
        for n in node.children(name)
        for s in (s,)
    ]
    expected = sum((s * decimal_of(n) for s, n in parts), ZERO)
    adjustments = settlement(doc, "SpecifiedFinancialAdjustment", "ActualAmount")
    expected += sum((decimal_of(n) for n in adjustments), ZERO)
    return near(found, due, expected, ZERO, "BT-112 − BT-113 + BT-114")


@REGISTER.rule("BR-CO-25", syntax=CII)
def _due_date_or_terms(_: Node, doc: Document) -> Broken | None:
    """Something to pay needs a due date (BT-9) or payment terms (BT-20)."""
    due = only(settlement(doc, "SpecifiedTradeSettlementHeaderMonetarySummation", "DuePayableAmount"))
    terms = settlement(doc, "SpecifiedTradePaymentTerms")
    agreed = any(t.has("DueDateDateTime", "Description") for t in terms)
    return None if due is None or not decimal_of(due) > 0 or agreed else Broken(due, due.raw)


@REGISTER.rule("BR-CO-25", syntax=UBL)
def _due_date_or_terms_ubl(node: Node, doc: Document) -> Broken | None:
    agreed = doc.root.has("DueDate") or doc.root.find(("PaymentTerms", "Note"))
    return None if decimal_of(node) <= 0 or agreed else Broken(node, node.raw)
