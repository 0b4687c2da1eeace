"""Running rule sets over a parsed file: one walk, then the rules that each node meets.

The result is raw hits, cheap to make: which rule broke, on which node, with what. Sentences are made of
them in `choriste.rules.wording`, only for what is shown.
"""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from decimal import localcontext
from functools import cache
from typing import Any, Final, NamedTuple

from lxml import etree

from choriste.rules import facts
from choriste.rules.choices import Choice, CodedNames, Step
from choriste.rules.grammar import Grammar, NameSets, Pattern, State
from choriste.rules.kinds import check_of, is_structural
from choriste.rules.paths import split_path
from choriste.rules.predicates import CII, UBL
from choriste.rules.rule import BROKEN, Broken, Check, Context, Place, Rule
from choriste.rules.rulesets import RuleSet, attributed_names, coded_names, registered_names, single_names
from choriste.rules.tree import Document, Node
from choriste.rules.values import EXACT, MalformedError

UNNAMED: Final = "FX-NOT-USED"  # the Factur-X rules on what a profile does not use have no id
_COMMON_ATTRIBUTES: Final = {
    CII: frozenset({"unitCode", "schemeID", "format"}),
    UBL: frozenset({"unitCode", "schemeID", "currencyID"}),
}
_RARE_ATTRIBUTES: Final = {
    syntax: etree.XPath("//@*[not(" + " or ".join(f"local-name()='{a}'" for a in sorted(names)) + ")]")
    for syntax, names in _COMMON_ATTRIBUTES.items()
}


class Hit(NamedTuple):
    """One broken rule in one place."""

    rule: Rule
    node: Node
    broken: Broken


class Outcome(NamedTuple):
    """What running rule sets gave: broken rules in document order, and values that their type refuses."""

    hits: tuple[Hit, ...]
    malformed: tuple[MalformedError, ...]

    def ids(self, rule_set: str | None = None) -> frozenset[tuple[str, str]]:
        """Return the set of (rule id, `fatal` or `warning`), of one rule set or of all."""
        severities = {"f": "fatal", "w": "warning"}
        hits = (h for h in self.hits if rule_set in {None, h.rule.rule_set, *h.rule.also})
        return frozenset((h.rule.id, severities[h.rule.severity]) for h in hits)


def run(root: etree._Element, rule_sets: Sequence[RuleSet], *, syntax: str) -> Outcome:
    """Run rule sets over a parsed invoice of a syntax (`cii` or `ubl`)."""
    with localcontext(EXACT), _without_collector():
        document = Document(root, grammar_of(tuple(rule_sets), syntax))
        findings = _Findings(document)
        for node in document.pending:
            findings.look_at(node)
        findings.finish(syntax)
        document.release()
    return Outcome(tuple(findings.hits), tuple(findings.malformed.values()))


@contextmanager
def _without_collector() -> Iterator[None]:
    """Pause the cycle collector: it would walk the growing tree again and again, half of the whole time.

    Nothing is lost by it, as the tree is taken apart at the end (`Document.release`).
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


class _Findings:
    """What the rules found so far in one document."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.hits: list[Hit] = []
        self.malformed: dict[tuple[Node, str], MalformedError] = {}

    def look_at(self, node: Node) -> None:
        """Judge the rules that a node meets; those that its shape decides only once a shape."""
        state, todo = node.state, node.shape.todo
        for rule in state.forbidden:
            self.hits.append(Hit(rule, node, BROKEN))
        if todo is None:
            todo = self._first_look(node)
        if todo:
            self._judge(todo, node)
        if state.insists:
            for choice in state.choices:
                if not choice.structural and (step := self._chosen(choice, node)):
                    self._judge((*step.by_shape, *step.by_value), node)

    def finish(self, syntax: str) -> None:
        """Add what is not found node by node: forbidden attributes, and repetitions."""
        self.hits += _rare_attributes(self.document, syntax)
        for node in self.document.repeated:
            self.malformed.setdefault((node, "single"), MalformedError(node, "single"))

    def _first_look(self, node: Node) -> tuple[Rule, ...]:
        before = len(self.hits), len(self.malformed)
        state = node.state
        self._judge(state.by_shape, node)
        todo = list(state.by_value)
        for choice in state.choices:
            if choice.structural and (step := self._chosen(choice, node)):
                self._judge(step.by_shape, node)
                todo += step.by_value
        if before == (len(self.hits), len(self.malformed)):
            node.shape.todo = tuple(todo)
        return tuple(todo)

    def _judge(self, rules: Iterable[Rule], node: Node) -> None:
        for rule in rules:
            try:
                broken = rule.check(node, self.document)
            except MalformedError as error:
                self.malformed.setdefault((error.node, error.expected), error)
            else:
                if broken is not None:
                    self.hits.append(Hit(rule, node, broken))

    def _chosen(self, choice: Choice, node: Node) -> Step | None:
        for step in choice.for_node(node):
            if step.guard is None:
                return step
            try:
                if step.guard(node, self.document):
                    return step
            except MalformedError as error:
                self.malformed.setdefault((error.node, error.expected), error)
        return None


