"""One reading under way: the drafts that it fills, and what could not go into them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from choriste.domain.invoice.reading import Fault, Leftover, Place
from choriste.formats.binding.values import WHITESPACE
from choriste.formats.xml.names import Paths, line_of

if TYPE_CHECKING:
    from lxml.etree import _Element

Draft = dict[str, Any]
"""What was read of one object of the model: values, nested drafts, lists of drafts."""

Handler = Callable[["_Element", Draft, "Run"], None]
"""Takes an element, the draft of the group it stands in, and the run."""

Handlers = Mapping[str, Handler]


@dataclass(slots=True)
class Run:
    """The state of one reading: the invoice's draft, and what could not go into it."""

    invoice: Draft = field(default_factory=dict)
    prefix: str = ""
    records: dict[str, tuple[_Element, str | None]] | None = None
    faults: list[tuple[str, _Element, str]] = field(default_factory=list)
    leftovers: list[tuple[_Element, str | None]] = field(default_factory=list)
    echoes: dict[tuple[int, str], _Element] = field(default_factory=dict)

    def leave(self, element: _Element, attribute: str | None = None) -> None:
        """Note an element with all below it, or one of its attributes, as left over."""
        self.leftovers.append((element, attribute))

    def fault(self, term: str, element: _Element, expected: str) -> None:
        """Note a text that its type refuses."""
        self.faults.append((term, element, expected))

    def record(self, term: str, element: _Element, attribute: str | None = None) -> None:
        """Note where a term stands, if this run collects places; the first place wins."""
        if self.records is not None:
            self.records.setdefault(term, (element, attribute))


def is_accounting_total(amount: _Element, run: Run) -> bool:
    """Return whether a VAT total is BT-111: it is in the VAT accounting currency, or it is the second one."""
    invoice = run.invoice
    accounting = invoice.get("vat_currency")
    if accounting is None or amount.get("currencyID") != accounting:
        return False
    return bool(accounting != invoice.get("currency") or invoice.get("totals", {}).get("vat") is not None)


def faults_of(run: Run, paths: Paths) -> tuple[Fault, ...]:
    """Return the run's faults with their places."""
    return tuple(
        Fault(term, Place(element.text or "", paths.of(element), line_of(element)), expected)
        for term, element, expected in run.faults
    )


def leftovers_of(run: Run, paths: Paths) -> tuple[Leftover, ...]:
    """Return what the run left over: one entry for each text and each attribute, in document order."""
    return tuple(
        entry
        for element, attribute in run.leftovers
        for entry in ([_attribute_left(element, attribute, paths)] if attribute else _left(element, paths))
    )


def _left(top: _Element, paths: Paths) -> Iterator[Leftover]:
    for element in top.iter("*"):
        text = (element.text or "").strip(WHITESPACE)
        if text or (element is top and not len(top)):
            yield Leftover(paths.of(element), line_of(element), text)
        for name in element.attrib:
            yield _attribute_left(element, str(name), paths)


def _attribute_left(element: _Element, attribute: str, paths: Paths) -> Leftover:
    raw = element.get(attribute) or ""
    return Leftover(f"{paths.of(element)}/@{attribute}", line_of(element), raw)


def places_of(run: Run) -> dict[str, Place]:
    """Return the places that a recording run collected, by term path."""
    paths = Paths()
    return {
        term: _place(element, attribute, paths) for term, (element, attribute) in (run.records or {}).items()
    }


def _place(element: _Element, attribute: str | None, paths: Paths) -> Place:
    path, line = paths.of(element), line_of(element)
    if attribute:
        return Place(element.get(attribute) or "", f"{path}/@{attribute}", line)
    return Place(element.text or "", path, line)
