"""Every business term that the data holds is readable on the page: shown by filling all of them."""

from __future__ import annotations

import contextlib
import datetime as dt
import itertools
import types
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from decimal import Decimal
from typing import Any, get_args, get_origin, get_type_hints

import pytest

from choriste.documents.issue.context import DocumentContext
from choriste.documents.issue.pages.invoice import invoice_page
from choriste.documents.issue.render import Template, render
from choriste.documents.issue.wording import Wording, wording
from choriste.domain.invoice.model import Invoice
from choriste.domain.invoice.terms import TERMS, Term, term_of
from tests.builders.readable import squeezed, text_of

NOW = dt.datetime(2026, 2, 3, tzinfo=dt.UTC)


class Filler:
    """Gives each term of the model a value that no other term has."""

    def __init__(self) -> None:
        self._numbers = itertools.count(11)
        self.given: dict[str, object] = {}

    def fill(self, kind: Any, path: str) -> Any:
        if get_origin(kind) is types.UnionType:
            return self.fill(next(part for part in get_args(kind) if part is not type(None)), path)
        if get_origin(kind) is tuple:
            return (self.fill(get_args(kind)[0], path + "[]"), self.fill(get_args(kind)[0], path + "[]"))
        if is_dataclass(kind):
            hints = get_type_hints(kind)
            parts = {f.name: self.fill(hints[f.name], f"{path}.{f.name}".lstrip(".")) for f in fields(kind)}
            return kind(**parts)  # type: ignore[operator]
        return self._leaf(kind, path)

    def _leaf(self, kind: Any, path: str) -> object:
        term = term_at(path)
        if term is None:
            return None if path.endswith(("scheme", "scheme_version")) else self._value(kind)
        value = self._value(kind)
        self.given[f"{term.id} {path} {len(self.given)}"] = value
        return value

    def _value(self, kind: Any) -> object:
        number = next(self._numbers)
        if kind is Decimal:
            return Decimal(f"{number}.37")
        if kind is dt.date:
            return dt.date(2001, 1, 1) + dt.timedelta(days=number)
        return b"x" if kind is bytes else f"q{number}z"


def term_at(path: str) -> Term | None:
    """Return the term of a leaf: an identifier's value carries the term of the identifier itself."""
    for candidate in (path, path.removesuffix(".value")):
        with contextlib.suppress(KeyError):
            return term_of(candidate)
    return None


def readings(value: object, words: Wording) -> Iterator[str]:
    """Yield the ways in which a page may show a value."""
    if isinstance(value, Decimal):
        yield words.amount(value)
        yield words.number(value)
    elif isinstance(value, dt.date):
        yield words.day(value)
        yield words.long_day(value)
    else:
        yield str(value)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_page_shows_every_business_term_of_the_invoice(language: str) -> None:
    filler = Filler()
    invoice: Invoice = filler.fill(Invoice, "")
    page = invoice_page(invoice, DocumentContext(), language=language)

    text = text_of(render(Template.INVOICE, page, dated=NOW))

    words = wording(language)
    hidden = {
        name: value
        for name, value in filler.given.items()
        if not isinstance(value, bytes)
        and not any(squeezed(reading) in text for reading in readings(value, words))
    }
    assert hidden == {}


def test_the_filler_meets_every_term_of_the_standard() -> None:
    filler = Filler()

    filler.fill(Invoice, "")

    met = {name.split()[0] for name in filler.given}
    leaves = {term.id for term in TERMS.values() if term.path and term.type.value != "group"}
    assert leaves - met == set()
