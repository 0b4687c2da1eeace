"""The smallest set of amounts whose correction makes all sums of an invoice right.

Sets of one, two and three amounts are tried. The amounts of a set count as unknown and are computed from the
equations; the set explains the invoice where every rule then holds. Of several sets of the same size, the one
with the better evidence is the cause: its corrected amounts agree with what else is known (quantity × price),
they stand a usual slip away from what was written, and few other sums had confirmed the written ones. Where
the evidence is the same the invoice does not tell, and all of them are named.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from itertools import combinations
from typing import Final

from choriste.rules.findings.causes.equations import Equation, equations_of
from choriste.rules.findings.causes.ledger import ZERO, Ledger
from choriste.rules.findings.causes.moves import moves_of
from choriste.rules.findings.causes.slips import Slip, slip_between

LARGEST: Final = 3
_ALIKE: Final = 4
_MOST_TRIED: Final = 5_000
_CENT: Final = Decimal("0.01")
_EACH: Final = 3
_DOUBT: Final = 2
_SLIPS: Final = {None: 3, Slip.COPY: 1, Slip.DIGIT: 1}
_SELDOM: Final = frozenset({"BT-110", "BT-113", "BT-114"})
_FORMS: Final = ("BR-CO-10", "BR-CO-11", "BR-CO-12", "BR-CO-13", "BR-CO-14", "BR-CO-15", "BR-CO-16", "VAT-08")


@dataclass(frozen=True, slots=True)
class Correction:
    """An amount by its position, what was written (None where it is absent), what is right, and the slip."""

    amount: int
    term: str
    written: Decimal | None
    right: Decimal
    slip: Slip | None


@dataclass(frozen=True, slots=True)
class Explanation:
    """The corrections that together make every sum right; `cost` is what speaks against them."""

    corrections: tuple[Correction, ...]
    cost: int

    def concerns(self, equation: Equation) -> Iterator[Correction]:
        """Yield the corrections of amounts that stand in an equation."""
        return (c for c in self.corrections if c.amount in equation.parts)


class Search:
    """Searches one invoice."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self.equations = equations_of(ledger)
        self._values = [amount.value for amount in ledger.amounts]
        self._residuals = [equation.residual(self._values) for equation in self.equations]
        self.moves = tuple(moves_of(ledger, self.equations, self._residuals))
        self._settle({n for move in self.moves for n in move.equations})
        self.failing = [n for n, e in enumerate(self.equations) if e.is_rule and self._fails(n)]
        self._doubts = sum(not e.is_rule and self._fails(n) for n, e in enumerate(self.equations))
        self._touching: list[list[int]] = [[] for _ in self._values]
        for n, equation in enumerate(self.equations):
            if self._residuals[n] is not None:
                for position in equation.parts:
                    self._touching[position].append(n)
        self._counted = Counter(v for v in self._values if v)

    def _settle(self, numbers: set[int]) -> None:
        """Take the bases that a move makes right as holding, and what else is said of them."""
        settled = {(self.equations[n].rule, self.equations[n].key) for n in numbers}
        for n, equation in enumerate(self.equations):
            if (equation.rule, equation.key) in settled:
                self._residuals[n] = ZERO

    def explanations(self) -> tuple[Explanation, ...]:
        """Return the best explanations: one, several that no evidence tells apart, or none."""
        if not self.failing:
            return ()
        candidates = self._candidates()
        found: list[Explanation] = []
        for size in range(1, LARGEST + 1):
            if found and min(explanation.cost for explanation in found) <= _EACH * size:
                break
            found += (e for each in self._sets(candidates, size) if (e := self._explained(each)) is not None)
        least = min((explanation.cost for explanation in found), default=0)
        return tuple(explanation for explanation in found if explanation.cost == least)

    def missing(self, term: str) -> Decimal | None:
        """Return what a total that is absent must be by the equations; None where they do not tell."""
        position = self.ledger.total[term]
        for equation in self.equations:
            others = [self._values[n] for n in equation.parts if n != position]
            if equation.rule in _FORMS and position in equation.parts and None not in others:
                values = [ZERO if n == position else v for n, v in enumerate(self._values)]
                return _cents(-(equation.residual(values) or ZERO) / equation.parts[position])
        return None

    def _fails(self, number: int) -> bool:
        residual = self._residuals[number]
        return residual is not None and not self.equations[number].holds(residual)

    def _candidates(self) -> list[int]:
        """Return the amounts to try: those of failing rules, and of the rules these touch."""
        near = {p for n in self.failing for p in self.equations[n].parts}
        around = {m for p in near for m in self._touching[p] if self.equations[m].is_rule}
        wide = near | {p for n in around for p in self.equations[n].parts}
        kept = [p for p in wide if not self._is_of_many(p)]
        for alike in self._alike(p for p in wide if self._is_of_many(p)):
            kept += alike[:_ALIKE]
        return sorted(kept)

    def _is_of_many(self, position: int) -> bool:
        return self.ledger.amounts[position].term in {"BT-131", "BT-92", "BT-99"}

    def _alike(self, positions: Iterable[int]) -> Iterator[list[int]]:
        """Yield the amounts that stand in the same rules, those first that look mistyped."""
        groups: dict[tuple[int, ...], list[int]] = {}
        for position in positions:
            rules = tuple(n for n in self._touching[position] if self.equations[n].is_rule)
            groups.setdefault(rules, []).append(position)
        for rules, group in groups.items():
            yield sorted(group, key=lambda p: self._unlikely(p, rules))

    def _unlikely(self, position: int, rules: Sequence[int]) -> tuple[bool, bool, int]:
        doubted = any(self._fails(n) for n in self._touching[position] if not self.equations[n].is_rule)
        value = self._values[position] or ZERO
        fixes = (
            value - (self._residuals[n] or ZERO) / self.equations[n].parts[position]
            for n in rules
            if self._fails(n)
        )
        usual = any(slip_between(value, fix, others=self._others(position)) is not None for fix in fixes)
        return not doubted, not usual, position

    def _sets(self, candidates: Sequence[int], size: int) -> Iterator[tuple[int, ...]]:
        """Yield the sets of a size that touch every failing rule."""
        failing = set(self.failing)
        hit = {p: failing.intersection(self._touching[p]) for p in candidates}
        useful = [p for p in candidates if self._touching[p]]
        for count, each in enumerate(combinations(useful, size)):
            if count > _MOST_TRIED:
                return
            if len(set().union(*(hit[p] for p in each))) == len(failing):
                yield each

    def _explained(self, unknown: tuple[int, ...]) -> Explanation | None:
        changes = self._solved(unknown)
        if changes is None or not all(changes.values()):
            return None
        touched = {n for p in unknown for n in self._touching[p]}
        after = {n: self._after(n, changes) for n in touched}
        if any(self.equations[n].is_rule and not self.equations[n].holds(after[n]) for n in touched):
            return None
        corrections = tuple(self._correction(p, changes[p]) for p in unknown)
        doubts = self._doubts + sum(
            (not self.equations[n].holds(after[n])) - self._fails(n)
            for n in touched
            if not self.equations[n].is_rule
        )
        return Explanation(corrections, _DOUBT * doubts + sum(map(self._cost, corrections)))

    def _after(self, number: int, changes: dict[int, Decimal]) -> Decimal:
        parts = self.equations[number].parts
        moved = sum((parts[p] * d for p, d in changes.items() if p in parts), ZERO)
        return (self._residuals[number] or ZERO) + moved

    def _solved(self, unknown: tuple[int, ...]) -> dict[int, Decimal] | None:
        """Return by how much each unknown amount changes; None where the equations do not tell."""
        changes: dict[int, Decimal] = {}
        usable = sorted({n for p in unknown for n in self._touching[p]}, key=self._rank)
        while len(changes) < len(unknown):
            for n in usable:
                parts = self.equations[n].parts
                left = [p for p in unknown if p in parts and p not in changes]
                if len(left) == 1:
                    changes[left[0]] = _cents(-self._after(n, changes) / parts[left[0]])
                    break
            else:
                return None
        return changes

    def _rank(self, number: int) -> tuple[bool, bool, int]:
        """Exact sums are solved first, then rules with a margin, then what is evidence only."""
        equation = self.equations[number]
        return not equation.is_rule, equation.rule not in _FORMS or equation.margin > _CENT, number

    def _correction(self, position: int, change: Decimal) -> Correction:
        amount = self.ledger.amounts[position]
        written = self._values[position] or ZERO
        right = written + change
        slip = slip_between(written, right, others=self._others(position))
        known = written if amount.element is not None else None
        return Correction(position, amount.term, known, right, slip)

    def _others(self, position: int) -> frozenset[Decimal]:
        """Return the values that other amounts have."""
        own = self._values[position]
        return frozenset(v for v, count in self._counted.items() if v != own or count > 1)

    def _cost(self, correction: Correction) -> int:
        """Return what speaks against a correction: no usual slip, other sums that confirm, an odd sign."""
        confirmed = sum(
            not self._fails(n) for n in self._touching[correction.amount] if self.equations[n].is_rule
        )
        odd = 0
        if not correction.written:
            odd = 2 if correction.term in _SELDOM or correction.right < 0 else 0
        elif (correction.right < 0) != (correction.written < 0) and correction.slip is not Slip.SIGN:
            odd = 3
        return _EACH + _SLIPS.get(correction.slip, 0) + confirmed + odd


def _cents(value: Decimal) -> Decimal:
    return value.quantize(_CENT, ROUND_HALF_UP)
