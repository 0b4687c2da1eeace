"""Works documents: found in one's role, their billing file read, the steps of the project manager taken."""

from __future__ import annotations

from typing import Any

import pytest

from choriste.domain.lifecycle import Frame
from tests.builders.chorus import Chorus, a_chorus
from tests.builders.stage import CITY, CONTRACTOR, MOE, Stage, a_sample, a_stage


@pytest.fixture
def stage() -> Stage:
    return a_stage()


@pytest.fixture
def chorus(monkeypatch: pytest.MonkeyPatch, stage: Stage) -> Chorus:
    chorus = a_chorus(monkeypatch, stage.bench)
    parties: dict[str, Any] = {
        "frame": Frame.A4,
        "moe": stage.sirets[MOE],
        "moa": stage.sirets[CITY],
    }
    stage.deposit(a_sample("T-1"), by=CONTRACTOR, **parties)
    chorus.caller = stage.principals[MOE]
    return chorus


def test_project_manager_finds_and_treats_a_statement(chorus: Chorus, stage: Stage) -> None:
    paging = {"nbResultatsParPage": 20, "pageResultatDemandee": 1}
    body = {"roleUtilisateur": "MOE", "rechercheFactureTravaux": paging, "flagTelecharge": False}

    answer = chorus.post("facturesTravaux/v1/rechercher", body)

    (row,) = answer["listeFacturesTravaux"]
    invoice = int(stage.invoices["T-1"])
    assert (row["idFactureTravaux"], row["typeFactureTravaux"]) == (invoice, "PROJET_DECOMPTE_MENSUEL")
    to_treat = chorus.post("facturesTravaux/v1/rechercher/atraiter", body)
    assert len(to_treat["listeFacturesTravaux"]) == 1
    file = chorus.post("facturesTravaux/v1/consulter/dossierfacturation", {"idFactureTravaux": invoice})
    assert [row["idFactureTravaux"] for row in file["listeFacturesTravaux"]] == [invoice]
    told = chorus.post("facturesTravaux/v1/consulter", {"idFactureTravaux": invoice})["facture"]
    assert told["cadreDeFacturation"]["identifiantMoe"] == stage.sirets[MOE]

    taken = chorus.post("facturesTravaux/v1/prendreEnCompte", {"idFactureTravaux": invoice})
    assert taken["statutFacture"] == "PRISE_EN_COMPTE_MOE"
    asked = {"idFactureTravaux": invoice, "commentaire": "Métrés manquants"}
    chorus.post("facturesTravaux/v1/suspendre/demander/completer/factureTravaux", asked)
    chorus.caller = stage.principals[CONTRACTOR]
    done = chorus.post("facturesTravaux/v1/completer", {**asked, "commentaire": "Les voici"})
    assert done["statutFacture"] == "MISE_A_DISPOSITION_MOE"
    chorus.caller = stage.principals[MOE]
    refused = chorus.post("facturesTravaux/v1/refuser", {**asked, "commentaire": "Marché terminé"})
    assert refused["statutFacture"] == "REFUSEE_MOE"


def test_project_manager_completes_what_was_suspended_for_it(chorus: Chorus, stage: Stage) -> None:
    first = stage.invoices["T-1"]
    parties: dict[str, Any] = {"frame": Frame.A15, "moe": stage.sirets[MOE], "moa": stage.sirets[CITY]}
    stage.deposit(a_sample("T-3"), by=MOE, previous=(first,), **parties)
    asked = {"idFactureTravaux": int(stage.invoices["T-3"]), "commentaire": "Le métré manque"}
    chorus.caller = stage.principals[CITY]
    chorus.post("facturesTravaux/v1/suspendre/demander/completer/factureTravaux", asked)
    chorus.caller = stage.principals[MOE]

    done = chorus.post("facturesTravaux/v1/completermoe", {**asked, "commentaire": "Le voici"})

    assert (done["codeRetour"], done["statutFacture"]) == (0, "MISE_A_DISPOSITION_MOA")


def test_works_document_is_recycled_only_where_it_was_sent_back(chorus: Chorus, stage: Stage) -> None:
    asked = {"idFactureTravaux": int(stage.invoices["T-1"]), "commentaire": "Corrigé"}
    chorus.caller = stage.principals[CONTRACTOR]
    named = {**asked, "identifiantStructure": stage.sirets[CITY], "typeIdentifiantStructure": "SIRET"}

    assert chorus.post("facturesTravaux/v1/recycler", asked)["libelle"].startswith("GDP_MSG_11.001")
    assert chorus.post("facturesTravaux/v1/corriger/valideur/facture", named)["codeRetour"] != 0


def test_no_works_document_is_an_answer_200_with_its_own_code(chorus: Chorus) -> None:
    answer = chorus.post(
        "facturesTravaux/v1/rechercher", {"numeroFacture": "T-404", "roleUtilisateur": "MOE"}
    )

    assert (answer["codeRetour"], answer["libelle"]) == (20007, "GFT_MSG_01.075")


def test_authority_asks_for_the_recycling_of_a_piece(chorus: Chorus, stage: Stage) -> None:
    first = stage.invoices["T-1"]
    parties: dict[str, Any] = {"frame": Frame.A19, "moe": stage.sirets[MOE], "moa": stage.sirets[CITY]}
    stage.deposit(a_sample("T-2"), by=CITY, previous=(first,), **parties)
    answer = int(stage.invoices["T-2"])
    chorus.caller = stage.principals[CITY]
    sent_back = {"idFacture": answer, "nouveauStatut": "A_RECYCLER", "motif": "Mauvais service"}
    chorus.post("factures/v1/traiter/recue", sent_back)

    told = chorus.post("facturesTravaux/v1/demander/recyclage", {"idFactureTravaux": answer})

    assert (told["idFactureTravaux"], told["idPiecePrecedente"]) == (answer, int(first))
