"""A profile announced by mistake: the one cause behind many findings, reported before them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from choriste.domain.shared.findings import Finding, Message, Severity
from choriste.formats.xml.names import line_of, qualified, xpath_of
from choriste.rules.findings.sentences import word
from choriste.rules.findings.subjects import term_name

if TYPE_CHECKING:
    from lxml import etree

    from choriste.rules.rulesets.selection import Detected

CORE: Final = "urn:cen.eu:en16931:2017"
_WITHOUT_LINES: Final = frozenset({"MINIMUM", "BASIC WL"})
_SPECIFICATION: Final = "/".join(
    map(
        qualified,
        ("rsm:ExchangedDocumentContext", "ram:GuidelineSpecifiedDocumentContextParameter", "ram:ID"),
    )
)


def doubted_profile(
    root: etree._Element, *, detected: Detected, schema: Sequence[Finding]
) -> tuple[Finding, ...]:
    """Return `PROFILE-LINES` where the schema refuses the lines of an invoice of a profile without lines.

    MINIMUM and BASIC WL have none: who writes lines most often announced the wrong profile (BT-24).
    """
    lines = any(f.rule == "XSD-UNEXPECTED" and f.term == "BG-25" for f in schema)
    place = root.find(_SPECIFICATION)
    if not lines or place is None or str(detected.profile) not in _WITHOUT_LINES:
        return ()
    messages = (
        word("PROFILE-LINES", x).format(thing=term_name("BT-24", x), profile=detected.profile, core=CORE)
        for x in ("fr", "en")
    )
    return (
        Finding(
            rule="PROFILE-LINES",
            severity=Severity.FATAL,
            message=Message(*messages),
            term="BT-24",
            location=xpath_of(place),
            line=line_of(place),
            found=(place.text or "").strip(),
            expected=CORE,
        ),
    )
