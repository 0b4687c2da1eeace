"""Judging the elements of a file, path by path: what its paths, values and repetitions leave to be asked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Final, NamedTuple

from choriste.rules.engine.choices import Chain, Selection
from choriste.rules.engine.grammar import State
from choriste.rules.engine.paths import Path
from choriste.rules.engine.rule import BROKEN, Among, Broken, Gate, Passes, Rule, Suspicion
from choriste.rules.engine.tree import Document, Node, Rows
from choriste.rules.engine.values import MalformedError
from choriste.rules.engine.watches import holds

_NO_ATTRIBUTES: Final[Mapping[str, str]] = {}


class Hit(NamedTuple):
    """One broken rule in one place."""

    rule: Rule
    node: Node
    broken: Broken

    @property
    def is_of_attribute(self) -> bool:
        """Whether it is about an attribute that must not be there: those come after the element's."""
        return self.rule.fact.kind == "forbid" and self.broken.found is not None


class Outcome(NamedTuple):
    """What running rule sets gave: broken rules in document order, and values that their type refuses."""

    hits: tuple[Hit, ...]
    malformed: tuple[MalformedError, ...]

    def ids(self, rule_set: str | None = None) -> frozenset[tuple[str, str]]:
        """Return the set of (rule id, `fatal` or `warning`), of one rule set or of all."""
        hits = (h for h in self.hits if rule_set in {None, h.rule.rule_set, *h.rule.also})
        return frozenset((h.rule.id, h.rule.fact.severity) for h in hits)


