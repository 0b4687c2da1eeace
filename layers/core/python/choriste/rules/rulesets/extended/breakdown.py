"""The extended profiles: each line of the VAT breakdown against the lines, allowances and charges it is of.

A VAT category may come several times in the breakdown, by rate and by reason for exemption: the check of its
base holds by reason (`rev`) or without them (`ini`); where both forms exist, failing one alone is a warning.
"""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from typing import NamedTuple

from choriste.rules.engine.rule import BROKEN, Broken, Check
from choriste.rules.engine.syntax import CII, UBL
from choriste.rules.engine.tree import Document, Node
from choriste.rules.engine.values import cents, decimal_of, only, show
from choriste.rules.rulesets.bindings import binding_of
from choriste.rules.rulesets.en16931.totals import absent, differs, lacking
from choriste.rules.rulesets.en16931.vat import FAMILIES
from choriste.rules.rulesets.extended.parts import (
    CENT,
    Part,
    allowance_parts,
    categories_of,
    is_counted,
    line_parts,
    lines_of,
    rate_name,
    reason_of,
    sum_of,
)
from choriste.rules.rulesets.extended.register import REGISTER
from choriste.rules.rulesets.extended.totals import near


class Group(NamedTuple):
    """What a line of the VAT breakdown groups: category, rate (None for O), reason (its text and code)."""

    category: str
    rate: Decimal | None
    reason: tuple[str, str]
    rated: bool


def _group(node: Node, family: str) -> Group:
    rates = node.children(rate_name(node))
    reason = reason_of(node)
    rate = decimal_of(rates[0]) if rates else None
    return Group(FAMILIES[family], rate, reason, family != "O")


def _belongs(part: Part, group: Group, *, by_reason: bool) -> bool:
    if group.category not in part.categories:
        return False
    if group.rated and (group.rate is None or group.rate not in part.rates):
        return False
    return not by_reason or group.reason in part.reasons


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


def _known_sums(_: Document) -> dict[tuple[Group, bool], Sums]:
    return {}


def _sums(doc: Document, group: Group, *, by_reason: bool) -> Sums:
    """Return the sums of a group, worked out once for all the rules that ask for them."""
    known = doc.once(_known_sums)
    if (group, by_reason) not in known:
        known[group, by_reason] = _made_sums(doc, group, by_reason=by_reason)
    return known[group, by_reason]


def _made_sums(doc: Document, group: Group, *, by_reason: bool) -> Sums:
    lines = [p for p in doc.once(line_parts) if _belongs(p, group, by_reason=by_reason)]
    others = [p for p in doc.once(allowance_parts) if _belongs(p, group, by_reason=by_reason)]
    charges, allowances = sum_of(others, doc, sign=1), sum_of(others, doc, sign=-1)
    return Sums(sum_of(lines, doc), charges, allowances, len(lines) + len(others))


def _breakdown_amount(node: Node, doc: Document, which: str) -> Node | None:
    if doc.syntax == CII:
        return only(node.children(which))
    name = "TaxableAmount" if which == "BasisAmount" else "TaxAmount"
    return only(node.find(("..", name)))


def _base(family: str, forms: tuple[bool, ...]) -> Check:
    """Check BT-116 against its parts, in one of the forms: True by reason for exemption, False without."""

    def check(node: Node, doc: Document) -> Broken | None:
        return _base_of(node, doc, _group(node, family), forms)

    return check


def base_of_category(family: str) -> Check:
    """Check BT-116, on the category code, against all parts of the category, whatever rate and reason."""

    def check(node: Node, doc: Document) -> Broken | None:
        group = Group(FAMILIES[family], None, ("", ""), rated=False)
        return _base_of(node.up, doc, group, (False,)) if node.up else BROKEN

    return check


def _base_of(node: Node, doc: Document, group: Group, forms: tuple[bool, ...]) -> Broken | None:
    base = _breakdown_amount(node, doc, "BasisAmount")
    if base is None:
        return lacking("BT-116")
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
    group = _group(node, "S")
    if base is None or tax is None or group.rate is None:
        return lacking(*absent({"BT-116": base, "BT-117": tax, "BT-119": group.rate}))
    expected = cents(decimal_of(base) * group.rate / 100)
    forms = (True, False) if doc.syntax == CII else (True,)
    margin = CENT * max(_sums(doc, group, by_reason=form).parts for form in forms)
    formula = f"BT-116 {base.raw} × BT-119 {show(group.rate)} %"
    return near(tax, decimal_of(tax), expected, margin, formula)


def _used_categories(doc: Document) -> frozenset[str]:
    """Return the categories of counted lines, allowances and charges."""
    path = binding_of(doc).line_taxes
    taxes = (tax for line in lines_of(doc) if is_counted(line, doc) for tax in line.find(path))
    of_others = (part.categories for part in doc.once(allowance_parts))
    return frozenset().union(*map(categories_of, taxes), *of_others)


def _named_categories(doc: Document) -> Counter[str]:
    """Return how many groups of the breakdown name each category."""
    groups = doc.root.find(binding_of(doc).breakdown)
    if doc.syntax == UBL:
        groups = [c for g in groups for c in g.children("TaxCategory")]
    return Counter(category for group in groups for category in categories_of(group))


def _used(family: str) -> Check:
    """A category named in the breakdown is used somewhere, and the other way round."""
    category = FAMILIES[family]

    def check(_: Node, doc: Document) -> Broken | None:
        named, used = doc.once(_named_categories)[category], category in doc.once(_used_categories)
        return None if bool(named) is used else Broken(words={"category": category, "count": str(named)})

    return check


for _family in FAMILIES:
    for _prefix in ("BR-FREXT", "BR-FXEXT"):
        REGISTER.add(f"{_prefix}-{_family}-01", _used(_family))
        for _end, _forms in (("", (True, False)), ("ini", (False,)), ("rev", (True,))):
            REGISTER.add(f"{_prefix}-{_family}-08{_end}", _base(_family, _forms))
    _both = "BR-FXEXT-S08b" if _family == "S" else f"BR-FXEXT-{_family}-08b"
    REGISTER.add(_both, _base(_family, (True, False)))
