"""Reading an invoice, whatever its syntax: the door of this room for the rules and the use cases."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache, cached_property
from typing import TYPE_CHECKING, Final

from choriste.domain.invoice.reading import Place, Reading, Syntax
from choriste.formats.binding.building import build_invoice
from choriste.formats.binding.reader import compiled, walk
from choriste.formats.binding.runs import Handlers, Run, faults_of, leftovers_of, places_of
from choriste.formats.detect import Detected, detect_xml
from choriste.formats.invoice.cii import CII
from choriste.formats.invoice.ubl import UBL_CREDIT_NOTE, UBL_INVOICE
from choriste.formats.xml.names import Paths
from choriste.formats.xml.parsing import parse_xml

if TYPE_CHECKING:
    from lxml.etree import _Element

_TABLES: Final = {
    Syntax.CII: CII,
    Syntax.FACTURX: CII,
    Syntax.UBL_INVOICE: UBL_INVOICE,
    Syntax.UBL_CREDIT_NOTE: UBL_CREDIT_NOTE,
}


def read_xml(data: bytes) -> Reading:
    """Read a CII or UBL document.

    Raises UnreadableError where the bytes are no safe, well-formed XML, or the document is no invoice.
    Business rules are not checked here: an invalid invoice reads as it was written.
    """
    root = parse_xml(data)
    return read_document(root, detected=detect_xml(root), xml=data)


def read_document(root: _Element, *, detected: Detected, xml: bytes) -> Reading:
    """Read a document already parsed and detected, so that checks and reading share one parse.

    `xml` are the bytes that `root` was parsed from; the places are found in them, on demand.
    """
    run = Run()
    walk(root, _handlers(detected.syntax), run.invoice, run)
    paths = Paths()
    return Reading(
        invoice=build_invoice(run.invoice),
        syntax=detected.syntax,
        profile=detected.profile.value,
        xml=xml,
        places=_Places(xml, detected.syntax),
        faults=faults_of(run, paths),
        leftovers=leftovers_of(run, paths),
    )


@cache
def _handlers(syntax: Syntax) -> Handlers:
    return compiled(_TABLES[syntax])


class _Places(Mapping[str, Place]):
    """The places of the terms, found in a second pass when the first of them is asked for."""

    def __init__(self, xml: bytes, syntax: Syntax) -> None:
        self._xml = xml
        self._syntax = syntax

    @cached_property
    def _found(self) -> dict[str, Place]:
        run = Run(records={})
        walk(parse_xml(self._xml), _handlers(self._syntax), run.invoice, run)
        return places_of(run)

    def __getitem__(self, term_path: str) -> Place:
        return self._found[term_path]

    def __iter__(self) -> Iterator[str]:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)
