"""Which rule sets an invoice meets: by its syntax and profile, by its seller's country, by the day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Final, Protocol

from choriste.rules.engine.ruleset import RuleSet
from choriste.rules.engine.syntax import CII, UBL
from choriste.rules.rulesets.catalogue import BR_FR, CTC_FR, EN16931, FACTURX

if TYPE_CHECKING:
    from lxml import etree


class Detected(Protocol):
    """What the rules need to know of a document; `choriste.formats.detect.Detected` is one."""

    @property
    def syntax(self) -> str:
        """The syntax, by its wire code: `CII`, `Factur-X`, `UBL-Invoice` or `UBL-CreditNote`."""

    @property
    def profile(self) -> str:
        """The profile: `MINIMUM`, `BASIC WL`, `BASIC`, `EN 16931`, `EXTENDED`, `EXTENDED-CTC-FR`, `plain`."""


_RAM: Final = "{urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100}"
_RSM: Final = "{urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100}"
_CAC: Final = "{urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2}"
_CBC: Final = "{urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2}"
_SELLER_COUNTRY: Final = {
    CII: (
        f"{_RSM}SupplyChainTradeTransaction",
        f"{_RAM}ApplicableHeaderTradeAgreement",
        f"{_RAM}SellerTradeParty",
        f"{_RAM}PostalTradeAddress",
        f"{_RAM}CountryID",
    ),
    UBL: (
        f"{_CAC}AccountingSupplierParty",
        f"{_CAC}Party",
        f"{_CAC}PostalAddress",
        f"{_CAC}Country",
        f"{_CBC}IdentificationCode",
    ),
}
_FRENCH: Final = frozenset({"FR", "GP", "MQ", "GF", "RE", "YT"})
_WITHOUT_LINES: Final = frozenset({"MINIMUM", "BASIC WL"})


def syntax_of(detected: Detected) -> str:
    """Return the syntax as the rules name it: `cii` or `ubl`."""
    return UBL if str(detected.syntax).startswith("UBL") else CII


def is_french(root: etree._Element, *, syntax: str) -> bool:
    """Whether the seller is established in France, overseas departments included (BT-40)."""
    place: etree._Element | None = root
    for tag in _SELLER_COUNTRY[syntax]:
        if place is not None:
            place = next(place.iterchildren(tag), None)
    return place is not None and (place.text or "").strip() in _FRENCH


def rule_sets_for(root: etree._Element, *, detected: Detected, on: dt.date) -> tuple[RuleSet, ...]:
    """Return the rule sets in force for a document on a day.

    MINIMUM and BASIC WL are no EN 16931 invoices and only meet their Factur-X profile; EXTENDED-CTC-FR has
    its own version of the EN 16931 rules; the French rules (BR-FR) hold for sellers established in France,
    and not for MINIMUM, which is no format of the reform.
    """
    syntax, profile = syntax_of(detected), str(detected.profile)
    french = profile != "MINIMUM" and BR_FR.in_force(on) and is_french(root, syntax=syntax)
    return _in_force(profile, syntax, on, facturx=str(detected.syntax) == "Factur-X", french=french)


@lru_cache
def _in_force(profile: str, syntax: str, on: dt.date, *, facturx: bool, french: bool) -> tuple[RuleSet, ...]:
    sets = (*_of_profile(profile, facturx=facturx), *((BR_FR,) if french else ()))
    return tuple(s for s in sets if syntax in s.facts and s.in_force(on))


def _of_profile(profile: str, *, facturx: bool) -> Sequence[RuleSet]:
    if profile == "EXTENDED-CTC-FR":
        return (CTC_FR,)
    if profile in _WITHOUT_LINES:
        return (FACTURX[profile],)
    of_facturx = (FACTURX[profile],) if profile in FACTURX and (facturx or profile != "EN 16931") else ()
    return (EN16931, *of_facturx)
