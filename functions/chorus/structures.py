"""The operations of `/cpro/structures/v1`: structures, their services, and who has a part in them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final

from choriste.application.access.policy import rights_held
from choriste.application.invoices.search_invoices import Budget
from choriste.application.parties.consult_structure import ConsultedStructure, consult_structure
from choriste.application.parties.search_structures import MOST_READ, StructureQuery, search_structures
from choriste.application.shared.ports import Page
from choriste.domain.access.user import Space
from choriste.domain.parties.search import StructureSummary, summary_of
from choriste.domain.parties.structure import (
    IdentifierKind,
    Service,
    Structure,
    StructureId,
    StructureIdentifier,
    StructureKind,
)
from functions.chorus.codes import SPACES, StructureStatus
from functions.chorus.directory import service_at, service_number, structure_number
from functions.chorus.operation import Call, Operation, Rows, Tells, Within, date_text
from functions.chorus.paging import PAGE, PAGED, Found, page_field, page_of, turned
from functions.chorus.reading import Field, flag, number, one_of, required, text
from functions.chorus.returns import ChorusRefusal, Return

_SIREN: Final = 9


def _kind(value: object, _name: str) -> IdentifierKind | None:
    """Read a kind of identifier; a SIREN, which some clients send, is that of a company."""
    words = str(value).strip().upper()
    return IdentifierKind(words) if words in set(IdentifierKind) else None


def find_structures(call: Call, query: StructureQuery) -> Found[StructureSummary]:
    """Return the page of a search; one that names nothing finds the account's own structures."""
    named = query.words or query.identifier or query.city or query.postcode
    if not named:
        return page_of(call, [row for row in own_structures(call) if query.admits(row)])
    return turned(
        call,
        lambda after, size, budget: _visible(call, query, budget, after=after, size=size),
        key="structures",
    )


def own_structures(call: Call) -> Iterable[StructureSummary]:
    """Return the structures that the account has a part in, by id."""
    found = (call.ports.directory.structure(each) for each in sorted(call.principal.structures))
    return (summary_of(each) for each in found if each is not None)


def _visible(
    call: Call, query: StructureQuery, budget: Budget, *, after: str | None, size: int
) -> Page[StructureSummary]:
    """Return what a search may show: other companies only to whoever asks for them too."""
    page = search_structures(call.ports, call.principal, query, after=after, limit=size)
    budget.left -= size if len(page.rows) == size else MOST_READ
    if call.asked.get("restricted") is False:
        return page
    own = call.principal.structures
    rows_ = tuple(row for row in page.rows if row.kind is StructureKind.PUBLIC or row.id in own)
    return Page(rows_, page.after)


def _search(call: Call) -> Found[StructureSummary]:
    asked = call.asked
    identifier = "".join((asked["identifier"] or "").split())
    by_siren = len(identifier) == _SIREN and identifier.isdigit()
    names = (asked["legal_name"], asked["label"], asked["last_name"], asked["first_name"])
    status: StructureStatus | None = asked["status"]
    query = StructureQuery(
        words=identifier if by_siren else next((name for name in names if name), ""),
        identifier="" if by_siren else identifier,
        identifier_kind=asked["identifier_kind"],
        city=asked["city"] or "",
        postcode=asked["postcode"] or "",
        country=asked["country"] or "",
        kind=asked["kind"],
        active=None if status is None else status is StructureStatus.ACTIVE,
        is_moa=asked["moa"] or None,
    )
    return find_structures(call, query)


def _consulted(call: Call) -> ConsultedStructure:
    asked = call.asked.get("structure") or call.asked.get("also")
    if asked is None:
        asked = _by_identifier(call)
    return consult_structure(call.ports, call.principal, str(asked))


def _by_identifier(call: Call) -> StructureId:
    value = call.asked.get("identifier")
    if value is None:
        raise ChorusRefusal(Return.MISSING, field="idStructure")
    kind = call.asked.get("identifier_kind") or IdentifierKind.SIRET
    found = call.ports.directory.structure_by_identifier(StructureIdentifier(kind, value.replace(" ", "")))
    if found is None:
        raise ChorusRefusal(Return.UNKNOWN_STRUCTURE)
    return found.id


def _services(call: Call) -> Found[tuple[Structure, Service]]:
    structure = _consulted(call).structure
    return page_of(call, [(structure, service) for service in structure.services])


