"""`soumettre` and `deposer/pdf`: an invoice as fields, alone or with the PDF that they were read from."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from choriste.domain.drafts.prefilled import Prefilled, PrefilledVat
from choriste.domain.lifecycle import Status
from choriste.domain.shared.ids import FlowId, InvoiceId
from tests.builders.chorus import Chorus, a_chorus
from tests.builders.intake import run_intake
from tests.builders.invoices import BUYER_SIRET
from tests.builders.ports import SUPPLIER
from tests.fakes.pdf_reader import MemoryPdfReader

SUBMIT, PDF = "factures/v1/soumettre", "factures/v1/deposer/pdf"


@pytest.fixture
def chorus(monkeypatch: pytest.MonkeyPatch) -> Chorus:
    chorus = a_chorus(monkeypatch)
    start = chorus.bench.intake.start

    def at_once(flow_id: FlowId, position: int, *, attempt: int = 0) -> None:
        start(flow_id, position, attempt=attempt)
        run_intake(chorus.bench.ports, flow_id, position)

    monkeypatch.setattr(chorus.bench.intake, "start", at_once)
    directory = chorus.bench.ports.directory
    company = directory.structure(SUPPLIER)
    assert company is not None
    directory.replace_structure(replace(company, vat_number="FR80832145692"), known=company)
    return chorus


def _line(**changes: Any) -> dict[str, Any]:
    return {
        "lignePosteNumero": 1,
        "lignePosteDenomination": "Peinture",
        "lignePosteQuantite": "2",
        "lignePosteUnite": "heures",
        "lignePosteMontantUnitaireHT": 100,
        "lignePosteMontantRemiseHT": 0,
        "lignePosteTauxTva": "TVA20",
        **changes,
    }


def _body(**changes: Any) -> dict[str, Any]:
    return {
        "modeDepot": "SAISIE_API",
        "destinataire": {"codeDestinataire": BUYER_SIRET, "codeServiceExecutant": "SERVICE-TECHNIQUE"},
        "fournisseur": {"idFournisseur": int(SUPPLIER)},
        "cadreDeFacturation": {"codeCadreFacturation": "A1_FACTURE_FOURNISSEUR"},
        "references": {
            "deviseFacture": "EUR",
            "typeFacture": "FACTURE",
            "typeTva": "TVA_SUR_DEBIT",
            "modePaiement": "VIREMENT",
            "numeroBonCommande": "ENG-1",
        },
        "lignePoste": [_line()],
        "montantTotal": {"montantHtTotal": 200, "montantTVA": 40, "montantAPayer": 240},
        **changes,
    }


def _refused(chorus: Chorus, path: str, body: Any) -> tuple[int, int]:
    answer = chorus.ask(path, body)
    return answer["statusCode"], json.loads(answer["body"])["codeRetour"]


def test_entry_becomes_an_invoice_that_the_platform_numbers(chorus: Chorus) -> None:
    answer = chorus.post(SUBMIT, _body(numeroFactureSaisi="", inconnu=1))

    assert (answer["codeRetour"], answer["libelle"], answer["statutFacture"]) == (
        0,
        "GCU_MSG_01_000",
        "DEPOSEE",
    )
    assert (len(answer["numeroFacture"]), answer["numeroFacture"][:4]) == (20, "2026")
    assert (answer["dateDepot"], len(answer["empreinteCertificatDepot"])) == ("2026-11-23", 64)
    head = chorus.bench.ports.invoices.get(InvoiceId(answer["identifiantFactureCPP"]))
    assert head is not None
    assert (head.status, head.with_vat, head.engagement) == (
        Status.MISE_A_DISPOSITION,
        Decimal(240),
        "ENG-1",
    )
    (row,) = chorus.post("factures/v1/rechercher/fournisseur")["listeFactures"]
    assert row["modeDepot"] == "SAISIE_API"


def test_discounts_of_a_line_and_of_the_whole_are_in_the_totals(chorus: Chorus) -> None:
    lines = [_line(lignePosteMontantRemiseHT="10,00"), _line(lignePosteTauxTvaManuel=10, lignePosteNumero=2)]
    totals = {"montantRemiseGlobaleTTC": 44.8, "motifRemiseGlobaleTTC": "Fidélité", "montantAPayer": 403.2}

    answer = chorus.post(SUBMIT, _body(lignePoste=lines, montantTotal=totals))

    head = chorus.bench.ports.invoices.get(InvoiceId(answer["identifiantFactureCPP"]))
    assert head is not None
    assert abs(float(head.due) - 403.2) < 0.03


def test_credit_note_names_its_invoice(chorus: Chorus) -> None:
    chorus.invoice("F-1")
    references = {"typeFacture": "AVOIR", "numeroFactureOrigine": "F-1", "deviseFacture": "EUR"}

    answer = chorus.post(SUBMIT, _body(references=references, commentaire="Retour de marchandise"))

    body = {"identifiantFactureCPP": answer["identifiantFactureCPP"]}
    told = chorus.post("factures/v1/consulter/fournisseur", body)["facture"]
    assert told["references"]["typeFacture"] == "AVOIR"
    assert told["references"]["numeroFactureOrigine"] == "F-1"
    assert told["commentaire"] == "Retour de marchandise"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"modeDepot": "SAISIE_WEB"}, (400, 29004)),
        ({"lignePoste": []}, (400, 29002)),
        ({"destinataire": {}}, (400, 29002)),
        ({"cadreDeFacturation": {"codeCadreFacturation": "A4_PROJET_DECOMPTE_MENSUEL"}}, (400, 29004)),
        ({"cadreDeFacturation": {"codeCadreFacturation": "A9_FACTURE_SOUSTRAITANT"}}, (400, 29002)),
        ({"montantTotal": {"montantAPayer": 999}}, (200, 29022)),
        ({"fournisseur": {"idFournisseur": 1001}}, (200, 20001)),
        ({"destinataire": {"codeDestinataire": "20004567200017"}}, (200, 29020)),
        ({"modeDepot": "DEPOT_PDF_API"}, (400, 29002)),
        ({"lignePoste": [_line(lignePosteQuantite="deux")]}, (400, 29003)),
    ],
)
def test_submission_that_cannot_be_taken_says_why(
    chorus: Chorus, changes: dict[str, Any], expected: tuple[int, int]
) -> None:
    assert _refused(chorus, SUBMIT, _body(**changes)) == expected


def test_submission_of_empty_objects_is_a_refusal_and_no_incident(chorus: Chorus) -> None:
    body: dict[str, Any] = {name: {} for name in _body()}

    assert _refused(chorus, SUBMIT, body) == (400, 29002)


def test_refused_submission_leaves_no_draft_behind(chorus: Chorus) -> None:
    _refused(chorus, SUBMIT, _body(destinataire={"codeDestinataire": "20004567200017"}))

    drafts = chorus.bench.ports.drafts.of_structure(SUPPLIER, after=None, limit=9).rows
    assert [draft.is_open for draft in drafts] == [False]


def test_pdf_is_read_and_submitted_with_its_corrections(chorus: Chorus) -> None:
    certain = {
        "number": "P-1",
        "issue_date": "2026-11-20",
        "buyer_siret": BUYER_SIRET,
        "amount_due": "120.00",
    }
    vat = (PrefilledVat(rate="20", base="100.00", tax="20.00"),)
    reader = MemoryPdfReader(Prefilled(certain=certain, probable={"currency": "EUR"}, vat=vat))
    chorus.bench = replace(chorus.bench, ports=replace(chorus.bench.ports, pdf_reader=reader))
    content = base64.b64encode(b"%PDF-1.7 facture").decode()
    sent = {"fichierFacture": content, "nomFichier": "f.pdf", "formatDepot": "PDF_NON_SIGNE"}

    read = chorus.post(PDF, sent)

    assert "codeRetour" not in read
    assert (read["numeroFacture"], read["montantAPayer"], read["codeDestinataire"]) == (
        "P-1",
        120,
        BUYER_SIRET,
    )
    body = _body(
        modeDepot="DEPOT_PDF_API",
        numeroFactureSaisi="P-1",
        dateFacture="2026-11-20",
        lignePoste=[],
        ligneTva=[{"ligneTvaTauxManuel": 20, "ligneTvaMontantBaseHtParTaux": 100}],
        montantTotal={"montantAPayer": 120},
        pieceJointePrincipale=[
            {"pieceJointePrincipaleId": read["pieceJointeId"], "pieceJointePrincipaleDesignation": "Facture"}
        ],
    )
    answer = chorus.post(SUBMIT, body)
    assert answer["numeroFacture"] == "P-1"
    (draft,) = chorus.bench.ports.drafts.of_structure(SUPPLIER, after=None, limit=9).rows
    assert [each.content for each in draft.invoice.supporting_documents] == [b"%PDF-1.7 facture"]
    (row,) = chorus.post("factures/v1/rechercher/fournisseur")["listeFactures"]
    assert row["modeDepot"] == "DEPOT_PDF_API"


def test_number_that_is_taken_is_refused(chorus: Chorus) -> None:
    piece = {
        "pieceJointeFichier": base64.b64encode(b"%PDF-1.7").decode(),
        "pieceJointeNom": "f.pdf",
        "pieceJointeTypeMime": "application/pdf",
    }
    number = chorus.post("transverses/v1/ajouter/fichier", piece)["pieceJointeId"]
    body = _body(
        modeDepot="DEPOT_PDF_SIGNE_API",
        numeroFactureSaisi="P-2",
        pieceJointePrincipale={"pieceJointePrincipaleId": number},
    )
    chorus.post(SUBMIT, body)

    changed = {**body, "lignePoste": [_line(lignePosteDenomination="Autre")]}
    assert _refused(chorus, SUBMIT, changed) == (200, 29020)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"fichierFacture": "eA==", "nomFichier": "f.pdf"}, (200, 29021)),
        ({"fichierFacture": "A" * 14_000_004, "nomFichier": "f.pdf"}, (413, 29414)),
        ({"nomFichier": "f.pdf"}, (400, 29002)),
    ],
)
def test_file_that_is_no_invoice_in_pdf_is_refused(
    chorus: Chorus, body: dict[str, Any], expected: tuple[int, int]
) -> None:
    assert _refused(chorus, PDF, body) == expected
