"""One invoice: consulted, its history read, treated by its recipient, validated, mended by its supplier."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from choriste.application.deposits.receive_deposit import receive_deposit
from choriste.domain.deposits.flow import Channel
from choriste.domain.deposits.named_parties import NamedParties
from choriste.domain.lifecycle import Frame
from tests.builders.chorus import Chorus, a_chorus
from tests.builders.invoices import BUYER_SIRET, SELLER_SIRET, a_cii
from tests.builders.ports import SUPPLIER, accountant, stranger, supplier

TREAT, HISTORY = "factures/v1/traiter/recue", "factures/v1/consulter/historique"


@pytest.fixture
def chorus(monkeypatch: pytest.MonkeyPatch) -> Chorus:
    return a_chorus(monkeypatch)


def _treat(chorus: Chorus, invoice: int, status: str, **more: Any) -> dict[str, Any]:
    chorus.caller = accountant()
    answer = chorus.post(TREAT, {"idFacture": invoice, "nouveauStatut": status, **more})
    chorus.caller = supplier()
    return answer


def _code(chorus: Chorus, path: str, body: Any) -> int:
    return int(json.loads(chorus.ask(path, body)["body"])["codeRetour"])


@pytest.mark.parametrize("reader", ["fournisseur", "recipiendaire", "valideur"])
def test_invoice_is_consulted_with_everything_it_says(chorus: Chorus, reader: str) -> None:
    invoice = chorus.invoice("F-1")
    chorus.caller = accountant() if reader == "recipiendaire" else supplier()

    body = {"identifiantFactureCPP": str(invoice), "codeLangue": "fr"}
    facture = chorus.post(f"factures/v1/consulter/{reader}", body)["facture"]

    assert (facture["identifiantFactureCPP"], facture["numeroFacture"]) == (invoice, "F-1")
    assert facture["statutFacture"] == "MISE_A_DISPOSITION"
    assert facture["destinataire"]["codeDestinataire"] == BUYER_SIRET
    assert facture["destinataire"]["libelleServiceExecutant"] == "Services techniques"
    assert facture["fournisseur"]["codeFournisseur"] == SELLER_SIRET
    assert facture["montantTotal"]["montantTtcTotal"] == 1792.18
    assert facture["references"]["dateFacture"] == "2026-10-05"
    assert facture["references"]["typeTva"] == "TVA_SUR_DEBIT"
    assert facture["lignesDePoste"]["totalLignesPoste"] == len(facture["lignesDePoste"]["lignePoste"])
    assert facture["recapitulatifDeTva"]["totalLignesRecapitulativesTVA"] == 3
    assert facture["modeDepot"] == "UPLOAD_API"


def test_lines_are_paged_on_request(chorus: Chorus) -> None:
    invoice = chorus.invoice()

    paging = {"nbResultatsParPageLignesPoste": 2, "pageResultatDemandeeLignesPoste": 2}
    body = {"identifiantFactureCPP": invoice, "getpLignesPoste": paging}
    lines = chorus.post("factures/v1/consulter/fournisseur", body)["facture"]["lignesDePoste"]

    assert (lines["pageCouranteLignesPoste"], lines["lignePoste"][0]["lignePosteNumero"]) == (2, 3)


def test_stranger_is_told_that_there_is_no_such_invoice(chorus: Chorus) -> None:
    invoice = chorus.invoice()
    chorus.caller = stranger()

    for number in (invoice, 42):
        assert _code(chorus, "factures/v1/consulter/fournisseur", {"identifiantFactureCPP": number}) == 20000
        assert _code(chorus, HISTORY, {"idFacture": number}) == 20000
        assert _code(chorus, TREAT, {"idFacture": number, "nouveauStatut": "MANDATEE"}) == 20000


def test_history_is_told_newest_first(chorus: Chorus) -> None:
    invoice = chorus.invoice()
    _treat(chorus, invoice, "SUSPENDUE", motif="Bon de livraison manquant")

    told = chorus.post(HISTORY, {"idFacture": invoice})

    rows = told["historiquesDesStatuts"]["histoStatut"]
    codes = ["SUSPENDUE", "MISE_A_DISPOSITION", "EN_COURS_ACHEMINEMENT", "DEPOSEE"]
    assert [row["histoStatutCode"] for row in rows] == codes
    assert told["statutCourantCode"] == "SUSPENDUE"
    assert rows[0]["histoStatutCommentaire"] == "Bon de livraison manquant"
    assert rows[0]["histoStatutDatePassage"] == "2026-11-23 10:00"
    assert told["historiquesDesStatuts"]["totalHistoStatut"] == 4
    newest = chorus.post(HISTORY, {"idFacture": invoice, "nbResultatsMaximum": 1})
    assert len(newest["historiquesDesStatuts"]["histoStatut"]) == 1


def test_recipient_takes_an_invoice_to_its_payment(chorus: Chorus) -> None:
    invoice = chorus.invoice("F-1")
    steps = ("SERVICE_FAIT", "MANDATEE", "MISE_A_DISPOSITION_COMPTABLE", "COMPTABILISEE", "MISE_EN_PAIEMENT")

    for step in steps:
        answer = _treat(chorus, invoice, step, motif="", numeroDPMandat="M-7" if step == "MANDATEE" else "")
        assert answer["nouveauStatut"] == step

    assert (answer["idFacture"], answer["numeroFacture"]) == (invoice, "F-1")
    assert answer["dateTraitement"] == "2026-11-23"
    references = chorus.post("factures/v1/consulter/fournisseur", {"identifiantFactureCPP": invoice})
    assert references["facture"]["references"]["numeroDpMandat"] == "M-7"


def test_status_that_does_not_follow_is_refused(chorus: Chorus) -> None:
    invoice = chorus.invoice()
    _treat(chorus, invoice, "MISE_EN_PAIEMENT")
    chorus.caller = accountant()

    for status in ("SUSPENDUE", "DEPOSEE", "MANDATEE"):
        body = {"idFacture": invoice, "nouveauStatut": status, "motif": "x"}
        assert _code(chorus, TREAT, body) == 20002


@pytest.mark.parametrize("status", ["REJETEE", "SUSPENDUE", "A_RECYCLER"])
def test_refusal_needs_its_reason(chorus: Chorus, status: str) -> None:
    invoice = chorus.invoice()
    chorus.caller = accountant()

    answer = chorus.ask(TREAT, {"idFacture": invoice, "nouveauStatut": status, "motif": " "})

    assert answer["statusCode"] == 400
    assert "motif" in answer["body"]


def test_supplier_may_not_treat_as_the_recipient(chorus: Chorus) -> None:
    body = {"idFacture": chorus.invoice(), "nouveauStatut": "MANDATEE"}

    assert _code(chorus, TREAT, body) == 20002


def test_suspended_invoice_is_completed_with_a_file(chorus: Chorus) -> None:
    invoice = chorus.invoice()
    assert _code(chorus, "factures/v1/completer", {"identifiantFactureCPP": invoice}) == 20002
    _treat(chorus, invoice, "SUSPENDUE", motif="Il manque le bon de livraison")
    file = {
        "pieceJointeFichier": base64.b64encode(b"%PDF-1.7 bon").decode(),
        "pieceJointeNom": "bon de livraison",
        "pieceJointeExtension": "PDF",
        "pieceJointeTypeMime": "application/pdf",
    }
    piece = chorus.post("transverses/v1/ajouter/fichier", file)["pieceJointeId"]
    assert _code(chorus, "factures/v1/completer", {"identifiantFactureCPP": invoice}) == 29024

    row = {"pieceJointeComplementaireId": piece, "pieceJointeComplementaireType": "Bon de livraison"}
    body = {"identifiantFactureCPP": invoice, "commentaire": "", "pieceJointeComplementaire": [row]}
    answer = chorus.post("factures/v1/completer", body)

    assert answer["identifiantFactureCPP"] == invoice
    told = chorus.post("factures/v1/consulter/fournisseur", {"identifiantFactureCPP": invoice})["facture"]
    assert told["statutFacture"] == "COMPLETEE"
    files = told["listeDesPiecesJointes"]["pieceJointe"]
    assert ("bon de livraison.PDF", "Bon de livraison") in {
        (row["pieceJointeDesignation"], row["pieceJointeTypeCode"]) for row in files
    }


def test_recycled_invoice_keeps_its_number(chorus: Chorus) -> None:
    invoice = chorus.invoice("F-1")
    body = {
        "identifiantFactureCPP": invoice,
        "destinataire": {"codeDestinataire": BUYER_SIRET, "codeServiceExecutant": "ECOLES"},
        "reference": {"numeroBonCommande": "ENG-9", "typeFacture": ""},
    }
    assert _code(chorus, "factures/v1/recycler", body) == 29001
    _treat(chorus, invoice, "A_RECYCLER", motif="Mauvais service")

    answer = chorus.post("factures/v1/recycler", body)

    assert (answer["numeroFacture"], answer["statutFacture"]) == ("F-1", "MISE_A_DISPOSITION")
    (row,) = chorus.post("factures/v1/rechercher/fournisseur")["listeFactures"]
    assert (row["codeServiceExecutant"], row["numeroBonCommande"]) == ("ECOLES", "ENG-9")


def test_rejected_invoice_leaves_the_suppliers_list_when_dealt_with(chorus: Chorus) -> None:
    invoice = chorus.invoice()
    _treat(chorus, invoice, "REJETEE", motif="Montant erroné")
    wanted = "factures/v1/rechercher/atraiter/fournisseur"
    assert [row["identifiantFactureCPP"] for row in chorus.post(wanted)["listeFactures"]] == [invoice]
    assert chorus.post(wanted, {"masquerRejetee": True})["codeRetour"] == 20000

    chorus.post("factures/v1/traiterRejet", {"listeDemandePaiement": [{"idDemandePaiement": invoice}]})

    assert chorus.post(wanted)["codeRetour"] == 20000
    assert len(chorus.post("factures/v1/rechercher/fournisseur", {"rejetTraite": True})["listeFactures"]) == 1
    last = chorus.post(HISTORY, {"idFacture": invoice})
    assert last["derniereAction"]["derniereActionCode"] == "TRAITEMENT_REJET"


def _subcontracted(chorus: Chorus) -> int:
    """Deposit a subcontractor's invoice that the town hall validates, for want of another structure."""
    flow = receive_deposit(
        chorus.bench.ports,
        supplier(),
        structure=SUPPLIER,
        filename="a9.xml",
        content=a_cii(number="A9-1"),
        channel=Channel.API,
        parties=NamedParties(frame=Frame.A9, validator=BUYER_SIRET),
    ).flow
    return chorus.integrate(flow.id)[0]


