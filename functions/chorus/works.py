"""The operations of `/cpro/facturesTravaux/v1`: works documents, in the role that one has for them."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from choriste.application.invoices.read_invoices import read_invoice
from choriste.application.invoices.search_invoices import search_invoices
from choriste.application.invoices.treat_invoice import Treatment, treat_invoice
from choriste.application.works.read_billing_file import BillingView, read_billing_file
from choriste.domain.lifecycle.reasons import REASON_TEXT_LIMIT, free_reason
from choriste.domain.lifecycle.statuses import Phase, in_phase
from choriste.domain.shared.ids import InvoiceId
from choriste.domain.tracking.head import InvoiceHead
from functions.chorus.codes import SIDES, UserRole
from functions.chorus.factures.criteria import AS_RECIPIENT, criteria_of
from functions.chorus.factures.details import consult, issued_facture
from functions.chorus.factures.fields import COLUMNS, columns
from functions.chorus.factures.treatment import (
    CORRECTED,
    NAMED,
    PIECES,
    attach_piece,
    correct_validator,
    recycle,
)
from functions.chorus.operation import Call, Operation, Rows, date_text
from functions.chorus.paging import PAGED, Found, in_order, page_field, turned
from functions.chorus.reading import Field, flag, number, one_of, required, text
from functions.chorus.returns import Return

_TO_TREAT: Final = in_phase(Phase.WORKS) | in_phase(Phase.TREATMENT) | in_phase(Phase.VALIDATION)


def _search(call: Call) -> Found[InvoiceHead]:
    role: UserRole = call.asked.get("role") or UserRole.MOA
    criteria = replace(criteria_of(call), works=True)
    found = turned(
        call,
        lambda after, size, budget: search_invoices(
            call.ports,
            call.principal,
            side=SIDES[role],
            criteria=criteria,
            after=after,
            limit=size,
            budget=budget,
        ),
        key=f"works#{role}",
    )
    return replace(found, rows=in_order(call, found.rows, COLUMNS))


def _to_treat(call: Call) -> Found[InvoiceHead]:
    wanted = call.asked.get("statuses") or tuple(sorted(_TO_TREAT))
    return _search(replace(call, asked={**call.asked, "statuses": wanted}))


def _file(call: Call) -> BillingView:
    return read_billing_file(call.ports, call.principal, InvoiceId(call["invoice"]))


def _complete(call: Call) -> InvoiceHead:
    for row in call["pieces"] or ():
        attach_piece(call, InvoiceId(call["invoice"]), row)
    return _step(call, "complete")


def _step(call: Call, action: str) -> InvoiceHead:
    words = call.asked.get("comment")
    treatment = Treatment(action=action, reason=free_reason(words) if words is not None else None)
    return treat_invoice(call.ports, call.principal, InvoiceId(call["invoice"]), treatment)


def _ask_recycling(call: Call) -> InvoiceHead:
    return read_invoice(call.ports, call.principal, _step(call, "ask-supplier").id).head


_WORKS: Final = columns(
    "idFactureTravaux",
    "numeroFacture",
    "typeFactureTravaux",
    "cadreFacturation",
    "statut",
    "dateFacture",
    "dateDepot",
    "dateHeureEtatCourant",
    "montantHT",
    "montantTTC",
    "montantAPayer",
    "devise",
    "numeroMarche",
    "numeroBonCommande",
    "codeFournisseur",
    "designationFournisseur",
    "idDestinataire",
    "codeDestinataire",
    "designationDestinataire",
    "codeMOE",
    "designationMOE",
    "codeMOA",
    "designationMOA",
    "idDossierFacturation",
    "factureTelechargeeParDestinataire",
)
_INVOICE: Final = {"invoice": required("idFactureTravaux", number)}
_STEP: Final = {**_INVOICE, "comment": Field("commentaire", text(REASON_TEXT_LIMIT))}
_ASKS: Final = {
    **AS_RECIPIENT,
    "structure": Field("idStructure", number),
    "recipient": Field("idDestinataire", number),
    "service": Field("idServiceExecutant", number),
    "downloaded": Field("flagTelecharge", flag),
    "role": Field("roleUtilisateur", one_of(UserRole)),
    "paging": page_field("rechercheFactureTravaux"),
}
_LISTED: Final = {"listeFacturesTravaux": Rows(lambda found: found.rows, _WORKS), **PAGED}
_TAKEN: Final = {
    "idFactureTravaux": lambda head: head.id,
    "numeroFacture": lambda head: head.number,
    "statutFacture": lambda head: head.status,
    "dateTraitement": lambda head: date_text(head.status_at),
}

WORKS: Final = (
    Operation(
        path="facturesTravaux/v1/rechercher",
        name="rechercherFactureTravaux",
        act=_search,
        asks=_ASKS,
        tells=_LISTED,
        none=Return.NO_WORKS_RESULT,
    ),
    Operation(
        path="facturesTravaux/v1/rechercher/atraiter",
        name="rechercherFactureTravauxATraiter",
        act=_to_treat,
        asks=_ASKS,
        tells=_LISTED,
        none=Return.NO_WORKS_RESULT,
    ),
    Operation(
        path="facturesTravaux/v1/consulter",
        name="consulterFactureTravaux",
        act=consult,
        asks=_INVOICE,
        tells={"facture": issued_facture()},
    ),
    Operation(
        path="facturesTravaux/v1/consulter/dossierfacturation",
        name="consulterDossierFacturation",
        act=_file,
        asks=_INVOICE,
        tells={
            "idDossierFacturation": lambda found: found.id,
            "listeFacturesTravaux": Rows(lambda found: [piece.head for piece in found.pieces], _WORKS),
        },
    ),
    Operation(
        path="facturesTravaux/v1/completer",
        name="completerFactureTravaux",
        act=_complete,
        asks={**_STEP, "pieces": PIECES},
        tells=_TAKEN,
        renames={Return.WRONG_STATUS: Return.NOT_SUSPENDED},
    ),
    Operation(
        path="facturesTravaux/v1/refuser",
        name="refuserFactureTravaux",
        act=lambda call: _step(call, "refuse"),
        asks=_STEP,
        tells=_TAKEN,
    ),
    Operation(
        path="facturesTravaux/v1/suspendre/demander/completer/factureTravaux",
        name="suspendreDemanderCompleterFactureTravaux",
        act=lambda call: _step(call, "ask-complement"),
        asks=_STEP,
    ),
    Operation(
        path="facturesTravaux/v1/demander/recyclage",
        name="demanderRecyclageFactureTravaux",
        act=_ask_recycling,
        asks=_INVOICE,
        tells={
            "idFactureTravaux": lambda head: head.id,
            "idPiecePrecedente": lambda head: head.previous[0] if head.previous else None,
        },
    ),
    Operation(
        path="facturesTravaux/v1/prendreEnCompte",
        name="prendreEnCompteUneFactureDeTravaux",
        act=lambda call: _step(call, "take-charge"),
        asks=_STEP,
        tells=_TAKEN,
    ),
    Operation(
        path="facturesTravaux/v1/completermoe",
        name="completerFactureTravauxMoe",
        act=_complete,
        asks={**_STEP, "pieces": PIECES},
        tells=_TAKEN,
        renames={Return.WRONG_STATUS: Return.NOT_SUSPENDED},
    ),
    Operation(
        path="facturesTravaux/v1/recycler",
        name="recyclerFactureTravaux",
        act=recycle,
        asks={**_INVOICE, **CORRECTED},
        tells=_TAKEN,
        renames={Return.WRONG_STATUS: Return.STATE_FORBIDS},
    ),
    Operation(
        path="facturesTravaux/v1/corriger/valideur/facture",
        name="corrigerValideurFactureTravaux",
        act=correct_validator,
        asks={**_INVOICE, **NAMED},
        tells=_TAKEN,
    ),
)
