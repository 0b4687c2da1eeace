"""The extended profiles (Factur-X EXTENDED, EXTENDED-CTC-FR): sums with a tolerance, over counted lines.

An extended invoice may have headings and information lines beside its details; only details count. Each
line, allowance or charge brings a tolerance of one cent. A VAT category may come several times in the
breakdown, by rate and by reason for exemption: the check of its base holds by reason (`rev`) or without
them (`ini`); where both forms exist, failing one alone is a warning.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from decimal import Decimal
from typing import Final, NamedTuple

from choriste.rules.engine.predicates import Register
from choriste.rules.engine.rule import BROKEN, Broken, Check
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
    show,
)
from choriste.rules.rulesets.bindings import binding_of, settlement
from choriste.rules.rulesets.en16931.totals import differs, sum_text, total
from choriste.rules.rulesets.en16931.vat import FAMILIES

REGISTER: Final = Register()
CENT: Final = Decimal("0.01")


class Part(NamedTuple):
    """What a sum is made of: a line, an allowance, a charge or a logistics charge, with its tax groups."""

    sign: int
    amount: Decimal
    taxes: tuple[Node, ...]


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


def _lines(doc: Document) -> list[Node]:
    """Return the lines; the UBL rules look for them anywhere in the file."""
    if doc.syntax == UBL:
        return [*doc.all("InvoiceLine"), *doc.all("CreditNoteLine")]
    binding = binding_of(doc)
    return [line for path in binding.lines for line in doc.root.find(path)]


def _line_parts(doc: Document) -> list[Part]:
    binding, parts = binding_of(doc), []
    for line in _lines(doc):
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


def _code(node: Node, doc: Document) -> str:
    """Return a category code as the official rules compare it: UBL without blanks around, CII as written."""
    return node.raw if doc.syntax == CII else node.text


def _beside(totals: Node, doc: Document) -> list[Part]:
    """Return the allowances and charges; UBL counts those beside the totals, wherever the totals stand."""
    holder = totals.up
    if doc.syntax == CII or holder is None or holder is doc.root:
        return doc.once(_allowance_parts)
    return _parts_of(holder.children("AllowanceCharge"), doc)


def _allowance_parts(doc: Document) -> list[Part]:
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


def _stated(node: Node, doc: Document, term: str) -> tuple[Node | None, Decimal | None]:
    found = total(node, doc, term)
    return found, None if found is None else decimal_of(found)


def _near(
    found: Node | None, value: Decimal | None, expected: Decimal, margin: Decimal, formula: str
) -> Broken | None:
    if value is None:
        return Broken(None, None, f"{formula} = {show(cents(expected))}")
    if abs(value - expected) <= margin:
        return None
    return differs(found, value, formula, cents(expected))


def _sum(parts: Iterable[Part], doc: Document, *, sign: int | None = None) -> Decimal:
    """Return a sum rounded to cents; UBL sums untyped values, and its doubles are kept to the last digit."""
    amounts = [p.amount for p in parts if sign in {None, p.sign}]
    if doc.syntax == CII:
        return cents(sum(amounts, ZERO))
    summed = double_cents(double_sum(map(float, amounts)))
    return Decimal(summed) if math.isfinite(summed) else cents(sum(amounts, ZERO))


def _counted(doc: Document) -> int:
    """Return how many lines widen a margin: in CII each counted line, in UBL each amount of one."""
    if doc.syntax == CII:
        return sum(is_counted(line, doc) for line in _lines(doc))
    return len(doc.once(_line_parts))


@REGISTER.rule("BR-FREXT-CO-10", "BR-FXEXT-CO-10")
def _lines_total(node: Node, doc: Document) -> Broken | None:
    parts = doc.once(_line_parts)
    count = len(_lines(doc)) if doc.syntax == CII else len(parts)
    return _near(
        *_stated(node, doc, "BT-106"), cents(_sum(parts, doc)), CENT * count, f"Σ BT-131 ({len(parts)})"
    )


def _allowances_total(term: str, part: str, sign: int) -> Check:
    def check(node: Node, doc: Document) -> Broken | None:
        parts = [p for p in _beside(node, doc) if p.sign == sign]
        found, value = _stated(node, doc, term)
        if value is None and not parts:
            return None
        return _near(found, value, _sum(parts, doc), CENT * len(parts), f"Σ {part} ({len(parts)})")

    return check


_allowances = _allowances_total("BT-107", "BT-92", -1)
REGISTER.add("BR-FREXT-CO-11", _allowances)
REGISTER.rule("BR-FREXT-CO-12", "BR-FXEXT-CO-12")(_allowances_total("BT-108", "BT-99", 1))


@REGISTER.rule("BR-FXEXT-CO-11")
def _allowances_in_binary(node: Node, doc: Document) -> Broken | None:
    """BT-107 is the sum of BT-92, held as a double by the official rule: the very margin may be over it."""
    broken, parts = _allowances(node, doc), [p for p in _beside(node, doc) if p.sign < 0]
    (found, value), expected = _stated(node, doc, "BT-107"), _sum(parts, doc)
    over = value is not None and abs(value - Decimal(float(expected))) > CENT * len(parts)
    return broken or (differs(found, value or ZERO, f"Σ BT-92 ({len(parts)})", expected) if over else None)


@REGISTER.rule("BR-FREXT-CO-13", "BR-FXEXT-CO-13")
def _total_without_vat(node: Node, doc: Document) -> Broken | None:
    lines, others = doc.once(_line_parts), _beside(node, doc)
    net, allowances, charges = (
        cents(_sum(lines, doc)),
        cents(_sum(others, doc, sign=-1)),
        cents(_sum(others, doc, sign=1)),
    )
    formula = sum_text((("Σ BT-131", net), ("−Σ BT-92", allowances), ("+Σ BT-99", charges)))
    margin = CENT * (_counted(doc) + len(others))
    return _near(*_stated(node, doc, "BT-109"), net - allowances + charges, margin, formula)


@REGISTER.rule("BR-FREXT-CO-15", "BR-FXEXT-CO-15")
def _total_with_vat(node: Node, doc: Document) -> Broken | None:
    currencies = doc.root.find(binding_of(doc).currency)
    if not currencies:
        return BROKEN if doc.syntax == CII else None
    path = (node, "TaxTotalAmount") if doc.syntax == CII else (doc.root, "TaxTotal")
    amounts = path[0].children(path[1]) if doc.syntax == CII else doc.root.find(("TaxTotal", "TaxAmount"))
    taxes = [n for n in amounts if n.get("currencyID") == currencies[0].raw]
    if not taxes:
        return BROKEN if doc.syntax == CII else None
    found, gross = _stated(node, doc, "BT-112")
    _, net = _stated(node, doc, "BT-109")
    if net is None or gross is None:
        return BROKEN
    if doc.syntax == CII and len(taxes) != 1:
        return None if net == gross else differs(found, gross, "BT-109", net)
    only(taxes)
    tax = decimal_of(taxes[0])
    margin = CENT * (_counted(doc) + len(_beside(node, doc)))
    return _near(found, gross, net + tax, margin, sum_text((("BT-109", net), ("+BT-110", tax))))


@REGISTER.rule("BR-FXEXT-CO-16", syntax=CII)
def _due(node: Node, doc: Document) -> Broken | None:
    found, due = _stated(node, doc, "BT-115")
    parts = [
        (s, n)
        for name, s in (("GrandTotalAmount", 1), ("TotalPrepaidAmount", -1), ("RoundingAmount", 1))
        for n in node.children(name)
        for s in (s,)
    ]
    expected = sum((s * decimal_of(n) for s, n in parts), ZERO)
    adjustments = settlement(doc, "SpecifiedFinancialAdjustment", "ActualAmount")
    expected += sum((decimal_of(n) for n in adjustments), ZERO)
    return _near(found, due, expected, ZERO, "BT-112 − BT-113 + BT-114")


class Group(NamedTuple):
    """What a line of the VAT breakdown groups: category, rate (None for O), reason text and code."""

    category: str
    rate: Decimal | None
    text: str
    code: str
    rated: bool


def _text(node: Node, name: str) -> str:
    found = only(node.children(name))
    return found.text if found else ""


def _reasons(doc: Document) -> tuple[str, str]:
    cii = doc.syntax == CII
    return (
        ("ExemptionReason", "ExemptionReasonCode")
        if cii
        else ("TaxExemptionReason", "TaxExemptionReasonCode")
    )


def _group(node: Node, doc: Document, family: str) -> Group:
    binding = binding_of(doc)
    rates = node.children(binding.rate[0])
    text, code = (_text(node, name) for name in _reasons(doc))
    rate = decimal_of(rates[0]) if rates else None
    return Group(FAMILIES[family], rate, text, code, family != "O")


def _belongs(part: Part, group: Group, doc: Document, *, by_reason: bool) -> bool:
    binding = binding_of(doc)
    codes = {_code(n, doc) for t in part.taxes for n in t.children(binding.category[0])}
    if group.category not in codes:
        return False
    if group.rated:
        rates = {decimal_of(n) for t in part.taxes for n in t.children(binding.rate[0])}
        if group.rate is None or group.rate not in rates:
            return False
    return not by_reason or any((group.text, group.code) == _reason_of(t, doc) for t in part.taxes)


def _reason_of(tax: Node, doc: Document) -> tuple[str, str]:
    text, code = (_text(tax, name) for name in _reasons(doc))
    return text, code


class Sums(NamedTuple):
    """What the lines, charges and allowances of a group come to, and how many there are."""

    lines: Decimal
    charges: Decimal
    allowances: Decimal
    parts: int

    @property
    def expected(self) -> Decimal:
        """The base that they give."""
        return self.lines + self.charges - self.allowances

    def is_near(self, base: Decimal, *, binary: bool) -> bool:
        """Whether a base is within a cent a part of the expected one; UBL subtracts and compares doubles."""
        margin = CENT * self.parts
        if not binary:
            return abs(base - self.expected) <= margin
        off = float(base) - float(self.lines) + float(self.allowances) - float(self.charges)
        return abs(off) <= float(margin)


def _sums(doc: Document, group: Group, *, by_reason: bool) -> Sums:
    lines = [p for p in doc.once(_line_parts) if _belongs(p, group, doc, by_reason=by_reason)]
    others = [p for p in doc.once(_allowance_parts) if _belongs(p, group, doc, by_reason=by_reason)]
    charges, allowances = _sum(others, doc, sign=1), _sum(others, doc, sign=-1)
    return Sums(_sum(lines, doc), charges, allowances, len(lines) + len(others))


def _breakdown_amount(node: Node, doc: Document, which: str) -> Node | None:
    if doc.syntax == CII:
        return only(node.children(which))
    name = "TaxableAmount" if which == "BasisAmount" else "TaxAmount"
    return only(node.find(("..", name)))


def _base(family: str, forms: tuple[bool, ...]) -> Check:
    """Check BT-116 against its parts, in one of the forms: True by reason for exemption, False without."""

    def check(node: Node, doc: Document) -> Broken | None:
        return _base_of(node, doc, _group(node, doc, family), forms)

    return check


def base_of_category(family: str) -> Check:
    """Check BT-116, on the category code, against all parts of the category, whatever rate and reason."""

    def check(node: Node, doc: Document) -> Broken | None:
        group = Group(FAMILIES[family], None, "", "", rated=False)
        return _base_of(node.up, doc, group, (False,)) if node.up else BROKEN

    return check


def _base_of(node: Node, doc: Document, group: Group, forms: tuple[bool, ...]) -> Broken | None:
    base = _breakdown_amount(node, doc, "BasisAmount")
    if base is None:
        return BROKEN
    stated, broken = decimal_of(base), None
    for by_reason in forms:
        sums = _sums(doc, group, by_reason=by_reason)
        if sums.is_near(stated, binary=doc.syntax == UBL):
            return None
        broken = differs(base, stated, f"Σ ({sums.parts})", cents(sums.expected))
    return broken


@REGISTER.rule("BR-FXEXT-S-09", "BR-FXEXT-S-09b", "BR-FREXT-S-09")
def _tax(node: Node, doc: Document) -> Broken | None:
    base, tax = _breakdown_amount(node, doc, "BasisAmount"), _breakdown_amount(node, doc, "CalculatedAmount")
    group = _group(node, doc, "S")
    if base is None or tax is None or group.rate is None:
        return BROKEN
    expected = cents(decimal_of(base) * group.rate / 100)
    forms = (True, False) if doc.syntax == CII else (True,)
    margin = CENT * max(_sums(doc, group, by_reason=form).parts for form in forms)
    formula = f"BT-116 {base.raw} × BT-119 {show(group.rate)} %"
    return _near(tax, decimal_of(tax), expected, margin, formula)


def _used(family: str) -> Check:
    """A category named in the breakdown is used somewhere, and the other way round."""
    category = FAMILIES[family]

    def check(_: Node, doc: Document) -> Broken | None:
        binding = binding_of(doc)
        taxes = [t for line in _lines(doc) if is_counted(line, doc) for t in line.find(binding.line_taxes)]
        taxes += [t for p in doc.once(_allowance_parts) for t in p.taxes]
        groups = doc.root.find(binding.breakdown)
        if binding.syntax == UBL:
            groups = [c for g in groups for c in g.children("TaxCategory")]
        name = binding.category[0]
        used = any(_code(n, doc) == category for t in taxes for n in t.children(name))
        named = sum(any(_code(n, doc) == category for n in g.children(name)) for g in groups)
        return None if bool(named) is used else Broken(words={"category": category, "count": str(named)})

    return check


for _family in FAMILIES:
    for _prefix in ("BR-FREXT", "BR-FXEXT"):
        REGISTER.add(f"{_prefix}-{_family}-01", _used(_family))
        for _end, _forms in (("", (True, False)), ("ini", (False,)), ("rev", (True,))):
            REGISTER.add(f"{_prefix}-{_family}-08{_end}", _base(_family, _forms))
    _both = "BR-FXEXT-S08b" if _family == "S" else f"BR-FXEXT-{_family}-08b"
    REGISTER.add(_both, _base(_family, (True, False)))


@REGISTER.rule("BR-FREXT-CO-04", "BR-FXEXT-CO-04", syntax=UBL)
def _category(node: Node, doc: Document) -> Broken | None:
    taxes = node.find(("Item", "ClassifiedTaxCategory"))
    vat = [t for t in taxes if any(n.text.upper() == "VAT" for n in t.find(("TaxScheme", "ID")))]
    return None if not is_counted(node, doc) or any(t.has("ID") for t in vat) else BROKEN


@REGISTER.rule("BR-FREXT-CO-04", "BR-FXEXT-CO-04", syntax=CII)
def _category_cii(node: Node, _: Document) -> Broken | None:
    taxes = node.find(("..", "SpecifiedLineTradeSettlement", "ApplicableTradeTax"))
    vat = [t for t in taxes if any(n.raw.upper() == "VAT" for n in t.children("TypeCode"))]
    return None if any(t.has("CategoryCode") for t in vat) else BROKEN


@REGISTER.rule("BR-FREXT-54-2", "BR-FXEXT-BR-54-2")
def _value_or_measure(node: Node, doc: Document) -> Broken | None:
    measures = node.children("ValueMeasure" if doc.syntax == CII else "ValueQuantity")
    if node.has("Value"):
        return Broken(measures[0]) if measures else None
    return None if any(n.get("unitCode") for n in measures) else BROKEN


@REGISTER.rule("BR-CO-25", syntax=CII)
def _due_date_or_terms(_: Node, doc: Document) -> Broken | None:
    """Something to pay needs a due date (BT-9) or payment terms (BT-20)."""
    due = only(settlement(doc, "SpecifiedTradeSettlementHeaderMonetarySummation", "DuePayableAmount"))
    terms = settlement(doc, "SpecifiedTradePaymentTerms")
    told = any(t.has("DueDateDateTime", "Description") for t in terms)
    return None if due is None or not decimal_of(due) > 0 or told else Broken(due, due.raw)


@REGISTER.rule("BR-CO-25", syntax=UBL)
def _due_date_or_terms_ubl(node: Node, doc: Document) -> Broken | None:
    told = doc.root.has("DueDate") or doc.root.find(("PaymentTerms", "Note"))
    return None if decimal_of(node) <= 0 or told else Broken(node, node.raw)


@REGISTER.rule("CII-FREXTDT-027", syntax=CII)
def _issue_date_on(node: Node, _: Document) -> Broken | None:
    holders = {"Invoice", "Contract", "BuyerOrder", "DespatchAdvice"}
    found = node.children("FormattedIssueDateTime")
    allowed = node.state.name.removesuffix("ReferencedDocument") in holders
    return None if not found or allowed else Broken(found[0])
