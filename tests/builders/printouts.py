"""One of each printout that the platform issues, with invented actors and every block filled."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal

from choriste.documents.issue.actors import Actor
from choriste.documents.issue.deposit_certificate import DepositCertificate, make_deposit_certificate
from choriste.documents.issue.follow_up import FollowUpEvent, FollowUpSlip, make_follow_up
from choriste.documents.issue.integration_report import (
    IntegrationReport,
    ReportedDocument,
    make_integration_report,
)
from choriste.documents.issue.subcontractor import (
    ContractorDecision,
    SubcontractorRequest,
    make_subcontractor_request,
)
from choriste.documents.issue.works import WorksAmount, WorksDocument, WorksStep, make_works_document
from choriste.domain.shared.findings import Finding, Message, Severity, Verdict

SUPPLIER = Actor(
    name="Atelier des Cimes SAS",
    identifier="832 145 692 00014",
    address=("12 rue des Tisserands", "38000 Grenoble", "France"),
)
CONTRACTOR = Actor(
    name="Bâtir Ensemble SA",
    identifier="552 100 554 00021",
    address=("8 quai de la Gare", "69007 Lyon", "France"),
)
MANAGER = Actor(name="Atelier d’architecture Vasseur", identifier="401 020 304 00018")
TOWN = Actor(
    name="Commune de Saint-Aubin",
    identifier="216 901 231 00011",
    service="TECH — Services techniques",
    address=("Hôtel de ville", "1 place de la République", "69000 Saint-Aubin", "France"),
)
INVOICE = Message(fr="Facture", en="Invoice")
DIGEST = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"


def at(day: int, hour: int = 9, *, month: int = 10) -> dt.datetime:
    """Return an instant of 2026, UTC."""
    return dt.datetime(2026, month, day, hour, 15, tzinfo=dt.UTC)


def _status(fr: str, en: str) -> Message:
    return Message(fr=fr, en=en)


def a_follow_up_slip() -> FollowUpSlip:
    """Return the history of a subcontractor's invoice whose contractor let the time run out."""
    suspended = FollowUpEvent(
        at=at(24),
        status=_status("Suspendue", "Suspended"),
        structure=TOWN,
        person="Claire Dumont",
        reason="Pièce justificative manquante",
        comment="Merci de joindre le procès-verbal de réception du 30 septembre.",
    )
    events = (
        FollowUpEvent(
            at=at(5), status=_status("Déposée", "Deposited"), structure=SUPPLIER, person="Anne Létang"
        ),
        FollowUpEvent(at=at(5, 10), status=_status("À valider", "To be approved"), structure=CONTRACTOR),
        FollowUpEvent(
            at=at(21),
            status=_status("Délai de validation dépassé", "Time for approval run out"),
            passed_over=CONTRACTOR,
        ),
        FollowUpEvent(at=at(21, 10), status=_status("Mise à disposition", "Made available"), structure=TOWN),
        suspended,
        FollowUpEvent(at=at(26), status=_status("Complétée", "Completed"), structure=SUPPLIER),
        FollowUpEvent(at=at(30), status=_status("Mise en paiement", "In payment"), structure=TOWN),
    )
    return FollowUpSlip(
        technical_id="CHO-2026-00000042",
        number="F2026-0042",
        kind=INVOICE,
        status=events[-1].status,
        made_at=at(31),
        events=events,
        supplier=SUPPLIER,
        recipient=TOWN,
        issued_on=dt.date(2026, 10, 1),
        deposited_at=at(5),
        amount=Decimal("12480.00"),
        currency="EUR",
        frame=_status("A9 — Facture de sous-traitant", "A9 — Subcontractor’s invoice"),
        engagement="1400123456",
        service="TECH",
        market="MARCHE-2026-17",
    )


def an_integration_report() -> IntegrationReport:
    """Return the report of a file of three: accepted, refused with findings, unreadable."""
    arithmetic = Finding(
        rule="BR-CO-15",
        severity=Severity.FATAL,
        message=Message(
            fr="Le total TTC doit être la somme du total HT et de la TVA. Corrigez l’un des trois montants.",
            en="The total with VAT must be that without VAT plus the VAT. Mend one of the three.",
        ),
        term="BT-112",
        location="/rsm:CrossIndustryInvoice/rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeSettlement"
        "/ram:SpecifiedTradeSettlementHeaderMonetarySummation/ram:GrandTotalAmount",
        line=412,
        found="999.99",
        expected="319.30 + 39.94 = 359.24",
    )
    note = Finding(
        rule="BR-FR-05",
        severity=Severity.WARNING,
        message=Message(
            fr="La mention des pénalités de retard (PMD) est absente.",
            en="The note on late payment penalties (PMD) is absent.",
        ),
        term="BG-1",
        line=17,
    )
    unreadable = Finding(
        rule="XML-MALFORMED",
        severity=Severity.FATAL,
        message=Message(fr="Le fichier XML est coupé à la ligne 88.", en="The XML file is cut at line 88."),
        line=88,
    )
    return IntegrationReport(
        flow_id="FX-20261005-0007",
        filename="factures-octobre.tar.gz",
        received_at=at(5),
        made_at=at(5, 10),
        depositor="Atelier des Cimes SAS",
        channel="EDI",
        size=48213,
        digest=DIGEST,
        documents=(
            ReportedDocument(
                name="f1.xml",
                number="F2026-0042",
                verdict=Verdict.VALID,
                technical_id="CHO-2026-00000042",
                format="CII D22B, EN 16931",
                supplier=SUPPLIER.in_words(),
                recipient=TOWN.in_words(),
            ),
            ReportedDocument(
                name="f2.xml",
                number="F2026-0043",
                verdict=Verdict.INVALID,
                format="UBL 2.1, EN 16931",
                supplier=SUPPLIER.in_words(),
                findings=(arithmetic, note),
            ),
            ReportedDocument(name="f3.xml", verdict=Verdict.UNREADABLE, findings=(unreadable,)),
        ),
    )