def _rare_attributes(document: Document, syntax: str) -> list[Hit]:
    hits = []
    found: Any = _RARE_ATTRIBUTES[syntax](document.root.element)
    for value in found:
        element = value.getparent()
        rules = _state_of(document, element).attributes.get(str(value.attrname))
        if rules:
            node = Node(element, None, document.root.state)
            hits += [Hit(rule, node, Broken(found=str(value))) for rule in rules]
    return hits


def _state_of(document: Document, element: etree._Element) -> State:
    state = document.grammar.start
    for step in (*reversed([a.tag for a in element.iterancestors()]), element.tag):
        state = state.next.get(step) or document.grammar.resolve(state, step)
    return state


@cache
def grammar_of(rule_sets: tuple[RuleSet, ...], syntax: str) -> Grammar:
    """Return the automaton of rule sets, made once a process."""
    patterns = [p for rule_set in rule_sets for p in _patterns(rule_set, syntax)]
    names = NameSets(
        registered=registered_names(syntax) | _looked_up(rule_sets, syntax),
        singles=single_names(syntax),
        coded=CodedNames(coded_names(syntax), attributed=attributed_names(syntax)),
        common_attributes=_COMMON_ATTRIBUTES[syntax],
    )
    return Grammar(patterns, syntax=syntax, names=names)


def _looked_up(rule_sets: Iterable[RuleSet], syntax: str) -> set[str]:
    """Return the names that plain rules look up anywhere in the document (`//…/Name`)."""
    rows = (r for s in rule_sets for p in facts.table(s.facts[syntax]) for c in p for r in c["rules"])
    given = (row[3] for row in rows if row[2] in {"any", "max", "notempty", "nonblank"})
    paths = (path for paths in given for path in ([paths] if isinstance(paths, str) else paths))
    return {split_path(path)[0][-1] for path in paths if path.startswith("//") and "@" not in path}


def _patterns(rule_set: RuleSet, syntax: str) -> list[Pattern]:
    name = rule_set.facts[syntax]
    return [Pattern(_places(pattern, rule_set, syntax)) for pattern in facts.table(name)]


def _places(pattern: Iterable[dict[str, Any]], rule_set: RuleSet, syntax: str) -> Iterable[Place]:
    for order, context in enumerate(pattern):
        make = _Lazy(context["rules"], rule_set, syntax)
        for place in context["at"]:
            path = place["path"]
            rooted = path.startswith("/") and not path.startswith("//")
            yield Place(
                order,
                tuple(path.strip("/").split("/")),
                rooted,
                tuple((up, condition) for up, condition in place.get("when", ())),
                make,
            )


class _Lazy:
    """The context of some facts, made the first time that an invoice reaches it."""

    def __init__(self, rules: list[list[Any]], rule_set: RuleSet, syntax: str) -> None:
        self._rules = rules
        self._rule_set = rule_set
        self._syntax = syntax
        self._context: Context | None = None

    def __call__(self) -> Context:
        if self._context is None:
            self._context = _context([r for r in map(self._rule, self._rules) if r is not None])
        return self._context

    def _rule(self, row: list[Any]) -> Rule | None:
        rule, severity, kind, *given, terms, meant = row
        check: Check | None
        if kind in {"code", "own"}:
            own = kind == "own"
            names = (name for name in (rule, meant) if name)
            finds = (self._rule_set.predicate(name, self._syntax, own=own) for name in names)
            found = next((f for f in finds if f is not None), None)
            check, structural = found or (None, False)
        else:
            check, structural = check_of(kind, given), is_structural(kind, given)
        if check is None:
            return None
        name = rule or meant or UNNAMED
        return Rule(
            name,
            severity,
            kind,
            tuple(given),
            tuple(terms.split()),
            self._rule_set.name,
            check,
            structural,
            meant=meant,
        )


def _context(rules: list[Rule]) -> Context:
    context = Context(tuple(rules))
    checks, here, anywhere = [], [], []
    for rule in rules:
        if rule.kind != "forbid":
            checks.append(rule)
            continue
        for path in rule.facts[0]:
            names, attribute = split_path(path)
            full = (*names, "@" + attribute) if attribute else names
            if path.startswith("//"):
                anywhere.append((full, rule))
            elif path == ".":
                here.append(rule)
            elif ".." in full:
                checks.append(rule)
            else:
                context.below.grow(full).rules.append(rule)
    context.checks, context.forbidden, context.anywhere = tuple(checks), tuple(here), tuple(anywhere)
    return context
