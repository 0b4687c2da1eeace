"""The codes that Chorus Pro clients write and read, beside ours: one table for each list.

Lists that a use case knows by the same words (statuses, frames, identifier kinds) are those of the domain.
Source: docs/reference/chorus-pro.md#codes, and the published descriptions of the API.
"""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from typing import Final

from choriste.application.invoices.criteria import Side
from choriste.domain.access.user import Space
from choriste.domain.deposits.flow import Channel, Flow, FlowState
from choriste.domain.invoice.model import Invoice
from choriste.domain.invoice.reading import Syntax
from choriste.domain.lifecycle import Frame, Status
from choriste.domain.tracking.head import InvoiceHead


class FlowSyntax(StrEnum):
    """`syntaxeFlux`: how a deposited file is written."""

    E1_UBL = "IN_DP_E1_UBL_INVOICE"
    E1_CII = "IN_DP_E1_CII"
    E1_CII_16B = "IN_DP_E1_CII_16B"
    E1_PES = "IN_DP_E1_PES_FACTURE"
    E1_XCBL = "IN_DP_E1_XCBL"
    E2_UBL_MIN = "IN_DP_E2_UBL_INVOICE_MIN"
    E2_CII_MIN = "IN_DP_E2_CII_MIN"
    E2_CII_MIN_16B = "IN_DP_E2_CII_MIN_16B"
    E2_PES_MIN = "IN_DP_E2_PES_FACTURE_MIN"
    E2_CPP_MIN = "IN_DP_E2_CPP_FACTURE_MIN"
    E2_FACTURX = "IN_DP_E2_CII_FACTURX"
    PDF_UBL = "IN_DP_PDFARCHIVE_UBL_INVOICE_MUG"
    PDF_CII = "IN_DP_PDFARCHIVE_CII_MUG"
    E3_UBL = "IN_DP_E3_UBL_INVOICE"


LIVE_SYNTAXES: Final = (
    FlowSyntax.E1_UBL,
    FlowSyntax.E1_CII_16B,
    FlowSyntax.E2_UBL_MIN,
    FlowSyntax.E2_CII_MIN,
    FlowSyntax.E2_CII_MIN_16B,
    FlowSyntax.E2_CPP_MIN,
    FlowSyntax.E2_FACTURX,
)
"""The syntaxes that are open to deposits; the others were withdrawn, or were never public."""

FLOW_FORMATS: Final = ("IN_DP_E1_STRUCT", "IN_DP_E2_MIXTE", "IN_DP_E2_FACTURX")

INTERFACES: Final = {
    Syntax.UBL_INVOICE: "FSO1100A",
    Syntax.UBL_CREDIT_NOTE: "FSO1100A",
    Syntax.CII: "FSO1106A",
    Syntax.FACTURX: "FSO1117A",
}
"""`codeInterfaceFlux`: the EDI interface of what a file turned out to be."""

JUST_DEPOSITED: Final = "IN_DEPOT_PORTAIL_EN_ATTENTE_TRAITEMENT_SE_CPP"
"""The state of a flow that nothing has looked at yet."""

DEPOSIT_MODES: Final = {
    Channel.API: "UPLOAD_API",
    Channel.UPLOAD: "UPLOAD_API",
    Channel.S3: "EDI",
    Channel.CONSOLE: "UPLOAD_PORTAIL",
    Channel.CHORUS: "UPLOAD_API",
    Channel.CHORUS_ENTRY: "SAISIE_API",
    Channel.CHORUS_PDF: "DEPOT_PDF_API",
}
"""`modeDepot` of an invoice, by the channel that it came by."""


def state_code(flow: Flow) -> str:
    """Return the state of a flow as clients poll it.

    IN_RECU and IN_TRAITE_SE_CPP are never among them: a client takes these two for success, while the flow
    may still be refused.
    """
    return JUST_DEPOSITED if flow.state is FlowState.WAITING else flow.state.value


class DemandKind(StrEnum):
    """`typeDemandePaiement`."""

    INVOICE = "FACTURE"
    WORKS = "FACTURE_TRAVAUX"
    COURT_FEES = "MEMOIRE_JUSTICE"
    REFUND = "DEMANDE_REMBOURSEMENT"


class InvoiceKind(StrEnum):
    """`typeFacture`."""

    INVOICE = "FACTURE"
    CREDIT_NOTE = "AVOIR"
    ADVANCE = "ACOMPTE"


class UserRole(StrEnum):
    """`roleUtilisateur`: in which role a user searches."""

    SUPPLIER = "FOURNISSEUR"
    MOE = "MOE"
    MOA = "MOA"
    VALIDATOR = "VALIDEUR"
    RECIPIENT = "DESTINATAIRE"


SIDES: Final = {
    UserRole.SUPPLIER: Side.ISSUED,
    UserRole.MOE: Side.WORKS,
    UserRole.MOA: Side.WORKS,
    UserRole.VALIDATOR: Side.VALIDATION,
    UserRole.RECIPIENT: Side.RECEIVED,
}
"""The list that each role reads."""

