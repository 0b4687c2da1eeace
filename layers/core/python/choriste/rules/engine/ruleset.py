"""What a rule set is: one version of one set of rules, with the dates it is in force and its predicates."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from functools import cache
from importlib import import_module

from choriste.domain.shared.editions import Edition
from choriste.rules.engine.facts import RuleFact
from choriste.rules.engine.kinds import check_of, gate_of
from choriste.rules.engine.predicates import Predicate, Register


class RuleSet:
    """One version of one set of rules. `since` is included, `until` is not; both are dates of effect.

    `released` is the date of the artefact. The oldest version we hold of a standard also judges what is
    older than it, so its `since` is that of the standard; French law has a first day, and BR-FR none before.

    `facts` names the facts file of each syntax that the set covers; `registers` names the modules whose
    `REGISTER` holds its predicates, the first that knows a rule being the one that judges it; the first
    `own` of them are the set's own.
    """

    __slots__ = ("facts", "name", "own", "registers", "released", "since", "title", "until", "version")

    def __init__(  # noqa: PLR0913 -- one parameter a fact, all by name
        self,
        *,
        name: str,
        title: str,
        version: str,
        since: dt.date,
        released: dt.date,
        until: dt.date | None = None,
        facts: Mapping[str, str],
        registers: tuple[str, ...],
        own: int = 1,
    ) -> None:
        self.name = name
        self.title = title
        self.version = version
        self.since = since
        self.released = released
        self.until = until
        self.facts = facts
        self.registers = registers
        self.own = own

    def in_force(self, on: dt.date) -> bool:
        """Whether the set is in force on a day."""
        return self.since <= on and (self.until is None or on < self.until)

    def predicate_of(self, fact: RuleFact, syntax: str) -> Predicate | None:
        """Return what judges a rule: the check of its kind, or its predicate; None where it has none.

        Of kind `own`, the set words the rule otherwise than EN 16931 does: only its own registers count.
        """
        if not fact.is_coded:
            check = check_of(fact)
            return Predicate(check, gate_of(fact, check))
        modules = self.registers[: self.own] if fact.kind == "own" else self.registers
        finds = (_register(module).find(name, syntax) for name in fact.names for module in modules)
        return next((found for found in finds if found is not None), None)


@cache
def editions_of(rule_sets: tuple[RuleSet, ...]) -> tuple[Edition, ...]:
    """Return the editions of rule sets."""
    return tuple(Edition(s.name, s.title, s.version) for s in rule_sets)


@cache
def _register(module: str) -> Register:
    """Return the register of a module, imported when a rule of it is first asked for."""
    register: Register = import_module(module).REGISTER
    return register
