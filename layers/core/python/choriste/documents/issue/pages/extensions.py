"""What the data say beyond EN 16931: the second payment term, the payee's address, the exchange rate.

The model has room for EN 16931 only. What a reading left over is shown from here, each text under the name of
its element, so that no page says less than its data. Names that we have no word for are spelled out as the
element is called. `HIDDEN` lists what is not shown as text, and why.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Final

from choriste.documents.issue.pages.pairs import Pair, scheme_name
from choriste.documents.issue.wording import Wording
from choriste.domain.invoice.reading import Leftover
from choriste.i18n.formats import NO_BREAK

HIDDEN: Final[dict[str, str]] = {
    "AttachmentBinaryObject": "bytes, not text: the file's name is shown, and the XML holds it",
    "EmbeddedDocumentBinaryObject": "bytes, not text: the file's name is shown, and the XML holds it",
    "TaxScheme": "says that a tax is VAT, which its place on the page says too",
    "TypeCode=VAT": "says that a tax is VAT, which its place on the page says too",
    "CategoryCode=S": "the ordinary regime, which the rate tells",
    "ParentLineID": "shown as the indentation of the line",
    "LineStatusReasonCode": "DETAIL is what every line is; others are named",
    "@format": "how a date is written in the file",
    "@currencyID": "shown only where it is not the currency of the invoice",
}

Step = tuple[str, int]

_STEP: Final = re.compile(
    r"(?P<attribute>@)?(?:[\w.-]+:)?(?:\*\[local-name\(\)='(?P<foreign>[^']+)'\]|(?P<name>[\w.-]+))"
    r"(?:\[(?P<position>\d+)\])?"
)
_LINES: Final = frozenset({"IncludedSupplyChainTradeLineItem", "InvoiceLine", "CreditNoteLine"})
_SUBLINES: Final = frozenset({"SubInvoiceLine", "SubCreditNoteLine"})
_TERMS: Final = frozenset({"SpecifiedTradePaymentTerms", "PaymentTerms"})
_DISCOUNT: Final = "ApplicableTradePaymentDiscountTerms"
_FRAMES: Final = frozenset(
    {"SupplyChainTradeTransaction", "ApplicableHeaderTradeAgreement", "ApplicableHeaderTradeDelivery",
     "ApplicableHeaderTradeSettlement", "ExchangedDocument", "ExchangedDocumentContext",
     "AssociatedDocumentLineDocument", "SpecifiedLineTradeAgreement", "SpecifiedLineTradeDelivery",
     "SpecifiedLineTradeSettlement", "SpecifiedTradeProduct", "Party", "Item", "DateTimeString", "DateString",
     "DateTime", "Indicator", "Attachment", "ExternalReference"}
)  # fmt: skip
"""Elements that only hold others: their names tell a reader nothing."""

_PLAIN: Final = frozenset(
    {"ID", "GlobalID", "IssuerAssignedID", "LineID", "Name", "Content", "Description", "CompleteNumber",
     "URIID", "URI", "LineOne", "LineTwo", "LineThree", "PostcodeCode", "CityName", "CountryID",
     "CountrySubDivisionName", "StreetName", "AdditionalStreetName", "PostalZone", "CountrySubentity",
     "Country", "Line", "IdentificationCode", "AddressLine", "RegistrationName", "CompanyID", "Value",
     "ClassCode", "Telephone", "ElectronicMail", "PersonName", "DocumentReference", "PartyName", "Note",
     "ItemClassificationCode"}
)  # fmt: skip
"""Elements whose value speaks for itself under the name of the group they stand in."""

_DATE: Final = re.compile(r"(\d{4})-?(\d{2})-?(\d{2})(?:Z|[+-]\d{2}:\d{2})?")
_FIGURES: Final = ("Amount", "Percent", "Quantity", "Rate", "Numeric", "Measure")
_NAMED: Final = {
    "CountryID": "country",
    "IdentificationCode": "country",
    "SubjectCode": "note",
    "UnitCode": "unit",
    "CategoryCode": "category",
}
"""Codes that have names here, by their elements."""


@dataclass(slots=True)
class Leaf:
    """One value with the names of the elements around it, frames left out, and its attributes."""

    steps: tuple[Step, ...]
    text: str = ""
    attributes: dict[str, str] = field(default_factory=dict)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of its elements, from the outermost."""
        return tuple(name for name, _ in self.steps)


@dataclass(slots=True)
class LineExtension:
    """What a line says more: labelled values, the lines below it in UBL, and its place among the lines."""

    pairs: list[Pair] = field(default_factory=list)
    sublines: list[Pair] = field(default_factory=list)
    parent: str | None = None
    status: str | None = None


