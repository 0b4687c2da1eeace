"""The facts files: rule tables, code lists, element names; read from the package once, when needed."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, Final, NamedTuple

_NAMESPACES: Final = {
    "urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100": "rsm",
    "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100": "ram",
    "urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100": "udt",
    "urn:un:unece:uncefact:data:standard:QualifiedDataType:100": "qdt",
    "urn:oasis:names:specification:ubl:schema:xsd:CommonExtensionComponents-2": "ext",
    "urn:oasis:names:specification:ubl:schema:xsd:Invoice-2": "ubl",
    "urn:oasis:names:specification:ubl:schema:xsd:CreditNote-2": "cn",
    "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2": "cac",
    "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2": "cbc",
}
UNNAMED: Final = "FX-NOT-USED"
"""The name we give to the Factur-X rules on what a profile does not use, which have no id."""

_KEPT: Final = frozenset({"qdt", "ext"})
_FOLDER: Final = os.path.join(os.path.dirname(os.path.dirname(__file__)), "rulesets")  # noqa: PTH118, PTH120 -- see `_read`


def _read(name: str) -> Any:  # noqa: ANN401 -- JSON
    # To import pathlib would take as long as to read all facts of a first verdict.
    with open(os.path.join(_FOLDER, f"{name}.json"), "rb") as file:  # noqa: PTH118, PTH123
        return json.load(file)


def words(text: str) -> tuple[str, ...]:
    """Return the words of a text: the way short tables of codes are written in this room."""
    return tuple(text.split())


class RuleFact:
    """What the official artefact says of one rule, without its text.

    `kind` names a plain kind (`choriste.rules.engine.kinds`), with its `parameters` by name; `code` is a rule
    that a predicate judges, `own` one whose predicate is that of its rule set alone. `same_as` is the
    EN 16931 rule that the official text names where a profile gives it a number of its own; `id` is empty for
    the Factur-X rules that have none. `severity` is `fatal` or `warning`.
    """

    __slots__ = ("id", "kind", "name", "parameters", "same_as", "severity", "terms")

    def __init__(
        self,
        *,
        id: str = "",  # noqa: A002 -- what the field calls it
        kind: str,
        severity: str = "fatal",
        terms: Sequence[str] = (),
        same_as: str = "",
        **parameters: Any,  # noqa: ANN401 -- their types depend on the kind
    ) -> None:
        self.id = id
        self.name = id or same_as or UNNAMED
        self.kind = kind
        self.severity = severity
        self.terms = tuple(terms)
        self.same_as = same_as
        self.parameters = parameters

    @property
    def names(self) -> tuple[str, ...]:
        """The ids under which its predicate may be registered, its own first."""
        return tuple(name for name in (self.id, self.same_as) if name)

    @property
    def is_coded(self) -> bool:
        """Whether a predicate judges it."""
        return self.kind in {"code", "own"}


class Standing(NamedTuple):
    """A context of the facts: the places it stands in, each a path with conditions, and its rules."""

    at: Sequence[Mapping[str, Any]]
    rules: Sequence[Mapping[str, Any]]

    @property
    def facts(self) -> tuple[RuleFact, ...]:
        """The facts of the rules, made at each call: an invoice reaches few of them."""
        return tuple(RuleFact(**row) for row in self.rules)


@cache
def table(name: str) -> list[list[Standing]]:
    """Return a facts file: patterns, each a list of contexts in order."""
    family, _, rest = name.partition("-")
    loaded = _read(os.path.join(family, "facts", rest))  # noqa: PTH118 -- see `_read`
    return [[Standing(**context) for context in pattern] for pattern in loaded]


@cache
def _code_lists() -> Mapping[str, str]:
    loaded: dict[str, str] = _read("code-lists")
    return loaded


@cache
def code_list(name: str) -> frozenset[str]:
    """Return the codes of a list by its name in the facts."""
    return frozenset(_code_lists()[name].split())


def code_text(name: str) -> str:
    """Return the codes of a list in their order, one space between two."""
    return _code_lists()[name]


@cache
def namespace_of_names() -> Mapping[str, str]:
    """Return the namespace prefix that each element name of the two syntaxes belongs to."""
    loaded: dict[str, str] = _read("names")
    return {name: prefix for prefix, names in loaded.items() for name in names.split()}


def short_name(tag: str) -> str:
    """Return the name the rules know an element by: local where it is in its namespace, else the full tag.

    The names of CII qualified types and of UBL extensions keep their prefix: `qdt:DateTimeString`.
    """
    if tag[:1] != "{":
        return "{}" + tag
    namespace, _, local = tag[1:].partition("}")
    prefix = _NAMESPACES.get(namespace)
    if prefix is None:
        return tag
    if prefix in _KEPT:
        return f"{prefix}:{local}"
    return local if namespace_of_names().get(local, prefix) == prefix else tag