DEMANDS: Final = {Frame.A3: DemandKind.COURT_FEES, Frame.A21: DemandKind.REFUND}
"""The frames that are neither an invoice nor a works document."""

_MONTHLY, _FINAL = "PROJET_DECOMPTE_MENSUEL", "PROJET_DECOMPTE_FINAL"
WORKS_KINDS: Final = {
    Frame.A4: _MONTHLY,
    Frame.A10: _MONTHLY,
    Frame.A13: _MONTHLY,
    Frame.A5: "ETAT_ACOMPTE",
    Frame.A15: "ETAT_ACOMPTE",
    Frame.A6: "ETAT_ACOMPTE_VALIDE",
    Frame.A16: "ETAT_ACOMPTE_VALIDE",
    Frame.A19: "ETAT_ACOMPTE_VALIDE",
    Frame.A7: _FINAL,
    Frame.A11: _FINAL,
    Frame.A14: _FINAL,
    Frame.A17: "PROJET_DECOMPTE_GENERAL",
    Frame.A18: "DECOMPTE_GENERAL",
    Frame.A20: "DECOMPTE_GENERAL",
    Frame.A8: "DECOMPTE_GENERAL_SIGNE",
    Frame.A22: "PROJET_DECOMPTE_GENERAL_PROCEDURE_TACITE",
    Frame.A23: "DECOMPTE_GENERAL_DEFINITIF_TACITE",
    Frame.A24: "DECOMPTE_GENERAL_DEFINITIF_TACITE",
    Frame.A25: "DECOMPTE_GENERAL_DEFINITIF_PROCEDURE_TACITE",
}
"""`typeFactureTravaux` of each works document."""

ADVANCE_TYPES: Final = frozenset({"386", "500"})
"""UNTDID 1001 codes of invoices for an advance."""


def demand_kind(frame: Frame) -> DemandKind:
    """Return the kind of payment request that a frame makes."""
    return DEMANDS.get(frame, DemandKind.WORKS if frame.is_works else DemandKind.INVOICE)


def invoice_kind(head: InvoiceHead) -> InvoiceKind:
    """Return whether it is an invoice, a credit note or an advance."""
    if head.is_credit_note:
        return InvoiceKind.CREDIT_NOTE
    return InvoiceKind.ADVANCE if head.type_code in ADVANCE_TYPES else InvoiceKind.INVOICE


class VatKind(StrEnum):
    """`typeTva`."""

    ON_DEBITS = "TVA_SUR_DEBIT"
    ON_PAYMENTS = "TVA_SUR_ENCAISSEMENT"
    EXEMPT = "EXONERATION"
    NONE = "SANS_TVA"


class PaymentMode(StrEnum):
    """`modePaiement`."""

    CHEQUE = "CHEQUE"
    DIRECT_DEBIT = "PRELEVEMENT"
    TRANSFER = "VIREMENT"
    CASH = "ESPECE"
    OTHER = "AUTRE"
    CARRIED_OVER = "REPORT"


MEANS: Final = {
    PaymentMode.CASH: "10",
    PaymentMode.CHEQUE: "20",
    PaymentMode.TRANSFER: "30",
    PaymentMode.DIRECT_DEBIT: "49",
    PaymentMode.CARRIED_OVER: "97",
    PaymentMode.OTHER: "ZZZ",
}
"""The UNTDID 4461 code of each payment mode."""

PAYMENT_MODES: Final = {
    **{code: mode for mode, code in MEANS.items()},
    "31": PaymentMode.TRANSFER,
    "42": PaymentMode.TRANSFER,
    "58": PaymentMode.TRANSFER,
    "59": PaymentMode.DIRECT_DEBIT,
    "48": PaymentMode.OTHER,
    "1": PaymentMode.OTHER,
}
"""The payment mode of a UNTDID 4461 code; those without one are told as none."""

_TAX_POINT_ON_PAYMENT: Final = "72"
_EXEMPT_CATEGORIES: Final = frozenset({"E", "AE", "K", "G"})


def vat_kind(invoice: Invoice) -> VatKind:
    """Return when VAT falls due, or why there is none (BT-8, UNTDID 2005; BT-118, UNTDID 5305)."""
    categories = {row.category for row in invoice.vat_breakdown}
    if categories & _EXEMPT_CATEGORIES and not categories & {"S", "L", "M"}:
        return VatKind.EXEMPT
    if categories and categories <= {"O", "Z", None}:
        return VatKind.NONE
    paid = invoice.tax_point_code == _TAX_POINT_ON_PAYMENT
    return VatKind.ON_PAYMENTS if paid else VatKind.ON_DEBITS


HISTORY_ACTIONS: Final = {
    "download": "TELECHARGEMENT_FACTURE",
    "acknowledge-rejection": "ACQUITTEMENT_REJET",
    "acknowledge-suspension": "ACQUITTEMENT_SUSPENSION",
    "close-rejection": "TRAITEMENT_REJET",
}
"""The acts that the official history knows, by ours."""


class ValidatorAction(StrEnum):
    """`action` of `traiter/factureAValider`."""

    REFUSE = "REFUS"
    VALIDATE = "VALIDATION"
    PAY = "MISE_EN_PAIEMENT"
    SEND_BACK = "MISE_EN_RECYCLAGE"
    SUSPEND = "SUSPENSION"
    REJECT = "REJET"


