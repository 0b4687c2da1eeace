"""What the lists of invoices tell of each: one table, from which every search takes its columns."""

from __future__ import annotations

from collections.abc import Callable
from decimal import ROUND_HALF_UP
from typing import Final

from choriste.domain.tracking.head import InvoiceHead, PartyReference
from functions.chorus.codes import DEPOSIT_MODES, WORKS_KINDS, demand_kind, invoice_kind
from functions.chorus.directory import identifier_kind, service_number, structure_number
from functions.chorus.operation import Tells, date_text

HeadField = Callable[[InvoiceHead], object]


def _party(
    suffix: str, party: Callable[[InvoiceHead], PartyReference | None], *, code: str
) -> dict[str, HeadField]:
    """Return the columns of one party; `code` is what its identifier is called."""

    def known(tell: Callable[[PartyReference], object]) -> HeadField:
        def fill(head: InvoiceHead) -> object:
            found = party(head)
            return tell(found) if found is not None else None

        return fill

    return {
        f"id{suffix}": known(lambda one: structure_number(one.structure)),
        f"{code}{suffix}": known(lambda one: one.identifier),
        f"typeIdentifiant{suffix}": known(lambda one: identifier_kind(one.identifier)),
        f"designation{suffix}": known(lambda one: one.name),
    }


COLUMNS: Final[dict[str, HeadField]] = {
    "identifiantFactureCPP": lambda head: head.id,
    "idFacture": lambda head: head.id,
    "idDemandePaiement": lambda head: head.id,
    "idFactureTravaux": lambda head: head.id,
    "numeroFacture": lambda head: head.number,
    "numeroDemandePaiement": lambda head: head.number,
    "typeDemandePaiement": lambda head: demand_kind(head.frame),
    "typeFacture": invoice_kind,
    "typeFactureTravaux": lambda head: WORKS_KINDS.get(head.frame),
    "cadreFacturation": lambda head: head.frame,
    "statut": lambda head: head.status,
    "etatCourant": lambda head: head.status,
    "dateHeureEtatCourant": lambda head: date_text(head.status_at),
    "commentaireEtatCourant": lambda head: head.reason_text,
    "dateFacture": lambda head: date_text(head.issue_date),
    "dateFournisseur": lambda head: date_text(head.issue_date),
    "dateDepot": lambda head: date_text(head.deposited_at),
    "montantHT": lambda head: head.without_vat,
    "montantTTC": lambda head: head.with_vat,
    "montantAPayer": lambda head: head.due,
    "devise": lambda head: head.currency,
    "numeroMarche": lambda head: head.contract,
    "numeroBonCommande": lambda head: head.engagement,
    "numeroEngagement": lambda head: head.engagement,
    "numeroFluxDepot": lambda head: head.flow_id,
    "numeroDpMandat": lambda head: head.accounting_reference,
    "modeDepot": lambda head: DEPOSIT_MODES[head.channel],
    "taille": lambda head: sum(file.size for file in head.files),
    "factureTelechargeeParDestinataire": lambda head: head.downloaded,
    "rejetTraite": lambda head: head.rejection_closed,
    "dpOuDpArchive": lambda _: "DEMANDE_PAIEMENT",
    "numeroDossierFacturation": lambda head: str(head.billing_file) if head.billing_file else None,
    "idDossierFacturation": lambda head: head.billing_file,
    "codeServiceExecutant": lambda head: head.service_code,
    "idServiceExecutant": lambda head: service_number(head.recipient.structure, head.service_code),
    "codeServiceDestinataire": lambda head: head.service_code,
    "idServiceDestinataire": lambda head: service_number(head.recipient.structure, head.service_code),
    "codeServiceMoe": lambda head: head.moe_service,
    "idServiceMoe": lambda head: service_number(head.moe.structure if head.moe else None, head.moe_service),
    **_party("Fournisseur", lambda head: head.supplier, code="code"),
    **_party("Destinataire", lambda head: head.recipient, code="code"),
    **_party("Valideur1", lambda head: head.validator_1, code="code"),
    **_party("Valideur2", lambda head: head.validator_2, code="code"),
    **_party("Moe", lambda head: head.moe, code="identifiant"),
    **_party("Moa", lambda head: head.moa, code="identifiant"),
    **_party("MOE", lambda head: head.moe, code="code"),
    **_party("MOA", lambda head: head.moa, code="code"),
    **_party("Valideur", lambda head: head.validator_1, code="identifiant"),
    "identifiantFournisseur": lambda head: head.supplier.identifier,
    "identifiantDestinataire": lambda head: head.recipient.identifier,
    "raisonSocialeValideur1": lambda head: head.validator_1.name if head.validator_1 else None,
    "raisonSocialeValideur2": lambda head: head.validator_2.name if head.validator_2 else None,
    "identifiantStructureFournisseur": lambda head: head.supplier.identifier,
    "identifiantStructureDestinataire": lambda head: head.recipient.identifier,
    "idStructureFournisseur": lambda head: structure_number(head.supplier.structure),
    "idStructureDestinataire": lambda head: structure_number(head.recipient.structure),
    "idStructureMoe": lambda head: structure_number(head.moe.structure) if head.moe else None,
    "idStructureMoa": lambda head: structure_number(head.moa.structure) if head.moa else None,
    "idStructureValideur1": lambda head: (
        structure_number(head.validator_1.structure) if head.validator_1 else None
    ),
    "idStructureValideur2": lambda head: (
        structure_number(head.validator_2.structure) if head.validator_2 else None
    ),
}
"""Every column that a list of invoices may have."""


