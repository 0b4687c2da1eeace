"""The language of the binding tables: which element of a syntax carries which attribute of the model.

A table is a tree of these nodes in the order that the schema wants. `reader` and `writer` both follow it,
so what one of them knows the other knows too. Element names are prefixed (`ram:ID`, see `names`), model
paths are relative to the group that the node stands in (`item.name`), or absolute from the invoice where
they begin with a slash (`/payment.means_code`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING, Final

from choriste.formats.binding.values import TEXT, Kind

if TYPE_CHECKING:
    from choriste.formats.binding.runs import Handler
    from choriste.formats.binding.writer import Emitter


UNDEFINED_MEANS: Final = "1"
"""UNTDID 4461: instrument not defined. Both syntaxes demand a code about any payment detail."""


class Schemed(Enum):
    """Which identifiers an element takes: CII writes those with and without a scheme in two elements."""

    ANY = auto()
    WITH = auto()
    WITHOUT = auto()


@dataclass(frozen=True, slots=True)
class When:
    """A condition on a child (`ram:TypeCode`) or its attribute (`cbc:ID/@schemeID`).

    The text must be one of `values`; the empty string among them means absent. `is_boolean` says that
    any other text is a fault of type, not merely another case.
    """

    path: str
    values: frozenset[str]
    is_boolean: bool = False


@dataclass(frozen=True, slots=True)
class WithoutChildren:
    """A condition: none of these child elements is there."""

    tags: tuple[str, ...]


Condition = When | WithoutChildren


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Which XML attributes hold an identifier's scheme and scheme version."""

    scheme: str | None = None
    version: str | None = None
    takes: Schemed = Schemed.ANY


@dataclass(frozen=True, slots=True)
class Leaf:
    """An element whose text is a term; `tag` may be a path whose outer elements hold nothing else.

    `attributes` pairs XML attributes with model paths; `fixed` are attributes written as they stand;
    `currency` is the invoice attribute that `currencyID` repeats. `stand_in` is the text that means
    absent where the schema demands the element; `needed` is written for an absent value, but read as
    itself. A `once` leaf is written in the first item only; an `is_echo` leaf repeats a value written
    elsewhere and never makes its parent worth writing; an `is_alias` leaf is read, never written; with
    `unless`, it is written only while that model path is empty.
    """

    tag: str
    path: str
    kind: Kind = TEXT
    identity: Identity | None = None
    attributes: tuple[tuple[str, str], ...] = ()
    fixed: tuple[tuple[str, str], ...] = ()
    currency: str | None = None
    stand_in: str | None = None
    needed: str | None = None
    many: bool = False
    once: bool = False
    is_echo: bool = False
    is_alias: bool = False
    unless: str | None = None
    when: Condition | None = None


@dataclass(frozen=True, slots=True)
class Constant:
    """An element that the syntax demands but that carries no term; other texts are left over when read."""

    tag: str
    text: str
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ignored:
    """An element that says nothing of the invoice, such as the version of UBL."""

    tag: str


@dataclass(frozen=True, slots=True)
class Box:
    """An element that only holds others. It is written where it has content, or always if `keep`.

    With `unless`, it is written only while that model path is empty.
    """

    tag: str
    children: tuple[Node, ...]
    keep: bool = False
    once: bool = False
    unless: str | None = None
    when: Condition | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """A repeatable element, one object of the model's tuple at `path` for each."""

    tag: str
    path: str
    children: tuple[Node, ...]
    when: Condition | None = None


@dataclass(frozen=True, slots=True)
class Special:
    """An element that needs code of its own in both directions."""

    tag: str
    read: Callable[[str], Handler]
    write: Emitter


Node = Leaf | Constant | Ignored | Box | Group | Special
