"""The rule sets we hold: their versions, the dates they are in force, their facts, their predicates."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Final

from choriste.rules.engine.ruleset import RuleSet
from choriste.rules.engine.syntax import CII, UBL

_EN: Final = "choriste.rules.rulesets.en16931"
_NO_EARLIER: Final = dt.date(2017, 6, 28)  # EN 16931-1:2017
EN16931: Final = RuleSet(
    name="en16931",
    title="EN 16931",
    version="1.3.16",
    since=_NO_EARLIER,
    released=dt.date(2026, 3, 30),
    facts={CII: "en16931-cii", UBL: "en16931-ubl"},
    registers=(_EN,),
)

BR_FR: Final = RuleSet(
    name="brfr",
    title="BR-FR flux 2",
    version="1.4.0.04",
    since=dt.date(2026, 9, 1),
    released=dt.date(2026, 9, 3),
    facts={CII: "brfr-cii", UBL: "brfr-ubl"},
    registers=("choriste.rules.rulesets.brfr",),
)

CTC_FR: Final = RuleSet(
    name="ctcfr",
    title="EXTENDED-CTC-FR",
    version="1.4.0.04",
    since=_NO_EARLIER,
    released=dt.date(2026, 9, 3),
    facts={CII: "ctcfr-cii", UBL: "ctcfr-ubl"},
    registers=("choriste.rules.rulesets.ctcfr", _EN),
)


def _facturx(profile: str, facts: str, *more: str) -> RuleSet:
    own = ("choriste.rules.rulesets.facturx", *more)
    return RuleSet(
        name="facturx",
        title=f"Factur-X {profile}",
        version="1.09",
        since=_NO_EARLIER,
        released=dt.date(2026, 9, 1),
        facts={CII: facts},
        registers=(*own, _EN),
        own=len(own),
    )


_EXTENDED: Final = "choriste.rules.rulesets.extended.lines"
FACTURX: Final[Mapping[str, RuleSet]] = {
    "MINIMUM": _facturx("MINIMUM", "facturx-minimum", "choriste.rules.rulesets.facturx.minimum", _EXTENDED),
    "BASIC WL": _facturx("BASIC WL", "facturx-basicwl"),
    "BASIC": _facturx("BASIC", "facturx-basic", _EXTENDED),
    "EN 16931": _facturx("EN 16931", "facturx-en16931"),
    "EXTENDED": _facturx("EXTENDED", "facturx-extended", _EXTENDED),
}
