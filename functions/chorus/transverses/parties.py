"""Structures as Transverses finds them: one's own, recipients, and what is known of a SIRET."""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from choriste.application.access.policy import lists_of, require_read_issued
from choriste.application.parties.consult_structure import consult_structure
from choriste.application.parties.export_recipients import export_recipients
from choriste.application.parties.search_structures import StructureQuery
from choriste.domain.access.user import Space
from choriste.domain.parties.search import StructureSummary
from choriste.domain.parties.structure import Structure, StructureIdentifier, StructureKind
from functions.chorus.accounts import structure_of
from functions.chorus.directory import structure_number
from functions.chorus.operation import Call, Operation, Rows, Tells
from functions.chorus.paging import PAGED, Found, page_field
from functions.chorus.reading import Field, number, one_of, required, text
from functions.chorus.returns import ChorusRefusal, Return
from functions.chorus.structures import find_structures, own_structures

_SIREN: Final = 9


def _actives(*spaces: Space) -> Callable[[Call], tuple[StructureSummary, ...]]:
    """Return what finds the active structures in which the account has one of some spaces."""

    def find(call: Call) -> tuple[StructureSummary, ...]:
        open_in = {each for space in spaces for each in lists_of(call.principal, space)}
        return tuple(row for row in own_structures(call) if row.active and row.id in open_in)

    return find


def _recipients(call: Call) -> Found[StructureSummary]:
    """Find whom an invoice may be sent to, by identifier or name, and by city or postal code."""
    place = call["place"] or ""
    named = "".join((call["identifier"] or "").split())
    is_number = named.isdigit() and len(named) != _SIREN
    query = StructureQuery(
        words="" if is_number else call["identifier"] or "",
        identifier=named if is_number else "",
        city="" if place.isdigit() else place,
        postcode=place if place.isdigit() else "",
        kind=call["kind"] or StructureKind.PUBLIC,
        active=True,
    )
    return find_structures(replace(call, asked={**call.asked, "restricted": False}), query)


def _known_siret(call: Call) -> Structure:
    siret = "".join(str(call["siret"]).split())
    found = call.ports.directory.structure_by_identifier(StructureIdentifier.siret(siret))
    if found is None:
        raise ChorusRefusal(Return.UNKNOWN_STRUCTURE)
    return consult_structure(call.ports, call.principal, found.id).structure


def _address(structure: Structure) -> str | None:
    place = structure.address
    if place is None:
        return None
    parts = (place.line1, place.line2, place.line3, place.postcode, place.city)
    return " ".join(part for part in parts if part) or None


def _accounts(call: Call) -> tuple[object, ...]:
    """Return the bank accounts of a structure: none is kept here, each invoice has its own."""
    require_read_issued(call.principal, structure_of(call, field="idStructure"))
    return ()


_ACTIVE: Final[Tells] = {
    "listeStructures": Rows(
        lambda found: found,
        {
            "idStructureCPP": lambda row: structure_number(row.id),
            "identifiant": lambda row: row.identifier.value,
            "designationStructure": lambda row: row.name,
        },
    )
}


def _own(path: str, name: str, *spaces: Space) -> Operation:
    return Operation(path=f"transverses/v1/recuperer/{path}", name=name, act=_actives(*spaces), tells=_ACTIVE)


PARTIES: Final = (
    _own("structures/actives/fournisseur", "recupererStructuresActivesFournisseur", Space.ISSUE),
    _own("structures/actives/destinataire", "recupererStructuresActivesDestinataire", Space.RECEIVE),
    _own("structures/actives/facturetravaux", "recupererStructuresActivesFactureTravaux", Space.WORKS),
    _own("structuresPourUtilisateur", "recupererStructuresPourUtilisateur", *Space),
    Operation(
        path="transverses/v1/rechercher/destinataire",
        name="rechercherDestinataires",
        act=_recipients,
        asks={
            "identifier": Field("identifiant", text(200)),
            "place": Field("nomVilleCodePostal", text(100)),
            "kind": Field("typeStructure", one_of(StructureKind)),
            "paging": page_field("parametresRecherche"),
        },
        tells={
            "listeDestinataires": Rows(
                lambda found: found.rows,
                {
                    "idStructureCPP": lambda row: structure_number(row.id),
                    "siret": lambda row: row.identifier.value,
                    "nomDestinataire": lambda row: row.name,
                    "adresseCodePostal": lambda row: row.postcode,
                    "adresseVille": lambda row: row.city,
                },
            ),
            **PAGED,
        },
    ),
    Operation(
        path="transverses/v1/consulter/information/siret",
        name="consulterInformationsSIRET",
        act=_known_siret,
        asks={"siret": required("siretStructure", text(20))},
        tells={
            "siret": lambda found: found.identifier.value,
            "siren": lambda found: found.identifier.value[:_SIREN],
            "raisonSociale": lambda found: found.name,
            "adresse": _address,
            "estActif": lambda found: found.active,
            "nonDiffusibleInsee": lambda found: found.registry.undisclosed,
        },
    ),
    Operation(
        path="transverses/v1/recuperer/coordbanc/valides",
        name="recupererCoordonneesBancairesValides",
        act=_accounts,
        asks={"structure": Field("idStructure", number)},
        tells={"listeCoordonneeBancaire": Rows(lambda found: found, {})},
    ),
    Operation(
        path="transverses/v1/telecharger/annuaire/destinataire",
        name="telechargerAnnuaireDestinataire",
        act=lambda call: export_recipients(call.ports, call.principal),
        tells={"fichierResultat": lambda packed: base64.b64encode(packed).decode()},
    ),
)