@dataclass(frozen=True, slots=True)
class _OneService:
    structure: Structure
    service: Service
    inside: bool


def _service(call: Call) -> _OneService:
    found = _consulted(call)
    return _OneService(found.structure, service_at(found.structure, call["service"]), found.inside)


def _spaces(call: Call) -> Found[Any]:
    structure = _consulted(call).structure
    held = rights_held(call.principal, structure.id, SPACES)
    highest = {right.space: right for right in reversed(held)}
    return page_of(call, [highest[space] for space in Space if space in highest])


@dataclass(frozen=True, slots=True)
class _Attached:
    structure: Structure
    services: Found[Service]


def _attachments(call: Call) -> _Attached:
    """Return the services of a structure that the account has rights on: all, where none limits them."""
    structure = _consulted(call).structure
    rights = [right for right in call.principal.rights if right.structure == structure.id]
    whole = structure.id in call.principal.managed or any(right.service is None for right in rights)
    limited = {right.service for right in rights}
    own = [service for service in structure.services if whole or service.code in limited]
    return _Attached(structure, page_of(call, own))


def _flag(name: str) -> Callable[[ConsultedStructure], object]:
    return lambda found: getattr(found.structure.settings, name)


def _place(name: str) -> Callable[[ConsultedStructure], object]:
    return lambda found: getattr(found.structure.address, name) if found.structure.address else None


ADDRESS: Final[Tells] = {
    "adresse": _place("line1"),
    "complementAdresse1": _place("line2"),
    "complementAdresse2": _place("line3"),
    "codePostal": _place("postcode"),
    "ville": _place("city"),
    "pays": _place("country"),
    "telephone": lambda found: found.structure.contact.telephone,
}
"""The postal address of a consulted structure."""

_FOUND: Final[Tells] = {
    "idStructureCPP": lambda row: structure_number(row.id),
    "identifiantStructure": lambda row: row.identifier.value,
    "typeIdentifiantStructure": lambda row: row.identifier.kind,
    "designationStructure": lambda row: row.name,
    "statut": lambda row: "ACTIVE" if row.active else "INACTIVE",
}
_GENERAL: Final[Tells] = {
    "idStructureCPP": lambda found: structure_number(found.structure.id),
    "identifiantStructure": lambda found: found.structure.identifier.value,
    "typeIdentifiantStructure": lambda found: found.structure.identifier.kind,
    "raisonSocialeStructure": lambda found: found.structure.name,
    "libelleStructure": lambda found: found.structure.name,
    "structurePriveePublique": lambda found: found.structure.kind,
    "numeroTVA": lambda found: found.structure.vat_number,
    "emailStructure": lambda found: found.structure.contact.email,
    "estValideurDeleguee": lambda _: False,
}
_PARAMETERS: Final[Tells] = {
    "codeServiceDoitEtreRenseigne": _flag("service_mandatory"),
    "numeroEJDoitEtreRenseigne": _flag("engagement_mandatory"),
    "gestionNumeroEJOuCodeService": _flag("either_mandatory"),
    "statutMiseEnPaiementNestPasRemonte": _flag("payment_unreported"),
    "getaMoa": _flag("is_moa"),
    "estMoaUniquement": _flag("is_moa_only"),
    "nonDiffusibleInsee": lambda found: found.structure.registry.undisclosed,
}
SERVICE: Final[Tells] = {
    "idService": lambda row: service_number(row[0].id, row[1].code),
    "codeService": lambda row: row[1].code,
    "libelleService": lambda row: row[1].name,
    "estActif": lambda row: row[1].active,
    "statutService": lambda row: "ACTIF" if row[1].active else "INACTIF",
    "dateDbtService": lambda row: date_text(row[1].since),
    "dateFinService": lambda row: date_text(row[1].until),
}
"""A service of a structure, given with it."""

_BY: Final = {
    "structure": Field("idStructure", number),
    "identifier": Field("identifiantStructure", text(100)),
    "identifier_kind": Field("typeIdentifiantStructure", _kind),
}

