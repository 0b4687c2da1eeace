"""Running rule sets over a parsed file: one walk, then the rules that each node meets.

The result is raw hits, cheap to make: which rule broke, on which node, with what. Sentences are made of
them in `choriste.rules.wording`, only for what is shown.
"""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from decimal import localcontext
from functools import cache, partial
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from choriste.rules import facts
from choriste.rules.cutting import Cut, Piece, cuts
from choriste.rules.grammar import Grammar, NameSets, Pattern, Standing
from choriste.rules.judging import Hit, Judge
from choriste.rules.kinds import PlainCheck
from choriste.rules.layouts import Layout, Plan, Reader
from choriste.rules.paths import split_path
from choriste.rules.predicates import CII, UBL
from choriste.rules.rule import Check, Context, Rule
from choriste.rules.rulesets import RuleSet, coded_names, registered_names, single_names
from choriste.rules.tree import Block, Document
from choriste.rules.values import EXACT, MalformedError

if TYPE_CHECKING:
    from lxml import etree

UNNAMED: Final = "FX-NOT-USED"  # the Factur-X rules on what a profile does not use have no id
_HOLDER_DEPTH: Final = {CII: 2, UBL: 1}


class Outcome(NamedTuple):
    """What running rule sets gave: broken rules in document order, and values that their type refuses."""

    hits: tuple[Hit, ...]
    malformed: tuple[MalformedError, ...]

    def ids(self, rule_set: str | None = None) -> frozenset[tuple[str, str]]:
        """Return the set of (rule id, `fatal` or `warning`), of one rule set or of all."""
        severities = {"f": "fatal", "w": "warning"}
        hits = (h for h in self.hits if rule_set in {None, h.rule.rule_set, *h.rule.also})
        return frozenset((h.rule.id, severities[h.rule.severity]) for h in hits)


def run(
    root: etree._Element, rule_sets: Sequence[RuleSet], *, syntax: str, source: bytes | None = None
) -> Outcome:
    """Run rule sets over a parsed invoice of a syntax (`cii` or `ubl`); `source` is its file, if at hand."""
    with localcontext(EXACT), _without_collector():
        document = read(root, grammar_of(tuple(rule_sets), syntax), source)
        judge = Judge(document)
        for line in document.lines:
            judge.judge_line(line)
        judge.judge_head()
        if judge.hits or judge.malformed:
            judge.hits.sort(key=lambda hit: document.place_of(hit.node))
        else:
            document.release()
    return Outcome(tuple(judge.hits), tuple(judge.malformed.values()))


def read(root: etree._Element, grammar: Grammar, source: bytes | None = None) -> Document:
    """Return a parsed invoice as the rules see it, each block with its plan.

    The plan of the head belongs to the plans of the lines too, each counted as one or as several: no rule on
    the head asks how many alike lines there are beyond that without reading their values.
    """
    head, lines = _blocks(root, grammar, source)
    alike: dict[Plan, int] = {}
    for line in lines:
        alike[line.plan] = 2 if line.plan in alike else 1
    head.plan = head.layout.plan((head.layout.codes(head.values), *alike.items()))
    return Document(root, grammar, head, lines)


def _blocks(root: etree._Element, grammar: Grammar, source: bytes | None) -> tuple[Block, list[Block]]:
    """Return the head and the lines, from the first pieces of the file that can be trusted."""
    for pieces in cuts(root, syntax=grammar.syntax, source=source):
        head = grammar.layout(pieces.head.skeleton, partial(_head, grammar, pieces))
        lines = _lines(grammar, pieces, head)
        if lines is not None:
            break
    return _block(head, pieces.head), lines or []


def _head(grammar: Grammar, pieces: Cut) -> Layout:
    return Reader(grammar, grammar.start, {}).head(pieces.line, pieces.head.skeleton)


def _lines(grammar: Grammar, pieces: Cut, head: Layout) -> list[Block] | None:
    if not head.is_sound:
        return None
    if not pieces.lines:
        return []
    if head.gap.depth != _HOLDER_DEPTH[grammar.syntax]:
        return None
    start, namespaces = head.protos[head.gap.holder].state, head.namespaces
    blocks: list[Block] = []
    skeleton: str | None = None
    layout = head
    for piece in pieces.lines:
        if piece.skeleton != skeleton:
            skeleton = piece.skeleton
            reader = partial(_line, grammar, head, pieces.line, skeleton)
            layout = grammar.layout((start, namespaces, skeleton), reader)
            if not layout.is_sound:
                return None
        block = _block(layout, piece)
        block.plan = layout.plan(layout.codes(block.values))
        blocks.append(block)
    return blocks


def _line(grammar: Grammar, head: Layout, name: str, skeleton: str) -> Layout:
    start = head.protos[head.gap.holder].state
    return Reader(grammar, start, dict(head.namespaces)).line(name, skeleton)


def _block(layout: Layout, piece: Piece) -> Block:
    block = layout.take()
    block.values = piece.values
    return block


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


@cache
def grammar_of(rule_sets: tuple[RuleSet, ...], syntax: str) -> Grammar:
    """Return the automaton of rule sets, made once a process."""
    patterns = [p for rule_set in rule_sets for p in _patterns(rule_set, syntax)]
    names = NameSets(
        registered=registered_names(syntax) | _looked_up(rule_sets, syntax),
        singles=single_names(syntax),
        coded=coded_names(syntax),
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
    return [Pattern(_standings(pattern, rule_set, syntax)) for pattern in facts.table(name)]


def _standings(pattern: Iterable[dict[str, Any]], rule_set: RuleSet, syntax: str) -> Iterable[Standing]:
    for order, context in enumerate(pattern):
        make = _Lazy(context["rules"], rule_set, syntax)
        for place in context["at"]:
            yield order, place["path"], place.get("when", ()), make


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
        check = self._predicate(row) if kind in {"code", "own"} else PlainCheck(kind, given)
        if check is None:
            return None
        name = rule or meant or UNNAMED
        of = self._rule_set.name
        return Rule(name, severity, kind, tuple(given), tuple(terms.split()), of, check, (), meant)

    def _predicate(self, row: list[Any]) -> Check | None:
        rule, _, kind, *_, meant = row
        names = (name for name in (rule, meant) if name)
        finds = (self._rule_set.predicate(name, self._syntax, own=kind == "own") for name in names)
        return next((found for found in finds if found is not None), None)


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