def columns(*names: str) -> Tells:
    """Return some of the columns, by their names."""
    return {name: COLUMNS[name] for name in names}


_SUPPLIER = ("codeFournisseur", "typeIdentifiantFournisseur", "designationFournisseur")
_RECIPIENT = (
    "idDestinataire",
    "codeDestinataire",
    "designationDestinataire",
    "idServiceExecutant",
    "codeServiceExecutant",
)
_INVOICE = (
    "typeFacture",
    "numeroFacture",
    "dateFacture",
    "dateDepot",
    "montantHT",
    "montantTTC",
    "montantAPayer",
    "devise",
    "statut",
    "numeroMarche",
)

TO_TREAT: Final = columns(
    "identifiantFactureCPP",
    "typeDemandePaiement",
    *_SUPPLIER,
    *_RECIPIENT,
    *_INVOICE,
    "numeroBonCommande",
    "taille",
)
"""A row of what a supplier has to treat."""

ISSUED: Final = {
    **TO_TREAT,
    **columns(
        "numeroFluxDepot",
        "typeIdentifiantValideur1",
        "codeValideur1",
        "raisonSocialeValideur1",
        "typeIdentifiantValideur2",
        "codeValideur2",
        "raisonSocialeValideur2",
        "modeDepot",
        "dateHeureEtatCourant",
        "commentaireEtatCourant",
        "rejetTraite",
    ),
}
"""A row of what a supplier issued."""

RECEIVED: Final = columns(
    "idFacture",
    "typeDemandePaiement",
    *_SUPPLIER,
    *_RECIPIENT,
    *_INVOICE,
    "typeFactureTravaux",
    "numeroBonCommande",
    "taille",
    "factureTelechargeeParDestinataire",
    "codeMOE",
    "typeIdentifiantMOE",
    "designationMOE",
    "codeMOA",
    "typeIdentifiantMOA",
    "designationMOA",
    "dateHeureEtatCourant",
    "commentaireEtatCourant",
)
"""A row of what a recipient received."""

_WHOLE: Final[Tells] = {
    "montantHT": lambda head: head.without_vat.to_integral_value(ROUND_HALF_UP),
    "montantTTC": lambda head: head.with_vat.to_integral_value(ROUND_HALF_UP),
    "montantAPayer": lambda head: head.due.to_integral_value(ROUND_HALF_UP),
}

_VALIDATED: Final = columns(
    "idFacture",
    "typeDemandePaiement",
    "idFournisseur",
    "identifiantFournisseur",
    "typeIdentifiantFournisseur",
    "designationFournisseur",
    *(f"{part}{role}" for role in ("Moe", "Moa") for part in ("id", "typeIdentifiant", "identifiant")),
    "designationMoe",
    "designationMoa",
    "idServiceMoe",
    "codeServiceMoe",
    "idDestinataire",
    "typeIdentifiantDestinataire",
    "identifiantDestinataire",
    "designationDestinataire",
    "idServiceExecutant",
    "codeServiceExecutant",
    "idValideur",
    "typeIdentifiantValideur",
    "identifiantValideur",
    "designationValideur",
    *_INVOICE,
    "typeFactureTravaux",
    "numeroEngagement",
)

VALIDATED: Final = {**_VALIDATED, **_WHOLE}
"""A row of what a validator has before it; the official model knows its amounts as whole numbers only."""

DEMANDED: Final = columns(
    "idDemandePaiement",
    "numeroDemandePaiement",
    "typeDemandePaiement",
    "typeFacture",
    "typeFactureTravaux",
    "cadreFacturation",
    "etatCourant",
    "dateHeureEtatCourant",
    "dateFournisseur",
    "dateDepot",
    "montantHT",
    "montantTTC",
    "montantAPayer",
    "numeroMarche",
    "numeroBonCommande",
    "idStructureFournisseur",
    "idStructureMoe",
    "idServiceMoe",
    "idStructureMoa",
    "idStructureValideur1",
    "idStructureValideur2",
    "idStructureDestinataire",
    "idServiceDestinataire",
    "dpOuDpArchive",
    "numeroDossierFacturation",
    "idDossierFacturation",
    "commentaireEtatCourant",
    "numeroDpMandat",
    "codeServiceDestinataire",
    "identifiantStructureFournisseur",
    "identifiantStructureDestinataire",
)
"""A row of the search over all payment requests."""