STRUCTURES: Final = (
    Operation(
        path="structures/v1/rechercher",
        name="rechercherStructure",
        act=_search,
        asks={
            "identifier": Field("structure.identifiantStructure", text(100)),
            "identifier_kind": Field("structure.typeIdentifiantStructure", _kind),
            "legal_name": Field("structure.raisonSocialeStructure", text(200)),
            "label": Field("structure.libelleStructure", text(200)),
            "last_name": Field("structure.nomStructure", text(200)),
            "first_name": Field("structure.prenomStructure", text(200)),
            "status": Field("structure.statutStructure", one_of(StructureStatus)),
            "kind": Field("structure.typeStructure", one_of(StructureKind)),
            "country": Field("structure.adresseCodePays", text(2)),
            "postcode": Field("structure.adresseCodePostal", text(10)),
            "city": Field("structure.adresseVille", text(100)),
            "moa": Field("structure.estMOA", flag),
            "restricted": Field("restreindreStructuresPrivees", flag),
            "paging": page_field("parametres"),
        },
        tells={"listeStructures": Rows(lambda found: found.rows, _FOUND), **PAGED},
    ),
    Operation(
        path="structures/v1/consulter",
        name="consulterStructureAvecTVAIntraCom",
        act=_consulted,
        asks={
            "structure": Field("idStructureCPP", number),
            "also": Field("idStructure", number),
            "language": Field("codeLangue", text(10)),
        },
        tells={
            "informationGenerales": _GENERAL,
            "parametres": _PARAMETERS,
            "adressePostaleDuSiege": ADDRESS,
        },
    ),
    Operation(
        path="structures/v1/rechercher/services",
        name="rechercherServicesStructure",
        act=_services,
        asks={**_BY, "paging": page_field("parametresRechercherServicesStructure")},
        tells={"listeServices": Rows(lambda found: found.rows, SERVICE), **PAGED},
    ),
    Operation(
        path="transverses/v1/rechercher/serviceexecutant",
        name="rechercherServiceExecutant",
        act=_services,
        asks={**_BY, "paging": page_field("parametresRecherche")},
        tells={"listeServices": Rows(lambda found: found.rows, SERVICE), **PAGED},
        none=Return.NO_RESULT,
    ),
    Operation(
        path="structures/v1/consulter/service",
        name="consulterServiceStructure",
        act=_service,
        asks={**_BY, "service": required("idService", number)},
        tells={
            "informationsGenerales": {
                "codeService": lambda found: found.service.code,
                "nomService": lambda found: found.service.name,
                "descriptionService": lambda found: found.service.description,
            },
            "parametres": {
                "numeroEngagement": lambda found: found.service.engagement_mandatory,
                "miseEnPaiement": lambda found: not found.structure.settings.payment_unreported,
                "dateDebutValidite": lambda found: date_text(found.service.since),
                "dateFinValidite": lambda found: date_text(found.service.until),
            },
            "adressePostale": ADDRESS,
        },
    ),
    Operation(
        path="structures/v1/rechercher/espaces",
        name="rechercherEspaces",
        act=_spaces,
        asks={
            "structure": Field("structure.idStructure", number),
            "identifier": Field("structure.identifiantStructure", text(100)),
            "identifier_kind": Field("structure.typeIdentifiantStructure", _kind),
            "service": Field("idService", number),
            "paging": page_field("parametresRechercherEspaces"),
        },
        tells={
            "listeEspace": Rows(
                lambda found: found.rows,
                {
                    "codeEspace": lambda right: SPACES[right.space][0],
                    "idEspaceFo": lambda right: SPACES[right.space][0],
                    "libelleEspace": lambda right: SPACES[right.space][1],
                    "etatCourant": lambda _: "ACTIVE",
                    "typeHabilitation": lambda right: right.level,
                },
            ),
            **PAGED,
        },
    ),
    Operation(
        path="structures/v1/lister/rattachementsutilisateur",
        name="listerRattachementsStructureUtilisateur",
        act=_attachments,
        asks={**_BY, "paging": page_field("parametresListerRattachementsStructureUtilisateur")},
        tells={
            "idStructure": lambda found: structure_number(found.structure.id),
            "identifiantStructure": lambda found: found.structure.identifier.value,
            "designationStructure": lambda found: found.structure.name,
            "listeServices": Rows(
                lambda found: [(found.structure, service) for service in found.services.rows],
                {
                    "idService": lambda row: service_number(row[0].id, row[1].code),
                    "codeService": lambda row: row[1].code,
                    "nomService": lambda row: row[1].name,
                    "statutRattachement": lambda _: "VALIDEE",
                    "idRattachement": lambda row: service_number(row[0].id, row[1].code),
                    "dateDebut": lambda row: date_text(row[1].since),
                },
            ),
            "parametresRetour": Within(lambda found: found.services, PAGE),
        },
    ),
)
