"""`/cpro/utilisateurs/v1`, what an account belongs to; `/cpro/engagementsJuridiques/v1`, commitments."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from choriste.application.invoices.criteria import Criteria, PartyCriterion, Side
from choriste.application.invoices.search_invoices import search_invoices
from choriste.domain.parties.structure import IdentifierKind, Structure, StructureIdentifier
from choriste.domain.tracking.head import InvoiceHead
from functions.chorus.directory import service_number, structure_number
from functions.chorus.operation import Call, Operation, Rows, date_text
from functions.chorus.paging import PAGED, Found, page_field, page_of
from functions.chorus.reading import Field, required, text


@dataclass(frozen=True, slots=True)
class _Attachment:
    call: Call
    structure: Structure

    @property
    def role(self) -> str:
        managed = self.structure.id in self.call.principal.managed
        return "GESTIONNAIRE_PRINCIPAL" if managed else "UTILISATEUR_SIMPLE"


def _attachments(call: Call) -> Found[_Attachment]:
    found = (call.ports.directory.structure(each) for each in sorted(call.principal.structures))
    return page_of(call, [_Attachment(call, each) for each in found if each is not None])


def _commitments(call: Call) -> Found[InvoiceHead]:
    """Find a commitment among the invoices that name it: the platform keeps no register of its own."""
    structure = call.ports.directory.structure_by_identifier(_identifier(call["structure"]))
    owner = frozenset({structure.id}) if structure is not None else frozenset({call["structure"]})
    criteria = Criteria(reference=call["number"], recipient=PartyCriterion(structures=owner))
    found = (
        head
        for side in (Side.ISSUED, Side.RECEIVED)
        for head in search_invoices(call.ports, call.principal, side=side, criteria=criteria, limit=1).rows
    )
    return page_of(call, list({head.engagement: head for head in found}.values()))


def _identifier(value: str) -> StructureIdentifier:
    return StructureIdentifier(IdentifierKind.SIRET, "".join(value.split()))


PEOPLE: Final = (
    Operation(
        path="utilisateurs/v1/monCompte/recuperer/rattachements",
        name="recupererRattachementsUtilisateur",
        act=_attachments,
        asks={"paging": page_field("parametresRecherche")},
        tells={
            "listeStructureRattachement": Rows(
                lambda found: found.rows,
                {
                    "idStructure": lambda one: structure_number(one.structure.id),
                    "idRattachementStructure": lambda one: structure_number(one.structure.id),
                    "identifiantStructure": lambda one: one.structure.identifier.value,
                    "typeIdentifiantStructure": lambda one: one.structure.identifier.kind,
                    "designationStructure": lambda one: one.structure.name,
                    "roleUtilisateur": lambda one: one.role,
                    "statutRattachementStructure": lambda _: "VALIDEE",
                    "statutUtilisateur": lambda _: "ACTIF",
                    "listeServicesRattache": Rows(
                        lambda one: [(one.structure, service) for service in one.structure.services],
                        {
                            "idService": lambda row: service_number(row[0].id, row[1].code),
                            "codeService": lambda row: row[1].code,
                            "libelleService": lambda row: row[1].name,
                            "estActif": lambda row: row[1].active,
                            "statutService": lambda row: "ACTIF" if row[1].active else "INACTIF",
                            "statutRattachementService": lambda _: "VALIDEE",
                            "dateDbtService": lambda row: date_text(row[1].since),
                            "dateFinService": lambda row: date_text(row[1].until),
                        },
                    ),
                },
            ),
            **PAGED,
        },
    ),
    Operation(
        path="engagementsJuridiques/v1/rechercher",
        name="rechercherEngagementJuridique",
        act=_commitments,
        asks={
            "structure": required("structureReceptriceEngagementJuridique", text(100)),
            "number": required("numeroEngagementJuridique", text(50)),
            "state": Field("etatCourantEngagementJuridique", text(50)),
        },
        tells={
            "listeEngagementJuridique": Rows(
                lambda found: found.rows,
                {
                    "numeroEngagementJuridique": lambda head: head.engagement,
                    "structureReceptriceEngagementJuridique": lambda head: head.recipient.identifier,
                },
            ),
            **PAGED,
        },
    ),
)