@dataclass(frozen=True, slots=True)
class Extensions:
    """What a document says more: of its lines by their 1-based position, of its payment, of all else.

    `terms` are the payment terms by their 1-based position.
    """

    lines: Mapping[int, LineExtension] = field(default_factory=dict)
    terms: tuple[tuple[int, str], ...] = ()
    others: tuple[Pair, ...] = ()
    dated_terms: Mapping[int, dt.date] = field(default_factory=dict)
    discounts: frozenset[int] = frozenset()

    def due_date(self, first: dt.date | None) -> dt.date | None:
        """Return until when the whole amount is to be paid; `first` is the date of the first term (BT-9).

        The date of a discount is no due date: where a term without discount has a date, the last such date
        counts, and where only discounts are dated there is none.
        """
        dates = dict(self.dated_terms)
        if first is not None:
            dates[1] = first
        net = [date for term, date in dates.items() if term not in self.discounts]
        return max(net, default=None)


def extensions_of(leftovers: Sequence[Leftover], words: Wording, *, currency: str | None) -> Extensions:
    """Return what a reading left over, as the page shows it."""
    if not leftovers:
        return Extensions()
    shown = _Shown(words, currency)
    of_lines: dict[int, list[Leaf]] = defaultdict(list)
    terms: list[Leaf] = []
    others: list[Leaf] = []
    for leaf in _leaves(leftovers):
        name, position = leaf.steps[0]
        if name in _LINES:
            of_lines[position].append(Leaf(leaf.steps[1:], leaf.text, leaf.attributes))
        else:
            (terms if name in _TERMS else others).append(leaf)
    return Extensions(
        {position: _line(leaves, shown) for position, leaves in of_lines.items()},
        tuple((position, text) for (_, position), text in shown.grouped(terms)),
        tuple(shown.groups(others)),
        _dates(terms),
        frozenset(leaf.steps[0][1] for leaf in terms if _DISCOUNT in leaf.names),
    )


def _dates(terms: Iterable[Leaf]) -> dict[int, dt.date]:
    dated = ((leaf.steps[0][1], _day(leaf.text)) for leaf in terms if leaf.names[-1] == "DueDateDateTime")
    return {term: day for term, day in dated if day is not None}


def _line(leaves: Iterable[Leaf], shown: _Shown) -> LineExtension:
    extension = LineExtension()
    below: dict[tuple[Step, ...], list[Leaf]] = defaultdict(list)
    own: list[Leaf] = []
    for leaf in leaves:
        depth = max((i + 1 for i, (name, _) in enumerate(leaf.steps) if name in _SUBLINES), default=0)
        if depth:
            below[leaf.steps[:depth]].append(Leaf(leaf.steps[depth:], leaf.text, leaf.attributes))
        elif leaf.names == ("ParentLineID",):
            extension.parent = leaf.text
        elif leaf.names == ("LineStatusReasonCode",):
            extension.status = leaf.text
        else:
            own.append(leaf)
    extension.pairs = list(shown.groups(own))
    extension.sublines = [shown.subline(len(key), parts) for key, parts in below.items()]
    return extension


def _leaves(leftovers: Iterable[Leftover]) -> list[Leaf]:
    """Return the values in document order, each with the attributes that were left over with it."""
    found: dict[str, Leaf] = {}
    for leftover in leftovers:
        path, _, attribute = leftover.xpath.partition("/@")
        leaf = found.setdefault(path, Leaf(_steps(path)))
        if attribute:
            leaf.attributes[attribute.rpartition(":")[2]] = leftover.text
        else:
            leaf.text = leftover.text
    return [leaf for leaf in found.values() if leaf.steps and not _is_hidden(leaf)]


def _steps(path: str) -> tuple[Step, ...]:
    matches = list(_STEP.finditer(path))[1:]  # the root is what everything stands in
    steps = ((each["foreign"] or each["name"], int(each["position"] or 1)) for each in matches)
    return tuple(step for step in steps if step[0] not in _FRAMES)


def _is_hidden(leaf: Leaf) -> bool:
    names = leaf.names
    if "TaxScheme" in names or (names[-1] == "TypeCode" and leaf.text == "VAT"):
        return True
    if leaf.text == "S" and (names[-1] == "CategoryCode" or names[-2:] == ("ClassifiedTaxCategory", "ID")):
        return True
    return names[-1] == "LineStatusReasonCode" and leaf.text == "DETAIL"


def _day(text: str) -> dt.date | None:
    match = _DATE.fullmatch(text)
    try:
        return dt.date(int(match[1]), int(match[2]), int(match[3])) if match else None
    except ValueError:
        return None


