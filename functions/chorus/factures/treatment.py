"""What is done with an invoice: treated, validated, completed, recycled, its rejection closed."""

from __future__ import annotations

from typing import Any, Final

from choriste.application.deposits.deposited_file import clean_filename
from choriste.application.invoices.act_on_invoice import acknowledge_invoice, record_reference
from choriste.application.invoices.attach_file import CATEGORY_LIMIT, attach_file
from choriste.application.invoices.keep_piece import read_piece
from choriste.application.invoices.read_invoices import read_invoice
from choriste.application.invoices.treat_invoice import Correction, Treatment, treat_invoice
from choriste.domain.lifecycle import Reason, ReasonCode, Status
from choriste.domain.lifecycle.reasons import REASON_TEXT_LIMIT, free_reason
from choriste.domain.parties.structure import IdentifierKind
from choriste.domain.shared.ids import InvoiceId
from choriste.domain.tracking.head import InvoiceHead
from functions.chorus.codes import RECIPIENT_STATUSES, STEPS, WITH_REASON, ValidatorAction
from functions.chorus.directory import structure_at
from functions.chorus.operation import Call, Operation, date_text
from functions.chorus.reading import Field, each, group, number, one_of, required, text
from functions.chorus.returns import ChorusRefusal, Return

_PIECE: Final = {
    "name": Field("pieceJointeComplementaireDesignation", text(100)),
    "category": Field("pieceJointeComplementaireType", text(CATEGORY_LIMIT)),
    "line": Field("pieceJointeComplementaireNumeroLigneFacture", number),
    "piece": required("pieceJointeComplementaireId", number),
}
PIECES: Final = Field("pieceJointeComplementaire", each(group(_PIECE)))
"""The further attachments of an invoice, each a file that was sent before."""


def _treat_received(call: Call) -> InvoiceHead:
    """Set the status that a recipient asks for: by the step that leads there from the present one."""
    wanted: Status = call["status"]
    if wanted in WITH_REASON and call["reason"] is None:
        raise ChorusRefusal(Return.MISSING, field="motif")
    view = read_invoice(call.ports, call.principal, InvoiceId(call["invoice"]))
    steps = (row.name for row in view.actions if row.target is wanted and wanted in RECIPIENT_STATUSES)
    step = next(steps, None)
    if step is None:
        allowed = sorted({row.target.value for row in view.actions} & set(RECIPIENT_STATUSES))
        detail = f"{view.head.status.value} → {wanted.value} ({', '.join(allowed) or '—'})"
        raise ChorusRefusal(Return.WRONG_STATUS, detail=detail)
    reason = free_reason(call["reason"]) if call["reason"] is not None else None
    treated = treat_invoice(call.ports, call.principal, view.head.id, Treatment(action=step, reason=reason))
    if call["reference"] is not None:
        treated = record_reference(call.ports, call.principal, treated.id, call["reference"])
    return treated


def _validate(call: Call) -> InvoiceHead:
    action: ValidatorAction = call["action"]
    code, words = call["reason"], call["words"]
    reason: Reason | None
    if action is ValidatorAction.REFUSE and code is ReasonCode.ERR_VALIDEUR:
        step, reason = "return-validator", Reason(code=ReasonCode.ERR_VALIDEUR, text=words or "")
    else:
        step = STEPS[action]
        reason = Reason(code=code or ReasonCode.AUTRE, text=words or "") if code or words else None
    treatment = Treatment(action=step, reason=reason)
    return treat_invoice(call.ports, call.principal, InvoiceId(call["invoice"]), treatment)


def _complete(call: Call) -> InvoiceHead:
    head = read_invoice(call.ports, call.principal, InvoiceId(call["invoice"])).head
    if head.status not in {Status.SUSPENDUE, Status.A_COMPLETER}:
        raise ChorusRefusal(Return.NOT_SUSPENDED)
    for row in call["pieces"] or ():
        attach_piece(call, head.id, row)
    reason = free_reason(call["comment"]) if call["comment"] is not None else None
    return treat_invoice(call.ports, call.principal, head.id, Treatment(action="complete", reason=reason))


def attach_piece(call: Call, invoice: InvoiceId, row: dict[str, Any]) -> None:
    """Attach a file that was sent before, under its own name."""
    piece, content = read_piece(call.ports, call.principal, row["piece"])
    attach_file(
        call.ports,
        call.principal,
        invoice,
        filename=clean_filename(piece.filename),
        content=content,
        category=row["category"],
    )


