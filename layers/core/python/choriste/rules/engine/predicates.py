"""The register of predicates written in Python: which function judges which rule, in which syntax.

A predicate is a `Check`: it takes the node of the context and the document, and returns None where the rule
holds, else what is broken. Most serve both syntaxes through `choriste.rules.rulesets.bindings`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from choriste.rules.engine.rule import Check
from choriste.rules.engine.syntax import BOTH

_C = TypeVar("_C", bound=Check)


class Register:
    """The predicates of one family of rule sets: `checks` by syntax and rule id."""

    def __init__(self) -> None:
        self.checks: dict[tuple[str, str], Check] = {}

    def rule(self, *ids: str, syntax: str | tuple[str, ...] = BOTH) -> Callable[[_C], _C]:
        """Register the decorated function as the predicate of rules, in one syntax or in both."""

        def keep(check: _C) -> _C:
            for name in ids:
                self.add(name, check, syntax=syntax)
            return check

        return keep

    def add(self, rule: str, check: Check, *, syntax: str | tuple[str, ...] = BOTH) -> None:
        """Register a check that was made rather than written."""
        for one in (syntax,) if isinstance(syntax, str) else syntax:
            self.checks[one, rule] = check

    def find(self, rule: str, syntax: str) -> Check | None:
        """Return the predicate of a rule, or None."""
        return self.checks.get((syntax, rule))