def test_validator_finds_and_validates_what_waits_for_it(chorus: Chorus) -> None:
    invoice = _subcontracted(chorus)
    chorus.caller = accountant()
    (row,) = chorus.post("factures/v1/rechercher/aTraiter/valideur")["listeFactures"]
    assert (row["idFacture"], row["statut"], row["montantHT"]) == (invoice, "A_VALIDER_1", 1515)
    assert chorus.post("factures/v1/rechercher/valideur")["listeFactures"][0]["idFacture"] == invoice

    answer = chorus.post(
        "factures/v1/traiter/factureAValider", {"idFacture": invoice, "action": "VALIDATION"}
    )

    assert answer["statutFacture"] == "MISE_A_DISPOSITION"
    assert chorus.post("factures/v1/rechercher/aTraiter/valideur")["codeRetour"] == 20000


def test_wrong_validator_is_corrected_by_the_supplier(chorus: Chorus) -> None:
    invoice = _subcontracted(chorus)
    chorus.caller = accountant()
    refusal = {"idFacture": invoice, "action": "REFUS", "motifRefus": "ERR_VALIDEUR"}
    assert (
        chorus.post("factures/v1/traiter/factureAValider", refusal)["statutFacture"]
        == "ERREUR_FOURNISSEUR_SUR_VALIDEUR"
    )
    chorus.caller = supplier()

    path = "factures/v1/corriger/valideur/facture"
    assert _code(chorus, path, {"idFacture": invoice}) == 29002
    assert _code(chorus, path, {"idFacture": invoice, "idStructure": 7}) == 29010
    assert chorus.post(path, {"idFacture": invoice, "idStructure": 1001})["idFacture"] == invoice


def test_visible_statuses_of_a_validator(chorus: Chorus) -> None:
    told = chorus.post("factures/v1/recuperer/statutsFactureVisibles/valideur")

    codes = [row["codeStatutFacture"] for row in told["listeStatutFacture"]]
    assert codes == ["A_VALIDER_1", "A_VALIDER_2"]
