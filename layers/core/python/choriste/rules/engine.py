"""Running rule sets over a parsed file: one walk, then the rules that each node meets.

The result is raw hits, cheap to make: which rule broke, on which node, with what. Sentences are made of
them in `choriste.rules.wording`, only for what is shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import localcontext
from functools import cache
from typing import Any, Final, NamedTuple

from lxml import etree

from choriste.rules import facts
from choriste.rules.conditions import guard_of_place, selector_of
from choriste.rules.grammar import BROKEN, Broken, Check, Choice, Context, Grammar, Pattern, Place, Rule, State
from choriste.rules.kinds import check_of
from choriste.rules.paths import split_path
from choriste.rules.predicates import CII, UBL
from choriste.rules.rulesets import RuleSet, registered_names, single_names
from choriste.rules.tree import Document, Node
from choriste.rules.values import EXACT, MalformedError

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

    document: Document
    hits: tuple[Hit, ...]
    malformed: tuple[MalformedError, ...]

    def ids(self, rule_set: str | None = None) -> frozenset[tuple[str, str]]:
        """Return the set of (rule id, `fatal` or `warning`), of one rule set or of all."""
        severities = {"f": "fatal", "w": "warning"}
        hits = (h for h in self.hits if rule_set in {None, h.rule.rule_set})
        return frozenset((h.rule.id, severities[h.rule.severity]) for h in hits)


def run(root: etree._Element, rule_sets: Sequence[RuleSet], *, syntax: str) -> Outcome:
    """Run rule sets over a parsed invoice of a syntax (`cii` or `ubl`)."""
    with localcontext(EXACT):
        document = Document(root, grammar_of(tuple(rule_sets), syntax))
        hits: list[Hit] = []
        malformed: dict[tuple[Node, str], MalformedError] = {}
        for node in document.pending:
            state = node.state
            for rule in state.forbidden:
                hits.append(Hit(rule, node, BROKEN))
            if state.always:
                _judge(state.always, node, document, hits, malformed)
            for choice in state.choices:
                rules = _chosen(choice, node, document, malformed)
                if rules:
                    _judge(rules, node, document, hits, malformed)
        hits += _rare_attributes(document, syntax)
        for node in document.repeated:
            malformed.setdefault((node, "single"), MalformedError(node, "single"))
    return Outcome(document, tuple(hits), tuple(malformed.values()))


def _judge(
    rules: Iterable[Rule],
    node: Node,
    document: Document,
    hits: list[Hit],
    malformed: dict[tuple[Node, str], MalformedError],
) -> None:
    for rule in rules:
        try:
            broken = rule.check(node, document)
        except MalformedError as error:
            malformed.setdefault((error.node, error.expected), error)
        else:
            if broken is not None:
                hits.append(Hit(rule, node, broken))


def _chosen(
    choice: Choice,
    node: Node,
    document: Document,
    malformed: dict[tuple[Node, str], MalformedError],
) -> tuple[Rule, ...]:
    for guard, rules in choice.for_node(node):
        try:
            if guard is None or guard(node, document):
                return rules
        except MalformedError as error:
            malformed.setdefault((error.node, error.expected), error)
    return ()


def _rare_attributes(document: Document, syntax: str) -> list[Hit]:
    hits = []
    for value in _RARE_ATTRIBUTES[syntax](document.root.element):
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
    return Grammar(
        patterns,
        syntax=syntax,
        registered=registered_names(syntax),
        singles=single_names(syntax),
        common_attributes=_COMMON_ATTRIBUTES[syntax],
    )


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
                guard_of_place(place.get("when", ())),
                selector_of(place.get("when", ())),
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
        if kind == "code":
            check = self._rule_set.predicate(meant or rule, self._syntax)
        else:
            check = check_of(kind, given)
        if check is None:
            return None
        name = rule or meant
        return Rule(name, severity, kind, tuple(given), tuple(terms.split()), self._rule_set.name, check)


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
