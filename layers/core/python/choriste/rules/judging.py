"""Judging a document: each rule once for what it looks at, and again only where that differs.

The first document of a layout has all its rules judged, while the tape tells which values each of them read.
A rule that read none holds for this layout for good. One that read some values of its block holds whenever
the same values (or values of the same form) stand there again: they are kept, so far as they are not too
many. A rule that looked out of its line is judged once a document for all lines alike, if it did not read
the line itself. Rules that sum up the lines, and those that were broken, are always judged.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from choriste.rules.layouts import picker
from choriste.rules.rule import BROKEN, Broken, Rule
from choriste.rules.tree import FORM, GROUP, form_of
from choriste.rules.values import MalformedError

if TYPE_CHECKING:
    from choriste.rules.choices import Choice
    from choriste.rules.layouts import Layout, Plan
    from choriste.rules.tree import Block, Document, Node

MAX_KNOWN: Final = 256
TRIAL: Final = 24


class Hit(NamedTuple):
    """One broken rule in one place."""

    rule: Rule
    node: Node
    broken: Broken


class Task(NamedTuple):
    """Something to judge on the node of a number: rules, or a choice of contexts with their rules."""

    number: int
    rules: tuple[Rule, ...]
    choice: Choice | None = None


class Group:
    """Tasks that look at the same values, with the values (or their forms) that were found right.

    `comes_again` turns true once values that were kept stood in another block.
    """

    __slots__ = ("comes_again", "good", "is_form", "pick", "slots", "tasks")

    def __init__(self, slots: frozenset[int], tasks: Sequence[Task]) -> None:
        self.is_form = all(slot >= FORM for slot in slots)
        self.slots = slots
        self.tasks = tasks
        self.pick = picker(sorted({slot & (FORM - 1) for slot in slots}))
        self.good: set[object] = set()
        self.comes_again = False

    def key(self, values: Sequence[str]) -> object:
        """Return what decides the tasks."""
        found = self.pick(values)
        if not self.is_form:
            return found
        return form_of(found if isinstance(found, str) else "\0".join(found))  # type: ignore[arg-type]

    def keep(self, key: object) -> None:
        """Note values that were found right."""
        if len(self.good) >= MAX_KNOWN:
            self.good.clear()
        self.good.add(key)

    @property
    def is_worthless(self) -> bool:
        """Whether so many values were kept in vain that keeping them costs more than judging again."""
        return len(self.good) >= TRIAL and not self.comes_again


class Judge:
    """What the rules find in one document."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.hits: list[Hit] = []
        self.malformed: dict[tuple[Node, str], MalformedError] = {}
        self._outer: dict[Plan, tuple[Task, ...]] = {}
        self._tape: list[int] = []
        self._is_right = True

    def judge_line(self, block: Block) -> None:
        """Judge a line."""
        self._tape = block.tape = self.document.line_tape
        if block.plan.is_known:
            self._judge(block)
        else:
            self._look(block)
        block.tape = self.document.other_tape

    def judge_head(self) -> None:
        """Judge the head, which is told apart by the codes and layouts of the lines too."""
        self._tape = self.document.head_tape
        head = self.document.head
        if head.plan.is_known:
            self._judge(head)
        else:
            self._look(head)

    def _judge(self, block: Block) -> None:
        plan, values = block.plan, block.values
        for group in plan.groups:
            key = group.key(values)
            if key in group.good:
                group.comes_again = True
            else:
                self._judge_group(group, key, block)
        if plan.given:
            self._add_given(plan, block)
        if plan.outer:
            for task in self._outer_tasks(plan, block):
                self._try(task, block)
        for task in plan.always:
            self._judge_task(task, block.node(task.number))

    def _judge_group(self, group: Group, key: object, block: Block) -> None:
        results = [(self._try(task, block), self._reads(block)) for task in group.tasks]
        if all(right and reads <= group.slots for right, reads in results):
            group.keep(key)
            if group.is_worthless:
                block.plan.stop_keeping(group)

    def _add_given(self, plan: Plan, block: Block) -> None:
        for number, rule, broken in plan.given:
            self.hits.append(Hit(rule, block.node(number), broken))

    def _outer_tasks(self, plan: Plan, block: Block) -> Iterable[Task]:
        """Return the tasks of a line that look outside, less those that hold for all its likes here.

        Those that read no value at all hold for the likes of this document too.
        """
        known = self._outer.get(plan)
        if known is not None:
            return known
        document = self.document
        open_ones = document.head.plan.outer_of.get(plan, plan.outer)
        unsettled, valued = [], []
        for task in open_ones:
            right = self._try(task, block)
            if not right or self._reads(block):
                unsettled.append(task)
            if not right or self._tape or document.head_tape or document.other_tape:
                valued.append(task)
        self._outer[plan] = tuple(unsettled)
        document.head.plan.outer_of[plan] = tuple(valued)
        return ()

    def _try(self, task: Task, block: Block) -> bool:
        """Judge a task; the tapes then tell what it read."""
        self._rewind()
        self._judge_task(task, block.node(task.number))
        return self._is_right

    def _judge_task(self, task: Task, node: Node) -> None:
        if task.choice is None:
            self._check(task.rules, node)
        else:
            self._check(self._chosen(task.choice, node), node)

    def _rewind(self) -> None:
        self._tape.clear()
        self.document.head_tape.clear()
        self.document.other_tape.clear()
        self.document.is_left = False
        self._is_right = True

    def _note(self, error: MalformedError) -> None:
        self._is_right = False
        self.malformed.setdefault((error.node, error.expected), error)

    def _reads(self, block: Block) -> frozenset[int]:
        reads = frozenset(self._tape)
        return reads if block.layout.is_line else reads | frozenset(self.document.other_tape[:1] and (GROUP,))

    def _check(self, rules: Iterable[Rule], node: Node) -> None:
        for rule in rules:
            try:
                broken = rule.check(node, self.document)
            except MalformedError as error:
                self._note(error)
            else:
                if broken is not None:
                    self._is_right = False
                    self.hits.append(Hit(rule, node, broken))

    def _chosen(self, choice: Choice, node: Node) -> tuple[Rule, ...]:
        for step in choice.for_node(node):
            if step.guard is None:
                return step.rules
            try:
                if step.guard(node, self.document):
                    return step.rules
            except MalformedError as error:
                self._note(error)
        return ()

    def _look(self, block: Block) -> None:
        """Judge a block of a new plan, and note in the plan what depends on what."""
        plan, layout = block.plan, block.layout
        found = _Sorted()
        for number in layout.repeated:
            self._note(MalformedError(block.node(number), "single"))
        given = list(_given(layout))
        for number in layout.watched:
            for task in self._tasks(block, number):
                right = self._try(task, block)
                found.add(task, self._reads(block), is_kept=right, is_outer=self._is_outer(block))
        found.write(plan, given, block)
        self._add_given(plan, block)
        plan.is_known = not layout.repeated

    def _is_outer(self, block: Block) -> bool:
        return block.layout.is_line and self.document.is_left

    def _tasks(self, block: Block, number: int) -> Iterable[Task]:
        state = block.layout.protos[number].state
        for rule in state.rules:
            yield Task(number, (rule,))
        for choice in state.choices:
            self._rewind()
            rules = self._chosen(choice, block.node(number))
            if self._reads(block) or self._is_outer(block) or not self._is_right:
                yield Task(number, (), choice)
            else:
                for rule in rules:
                    yield Task(number, (rule,))


