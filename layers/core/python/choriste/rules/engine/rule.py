"""What a rule is here: its facts, its check, the place it stands in, and what it says when it is broken."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, Final, NamedTuple

from choriste.rules.engine.facts import RuleFact
from choriste.rules.engine.tree import Document, Node


class Broken(NamedTuple):
    """What a check found wrong: the node to point at (else the context), what stands there, what should.

    `words` fills the places of the rule's message; `arithmetic` texts need no translation.
    """

    node: Node | None = None
    found: str | None = None
    expected: str | None = None
    words: Mapping[str, str] | None = None


BROKEN: Final = Broken()
Check = Callable[[Node, Document], Broken | None]
Test = Callable[[Any], object]


Reading = Callable[[Document], Collection[str] | None]
"""What a document has of some values, such as the VAT categories it uses; None where that cannot be read."""


class Among(NamedTuple):
    """A gate that is open where a value is among those that `read` finds in the document.

    It is open too where `read` gives None. Of many such gates, those that are open are found in one step.
    """

    read: Reading
    value: str

    def __call__(self, document: Document) -> bool:
        """Whether the gate is open."""
        found = document.once(self.read)
        return found is None or self.value in found


Gate = Callable[[Document], bool] | Among
Names = tuple[str, ...]


class Watch(NamedTuple):
    """What shows that a rule holds on a node without judging it; where it fails, the rule is judged in full.

    A rule holds where each path of `needs` leads on from every node on its way, one of the paths `one_of`
    leads somewhere, nothing on the path `once` repeats, all values at the path `at` pass `test`, and nothing
    stands at the paths `given`. `needs` start at the path `where`, of which there may be none. A last name
    with `@` is an attribute, whose value is None where it is absent. What is empty says nothing.
    """

    needs: tuple[Names, ...] = ()
    where: Names = ()
    one_of: tuple[Names, ...] = ()
    once: Names = ()
    at: Names = ()
    test: Test | None = None
    given: tuple[Names, ...] = ()


class LazyCheck:
    """The check of a plain rule, made when it is first called: most rules never are."""

    __slots__ = ("_check", "_make")

    def __init__(self, make: Callable[[], Check]) -> None:
        self._make = make
        self._check: Check | None = None

    def made(self) -> Check:
        """Return the check."""
        if self._check is None:
            self._check = self._make()
        return self._check

    def __call__(self, node: Node, doc: Document) -> Broken | None:
        """Return what is broken, None where the rule holds."""
        return self.made()(node, doc)


class Rule:
    """One rule of a rule set: its facts and its check.

    `also` names other rule sets that have the very same rule: it is judged once for all of them. A `gate`
    tells whether a document is concerned at all, a `watch` when the rule can be left out on a node. A rule
    that `is_conditional` asks on each node whether it stands there.
    """

    __slots__ = ("also", "check", "fact", "gate", "is_conditional", "rule_set", "watch")

    def __init__(  # noqa: PLR0913 -- one parameter a property, most by name
        self,
        fact: RuleFact,
        check: Check,
        rule_set: str,
        *,
        gate: Gate | None = None,
        watch: Watch | None = None,
        also: tuple[str, ...] = (),
        is_conditional: bool = False,
    ) -> None:
        self.fact = fact
        self.check = check
        self.rule_set = rule_set
        self.gate = gate
        self.watch = watch
        self.also = also
        self.is_conditional = is_conditional

    @property
    def id(self) -> str:
        """The id that a finding bears."""
        return self.fact.name

    def prepare(self) -> None:
        """Make the check of a plain rule now, which is to be judged on every node."""
        if isinstance(self.check, LazyCheck):
            self.check = self.check.made()

    def under(self, guard: Callable[[Node, Document], bool], watch: Watch) -> Rule:
        """Return the rule as one that only stands on nodes where a guard holds, with a watch of its own."""
        check = self.check

        def guarded(node: Node, doc: Document) -> Broken | None:
            return check(node, doc) if guard(node, doc) else None

        return Rule(
            self.fact,
            guarded,
            self.rule_set,
            gate=self.gate,
            watch=watch,
            also=self.also,
            is_conditional=True,
        )

    def shared_with(self, rule_set: str) -> Rule:
        """Return the rule as one that another rule set has too."""
        also = (*self.also, rule_set)
        return Rule(self.fact, self.check, self.rule_set, gate=self.gate, watch=self.watch, also=also)


class Suspicion(NamedTuple):
    """A rule to judge in full where something about a node is unusual; its context is `up` steps above."""

    up: int
    rule: Rule


class Passes(NamedTuple):
    """A quick test of a value: where it passes, none of the rules that hang on it can be broken by it."""

    test: Test
    suspicions: tuple[Suspicion, ...]


_NO_KIDS: Final[dict[str, Branch]] = {}


class Branch:
    """A node of the tree of paths below a context; attributes are names that start with `@`.

    `forbidden` must not be there; `given` are the rules to judge where it is there, `repeated` those where it
    is there again; `values` hang on its value, `needs` on its children, each on one by name.
    """

    __slots__ = ("depth", "forbidden", "given", "is_attribute", "kids", "needs", "repeated", "values")

    def __init__(self, depth: int = 0, *, is_attribute: bool = False) -> None:
        self.depth = depth
        self.is_attribute = is_attribute
        self.forbidden: tuple[Rule, ...] = ()
        self.given: tuple[Rule, ...] = ()
        self.repeated: tuple[Rule, ...] = ()
        self.needs: tuple[tuple[str, Rule], ...] = ()
        self.values: tuple[tuple[Test, Rule], ...] = ()
        self.kids = _NO_KIDS

    def grow(self, path: Sequence[str]) -> Branch:
        """Return the branch of a path, made where it is not there yet."""
        branch = self
        for name in path:
            if branch.kids is _NO_KIDS:
                branch.kids = {}
            if name not in branch.kids:
                branch.kids[name] = Branch(branch.depth + 1, is_attribute=name[0] == "@")
            branch = branch.kids[name]
        return branch


class Place(NamedTuple):
    """One alternative of a context: names from the root or from anywhere, conditions so many steps up."""

    order: int
    names: tuple[str, ...]
    rooted: bool
    is_wild: bool
    when: tuple[tuple[int, Sequence[Any]], ...]
    rules: Callable[[], tuple[Rule, ...]]


class Context:
    """The rules that stand on every node of a path, each put where it costs least.

    Most plain rules are not asked at all: what must not exist is known from the path (`below`, `forbidden`,
    `anywhere`); what must exist is asked in one look at the names of the children, and the rest of them hang
    on presence, repetitions and values `below`. Only `checks` are judged on each node.
    """

    __slots__ = ("anywhere", "below", "checks", "forbidden")

    def __init__(self) -> None:
        self.checks: list[Rule] = []
        self.below = Branch()
        self.forbidden: list[Rule] = []
        self.anywhere: list[tuple[tuple[str, ...], Rule]] = []
