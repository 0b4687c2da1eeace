"""Every business term that the data holds is readable on the page: shown by filling all of them."""

from __future__ import annotations

import contextlib
import datetime as dt
import itertools
import re
import types
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, get_args, get_origin, get_type_hints

import pytest

from choriste.documents.issue.context import DocumentContext
from choriste.documents.issue.pages.extensions import HIDDEN
from choriste.documents.issue.pages.invoice import invoice_page
from choriste.documents.issue.pages.pairs import scheme_name
from choriste.documents.issue.render import Template, render
from choriste.documents.issue.wording import Wording, wording
from choriste.domain.invoice.model import Invoice
from choriste.domain.invoice.reading import Leftover
from choriste.domain.invoice.terms import TERMS, Term, term_of
from choriste.formats.read import read_xml
from tests.builders.readable import squeezed, text_of
from tests.generators.cii.extended import filled_document
from tests.pdfa.corpora import valid_samples

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


def shown_texts(value: object) -> Iterator[str]:
    """Yield every text of a page's JSON."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from shown_texts(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from shown_texts(part)


def as_written(text: str) -> object:
    """Return what a text of a CII document stands for: a number, a date, or itself."""
    if text.replace(".", "").isdigit():
        return Decimal(text) if "." in text else dt.datetime.strptime(text, "%Y%m%d").date()  # noqa: DTZ007 - a day
    return text


@pytest.mark.parametrize("language", ["fr", "en"])
def test_page_shows_every_element_of_the_extended_profile(language: str) -> None:
    document, given = filled_document()
    reading = read_xml(document)
    words = wording(language)

    page = invoice_page(reading.invoice, DocumentContext(), language=language, leftovers=reading.leftovers)

    text = "\n".join(shown_texts(page))
    hidden = {
        name: value
        for name, values in given.items()
        for value in values
        if value not in {"true", "false"}
        and not any(way in text for way in extended_readings(as_written(value), words))
    }
    assert sum(map(len, given.values())) > 2000
    assert hidden == {}


def extended_readings(value: object, words: Wording) -> Iterator[str]:
    """Yield the ways in which a page may show a value of an element that the model does not have."""
    yield from readings(value, words)
    if isinstance(value, Decimal):
        yield words.rate(value)


@pytest.mark.corpora
@pytest.mark.parametrize("language", ["fr", "en"])
def test_page_shows_all_that_the_readings_of_the_corpora_left_over(language: str) -> None:
    words, dropped = wording(language), {}
    for sample in valid_samples():
        reading = read_xml(sample.xml)
        page = invoice_page(
            reading.invoice, DocumentContext(), language=language, leftovers=reading.leftovers
        )
        text = squeezed("\n".join(shown_texts(page)))
        for left in reading.leftovers:
            ways = () if is_excused(left, reading.invoice) else left_over_readings(left, words)
            if left.text and ways and not any(squeezed(way) in text for way in ways):
                dropped[f"{sample.path} {left.xpath}"] = left.text

    assert dropped == {}


def is_excused(left: Leftover, invoice: Invoice) -> bool:
    """Whether `HIDDEN` names a reason not to show a text."""
    names = re.findall(r"(?:@|[\w.-]+:)([\w.-]+)", left.xpath)
    last, marked = names[-1], f"@{names[-1]}" if "/@" in left.xpath else names[-1]
    if marked in HIDDEN or "TaxScheme" in names or f"{last}={left.text}" in HIDDEN:
        return marked != "@currencyID" or left.text == invoice.currency
    return left.text == "S" and names[-2:] == ["ClassifiedTaxCategory", "ID"]


def left_over_readings(left: Leftover, words: Wording) -> Iterator[str]:
    """Yield the ways in which a page may show a text that was left over: as it is, or what it stands for."""
    yield left.text
    for family in ("unit", "country", "indicator", "note", "category", "line_status"):
        yield words.of(family, left.text)
    yield scheme_name(left.text)
    with contextlib.suppress(InvalidOperation):
        yield from extended_readings(Decimal(left.text), words)
    with contextlib.suppress(ValueError):
        yield words.day(dt.datetime.strptime(left.text.replace("-", ""), "%Y%m%d").date())  # noqa: DTZ007 - a day


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
