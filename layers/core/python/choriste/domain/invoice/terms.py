"""The business terms of EN 16931-1: their names, their place in the model, how often each may occur.

The table itself is `terms.tsv`, one term a line, in the order of the standard's tree. The names are in the
catalogue, in our own wording, kept close to the official vocabulary of the field. Which file element carries
a term is the business of `choriste.formats`.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files

from choriste.i18n.catalogue import message
from choriste.i18n.message import Message

_POSITION = re.compile(r"\[\d*\]")


class TermType(StrEnum):
    """The semantic data types of EN 16931-1; `group` is a BG, `scheme` the id of a list or scheme."""

    AMOUNT = "amount"
    UNIT_PRICE = "unit price"
    QUANTITY = "quantity"
    PERCENTAGE = "percentage"
    IDENTIFIER = "identifier"
    REFERENCE = "reference"
    CODE = "code"
    SCHEME = "scheme"
    DATE = "date"
    TEXT = "text"
    BINARY = "binary"
    GROUP = "group"


@dataclass(frozen=True, slots=True)
class Term:
    """One business term (BT-…) or group (BG-…).

    `path` is the attribute path in `choriste.domain.invoice.model.Invoice`, with `[]` after what repeats
    (`lines[].price.net`); it is empty for BG-2 and BG-30, whose terms the model keeps on their parent.
    `group` is the id of the enclosing group, or None at the top. `cardinality` reads `0..1`, `1..n` …
    """

    id: str
    group: str | None
    path: str
    type: TermType
    cardinality: str

    @property
    def name(self) -> Message:
        """The term's name in both languages."""
        return message("term", self.id)

    @property
    def is_mandatory(self) -> bool:
        """Whether the term must be present wherever its group is."""
        return self.cardinality.startswith("1")


def _rows() -> Iterator[dict[str, str]]:
    table = files(__package__).joinpath("terms.tsv").read_text(encoding="utf-8")
    return csv.DictReader(io.StringIO(table), delimiter="\t", quoting=csv.QUOTE_NONE)


def _term(row: dict[str, str]) -> Term:
    return Term(
        id=row["id"],
        group=None if row["group"] == "-" else row["group"],
        path=row["path"],
        type=TermType(row["type"]),
        cardinality=row["cardinality"],
    )


@cache
def _terms() -> dict[str, Term]:
    return {term.id: term for term in map(_term, _rows())}


@cache
def _terms_by_path() -> dict[str, Term]:
    return {term.path.replace("[]", ""): term for term in _terms().values() if term.path}


class _Terms(Mapping[str, Term]):
    """The table, read at the first look-up so that importing this module costs nothing."""

    def __getitem__(self, term_id: str) -> Term:
        return _terms()[term_id]

    def __iter__(self) -> Iterator[str]:
        return iter(_terms())

    def __len__(self) -> int:
        return len(_terms())


TERMS: Mapping[str, Term] = _Terms()
"""Every term by its id: BT-1 … BT-165, their scheme parts such as BT-29-1, and BG-1 … BG-32."""


def term_of(model_path: str) -> Term:
    """Return the term that an attribute path of the model carries.

    Positions may stand in the path: `lines[2].price.net`, `lines[].price.net` and `lines.price.net` are
    all BT-146. Raises KeyError for a path that is no term.
    """
    return _terms_by_path()[_POSITION.sub("", model_path)]
