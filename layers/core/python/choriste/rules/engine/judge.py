"""Judging the elements of a file, path by path: what its paths, values and repetitions leave to be asked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

from choriste.rules.engine.choices import Chain, Choice
from choriste.rules.engine.grammar import State
from choriste.rules.engine.rule import BROKEN, Broken, Gate, Passes, Rule, Suspicion
from choriste.rules.engine.tree import Document, Node, Path
from choriste.rules.engine.values import MalformedError
from choriste.rules.engine.watches import holds

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


class Judge:
    """Judges the elements of one file."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._hits: list[Hit] = []
        self._malformed: dict[tuple[int, str], MalformedError] = {}
        self._suspected: set[tuple[int, int]] = set()

    def judge(self, rule_sets: Sequence[str]) -> Outcome:
        """Judge all elements; `rule_sets` are the names of the rule sets, in their order."""
        rows_by_state = self._document.rows
        for state, rows in rows_by_state.items():
            if len(rows) > 1 and (state.repeated or state.single):
                self._judge_repeated(state, rows)
        for state, rows in rows_by_state.items():
            if state.is_watched:
                self._judge_all(state, rows)
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

    def _judge_repeated(self, state: State, rows: Sequence[int]) -> None:
        parents = self._document.parents
        if len({parents[number] for number in rows}) == len(rows):
            return
        for elder, number in pairwise(rows):
            if parents[elder] == parents[number]:
                if state.single:
                    self._note(MalformedError(Node(self._document, number, state), "single"))
                for suspicion in state.repeated:
                    self._suspect(suspicion, number, state)

    def _judge_all(self, state: State, rows: Sequence[int]) -> None:
        """Judge the elements of a path: first what is only watched, then what is judged on each."""
        for rule in state.forbidden:
            self._hits += [Hit(rule, Node(self._document, number, state), BROKEN) for number in rows]
        for suspicion in state.given:
            for number in rows:
                self._suspect(suspicion, number, state)
        if state.values:
            self._test_values(state, rows)
        if state.attribute_values:
            self._test_attributes(state, rows)
        if state.needing:
            self._look_for_needed(state, rows)
        if state.rules:
            self._ask(state.rules, state, rows)
        if state.of_empty:
            self._judge_empty(state, rows)
        for gate, rules in state.gated:
            if self._is_open(gate):
                self._ask(rules, state, rows)
        for choice in state.choices:
            self._judge_choice(choice, state, rows)

    def _test_values(self, state: State, rows: Sequence[int]) -> None:
        text_of = self._document.text_of
        if len(rows) == 1:
            self._test(state.values, text_of(rows[0]), state, rows)
            return
        texts = [text_of(number) for number in rows]
        distinct = dict.fromkeys(texts)
        for passes in state.values:
            unusual = {text for text in distinct if not passes.test(text)}
            if unusual:
                alike = [number for number, text in zip(rows, texts, strict=True) if text in unusual]
                self._suspect_all(passes, state, alike)

    def _test_attributes(self, state: State, rows: Sequence[int]) -> None:
        for name, tests in state.attribute_values.items():
            by_value: dict[str | None, list[int]] = {}
            attributes = self._document.attributes
            for number in rows:
                found = attributes.get(number)
                by_value.setdefault(None if found is None else found.get(name), []).append(number)
            for value, alike in by_value.items():
                self._test(tests, value, state, alike)

    def _test(self, tests: Iterable[Passes], value: str | None, state: State, rows: Sequence[int]) -> None:
        """Suspect what hangs on a value of some elements where it does not pass a quick test."""
        for passes in tests:
            if not passes.test(value):
                self._suspect_all(passes, state, rows)

    def _suspect_all(self, passes: Passes, state: State, rows: Sequence[int]) -> None:
        for number in rows:
            for suspicion in passes.suspicions:
                self._suspect(suspicion, number, state)

    def _look_for_needed(self, state: State, rows: Sequence[int]) -> None:
        document = self._document
        for name, suspicions in state.needing.items():
            below = document.below_path(state, name)
            found = document.rows.get(below, ()) if below else ()
            if len(found) == 1 == len(rows):
                continue
            holders = {document.parents[number] for number in found}
            if len(holders) < len(rows):
                for number in rows:
                    if number not in holders:
                        for suspicion in suspicions:
                            self._suspect(suspicion, number, state)

    def _judge_empty(self, state: State, rows: Sequence[int]) -> None:
        for number in rows:
            if not self._document.text_of(number).strip(" \t\r\n"):
                node = Node(self._document, number, state)
                if node.is_leaf:
                    self._check(state.of_empty, node)

    def _judge_choice(self, choice: Choice, state: State, rows: Sequence[int]) -> None:
        for chain, alike in choice.sort(self._document, state, rows):
            for number in alike:
                rules, were_read = self._chosen(chain, Node(self._document, number, state))
                if were_read:
                    break
            self._ask(rules, state, alike)

    def _chosen(self, chain: Chain, node: Node) -> tuple[tuple[Rule, ...], bool]:
        """Return the rules of the first context whose guard holds, and whether all values could be read."""
        were_read = True
        for step in chain:
            try:
                if step.guard is None or step.guard(node, self._document):
                    return step.rules(), were_read
            except MalformedError as error:
                self._note(error)
                were_read = False
        return (), were_read

    def _ask(self, rules: Iterable[Rule], state: State, rows: Sequence[int]) -> None:
        """Judge rules on elements, but for those whose gate is closed or whose watch shows that they hold."""
        asked = []
        for rule in rules:
            if self._concerns(rule):
                watch = rule.watch
                if watch is None or not holds(watch, self._document, state, rows):
                    asked.append(rule)
        if asked:
            self._check_all(asked, state, rows)

    def _forbid_attributes(self) -> None:
        document = self._document
        for state, rows in document.attributed.items():
            for number in rows:
                attributes = document.attributes[number]
                for name in state.attributes.keys() & attributes.keys():
                    node, broken = Node(document, number, state), Broken(found=attributes[name])
                    self._hits += [Hit(rule, node, broken) for rule in state.attributes[name]]

    def _concerns(self, rule: Rule) -> bool:
        return rule.gate is None or self._is_open(rule.gate)

    def _is_open(self, gate: Gate) -> bool:
        try:
            return self._document.once(gate)
        except MalformedError as error:
            self._note(error)
            return False

    def _suspect(self, suspicion: Suspicion, number: int, state: Path) -> None:
        """Judge a rule in full on its context, once."""
        for _ in range(suspicion.up):
            if state.up is not None and number:
                number, state = self._document.parents[number], state.up
        key = id(suspicion.rule), number
        if key not in self._suspected and self._concerns(suspicion.rule):
            self._suspected.add(key)
            self._check((suspicion.rule,), Node(self._document, number, state))

    def _check_all(self, rules: Sequence[Rule], state: State, rows: Sequence[int]) -> None:
        for number in rows:
            self._check(rules, Node(self._document, number, state))

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
