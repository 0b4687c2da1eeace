"""The register of predicates written in Python: which function judges which rule, in which syntax.

A predicate is a `Check`: it takes the node of the context and the document, and returns None where the rule
holds, else what is broken. Most serve both syntaxes through `choriste.rules.rulesets.bindings`. A `Gate` says
which documents the rule concerns at all: it is asked once a document for all rules behind it, and a rule
behind a closed gate holds. A `Watch` says on which nodes it is worth asking.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, TypeVar

from choriste.rules.engine.rule import Check, Gate, Watch
from choriste.rules.engine.syntax import BOTH

_C = TypeVar("_C", bound=Check)


class Predicate(NamedTuple):
    """A check, its gate (None: every document is concerned) and its watch (None: asked on every node)."""

    check: Check
    gate: Gate | None = None
    watch: Watch | None = None


class Register:
    """The predicates of one family of rule sets, by syntax and rule id."""

    def __init__(self) -> None:
        self.predicates: dict[tuple[str, str], Predicate] = {}

    def rule(
        self,
        *ids: str,
        syntax: str | tuple[str, ...] = BOTH,
        gate: Gate | None = None,
        watch: Watch | None = None,
    ) -> Callable[[_C], _C]:
        """Register the decorated function as the predicate of rules, in one syntax or in both."""

        def keep(check: _C) -> _C:
            for name in ids:
                self.add(name, check, syntax=syntax, gate=gate, watch=watch)
            return check

        return keep

    def add(
        self,
        rule: str,
        check: Check,
        *,
        syntax: str | tuple[str, ...] = BOTH,
        gate: Gate | None = None,
        watch: Watch | None = None,
    ) -> None:
        """Register a check that was made rather than written."""
        for one in (syntax,) if isinstance(syntax, str) else syntax:
            self.predicates[one, rule] = Predicate(check, gate, watch)

    def find(self, rule: str, syntax: str) -> Predicate | None:
        """Return the predicate of a rule, or None."""
        return self.predicates.get((syntax, rule))