class _Shown:
    """Turns values into texts: by group, in the words and figures of a language."""

    def __init__(self, words: Wording, currency: str | None) -> None:
        self._words = words
        self._currency = currency

    def groups(self, leaves: Iterable[Leaf]) -> Iterator[Pair]:
        """Yield one labelled text for each outer element: `Bénéficiaire`, `12345 Berlin · Rôle : DL`."""
        for (name, _), text in self.grouped(leaves):
            yield [self._label(name), text]

    def grouped(self, leaves: Iterable[Leaf]) -> Iterator[tuple[Step, str]]:
        """Yield each outer element with the text of all that stands in it."""
        found: dict[Step, list[Leaf]] = defaultdict(list)
        for leaf in leaves:
            found[leaf.steps[0]].append(leaf)
        for step, members in found.items():
            text = " · ".join(part for part in self._parts(members, depth=1) if part)
            if text:
                yield step, text

    def subline(self, depth: int, leaves: Sequence[Leaf]) -> Pair:
        """Return a line below a line as one text, indented by its depth, and its amount."""
        amounts = [leaf for leaf in leaves if leaf.names == ("LineExtensionAmount",)]
        first = [leaf for name in ("ID", "Name") for leaf in leaves if leaf.names == (name,)]
        rest = [leaf for leaf in leaves if leaf not in first and leaf not in amounts]
        title = " ".join(self._value(leaf) for leaf in first)
        text = " · ".join(part for part in (title, *self._parts(rest, depth=0)) if part)
        return [NO_BREAK * 3 * (depth - 1) + text, ", ".join(self._value(leaf) for leaf in amounts)]

    def _parts(self, leaves: Sequence[Leaf], *, depth: int) -> Iterator[str]:
        """Yield a text for each inner element, what stands directly in the group first."""
        inner: dict[Step | None, list[Leaf]] = defaultdict(list)
        for leaf in leaves:
            is_direct = len(leaf.steps) <= depth + 1
            inner[None if is_direct else leaf.steps[depth]].append(leaf)
        for step, members in inner.items():
            values = [self._labelled(leaf, is_alone=len(leaf.steps) == depth) for leaf in members]
            text = ", ".join(value for value in values if value)
            yield text if step is None or not text else self._joined(step[0], text)

    def _labelled(self, leaf: Leaf, *, is_alone: bool) -> str:
        value, name = self._value(leaf), leaf.names[-1]
        return value if not value or is_alone or name in _PLAIN else self._joined(name, value)

    def _joined(self, name: str, text: str) -> str:
        colon = f"{NO_BREAK}: " if self._words.language == "fr" else ": "
        return f"{self._label(name)}{colon}{text}"

    def _label(self, name: str) -> str:
        return self._words.known("extension", name) or _spelled(name)

    def _value(self, leaf: Leaf) -> str:
        name, attributes = leaf.names[-1], dict(leaf.attributes)
        attributes.pop("format", None)
        currency, unit = attributes.pop("currencyID", None), attributes.pop("unitCode", None)
        scheme = attributes.pop("schemeID", None)
        text = "" if name in HIDDEN else self._text(name, leaf.text)
        if currency is not None and currency != self._currency:
            text = f"{text} {currency}".strip()
        if unit is not None:
            text = f"{text} {self._words.of('unit', unit)}".strip()
        notes = [scheme_name(scheme)] if scheme else []
        notes += [self._joined(key, value) for key, value in attributes.items() if value]
        return f"{text} ({', '.join(notes)})".strip() if notes else text

    def _text(self, name: str, text: str) -> str:
        if name.endswith(("DateTime", "Date")) and (day := _day(text)) is not None:
            return self._words.day(day)
        family = _NAMED.get(name) or ("indicator" if name.endswith("Indicator") else None)
        if family is not None:
            return self._words.of(family, text)
        number = _number(text) if name.endswith(_FIGURES) else None
        return self._figures(name, number) if number is not None else text

    def _figures(self, name: str, number: Decimal) -> str:
        if name.endswith("Amount"):
            return self._words.amount(number)
        if name.endswith("Percent"):
            return self._words.rate(number)
        return self._words.number(number)


def _number(text: str) -> Decimal | None:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _spelled(name: str) -> str:
    """Return an element's name as words: `UltimateCustomerOrder` is `Ultimate customer order`."""
    words = re.findall(r"[A-Z]+(?![a-z])|[A-Z][a-z0-9]*|[a-z0-9]+", name)
    return (
        " ".join(word if i == 0 or word.isupper() else word.lower() for i, word in enumerate(words)) or name
    )
