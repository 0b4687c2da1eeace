"""`soumettre`, an invoice as fields; and `deposer/pdf`, which reads them from a PDF."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from choriste.application.deposits.read_report import read_report
from choriste.application.drafts.draft_fields import filled_in
from choriste.application.drafts.draft_from_pdf import draft_from_pdf
from choriste.application.drafts.submit_entry import submit_entry
from choriste.application.invoices.attach_file import MAX_ATTACHMENT_BYTES
from choriste.application.invoices.keep_piece import keep_piece
from choriste.domain.deposits.flow import Document, Flow, Outcome
from choriste.domain.drafts.draft import Draft
from choriste.domain.drafts.prefilled import Prefilled
from choriste.domain.lifecycle import Frame, Status, parse_frame
from choriste.domain.parties.structure import StructureId
from choriste.domain.shared.errors import DraftInvalidError
from choriste.domain.shared.findings import Finding, Severity
from functions.chorus.accounts import structure_of
from functions.chorus.codes import (
    ENTRY_MODES,
    DepositMode,
    InvoiceKind,
    PaymentMode,
    PdfKind,
    VatKind,
)
from functions.chorus.factures.entry import (
    check_totals,
    fields_of_entry,
    numbered,
    pieces_of_entry,
    source_of_entry,
    unit_code,
    vat_rate,
)
from functions.chorus.factures.flows import NAME_LIMIT
from functions.chorus.factures.treatment import PIECES
from functions.chorus.operation import Call, Operation, date_text
from functions.chorus.reading import (
    Field,
    amount,
    day,
    each,
    file_of,
    group,
    number,
    one_of,
    one_row,
    required,
    text,
)
from functions.chorus.returns import ChorusRefusal, Return

WAIT_SECONDS: Final = 8.0
"""How long a submission waits for its invoice; one that takes longer is told as deposited."""

ENTRY_FRAMES: Final = frozenset({Frame.A1, Frame.A2, Frame.A9, Frame.A12})
"""The frames that may be submitted as fields."""


@dataclass(frozen=True, slots=True)
class _Submitted:
    """What was submitted; `document` says under which id the invoice is, or will be, known."""

    call: Call
    draft: Draft
    flow: Flow
    document: Document

    @property
    def supplier(self) -> str | None:
        """The identifier of the supplier."""
        found = self.call.ports.directory.structure(StructureId(self.draft.structure))
        return found.identifier.value if found is not None else None


@dataclass(frozen=True, slots=True)
class _Prefilled:
    """What a PDF gave: `piece` is the number under which it waits for `soumettre`."""

    draft: Draft
    found: Prefilled
    piece: int

    def value(self, name: str) -> str | None:
        """Return what was read under a name, certain or probable."""
        return self.found.certain.get(name) or self.found.probable.get(name)


def _submit(call: Call) -> _Submitted:
    mode: DepositMode = call["mode"]
    _check_mandatory(call, mode)
    entered = Call(call.principal, call.ports, call.language, {**call.asked, "frame": _frame(call)})
    pieces = pieces_of_entry(entered)
    structure = structure_of(call, "supplier", field="fournisseur.idFournisseur")
    fields = fields_of_entry(entered, number=_number(call, mode))
    source = source_of_entry(entered, pieces, structure=structure)
    check_totals(entered, filled_in(call.ports, structure, source.invoice, fields))
    begun = next((piece.draft for _, piece, _ in pieces if piece.draft is not None), None)
    try:
        draft, receipt = submit_entry(
            call.ports,
            call.principal,
            structure=structure,
            fields=fields,
            source=source,
            begun=begun,
            channel=ENTRY_MODES[mode],
        )
    except DraftInvalidError as error:
        raise ChorusRefusal(Return.REFUSED, detail=_reasons(call, error.parameters["findings"])) from error
    return _settled(call, draft, receipt.flow)


def _settled(call: Call, draft: Draft, flow: Flow) -> _Submitted:
    """Wait for the invoice; raises `ChorusRefusal` when it is refused after all, as for its number."""
    ends = time.monotonic() + WAIT_SECONDS
    while True:
        report = read_report(call.ports, call.principal, flow.id)
        if report.flow.state.is_final or time.monotonic() >= ends:
            break
        time.sleep(0.05)
    document = report.documents[0] if report.documents else None
    if document is None or document.outcome is Outcome.REFUSED:
        findings = document.findings if document is not None else report.flow.all_findings
        raise ChorusRefusal(Return.REFUSED, detail=_reasons(call, findings))
    return _Submitted(call, draft, report.flow, document)


def _reasons(call: Call, findings: Any) -> str:  # noqa: ANN401 - the findings of an error
    fatal: list[Finding] = [each_one for each_one in findings if each_one.severity is Severity.FATAL]
    sentences = {one.message.in_language(call.language): one.rule for one in reversed(fatal)}
    return " ".join(f"[{rule}] {sentence}" for sentence, rule in reversed(sentences.items()))


def _check_mandatory(call: Call, mode: DepositMode) -> None:
    """Demand what depends on how an invoice is submitted."""
    needed = {
        "lignePoste": mode is DepositMode.ENTRY and not call["lines"],
        "ligneTva": mode is not DepositMode.ENTRY and not call["lines"] and not call["vat"],
        "pieceJointePrincipale.pieceJointePrincipaleId": mode is not DepositMode.ENTRY and not call["main"],
        "numeroFactureSaisi": mode is not DepositMode.ENTRY and not call["number"],
        "cadreDeFacturation.codeStructureValideur": _frame(call).needs_validator_1 and not call["validator"],
    }
    for field, is_missing in needed.items():
        if is_missing:
            raise ChorusRefusal(Return.MISSING, field=field)


def _frame(call: Call) -> Frame:
    code = str(call["frame"]).strip()
    try:
        frame = parse_frame(code)
    except ValueError:
        frame = Frame.SANS_CADRE
    if frame not in ENTRY_FRAMES:
        raise ChorusRefusal(
            Return.NOT_LISTED, field="cadreDeFacturation.codeCadreFacturation", found=code[:80]
        )
    return frame


def _number(call: Call, mode: DepositMode) -> str:
    return numbered(call) if mode is DepositMode.ENTRY else str(call["number"])


def _read_pdf(call: Call) -> _Prefilled:
    structure = structure_of(call, field="cpro-account")
    draft, found = draft_from_pdf(
        call.ports,
        call.principal,
        structure=structure,
        filename=call["filename"],
        content=call["content"],
        anyway=True,  # the official API has no word for a doubt; its clients show what was read
    )
    piece = keep_piece(
        call.ports, call.principal, filename=call["filename"], content=call["content"], draft=draft.id
    )
    return _Prefilled(draft, found, piece)


def _words(*names: str) -> Callable[[_Prefilled], str]:
    """Return what fills a field that the official model wants in any case: empty where nothing was read."""

    def fill(read: _Prefilled) -> str:
        found = (read.value(name) for name in names)
        return next((value for value in found if value), "")

    return fill


def _sum(*names: str) -> Callable[[_Prefilled], object]:
    def fill(read: _Prefilled) -> object:
        found = next((value for name in names if (value := read.value(name))), None)
        return amount(found, names[0]) if found is not None else 0

    return fill


_LINE: Final = {
    "number": Field("lignePosteNumero", number),
    "reference": Field("lignePosteReference", text(50)),
    "name": required("lignePosteDenomination", text(1000)),
    "quantity": required("lignePosteQuantite", amount),
    "unit": Field("lignePosteUnite", unit_code),
    "price": required("lignePosteMontantUnitaireHT", amount),
    "discount": Field("lignePosteMontantRemiseHT", amount),
    "rate": Field("lignePosteTauxTva", vat_rate),
    "manual_rate": Field("lignePosteTauxTvaManuel", amount),
}
_VAT: Final = {
    "rate": Field("ligneTvaTaux", vat_rate),
    "manual_rate": Field("ligneTvaTauxManuel", amount),
    "base": required("ligneTvaMontantBaseHtParTaux", amount),
    "tax": Field("ligneTvaMontantTvaParTaux", amount),
}
_MAIN: Final = {
    "name": Field("pieceJointePrincipaleDesignation", text(100)),
    "piece": required("pieceJointePrincipaleId", number),
}

SUBMISSIONS: Final = (
    Operation(
        path="factures/v1/soumettre",
        name="soumettreFacture",
        act=_submit,
        asks={
            "mode": required("modeDepot", one_of(DepositMode)),
            "number": Field("numeroFactureSaisi", text(20)),
            "issued": Field("dateFacture", day),
            "recipient": required("destinataire.codeDestinataire", text(14)),
            "service": Field("destinataire.codeServiceExecutant", text(100)),
            "supplier": Field("fournisseur.idFournisseur", number),
            "supplier_service": Field("fournisseur.idServiceFournisseur", number),
            "account": Field("fournisseur.codeCoordonneesBancairesFournisseur", number),
            "frame": required("cadreDeFacturation.codeCadreFacturation", text(100)),
            "validator": Field("cadreDeFacturation.codeStructureValideur", text(14)),
            "currency": Field("references.deviseFacture", text(3)),
            "kind": Field("references.typeFacture", one_of(InvoiceKind)),
            "vat_kind": Field("references.typeTva", one_of(VatKind)),
            "exemption": Field("references.motifExonerationTva", text(200)),
            "contract": Field("references.numeroMarche", text(50)),
            "order": Field("references.numeroBonCommande", text(50)),
            "origin": Field("references.numeroFactureOrigine", text(20)),
            "payment": Field("references.modePaiement", one_of(PaymentMode)),
            "lines": Field("lignePoste", each(group(_LINE))),
            "vat": Field("ligneTva", each(group(_VAT))),
            "total_without_vat": Field("montantTotal.montantHtTotal", amount),
            "total_vat": Field("montantTotal.montantTVA", amount),
            "total_with_vat": Field("montantTotal.montantTtcTotal", amount),
            "total_discount": Field("montantTotal.montantRemiseGlobaleTTC", amount),
            "total_discount_reason": Field("montantTotal.motifRemiseGlobaleTTC", text(100)),
            "total_due": required("montantTotal.montantAPayer", amount),
            "main": Field("pieceJointePrincipale", one_row(group(_MAIN))),
            "pieces": PIECES,
            "comment": Field("commentaire", text(2000)),
        },
        tells={
            "identifiantFactureCPP": lambda done: done.document.invoice_id,
            "numeroFacture": lambda done: done.draft.invoice.number,
            "statutFacture": lambda _: Status.DEPOSEE,
            "dateDepot": lambda done: date_text(done.flow.received_at),
            "identifiantStructure": lambda done: done.supplier,
            "empreinteCertificatDepot": lambda done: done.flow.sha256,
        },
        done=Return.TAKEN,
    ),
    Operation(
        path="factures/v1/deposer/pdf",
        name="deposerPdfFacture",
        act=_read_pdf,
        asks={
            "content": required("fichierFacture", file_of(MAX_ATTACHMENT_BYTES, over=Return.PDF_TOO_LARGE)),
            "filename": required("nomFichier", text(NAME_LIMIT)),
            "kind": Field("formatDepot", one_of(PdfKind)),
        },
        tells={
            "numeroFacture": _words("number"),
            "dateFacture": _words("issue_date"),
            "codeDestinataire": _words("buyer_siret"),
            "codeServiceExecutant": _words("service_code"),
            "codeFournisseur": _words("supplier_siret"),
            "codeDeviseFacture": lambda read: read.value("currency") or "EUR",
            "typeFacture": lambda _: InvoiceKind.INVOICE,
            "typeTva": lambda _: VatKind.ON_DEBITS,
            "numeroBonCommande": _words("engagement", "purchase_order"),
            "montantTtcAvantRemiseGlobalTTC": _sum("total_with_vat"),
            "montantAPayer": _sum("amount_due", "total_with_vat"),
            "montantHtTotal": _sum("total_without_vat"),
            "montantTVA": _sum("total_vat"),
            "pieceJointeId": lambda read: read.piece,
        },
        bare=True,
    ),
)