class _Sorted:
    """The tasks of a first look, by what they depend on."""

    def __init__(self) -> None:
        self._by_slots: dict[frozenset[int], list[Task]] = {}
        self._outer: list[Task] = []
        self._always: list[Task] = []

    def add(self, task: Task, reads: frozenset[int], *, is_kept: bool, is_outer: bool) -> None:
        """Put a task where it belongs; one that read nothing and held needs no further look."""
        if not is_kept or (GROUP in reads and not is_outer):
            self._always.append(task)
        elif is_outer:
            self._outer.append(task)
        elif reads:
            self._by_slots.setdefault(reads, []).append(task)

    def write(self, plan: Plan, given: Iterable[tuple[int, Rule, Broken]], block: Block) -> None:
        """Write the plan; the values of the block were found right."""
        forms = [slots for slots in self._by_slots if all(slot >= FORM for slot in slots)]
        of_forms = [task for slots in forms for task in self._by_slots.pop(slots)]
        groups = [Group(slots, tuple(tasks)) for slots, tasks in self._by_slots.items()]
        if of_forms:
            groups.append(Group(frozenset().union(*forms), tuple(of_forms)))
        for group in groups:
            group.keep(group.key(block.values))
        plan.given, plan.groups = tuple(given), tuple(groups)
        plan.outer, plan.always = tuple(self._outer), tuple(self._always)


def _given(layout: Layout) -> Iterable[tuple[int, Rule, Broken]]:
    """Yield what the names of elements and attributes alone break."""
    for proto in layout.protos:
        for rule in proto.state.forbidden:
            yield proto.number, rule, BROKEN
        for name, value in proto.attributes.items():
            for rule in proto.state.attributes.get(name, ()):
                yield proto.number, rule, Broken(found=value)
