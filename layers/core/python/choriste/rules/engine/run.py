"""Running rule sets over a parsed file: one walk, then the rules that the nodes of each path meet.

The result is raw hits, cheap to make: which rule broke, on which node, with what. Sentences are made of
them in `choriste.rules.findings`, only for what is shown. Nothing is kept from one file to the next but
compiled rules: a verdict depends on its file alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import localcontext
from functools import cache
from typing import NamedTuple

from lxml import etree

from choriste.rules.engine.choices import Choice
from choriste.rules.engine.contexts import LazyRules
from choriste.rules.engine.facts import Standing, table
from choriste.rules.engine.grammar import Grammar, State
from choriste.rules.engine.patterns import Pattern, Stand
from choriste.rules.engine.rule import BROKEN, Broken, Gate, Passes, Rule, Suspicion
from choriste.rules.engine.ruleset import RuleSet
from choriste.rules.engine.syntax import SINGLE
from choriste.rules.engine.tree import Node
from choriste.rules.engine.values import EXACT, MalformedError
from choriste.rules.engine.walk import Walked, walk


class Hit(NamedTuple):
    """One broken rule in one place."""

    rule: Rule
    node: Node
    broken: Broken

    @property
    def is_of_attribute(self) -> bool:
        """Whether an attribute is in question that must not be there: told after what the element breaks."""
        return self.rule.fact.kind == "forbid" and self.broken.found is not None


class Outcome(NamedTuple):
    """What running rule sets gave: broken rules in document order, and values that their type refuses."""

    hits: tuple[Hit, ...]
    malformed: tuple[MalformedError, ...]

    def ids(self, rule_set: str | None = None) -> frozenset[tuple[str, str]]:
        """Return the set of (rule id, `fatal` or `warning`), of one rule set or of all."""
        hits = (h for h in self.hits if rule_set in {None, h.rule.rule_set, *h.rule.also})
        return frozenset((h.rule.id, h.rule.fact.severity) for h in hits)


def run(root: etree._Element, rule_sets: Sequence[RuleSet], *, syntax: str) -> Outcome:
    """Run rule sets over a parsed invoice of a syntax (`cii` or `ubl`)."""
    grammar = grammar_of(tuple(rule_sets), syntax)
    with localcontext(EXACT):
        walked = walk(root, grammar)
        judge = Judge(walked)
        judge.judge()
    if judge.hits or judge.malformed:
        walked.find_elements(judge.shown())
    walked.release()
    if len(judge.hits) > 1:
        names = [rule_set.name for rule_set in rule_sets]
        judge.hits.sort(
            key=lambda hit: (hit.node.number, hit.is_of_attribute, names.index(hit.rule.rule_set))
        )
    return Outcome(tuple(judge.hits), tuple(judge.malformed.values()))


class Judge:
    """Judges one walked file."""

    def __init__(self, walked: Walked) -> None:
        self.hits: list[Hit] = []
        self.malformed: dict[tuple[Node, str], MalformedError] = {}
        self._document = walked.document
        self._walked = walked
        self._suspected: set[tuple[int, Node]] = set()

    def judge(self) -> None:
        """Judge all nodes, path by path."""
        for node, state in self._walked.again:
            if state.single:
                self._note(MalformedError(node, "single"))
            for suspicion in state.repeated:
                self._suspect(suspicion, node)
        for state, nodes in self._walked.by_state.items():
            if state.is_watched:
                self._judge_all(state, nodes)
        self._forbid_attributes()

    def shown(self) -> Iterator[Node]:
        """Yield the nodes that findings will point at."""
        for hit in self.hits:
            yield hit.node
            if hit.broken.node is not None:
                yield hit.broken.node
        for error in self.malformed.values():
            yield error.node

    def _judge_all(self, state: State, nodes: list[Node]) -> None:  # noqa: C901, PLR0912 -- the hot loop
        """Judge the nodes of a path: first what is only watched, then what is judged on each."""
        for rule in state.forbidden:
            self.hits += [Hit(rule, node, BROKEN) for node in nodes]
        for suspicion in state.given:
            for node in nodes:
                self._suspect(suspicion, node)
        for passes in state.values:
            test = passes.test
            for node in nodes:
                if not test(node.raw):
                    self._suspect_all(passes, node)
        if state.attribute_values:
            self._test_attributes(state, nodes)
        if state.needing:
            needs = state.needs
            for node in nodes:
                if not node.kids.keys() >= needs:
                    self._suspect_needing(state, node)
        if state.rules:
            for node in nodes:
                self._check(state.rules, node)
        if state.of_empty:
            for node in nodes:
                if not node.kids and not node.raw.strip(" \t\r\n"):
                    self._check(state.of_empty, node)
        for gate, rules in state.gated:
            if self._is_open(gate):
                for node in nodes:
                    self._check(rules, node)
        for choice in state.choices:
            for node in nodes:
                self._check(self._chosen(choice, node), node, behind_gates=True)

    def _concerns(self, rule: Rule) -> bool:
        return rule.gate is None or self._is_open(rule.gate)

    def _is_open(self, gate: Gate) -> bool:
        try:
            return self._document.once(gate)
        except MalformedError as error:
            self._note(error)
            return False

    def _forbid_attributes(self) -> None:
        for node, state in self._walked.attributed:
            for name in state.attributes.keys() & set(node.element.keys()):
                broken = Broken(found=node.get(name))
                self.hits += [Hit(rule, node, broken) for rule in state.attributes[name]]

    def _test_attributes(self, state: State, nodes: list[Node]) -> None:
        for name, tests in state.attribute_values.items():
            for node in nodes:
                value = node.get(name)
                for passes in tests:
                    if not passes.test(value):
                        self._suspect_all(passes, node)

    def _suspect_needing(self, state: State, node: Node) -> None:
        for name, suspicions in state.needing.items():
            if name not in node.kids:
                for suspicion in suspicions:
                    self._suspect(suspicion, node)

    def _suspect_all(self, passes: Passes, node: Node) -> None:
        for suspicion in passes.suspicions:
            self._suspect(suspicion, node)

    def _suspect(self, suspicion: Suspicion, node: Node) -> None:
        """Judge a rule in full on its context, once."""
        for _ in range(suspicion.up):
            node = node.up or node
        key = id(suspicion.rule), node
        if key not in self._suspected and self._concerns(suspicion.rule):
            self._suspected.add(key)
            self._check((suspicion.rule,), node)

    def _check(self, rules: Iterable[Rule], node: Node, *, behind_gates: bool = False) -> None:
        document = self._document
        for rule in rules:
            if behind_gates and rule.gate is not None and not self._is_open(rule.gate):
                continue
            try:
                broken = rule.check(node, document)
            except MalformedError as error:
                self._note(error)
            else:
                if broken is not None:
                    self.hits.append(Hit(rule, node, broken))

    def _chosen(self, choice: Choice, node: Node) -> tuple[Rule, ...]:
        for step in choice.for_node(node):
            if step.guard is None:
                return step.rules()
            try:
                if step.guard(node, self._document):
                    return step.rules()
            except MalformedError as error:
                self._note(error)
        return ()

    def _note(self, error: MalformedError) -> None:
        self.malformed.setdefault((error.node, error.expected), error.with_traceback(None))


@cache
def grammar_of(rule_sets: tuple[RuleSet, ...], syntax: str) -> Grammar:
    """Return the automaton of rule sets, made once a process."""
    patterns = [p for rule_set in rule_sets for p in _patterns(rule_set, syntax)]
    return Grammar(patterns, syntax=syntax, singles=SINGLE[syntax])


@cache
def _patterns(rule_set: RuleSet, syntax: str) -> tuple[Pattern, ...]:
    return tuple(Pattern(_places(p, rule_set, syntax)) for p in table(rule_set.facts[syntax]))


def _places(pattern: Iterable[Standing], rule_set: RuleSet, syntax: str) -> Iterator[Stand]:
    for order, standing in enumerate(pattern):
        rules = LazyRules(standing, rule_set, syntax)
        for place in standing.at:
            yield order, place["path"], place.get("when", ()), rules
