"""What a rule is here: its facts, its check, the place it stands in, and what it says when it is broken."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple

if TYPE_CHECKING:
    from choriste.rules.tree import Document, Node


class Broken(NamedTuple):
    """What a check found wrong: the node to point at (else the context), what stands there, what should.

    `words` fills the places of the rule's message; `arithmetic` texts need no translation.
    """

    node: Node | None = None
    found: str | None = None
    expected: str | None = None
    words: Mapping[str, str] | None = None


BROKEN: Final = Broken()
Check = Callable[["Node", "Document"], "Broken | None"]


class Rule(NamedTuple):
    """One rule in one place: id, severity (`f` or `w`), kind with its facts, terms, and its check.

    `also` names other rule sets that have the very same rule: it is judged once for all of them. `meant` is
    the EN 16931 rule that the official text names where a profile gives it a number of its own.
    """

    id: str
    severity: str
    kind: str
    facts: tuple[Any, ...]
    terms: tuple[str, ...]
    rule_set: str
    check: Check
    also: tuple[str, ...] = ()
    meant: str = ""


class Branch:
    """A node of the tree of forbidden paths below a context; attributes are names that start with `@`."""

    __slots__ = ("kids", "rules")

    def __init__(self) -> None:
        self.rules: list[Rule] = []
        self.kids: dict[str, Branch] = {}

    def grow(self, path: Sequence[str]) -> Branch:
        """Return the branch of a path, made where it is not there yet."""
        branch = self
        for name in path:
            branch = branch.kids.setdefault(name, Branch())
        return branch


class Context:
    """A place with its rules, all of which can be evaluated on the node.

    Where no condition on values decides, paths that must not exist are known in advance: then only
    `checks` are evaluated, `below` and `anywhere` hold the paths, `forbidden` concerns the node itself.
    """

    __slots__ = ("anywhere", "below", "checks", "forbidden", "rules")

    def __init__(self, rules: tuple[Rule, ...]) -> None:
        self.rules = rules
        self.checks: tuple[Rule, ...] = ()
        self.below = Branch()
        self.forbidden: tuple[Rule, ...] = ()
        self.anywhere: tuple[tuple[tuple[str, ...], Rule], ...] = ()


class Place(NamedTuple):
    """One alternative of a context: names from the root or from anywhere, conditions so many steps up."""

    order: int
    names: tuple[str, ...]
    rooted: bool
    is_wild: bool
    when: tuple[tuple[int, Sequence[Any]], ...]
    context: Callable[[], Context]
