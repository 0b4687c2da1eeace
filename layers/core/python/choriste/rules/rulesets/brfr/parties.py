"""BR-FR-09 to 13, 21, 22, CO-10, CO-15: SIREN, SIRET, electronic addresses and other identifiers."""

from __future__ import annotations

import re
from typing import Final

from choriste.rules.engine.rule import BROKEN, Broken, Check
from choriste.rules.engine.syntax import CII, UBL
from choriste.rules.engine.tree import Document, Node
from choriste.rules.engine.values import only
from choriste.rules.rulesets.brfr.register import REGISTER
from choriste.rules.rulesets.brfr.views import (
    AGREEMENT,
    SELF_BILLED,
    buyer,
    is_cii,
    is_domestic,
    pick,
    seller,
    types,
    with_scheme,
)

_SIREN: Final = re.compile(r"\d{9}\Z")
_SIRET: Final = re.compile(r"\d{14}\Z")
_Path = tuple[str, ...]


def _coherent(sirets: _Path, sirens: _Path, *, alone: bool) -> Check:
    """SIRET (0009): 14 digits starting with the party's SIREN (0002); `alone`: it may come without one."""

    def check(node: Node, _: Document) -> Broken | None:
        found = with_scheme(node.find(sirets), "0009")
        if not found:
            return None
        siret = found[0].raw
        siren = only(with_scheme(node.find(sirens), "0002"))
        start = (
            siren.raw if siren is not None and (siren.raw or not alone) else (siret[:9] if alone else None)
        )
        if _SIRET.match(siret) and siret[:9] == start:
            return None
        return Broken(found[0], siret, f"{start or 'SIREN'} + 5")

    return check


_CII_IDS: Final = (("GlobalID",), ("SpecifiedLegalOrganization", "ID"))
_UBL_IDS: Final = (("PartyIdentification", "ID"), ("PartyLegalEntity", "CompanyID"))
_UBL_DELIVERY: Final = (("DeliveryLocation", "ID"), ("DeliveryParty", "PartyLegalEntity", "CompanyID"))
for _term in (
    *("BT-29", "BT-46", "BT-60", "BT-71"),
    *(f"EXT-FR-FE-{n}" for n in ("06", "46", "69", "92", "115", "146")),
):
    _alone = _term not in {"BT-29", "BT-46"}
    REGISTER.add(f"BR-FR-09_{_term}", _coherent(*_CII_IDS, alone=_alone), syntax=CII)
    _paths = _UBL_DELIVERY if _term in {"BT-71", "EXT-FR-FE-146"} else _UBL_IDS
    REGISTER.add(f"BR-FR-09_{_term}", _coherent(*_paths, alone=_alone), syntax=UBL)


@REGISTER.rule("BR-FR-10_BT-30")
def _seller_siren(node: Node, doc: Document) -> Broken | None:
    ids = seller(doc, *_CII_IDS[1]) if is_cii(doc) else node.children("CompanyID")
    siren = only(with_scheme(ids, "0002"))
    if siren is not None and _SIREN.match(siren.text):
        return None
    return Broken(siren, siren.raw if siren else None, "9 × 0-9")


@REGISTER.rule("BR-FR-11_BT-47")
def _buyer_siren(_: Node, doc: Document) -> Broken | None:
    if not is_domestic(doc):
        return None
    path = _CII_IDS[1] if is_cii(doc) else _UBL_IDS[1]
    siren = only(with_scheme(buyer(doc, *path), "0002"))
    value = "" if siren is None else (siren.raw if is_cii(doc) else siren.text)
    return None if _SIREN.match(value) else Broken(siren, value or None, "9 × 0-9")


def _addresses(doc: Document, *, of_buyer: bool) -> list[Node]:
    path = ("URIUniversalCommunication", "URIID") if is_cii(doc) else ("EndpointID",)
    return buyer(doc, *path) if of_buyer else seller(doc, *path)


def _address(*, of_buyer: bool) -> Check:
    def check(_: Node, doc: Document) -> Broken | None:
        found = only(_addresses(doc, of_buyer=of_buyer))
        value = "" if found is None else (found.raw if is_cii(doc) else found.text)
        return None if value else BROKEN

    return check


REGISTER.add("BR-FR-12_BT-49", _address(of_buyer=True))
REGISTER.add("BR-FR-13_BT-34", _address(of_buyer=False))


def _routing(*, of_buyer: bool) -> Check:
    """A domestic invoice goes to the 0225 address of the buyer; a self-billed one comes from the seller's."""

    def check(_: Node, doc: Document) -> Broken | None:
        self_billed = not SELF_BILLED.isdisjoint(types(doc))
        if not is_domestic(doc) or self_billed is of_buyer:
            return None
        address = only(_addresses(doc, of_buyer=of_buyer))
        path = _CII_IDS[1] if is_cii(doc) else _UBL_IDS[1]
        ids = buyer(doc, *path) if of_buyer else seller(doc, *path)
        siren = only(ids if is_cii(doc) else with_scheme(ids, "0002"))
        start = siren.raw if siren else ""
        if address is not None and address.raw.startswith(start) and address.get("schemeID") == "0225":
            return None
        return Broken(address, address.raw if address else None, f"0225:{start}…")

    return check


REGISTER.add("BR-FR-21_BT-49", _routing(of_buyer=True))
REGISTER.add("BR-FR-22_BT-34", _routing(of_buyer=False))


def _schemes(path: _Path, *, unique: bool) -> Check:
    def check(node: Node, _: Document) -> Broken | None:
        ids = node.find(path)
        given = [n.get("schemeID") for n in ids]
        if not unique:
            bare = [n for n in ids if n.get("schemeID") is None]
            return Broken(bare[0], bare[0].raw, "schemeID") if bare else None
        known = [s for s in given if s is not None]
        if len(set(known)) == len(known):
            return None
        again = next(n for at, n in enumerate(ids) if given[at] is not None and given[at] in given[:at])
        return Broken(again, again.get("schemeID"))

    return check


for _term in (
    *("BT-29", "BT-46", "BT-60", "BT-71"),
    *(f"EXT-FR-FE-{n}" for n in ("06", "46", "69", "92", "115", "146")),
):
    _path = ("ID",) if _term in {"BT-71", "EXT-FR-FE-146"} else ("PartyIdentification", "ID")
    for _number, _unique in ((1, False), (2, True)):
        REGISTER.add(f"BR-FR-CO-10_{_term}-{_number}", _schemes(("GlobalID",), unique=_unique), syntax=CII)
        REGISTER.add(f"BR-FR-CO-10_{_term}-{_number}", _schemes(_path, unique=_unique), syntax=UBL)


@REGISTER.rule("BR-FR-CO-15_BT-29-1")
def _vat_group_representative(_: Node, doc: Document) -> Broken | None:
    ids = seller(doc, "GlobalID") if is_cii(doc) else seller(doc, "PartyIdentification", "ID")
    if not with_scheme(ids, "0231"):
        return None
    representative = (*AGREEMENT, "SellerTaxRepresentativeTradeParty", "SpecifiedTaxRegistration", "ID")
    numbers = pick(doc, representative, ("TaxRepresentativeParty", "PartyTaxScheme", "CompanyID"))
    vat = only(with_scheme(numbers, "VA") if is_cii(doc) else numbers)
    return None if vat is not None and vat.raw else Broken(expected="BT-63")