class Judge:
    """Judges the elements of one file."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._hits: list[Hit] = []
        self._malformed: dict[tuple[int, str], MalformedError] = {}
        self._suspected: set[tuple[int, int]] = set()

    def judge(self, rule_sets: Sequence[str]) -> Outcome:
        """Judge all elements; `rule_sets` are the names of the rule sets, in their order."""
        paths = self._document.rows.items()
        for state, rows in paths:
            if len(rows) > 1 and (state.repeated or state.single):
                self._judge_repeated(state, rows)
        for state, rows in paths:
            if state.is_watched:
                if len(rows) == 1:
                    self._look_at_one(state, rows)
                else:
                    self._look_at_all(state, rows)
            if state.is_asked:
                self._judge_path(state, rows)
        self._forbid_attributes()
        hits, malformed = self._hits, tuple(self._malformed.values())
        if hits or malformed:
            self._document.keep_elements(self._shown())
        if len(hits) > 1:
            hits.sort(key=lambda h: (h.node.number, h.is_of_attribute, rule_sets.index(h.rule.rule_set)))
        return Outcome(tuple(hits), malformed)

    def _shown(self) -> Iterable[int]:
        """Yield the numbers of the elements that findings will point at."""
        for hit in self._hits:
            yield hit.node.number
            if hit.broken.node is not None:
                yield hit.broken.node.number
        for error in self._malformed.values():
            yield error.node.number

    def _judge_repeated(self, state: State, rows: Rows) -> None:
        parents = self._document.parents
        if len(set(map(parents.__getitem__, rows))) == len(rows):
            return
        for elder, number in pairwise(rows):
            if parents[elder] == parents[number]:
                if state.single:
                    self._note(MalformedError(Node(self._document, number, state), "single"))
                self._suspect_all(state.repeated, state, (number,))

    def _judge_path(self, state: State, rows: Rows) -> None:
        """Judge what is asked of each element of a path, whatever its values."""
        for rule in state.forbidden:
            self._hits += [Hit(rule, Node(self._document, number, state), BROKEN) for number in rows]
        if state.given:
            self._suspect_all(state.given, state, rows)
        if state.rules:
            self._check_all(state.rules, state, rows)
        for gate, rules in state.gated:
            if self._is_open(gate):
                self._ask(rules, state, rows)
        if state.among:
            self._judge_among(state, rows)
        for choice in state.choices:
            if not choice.gates or any(map(self._is_open, choice.gates)):
                self._judge_choice(choice.sort(self._document, state, rows), state)
        for selection in state.selections:
            self._judge_selection(selection, state, rows)

    def _judge_among(self, state: State, rows: Rows) -> None:
        for read, by_value in state.among:
            found = self._document.once(read)
            for value, rules in by_value.items():
                if found is None or value in found:
                    self._check_all(rules, state, rows)

    def _judge_selection(self, selection: Selection, state: State, rows: Rows) -> None:
        if len(rows) == 1:
            for chain in selection.for_one(self._document, state, rows):
                self._judge_choice(((chain, rows),), state)
        else:
            for choice in selection.for_all(self._document, state, rows):
                self._judge_choice(choice.sort(self._document, state, rows), state)

    def _look_at_one(self, state: State, rows: Rows) -> None:
        """Look at what is watched of the only element of a path, as most are in a short invoice."""
        document, number = self._document, rows[0]
        if state.values:
            self._test_one(state.values, document.text_of(number), state, rows)
        if state.attribute_values:
            attributes = document.attributes.get(number, _NO_ATTRIBUTES)
            for name, tests in state.attribute_values.items():
                self._test_one(tests, attributes.get(name), state, rows)
        children, known = state.children, document.rows
        for name, suspicions in state.needing.items():
            if children.get(name) not in known:
                self._suspect_all(suspicions, state, rows)

    def _test_one(self, tests: Iterable[Passes], value: str | None, state: State, rows: Rows) -> None:
        for test, suspicions in tests:
            if not test(value):
                self._suspect_all(suspicions, state, rows)

    def _look_at_all(self, state: State, rows: Rows) -> None:
        """Look at what is watched of many elements of a path: each different value is tested once."""
        document = self._document
        if state.values:
            self._test_all(state.values, state, dict(zip(rows, document.texts_of(rows), strict=True)))
        for name, tests in state.attribute_values.items():
            values = (document.attribute_of(number, name) for number in rows)
            self._test_all(tests, state, dict(zip(rows, values, strict=True)))
        for name, suspicions in state.needing.items():
            below = document.rows.get(document.below_path(state, name), ())
            holders = set(map(document.parents.__getitem__, below))
            if len(holders) < len(rows):
                self._suspect_all(suspicions, state, [n for n in rows if n not in holders])

    def _test_all(self, tests: Iterable[Passes], state: State, values: Mapping[int, object]) -> None:
        distinct = dict.fromkeys(values.values())
        for test, suspicions in tests:
            unusual = {value for value in distinct if not test(value)}
            if unusual:
                rows = [number for number, value in values.items() if value in unusual]
                self._suspect_all(suspicions, state, rows)

    def _judge_choice(self, sorts: Iterable[tuple[Chain, Rows]], state: State) -> None:
        for chain, alike in sorts:
            rules: tuple[Rule, ...] = ()
            for number in alike:
                rules, were_read = self._chosen(chain, Node(self._document, number, state))
                if were_read:
                    break
            if rules:
                self._ask(rules, state, alike)

    def _chosen(self, chain: Chain, node: Node) -> tuple[tuple[Rule, ...], bool]:
        """Return the rules of the first context whose guard holds, and whether all values could be read."""
        were_read = True
        for guard, rules in chain:
            try:
                if guard is None or guard(node, self._document):
                    return rules(), were_read
            except MalformedError as error:
                self._note(error)
                were_read = False
        return (), were_read

    def _ask(self, rules: Iterable[Rule], state: State, rows: Rows) -> None:
        """Judge rules on elements, but for those whose gate is closed.

        Where there are many elements, also but for those whose watch shows that they hold on all of them.
        """
        self._check_all(
            [rule for rule in rules if rule.gate is None or self._is_open(rule.gate)], state, rows
        )

    def _check_all(self, rules: Sequence[Rule], state: State, rows: Rows) -> None:
        if len(rows) > 1:
            rules = [rule for rule in rules if not self._holds(rule, state, rows)]
        if rules:
            for number in rows:
                self._check(rules, Node(self._document, number, state))

    def _holds(self, rule: Rule, state: State, rows: Rows) -> bool:
        return rule.watch is not None and holds(rule.watch, self._document, state, rows)

    def _forbid_attributes(self) -> None:
        document = self._document
        for state, rows in document.attributed.items():
            forbidden = state.attributes.keys()
            given = set().union(*{id(a): a for a in map(document.attributes.__getitem__, rows)}.values())
            if not forbidden.isdisjoint(given):
                for number in rows:
                    self._forbid(state, number)

    def _forbid(self, state: State, number: int) -> None:
        attributes = self._document.attributes[number]
        for name in state.attributes.keys() & attributes.keys():
            node, broken = Node(self._document, number, state), Broken(found=attributes[name])
            self._hits += [Hit(rule, node, broken) for rule in state.attributes[name]]

    def _concerns(self, rule: Rule) -> bool:
        return rule.gate is None or self._is_open(rule.gate)

    def _is_open(self, gate: Gate) -> bool:
        try:
            return gate(self._document) if isinstance(gate, Among) else self._document.once(gate)
        except MalformedError as error:
            self._note(error)
            return False

    def _suspect_all(self, suspicions: Iterable[Suspicion], state: State, rows: Rows) -> None:
        for number in rows:
            for suspicion in suspicions:
                self._suspect(suspicion, number, state)

    def _suspect(self, suspicion: Suspicion, number: int, state: Path) -> None:
        """Judge a rule in full on its context, once."""
        for _ in range(suspicion.up):
            if state.up is not None and number:
                number, state = self._document.parents[number], state.up
        key = id(suspicion.rule), number
        if key not in self._suspected and self._concerns(suspicion.rule):
            self._suspected.add(key)
            self._check((suspicion.rule,), Node(self._document, number, state))

    def _check(self, rules: Iterable[Rule], node: Node) -> None:
        document = self._document
        for rule in rules:
            try:
                broken = rule.check(node, document)
            except MalformedError as error:
                self._note(error)
            else:
                if broken is not None:
                    self._hits.append(Hit(rule, node, broken))

    def _note(self, error: MalformedError) -> None:
        self._malformed.setdefault((error.node.number, error.expected), error.with_traceback(None))
