"""How a corrected amount follows from the others, by terms and numbers: `BT-109 100.00 + BT-110 20.00`.

The texts are those of the rules: `choriste.rules.findings.wording` spells them out.
"""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import Final

from choriste.rules.engine.values import show
from choriste.rules.findings.causes.equations import Equation
from choriste.rules.findings.causes.ledger import ZERO, Ledger
from choriste.rules.findings.causes.search import Correction, Explanation, Search

_MINUS: Final = "−"
_SUMMED: Final = frozenset({"BT-131", "BT-92", "BT-99", "BT-117"})


def formula_of(correction: Correction, explanation: Explanation, search: Search) -> str:
    """Return how a corrected amount follows from the others; `""` where no single sum gives it."""
    ledger = search.ledger
    product = next((p for p in ledger.products if p.amount == correction.amount), None)
    if product is not None:
        return product.formula if abs(product.value - correction.right) <= Decimal("0.01") else ""
    for equation in search.equations:
        if equation.is_rule and _gives(equation, correction):
            return _text(equation, correction, explanation, ledger)
    return ""


def _gives(equation: Equation, correction: Correction) -> bool:
    return equation.parts.get(correction.amount) == Decimal(-1)


def _text(equation: Equation, correction: Correction, explanation: Explanation, ledger: Ledger) -> str:
    right = {c.amount: c.right for c in explanation.corrections}
    if equation.rule == "VAT-09":
        share = next(s for s in ledger.shares if s.tax == correction.amount)
        base = right.get(share.base, ledger.amounts[share.base].value) or ZERO
        return f"BT-116 {show(base)} × BT-119 {(share.rate or ZERO).normalize():f} %" if share.rate else ""
    sums: dict[tuple[str, int], list[Decimal]] = defaultdict(list)
    for position, factor in equation.parts.items():
        if position != correction.amount:
            amount = ledger.amounts[position]
            value = right.get(position, amount.value)
            if value or amount.element is not None:
                sums[amount.term, 1 if factor > 0 else -1].append(value or ZERO)
    parts = [
        f"{'+' if sign > 0 else _MINUS} {_summed(term, values)}" for (term, sign), values in sums.items()
    ]
    return " ".join(parts).removeprefix("+ ")


def _summed(term: str, values: list[Decimal]) -> str:
    name = f"Σ {term} ({len(values)})" if term in _SUMMED else term
    return f"{name} {show(sum(values, ZERO))}"
