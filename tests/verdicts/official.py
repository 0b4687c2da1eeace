"""What the official stylesheets answer about a file, by rule set: the source of the frozen verdicts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from lxml import etree

from choriste.domain.invoice.reading import Syntax
from choriste.formats.detect import Detected, Profile, detect_xml
from choriste.formats.errors import UnreadableError
from tests.agreement.oracle import official
from tests.verdicts.candidates import SELLER_COUNTRY
from tests.verdicts.sample import Judgement, Pairs

_WITHOUT_ID: Final = "FX-NOT-USED"  # some Factur-X assertions on what a profile does not use have no id
_FACTURX: Final = {
    Profile.MINIMUM: "facturx-minimum",
    Profile.BASIC_WL: "facturx-basicwl",
    Profile.BASIC: "facturx-basic",
    Profile.EN16931: "facturx-en16931",
    Profile.EXTENDED: "facturx-extended",
}
_FRENCH: Final = frozenset({"FR", "GP", "MQ", "GF", "RE", "YT"})


def kinds(xml: str) -> Iterator[Detected]:
    """Yield what a file may be taken for: first what it says it is, then the neighbouring profiles.

    An invoice of EN 16931 or EXTENDED also serves to try EXTENDED-CTC-FR, and a CII invoice of EN 16931
    each Factur-X profile. Nothing is yielded for what is no invoice.
    """
    try:
        itself = detect_xml(etree.fromstring(xml.encode()))
    except (UnreadableError, etree.XMLSyntaxError):
        return
    yield itself
    if itself.profile in {Profile.EN16931, Profile.EXTENDED}:
        yield replace(itself, profile=Profile.EXTENDED_CTC_FR)
    if itself.syntax is Syntax.CII and itself.profile is Profile.EN16931:
        yield from (replace(itself, syntax=Syntax.FACTURX, profile=profile) for profile in _FACTURX)


def judged(xml: str, kind: Detected) -> Judgement:
    """Ask the official stylesheets that an invoice of a syntax and profile must satisfy."""
    sheets = stylesheets(kind, french=_is_french(xml))
    answers = {name: _asked(xml, sheet) for name, sheet in sheets.items()}
    return Judgement(kind.syntax.value, kind.profile.value, answers)


def stylesheets(kind: Detected, *, french: bool) -> dict[str, str]:
    """Return the stylesheets that an invoice must satisfy, by rule set.

    EN 16931 does not apply to MINIMUM and BASIC WL, nor BR-FR to MINIMUM, which is no format of the reform.
    """
    syntax = "cii" if kind.syntax in {Syntax.CII, Syntax.FACTURX} else "ubl"
    found = {}
    if kind.profile is Profile.EXTENDED_CTC_FR:
        found["ctcfr"] = f"ctcfr-{syntax}"
    elif kind.profile not in {Profile.MINIMUM, Profile.BASIC_WL}:
        found["en16931"] = f"en16931-{syntax}"
    is_facturx = kind.syntax is Syntax.FACTURX or kind.profile is not Profile.EN16931
    if syntax == "cii" and is_facturx and kind.profile in _FACTURX:
        found["facturx"] = _FACTURX[kind.profile]
    if french and kind.profile is not Profile.MINIMUM:
        found["brfr"] = f"brfr-{syntax}"
    return found


def _asked(xml: str, sheet: str) -> Pairs | None:
    answer = official(xml.encode(), sheet)
    return None if answer is None else frozenset((rule or _WITHOUT_ID, severity) for rule, severity in answer)


def _is_french(xml: str) -> bool:
    country = etree.fromstring(xml.encode()).xpath(f"string(({SELLER_COUNTRY})/text()[1])")
    return str(country).strip() in _FRENCH
