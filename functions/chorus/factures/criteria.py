"""What a search is narrowed to: the fields of requests, and the criteria that they become."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any, Final

from choriste.application.invoices.criteria import Between, Criteria, PartyCriterion
from choriste.domain.lifecycle import Frame, Status, parse_frame
from functions.chorus.codes import DemandKind, InvoiceKind
from functions.chorus.directory import service_at, structure_at
from functions.chorus.operation import PARIS, Call
from functions.chorus.reading import Field, bound, day, each, flag, group, number, one_of, text, tick
from functions.chorus.returns import ChorusRefusal, Return


def _frame(value: object, name: str) -> Frame:
    try:
        return parse_frame(str(value).strip())
    except ValueError:
        raise ChorusRefusal(Return.NOT_LISTED, field=name, found=str(value)[:80]) from None


def _period(name: str, field: str) -> dict[str, Field]:
    return {f"{name}_from": Field(f"{field}Du", day), f"{name}_to": Field(f"{field}Au", day)}


def _range(name: str, field: str) -> dict[str, Field]:
    return {f"{name}_least": Field(f"{field}Min", bound), f"{name}_most": Field(f"{field}Max", bound)}


_SERVICES: Final = {
    "structure": Field("idDestinataire", number),
    "services": Field("listeIdServiceExecutant", each(number)),
}
_SUPPLIERS: Final = {
    "structure": Field("idFournisseur", number),
    "services": Field("listeIdService", each(number)),
}


def _structure_fields(suffix: str) -> dict[str, Field]:
    return {
        "id": Field(f"idStructure{suffix}", number),
        "identifier": Field(f"identifiantStructure{suffix}", text(100)),
    }


COMMON: Final = {
    "number": Field("numeroFacture", text()),
    "statuses": Field("statutCourant", each(one_of(Status))),
    "frame": Field("cadreFacturation", _frame),
    "contract": Field("numeroMarche", text()),
    **_period("deposited", "periodeDateDepot"),
    **_period("issued", "periodeDateFacture"),
    **_period("moved", "periodeDateHeureEtatCourant"),
    **_range("without_vat", "montantHT"),
    **_range("with_vat", "montantTTC"),
}
"""What every search may be narrowed to."""

AS_SUPPLIER: Final = {
    **COMMON,
    **_range("due", "montantApayer"),
    "kind": Field("typeFacture", each(one_of(InvoiceKind))),
    "reference": Field("numeroBonCommande", text()),
    "flow": Field("numeroFluxDepot", text(50)),
    "structure": Field("idFournisseur", number),
    "recipients": Field("listeDestinataire", each(group(_SERVICES))),
    "by_siren": Field("rechercheSirenDestinataire", tick),
    "validator": Field("idStructureValideur", number),
    "rejection_closed": Field("rejetTraite", tick),
}
AS_RECIPIENT: Final = {
    **COMMON,
    **_range("due", "montantApayer"),
    "demand": Field("typeDemandePaiement", one_of(DemandKind)),
    "kind": Field("listeTypeFacture", each(one_of(InvoiceKind))),
    "reference": Field("numeroBonCommande", text()),
    "structure": Field("idDestinataire", number),
    "service": Field("idServiceExecutant", number),
    "suppliers": Field("listeFournisseurs", each(group(_SUPPLIERS))),
    "by_siren": Field("rechercheSirenFournisseur", tick),
    "validator": Field("idStructureValideur", number),
    # a no is a criterion here: the nominal sequence asks for what was not downloaded yet
    "downloaded": Field("factureTelechargeeParDestinataire", flag),
}
AS_VALIDATOR: Final = {
    **COMMON,
    **_range("due", "montantAPayer"),
    "demand": Field("typeDemandePaiement", one_of(DemandKind)),
    "kind": Field("listeTypeFacture", each(one_of(InvoiceKind))),
    "reference": Field("numeroEngagement", text()),
    "structure": Field("idStructureValideur", number),
    "recipient": Field("idDestinataire", number),
    "supplier": Field("idFournisseur", number),
    "moe": Field("idStructureMoe", number),
    "moa": Field("idStructureMoa", number),
}
AS_ANYBODY: Final = {
    **COMMON,
    **_range("due", "montantAPayer"),
    **_period("issued", "periodeDateFournisseur"),
    "demand": Field("typeDemandePaiement", one_of(DemandKind)),
    "kind": Field("typeFacture", each(one_of(InvoiceKind))),
    "reference": Field("numeroBonCommande", text()),
    "supplier_named": Field("structureFournisseur", group(_structure_fields("Fournisseur"))),
    "recipient_named": Field("structureDestinataire", group(_structure_fields("Destinataire"))),
    "validator_named": Field("structureValideur", group(_structure_fields("Valideur"))),
    "moe_named": Field("structureMoe", group(_structure_fields("Moe"))),
    "moa_named": Field("structureMoa", group(_structure_fields("Moa"))),
}


def criteria_of(call: Call) -> Criteria:
    """Return the criteria of a search; a field that it does not have narrows nothing."""
    asked = call.asked
    kinds = frozenset(asked.get("kind") or ())
    frame, demand = asked.get("frame"), asked.get("demand")
    return Criteria(
        number=asked.get("number"),
        statuses=frozenset(asked.get("statuses") or ()),
        frames=frozenset({frame} if frame is not None else ()),
        credit_notes=_credit_notes(kinds),
        works=None if demand is None else demand is DemandKind.WORKS,
        downloaded=asked.get("downloaded"),
        rejection_closed=asked.get("rejection_closed"),
        deposited=_moments(asked, "deposited"),
        moved=_moments(asked, "moved"),
        issued=Between(asked.get("issued_from"), asked.get("issued_to")),
        without_vat=_amounts(asked, "without_vat"),
        with_vat=_amounts(asked, "with_vat"),
        due=_amounts(asked, "due"),
        contract=asked.get("contract"),
        reference=asked.get("reference"),
        services=_services(call),
        supplier=_party(call, "supplier", "suppliers"),
        recipient=_party(call, "recipient", "recipients"),
        validator=_party(call, "validator"),
        moe=_party(call, "moe"),
        moa=_party(call, "moa"),
    )


def _credit_notes(kinds: frozenset[InvoiceKind]) -> bool | None:
    if not kinds or (InvoiceKind.CREDIT_NOTE in kinds and len(kinds) > 1):
        return None
    return InvoiceKind.CREDIT_NOTE in kinds


def _moments(asked: Mapping[str, Any], name: str) -> Between[dt.datetime]:
    """Return a period of days in Paris as moments: from its first one to the last of its last day."""
    first, last = asked.get(f"{name}_from"), asked.get(f"{name}_to")
    return Between(
        dt.datetime.combine(first, dt.time.min, PARIS).astimezone(dt.UTC) if first is not None else None,
        dt.datetime.combine(last, dt.time.max, PARIS).astimezone(dt.UTC) if last is not None else None,
    )


def _amounts(asked: Mapping[str, Any], name: str) -> Between[Any]:
    return Between(asked.get(f"{name}_least"), asked.get(f"{name}_most"))


def _services(call: Call) -> frozenset[str]:
    """Return the codes of the services that a search names by their numbers."""
    named = [(row["structure"], row["services"] or ()) for row in call.asked.get("recipients") or ()]
    if call.asked.get("service") is not None:
        named.append((call.asked.get("structure"), (call["service"],)))
    return frozenset(
        service_at(structure_at(call, owner), each_one).code
        for owner, numbers in named
        if owner is not None
        for each_one in numbers
    )


def _party(call: Call, name: str, many: str = "") -> PartyCriterion:
    asked = call.asked
    listed = (row["structure"] for row in asked.get(many) or ())
    named = asked.get(f"{name}_named") or {}
    numbers = [each_one for each_one in (asked.get(name), named.get("id"), *listed) if each_one is not None]
    identifier = named.get("identifier")
    if asked.get("by_siren") and numbers:
        return PartyCriterion(sirens=_sirens(call, numbers))
    if identifier is not None and not numbers:
        return PartyCriterion(sirens=frozenset({identifier.replace(" ", "")[:9]}))
    return PartyCriterion(structures=frozenset(map(str, numbers)))


def _sirens(call: Call, numbers: Iterable[int]) -> frozenset[str]:
    return frozenset(structure_at(call, each_one).identifier.value[:9] for each_one in numbers)