STEPS: Final = {
    ValidatorAction.REFUSE: "refuse-validation",
    ValidatorAction.VALIDATE: "validate",
    ValidatorAction.PAY: "pay",
    ValidatorAction.SEND_BACK: "send-back",
    ValidatorAction.SUSPEND: "suspend",
    ValidatorAction.REJECT: "reject",
}
"""The step of the lifecycle for each action."""

RECIPIENT_STATUSES: Final = frozenset(
    {
        Status.MISE_A_DISPOSITION,
        Status.SUSPENDUE,
        Status.A_RECYCLER,
        Status.REJETEE,
        Status.SERVICE_FAIT,
        Status.MANDATEE,
        Status.MISE_A_DISPOSITION_COMPTABLE,
        Status.COMPTABILISEE,
        Status.MISE_EN_PAIEMENT,
    }
)
"""The statuses that a recipient may set."""

WITH_REASON: Final = frozenset({Status.REJETEE, Status.SUSPENDUE, Status.A_RECYCLER})
"""Those that need a reason (`motif`)."""


class DepositMode(StrEnum):
    """`modeDepot` of a submission."""

    ENTRY = "SAISIE_API"
    PDF = "DEPOT_PDF_API"
    SIGNED_PDF = "DEPOT_PDF_SIGNE_API"


ENTRY_MODES: Final = {
    DepositMode.ENTRY: Channel.CHORUS_ENTRY,
    DepositMode.PDF: Channel.CHORUS_PDF,
    DepositMode.SIGNED_PDF: Channel.CHORUS_PDF,
}
"""The channel of each."""


class PdfKind(StrEnum):
    """`formatDepot`; whether a signature is there, the file itself tells."""

    PLAIN = "PDF_NON_SIGNE"
    PADES = "PDF_SIGNE_PADES"
    XADES = "PDF_SIGNE_XADES"


VAT_RATES: Final = {
    "TVA20": Decimal(20),
    "TVA10": Decimal(10),
    "TVA8.5": Decimal("8.5"),
    "TVA5.5": Decimal("5.5"),
    "TVA2.1": Decimal("2.1"),
    "TVA1.75": Decimal("1.75"),
    "TVA1.05": Decimal("1.05"),
    "TVA0.9": Decimal("0.9"),
    "TVA0": Decimal(0),
}
"""The VAT rates in force in France, Corsica and overseas included, by the codes that they have here."""

UNITS: Final = {
    "unité": "C62",
    "piece": "H87",
    "pièce": "H87",
    "heure": "HUR",
    "h": "HUR",
    "jour": "DAY",
    "j": "DAY",
    "semaine": "WEE",
    "moi": "MON",
    "année": "ANN",
    "kg": "KGM",
    "kilogramme": "KGM",
    "gramme": "GRM",
    "tonne": "TNE",
    "litre": "LTR",
    "l": "LTR",
    "m": "MTR",
    "mètre": "MTR",
    "ml": "MTR",
    "km": "KMT",
    "m2": "MTK",
    "m²": "MTK",
    "m3": "MTQ",
    "m³": "MTQ",
    "kwh": "KWH",
    "forfait": "LS",
    "lot": "SET",
}
"""UN/ECE Recommendation 20 codes of French words; a plural loses its s before it is looked up."""


ATTACHMENT_KINDS: Final = (
    "RIB",
    "LISIBLE",
    "FEUILLE_DE_STYLE",
    "PJA",
    "BORDEREAU_SUIVI",
    "DOCUMENT_ANNEXE",
    "BON_LIVRAISON",
    "BON_COMMANDE",
    "BORDEREAU_SUIVI_VALIDATION",
    "ETAT_ACOMPTE",
    "FACTURE_PAIEMENT_DIRECT",
    "RECAPITULATIF_COTRAITANCE",
)
"""The kinds of attachments that French invoices know (BR-FR-17)."""


class StructureStatus(StrEnum):
    """`statutStructure`, as requests write it."""

    ACTIVE = "ACTIF"
    INACTIVE = "INACTIF"


SPACES: Final = {
    Space.ISSUE: (1, "Factures émises"),
    Space.RECEIVE: (2, "Factures reçues"),
    Space.WORKS: (3, "Factures de travaux"),
    Space.CLAIMS: (4, "Demandes de remboursement"),
    Space.ORGANISATION: (5, "Activités du gestionnaire"),
    Space.API: (6, "Raccordements"),
}
"""`codeEspace` and `libelleEspace` of each space."""

ALL_DEPOSIT_MODES: Final = (
    "SAISIE_API",
    "DEPOT_PDF_API",
    "DEPOT_PDF_SIGNE_API",
    "UPLOAD_API",
    "UPLOAD_PORTAIL",
    "EDI",
)
"""The ways by which an invoice comes to this platform."""

ATTACHMENT_OBJECTS: Final = ("FACTURE", "FACTURE_TRAVAUX")
"""`typeObjet` of the attachments that this platform keeps."""
