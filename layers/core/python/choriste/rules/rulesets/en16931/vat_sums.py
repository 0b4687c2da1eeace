"""BR-*-08 and BR-*-09: the base and the tax of each VAT category, against lines, allowances and charges.

The sums are made once a document. For the standard rate, IGIC and IPSI they go by rate too. CII compares
as binary doubles and asks for equality on S; UBL compares exact decimals, and allows less than one unit on
the categories with rates.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Final

from choriste.rules.engine.rule import Broken, Check
from choriste.rules.engine.syntax import CII, UBL
from choriste.rules.engine.tree import Document, Node
from choriste.rules.engine.values import (
    ONE,
    ZERO,
    MalformedError,
    boolean_of,
    cents,
    decimal_of,
    double_of,
    only,
    show,
)
from choriste.rules.rulesets.bindings import binding_of, settlement
from choriste.rules.rulesets.en16931.register import REGISTER
from choriste.rules.rulesets.en16931.totals import absent, differs, lacking, sum_text
from choriste.rules.rulesets.en16931.vat import FAMILIES

Key = tuple[str, Decimal | None]
_HOLDERS: Final = {CII: ("SpecifiedLineTradeSettlement",), UBL: ()}
"""Where the tax groups and the amount of a line stand together, below the line."""

_RATED: Final = frozenset({"S", "AF", "AG"})


class Sums:
    """Sums of lines, charges and allowances by (category, rate), and by (category, None) for all rates.

    An amount that is no number spoils the sums it belongs to, and no others; a rate that is none spoils those
    of its category that go by rate, as officially a rate is read where the category matches. `check` raises
    for them.
    """

    def __init__(self) -> None:
        self.lines: dict[Key, Decimal] = {}
        self.charges: dict[Key, Decimal] = {}
        self.allowances: dict[Key, Decimal] = {}
        self.unread: dict[str, MalformedError] = {}
        self._spoilt: dict[Key, MalformedError] = {}

    def add(self, kind: dict[Key, Decimal], keys: Iterable[Key], amounts: Iterable[Node]) -> None:
        """Add the amounts of nodes under their keys."""
        total = ZERO
        for node in amounts:
            try:
                total += decimal_of(node)
            except MalformedError as error:
                self._spoilt.update(dict.fromkeys(keys, error))
        for key in keys:
            kind[key] = kind.get(key, ZERO) + total

    def check(self, key: Key) -> None:
        """Raise MalformedError where an amount of a key, or a rate of its category, is no number."""
        category, rate = key
        if rate is not None and category in self.unread:
            raise self.unread[category]
        if key in self._spoilt:
            raise self._spoilt[key]


def _keys(sums: Sums, taxes: Iterable[Node], *, fold: bool) -> set[Key]:
    """Return every (category, rate) that tax groups name: the two are matched apart, as officially.

    Where a rate is no number, the categories are noted in `sums.unread`.
    """
    category, rate = ("ID", "Percent") if fold else ("CategoryCode", "RateApplicablePercent")
    codes: set[str] = set()
    rates: set[Decimal] = set()
    malformed: MalformedError | None = None
    for tax in taxes:
        found = tax.children(category)
        codes.update(n.text if fold else n.raw for n in (found[:1] if fold else found))
        try:
            rates.update(decimal_of(n) for n in tax.children(rate))
        except MalformedError as error:
            malformed = error
    if malformed is not None:
        sums.unread.update(dict.fromkeys(codes, malformed))
    return {(code, None) for code in codes} | {(code, r) for code in codes for r in rates}


def _add_lines(sums: Sums, doc: Document) -> None:
    """Add the amounts of the lines; of those whose tax groups look the same, one is read for all."""
    binding, holder = binding_of(doc), _HOLDERS[doc.syntax]
    taxes, amounts = binding.line_taxes[len(holder) :], binding.line_total[len(holder) :]
    codes, rates = ((*taxes, *binding.category), None), ((*taxes, *binding.rate), None)
    root = doc.root.state
    for line in binding.lines:
        path, rows = doc.under(root, (0,), (*line, *holder))
        for alike in doc.alike(path, rows, (codes, rates)):
            keys = _keys(sums, Node(doc, alike[-1], path).find(taxes), fold=doc.syntax == UBL)
            totals = doc.nodes_under(path, alike, amounts)
            if keys and totals:
                sums.add(sums.lines, keys, totals)


def _sums_cii(doc: Document) -> Sums:
    sums = Sums()
    _add_lines(sums, doc)
    for group in settlement(doc, "SpecifiedTradeAllowanceCharge"):
        keys = _keys(sums, group.children("CategoryTradeTax"), fold=False)
        _add_allowance(sums, group, keys, "ActualAmount", ("ChargeIndicator", "Indicator"))
    return sums


def _add_allowance(sums: Sums, group: Node, keys: set[Key], amount: str, indicator: tuple[str, ...]) -> None:
    kinds = {boolean_of(n) for n in group.find(indicator)}
    for value in group.children(amount)[:1] if keys else ():
        if True in kinds:
            sums.add(sums.charges, keys, [value])
        if False in kinds:
            sums.add(sums.allowances, keys, [value])


def _sums_ubl(doc: Document) -> Sums:
    sums = Sums()
    _add_lines(sums, doc)
    for group in doc.root.children("AllowanceCharge"):
        keys = _keys(sums, group.children("TaxCategory"), fold=True)
        _add_allowance(sums, group, keys, "Amount", ("ChargeIndicator",))
    return sums


def _formula(sums: Sums, key: Key) -> str:
    charges, allowances = sums.charges.get(key), sums.allowances.get(key)
    return sum_text(
        (("Σ BT-131", sums.lines.get(key, ZERO)), ("+Σ BT-99", charges), ("−Σ BT-92", allowances))
    )


def _expected(sums: Sums, key: Key, *, rounded: bool) -> Decimal:
    sums.check(key)
    parts = [kind.get(key, ZERO) for kind in (sums.lines, sums.charges, sums.allowances)]
    lines, charges, allowances = [cents(p) for p in parts] if rounded else parts
    return lines + charges - allowances


def expected_base(doc: Document, category: str) -> tuple[Decimal, str]:
    """Return the base that the lines, charges and allowances of a category give in CII, and its formula."""
    sums, key = doc.once(_sums_cii), (category, None)
    return _expected(sums, key, rounded=True), _formula(sums, key)


def _base_cii(family: str) -> Check:
    category = FAMILIES[family]

    def check(node: Node, doc: Document) -> Broken | None:
        group = node if family == "O" else node.up
        bases = group.children("BasisAmount") if group else ()
        sums = doc.once(_sums_cii)
        for rate in _rates_cii(group, family):
            expected = _expected(sums, (category, rate), rounded=True)
            if family not in {"S", "O"}:
                only(bases)
            if not any(_fits_cii(double_of(n), float(expected), family) for n in bases):
                return _wrong_base(bases, _formula(sums, (category, rate)), expected)
        return None

    return check


def _rates_cii(group: Node | None, family: str) -> list[Decimal | None]:
    if family in {"AF", "AG"} or group is None:
        return []
    if family != "S":
        return [None]
    return [decimal_of(n) for n in group.children("RateApplicablePercent")]


def _fits_cii(base: float, expected: float, family: str) -> bool:
    if family in {"S", "O"}:
        return base == expected
    return base - 1 < expected < base + 1


def _wrong_base(bases: Iterable[Node], formula: str, expected: Decimal) -> Broken:
    for base in bases:
        return differs(base, _stated(base), formula, expected)
    return Broken(None, None, f"{formula} = {show(expected)}")


def _stated(base: Node) -> Decimal | float:
    """Return a base exactly; one with an exponent is compared, and so shown, as a binary double."""
    try:
        return decimal_of(base)
    except MalformedError:
        return double_of(base)


def _base_ubl(family: str) -> Check:
    category = FAMILIES[family]

    def check(node: Node, doc: Document) -> Broken | None:
        bases = node.find(("..", "TaxableAmount"))
        only(bases)
        rates: list[Decimal | None] = [None]
        if family in _RATED:
            only(node.children("Percent"))
            rates = [decimal_of(n) for n in node.children("Percent")]
        sums = doc.once(_sums_ubl)
        for rate in rates:
            expected = _expected(sums, (category, rate), rounded=False)
            if bases and _has_lines(doc, family, rate) and _fits_ubl(bases[0], expected, family):
                continue
            alone = _allowances_alone(doc, rate) if family == "S" else None
            if not bases or alone is None or not _fits_ubl(bases[0], alone, family):
                return _wrong_base(bases, _formula(sums, (category, rate)), expected)
        return None

    return check


def _allowances_alone(doc: Document, rate: Decimal | None) -> Decimal | None:
    """Return the sum of charges and allowances at a rate, which the official rule on S accepts as base too.

    It sums invoice lines in one branch and credit note lines in another, and a charge or an allowance opens
    both, whichever lines there are.
    """
    sums = doc.once(_sums_ubl)
    charged = (n.children("TaxCategory") for n in doc.all("AllowanceCharge"))
    if not any(("S", rate) in _keys(sums, taxes, fold=True) for taxes in charged):
        return None
    return sums.charges.get(("S", rate), ZERO) - sums.allowances.get(("S", rate), ZERO)


def _fits_ubl(base: Node, expected: Decimal, family: str) -> bool:
    if family not in _RATED:
        return decimal_of(base) == expected
    value = double_of(base)
    decimal_of(base)
    return Decimal(value - 1) < expected < Decimal(value + 1)


def _has_lines(doc: Document, family: str, rate: Decimal | None) -> bool:
    sums = doc.once(_sums_ubl)
    if family == "S" and any(("S", rate) in kind for kind in (sums.lines, sums.charges, sums.allowances)):
        return True
    if family != "S":
        return bool(doc.all("InvoiceLine") or doc.all("CreditNoteLine"))
    lines = [
        n.find(("Item", "ClassifiedTaxCategory"))
        for name in ("InvoiceLine", "CreditNoteLine")
        for n in doc.all(name)
    ]
    charged = [n.children("TaxCategory") for n in doc.all("AllowanceCharge")]
    return any(("S", rate) in _keys(sums, taxes, fold=True) for taxes in (*charged, *lines))


def _no_tax(syntax: str, family: str) -> Check:
    def check(node: Node, doc: Document) -> Broken | None:
        group = node if syntax == CII and family == "O" else node.up
        taxes = group.children(binding_of(doc).tax) if group else ()
        if any((decimal_of(n) if syntax == UBL else double_of(n)) == 0 for n in taxes):
            return None
        return Broken(taxes[0] if taxes else None, taxes[0].raw if taxes else None, "0")

    return check


@REGISTER.rule("BR-S-09", syntax=CII)
def _tax_cii(node: Node, _: Document) -> Broken | None:
    group = node.up
    names = ("CalculatedAmount", "BasisAmount", "RateApplicablePercent")
    tax, base, rate = (only(group.children(n)) if group else None for n in names)
    if tax is None or base is None or rate is None:
        return lacking(*absent({"BT-116": base, "BT-117": tax, "BT-119": rate}))
    amount, net = abs(decimal_of(tax)), abs(decimal_of(base))
    expected = _half_up(float(net) * double_of(rate)) / 100
    if float(amount - 1) < expected < float(amount + 1):
        return None
    return differs(tax, decimal_of(tax), f"BT-116 {base.raw} × BT-119 {rate.raw} %", Decimal(repr(expected)))


def _half_up(value: float) -> float:
    return float(int((Decimal(value) + Decimal("0.5")) // 1))


def _tax_ubl(node: Node, _: Document) -> Broken | None:
    taxes, bases = node.find(("..", "TaxAmount")), node.find(("..", "TaxableAmount"))
    rates = node.children("Percent")
    if not taxes or not bases or not rates:
        given = {"BT-116": bases, "BT-117": taxes, "BT-119": rates}
        return lacking(*absent({term: nodes or None for term, nodes in given.items()}))
    for nodes in (taxes, bases, rates):
        only(nodes)
    amount, net, rate = decimal_of(taxes[0]), decimal_of(bases[0]), decimal_of(rates[0])
    expected = cents(abs(net) * (rate / 100))
    if abs(abs(amount) - expected) < ONE:
        return None
    return differs(taxes[0], amount, f"BT-116 {show(net)} × BT-119 {show(rate)} %", expected)


for _family in FAMILIES:
    REGISTER.add(f"BR-{_family}-08", _base_cii(_family), syntax=CII)
    REGISTER.add(f"BR-{_family}-08", _base_ubl(_family), syntax=UBL)
    if _family not in _RATED:
        REGISTER.add(f"BR-{_family}-09", _no_tax(CII, _family), syntax=CII)
        REGISTER.add(f"BR-{_family}-09", _no_tax(UBL, _family), syntax=UBL)
    else:
        REGISTER.add(f"BR-{_family}-09", _tax_ubl, syntax=UBL)