def recycle(call: Call) -> InvoiceHead:
    """Correct what was addressed wrongly; what a client repeats unchanged is no correction."""
    view = read_invoice(call.ports, call.principal, InvoiceId(call["invoice"]))
    head = view.head
    if all(row.name != "recycle" for row in view.actions):
        raise ChorusRefusal(Return.STATE_FORBIDS, detail=head.status.value)
    correction = Correction(
        recipient_siret=_changed(call["recipient"], head.recipient.identifier),
        service_code=_changed(call["service"], head.service_code),
        engagement=_changed(call["engagement"], head.engagement),
    )
    reason = free_reason(call["comment"]) if call["comment"] is not None else None
    treatment = Treatment(action="recycle", reason=reason, correction=correction)
    return treat_invoice(call.ports, call.principal, head.id, treatment)


def _changed(stated: str | None, known: str | None) -> str | None:
    return None if stated is None or stated == known else stated


def _close_rejections(call: Call) -> tuple[InvoiceHead, ...]:
    return tuple(
        acknowledge_invoice(call.ports, call.principal, InvoiceId(row["invoice"]), "close-rejection")
        for row in call["requests"]
    )


def correct_validator(call: Call) -> InvoiceHead:
    """Name another validator, by the number of the structure or by its identifier."""
    siret: str | None = call["identifier"]
    if call["structure"] is not None:
        siret = structure_at(call, call["structure"]).identifier.value
    if siret is None:
        raise ChorusRefusal(Return.MISSING, field="idStructure")
    treatment = Treatment(action="correct-validator", party=siret.replace(" ", ""))
    return treat_invoice(call.ports, call.principal, InvoiceId(call["invoice"]), treatment)


_TREATED: Final = {
    "idFacture": lambda head: head.id,
    "numeroFacture": lambda head: head.number,
    "dateTraitement": lambda head: date_text(head.status_at),
}
_OF_SUPPLIER: Final = {
    "identifiantFactureCPP": lambda head: head.id,
    "numeroFacture": lambda head: head.number,
}

CORRECTED: Final = {
    "recipient": Field("destinataire.codeDestinataire", text(14)),
    "service": Field("destinataire.codeServiceExecutant", text(100)),
    "engagement": Field("reference.numeroBonCommande", text(50)),
    "comment": Field("commentaire", text(REASON_TEXT_LIMIT)),
}
"""What a recycling corrects."""

NAMED: Final = {
    "structure": Field("idStructure", number),
    "kind": Field("typeIdentifiantStructure", one_of(IdentifierKind)),
    "identifier": Field("identifiantStructure", text(18)),
}
"""The structure that a correction names."""

TREATMENTS: Final = (
    Operation(
        path="factures/v1/traiter/recue",
        name="traiterUneFactureRecue",
        act=_treat_received,
        asks={
            "invoice": required("idFacture", number),
            "status": required("nouveauStatut", one_of(Status)),
            "reason": Field("motif", text(REASON_TEXT_LIMIT)),
            "reference": Field("numeroDPMandat", text(50)),
        },
        tells={**_TREATED, "nouveauStatut": lambda head: head.status},
    ),
    Operation(
        path="factures/v1/traiter/factureAValider",
        name="traiterFactureAValider",
        act=_validate,
        asks={
            "invoice": required("idFacture", number),
            "action": required("action", one_of(ValidatorAction)),
            "reason": Field("motifRefus", one_of(ReasonCode)),
            "words": Field("complementInfo", text(REASON_TEXT_LIMIT)),
            "kind": Field("typeValideur", text(50)),
            "validator": Field("idValideur", number),
        },
        tells={**_TREATED, "statutFacture": lambda head: head.status},
    ),
    Operation(
        path="factures/v1/completer",
        name="completerFacture",
        act=_complete,
        asks={
            "invoice": required("identifiantFactureCPP", number),
            "comment": Field("commentaire", text(REASON_TEXT_LIMIT)),
            "pieces": PIECES,
        },
        tells={**_OF_SUPPLIER, "dateTraitement": lambda head: date_text(head.status_at)},
        renames={Return.WRONG_STATUS: Return.NOT_SUSPENDED},
    ),
    Operation(
        path="factures/v1/recycler",
        name="recyclerFacture",
        act=recycle,
        asks={"invoice": required("identifiantFactureCPP", number), **CORRECTED},
        tells={
            **_OF_SUPPLIER,
            "statutFacture": lambda head: head.status,
            "dateDepot": lambda head: date_text(head.deposited_at),
        },
        renames={Return.WRONG_STATUS: Return.STATE_FORBIDS},
    ),
    Operation(
        path="factures/v1/traiterRejet",
        name="traiterFacturesRejetees",
        act=_close_rejections,
        asks={
            "requests": required(
                "listeDemandePaiement", each(group({"invoice": required("idDemandePaiement", number)}))
            )
        },
    ),
    Operation(
        path="factures/v1/corriger/valideur/facture",
        name="corrigerValideurFacture",
        act=correct_validator,
        asks={"invoice": required("idFacture", number), **NAMED},
        tells={"idFacture": lambda head: head.id},
    ),
)