def a_deposit_certificate() -> DepositCertificate:
    """Return the certificate of one deposit."""
    return DepositCertificate(
        technical_id="CHO-2026-00000042",
        number="F2026-0042",
        kind=INVOICE,
        deposited_at=at(5),
        made_at=at(5, 10),
        filename="facture-0042.xml",
        digest=DIGEST,
        size=12308,
        supplier=SUPPLIER,
        recipient=TOWN,
        issued_on=dt.date(2026, 10, 1),
        amount=Decimal("12480.00"),
        currency="EUR",
        channel="API",
        flow_id="FX-20261005-0007",
        depositor="Anne Létang",
        frame=_status("A1 — Facture d’un fournisseur", "A1 — Supplier’s invoice"),
    )


def a_works_document() -> WorksDocument:
    """Return a monthly statement in the hands of the project manager."""
    return WorksDocument(
        kind=_status("Projet de décompte mensuel", "Draft monthly statement"),
        number="PDM-2026-09",
        issued_on=dt.date(2026, 9, 30),
        technical_id="CHO-2026-00000077",
        deposited_at=at(2),
        currency="EUR",
        amount_due=Decimal("54207.00"),
        contractor=CONTRACTOR,
        project_manager=MANAGER,
        authority=TOWN,
        market="MARCHE-2026-17",
        lot="02 — Gros œuvre",
        billing_file="DF-2026-000311",
        period_start=dt.date(2026, 9, 1),
        period_end=dt.date(2026, 9, 30),
        works=(
            WorksAmount(
                label="Fondations",
                detail="Poste 2.1, avancement 100 %",
                before=Decimal("82000.00"),
                now=Decimal("0.00"),
                total=Decimal("82000.00"),
            ),
            WorksAmount(
                label="Élévation du rez-de-chaussée",
                detail="Poste 2.2, avancement 60 %",
                before=Decimal("21500.00"),
                now=Decimal("47550.00"),
                total=Decimal("69050.00"),
            ),
        ),
        deductions=(
            WorksAmount(
                label="Retenue de garantie (5 %)",
                before=Decimal("-5175.00"),
                now=Decimal("-2377.50"),
                total=Decimal("-7552.50"),
            ),
        ),
        totals=(
            (_status("Total HT de la période", "Total without VAT of the period"), Decimal("45172.50")),
            (_status("TVA à 20 %", "VAT at 20%"), Decimal("9034.50")),
            (_status("Net à payer TTC", "Amount due with VAT"), Decimal("54207.00")),
        ),
        steps=(
            WorksStep(at=at(2), actor=CONTRACTOR, act=_status("Dépose le projet", "Deposits the draft")),
            WorksStep(
                at=at(9), actor=MANAGER, act=_status("Établit l’état d’acompte", "Draws up the statement")
            ),
        ),
        comment="Avancement constaté contradictoirement sur le chantier le 28 septembre 2026.",
    )


def a_subcontractor_request() -> SubcontractorRequest:
    """Return a request that waits for the contractor's answer."""
    return SubcontractorRequest(
        number="ST-2026-014",
        issued_on=dt.date(2026, 10, 1),
        technical_id="CHO-2026-00000091",
        deposited_at=at(5),
        subcontractor=SUPPLIER,
        contractor=CONTRACTOR,
        authority=TOWN,
        currency="EUR",
        without_vat=Decimal("12480.00"),
        due=Decimal("12480.00"),
        market="MARCHE-2026-17",
        special_act="AS-3 du 12 mars 2026",
        ceiling=Decimal("60000.00"),
        paid_before=Decimal("18720.00"),
        works="Étanchéité des toitures-terrasses, bâtiment B",
        account="FR7630006000011234567890189",
        bic="AGRIFRPPXXX",
        answer_by=dt.date(2026, 10, 20),
        decision=ContractorDecision.AWAITED,
    )


PRINTOUTS: dict[str, Callable[[str], bytes]] = {
    "follow-up": lambda language: make_follow_up(a_follow_up_slip(), language=language),
    "integration-report": lambda language: make_integration_report(
        an_integration_report(), language=language
    ),
    "deposit-certificate": lambda language: make_deposit_certificate(
        a_deposit_certificate(), language=language
    ),
    "works": lambda language: make_works_document(a_works_document(), language=language),
    "subcontractor": lambda language: make_subcontractor_request(
        a_subcontractor_request(), language=language
    ),
}
"""The makers of the printouts by name, each taking a language."""
