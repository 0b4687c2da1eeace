"""Structures, services, spaces and attachments, and the lists that clients fill their forms with."""

from __future__ import annotations

import base64
import csv
import io
import json
import zipfile
from typing import Any

import pytest

from functions.chorus.operations import OPERATIONS
from tests.builders.chorus import Chorus, a_chorus
from tests.builders.invoices import BUYER_SIRET, SELLER_SIRET
from tests.builders.ports import CLOSED_SIRET, accountant, stranger

SEARCH = "structures/v1/rechercher"


@pytest.fixture
def chorus(monkeypatch: pytest.MonkeyPatch) -> Chorus:
    return a_chorus(monkeypatch)


def _found(chorus: Chorus, **asked: Any) -> list[int]:
    answer = chorus.post(SEARCH, {"structure": asked})
    assert answer["parametresRetour"]["total"] >= len(answer["listeStructures"])
    return [row["idStructureCPP"] for row in answer["listeStructures"]]


def _code(chorus: Chorus, path: str, body: Any) -> int:
    return int(json.loads(chorus.ask(path, body)["body"])["codeRetour"])


def test_exact_siret_finds_exactly_one(chorus: Chorus) -> None:
    answer = chorus.post(
        SEARCH,
        {
            "structure": {"identifiantStructure": BUYER_SIRET, "typeIdentifiantStructure": "SIRET"},
            "restreindreStructuresPrivees": "",
        },
    )

    assert answer["listeStructures"] == [
        {
            "idStructureCPP": 1001,
            "identifiantStructure": BUYER_SIRET,
            "typeIdentifiantStructure": "SIRET",
            "designationStructure": "Commune de Valbrume",
            "statut": "ACTIVE",
        }
    ]
    assert answer["parametresRetour"]["total"] == 1


def test_structures_are_found_in_several_ways(chorus: Chorus) -> None:
    assert _found(chorus, identifiantStructure=BUYER_SIRET[:9], typeIdentifiantStructure="SIREN") == [1001]
    assert _found(chorus, raisonSocialeStructure="valbr*") == [1001]
    assert _found(chorus, identifiantStructure=CLOSED_SIRET, statutStructure="INACTIF") == [1004]
    assert _found(chorus, identifiantStructure=CLOSED_SIRET, statutStructure="ACTIF") == []


def test_unknown_structure_is_an_empty_answer_200(chorus: Chorus) -> None:
    answer = chorus.post(SEARCH, {"structure": {"identifiantStructure": "00000000000000"}})

    assert (answer["codeRetour"], answer["listeStructures"]) == (0, [])


def test_search_without_anything_finds_the_structures_of_the_account(chorus: Chorus) -> None:
    for body in ({}, {"structure": None, "parametres": None}):
        assert [row["idStructureCPP"] for row in chorus.post(SEARCH, body)["listeStructures"]] == [2001]


def test_other_companies_are_found_by_whoever_asks_for_them(chorus: Chorus) -> None:
    chorus.caller = accountant()
    body: dict[str, Any] = {"structure": {"identifiantStructure": SELLER_SIRET}}

    assert chorus.post(SEARCH, body)["listeStructures"] == []
    body["restreindreStructuresPrivees"] = False
    assert len(chorus.post(SEARCH, body)["listeStructures"]) == 1


def test_structure_says_what_it_asks_of_invoices(chorus: Chorus) -> None:
    for body in ({"idStructureCPP": 1001, "codeLangue": "fr"}, {"idStructure": "1001"}):
        answer = chorus.post("structures/v1/consulter", body)
        assert answer["parametres"]["gestionNumeroEJOuCodeService"] is True
        assert answer["parametres"]["codeServiceDoitEtreRenseigne"] is False
        assert answer["informationGenerales"]["structurePriveePublique"] == "PUBLIQUE"
    assert _code(chorus, "structures/v1/consulter", {"idStructureCPP": 7}) == 29010
    assert _code(chorus, "structures/v1/consulter", {}) == 29002


def test_services_have_numbers_by_which_they_are_consulted(chorus: Chorus) -> None:
    paging = {"nbResultatsParPage": 10000, "pageResultatDemandee": 1}
    path = "structures/v1/rechercher/services"
    answer = chorus.ask(path, {"idStructure": 1001, "parametresRechercherServicesStructure": paging})
    services = json.loads(answer["body"])["listeServices"]
    schools = next(row for row in services if row["codeService"] == "ECOLES")

    body = {"idStructure": 1001, "idService": schools["idService"]}
    told = chorus.post("structures/v1/consulter/service", body)

    assert (told["parametres"]["numeroEngagement"], told["informationsGenerales"]["nomService"]) == (
        True,
        "Écoles",
    )
    assert _code(chorus, "structures/v1/consulter/service", {"idStructure": 1001, "idService": 1}) == 29011


def test_spaces_and_attachments_are_those_of_the_account(chorus: Chorus) -> None:
    chorus.caller = accountant()

    spaces = chorus.post("structures/v1/rechercher/espaces", {"structure": {"idStructure": 1001}})
    services = chorus.post(
        "structures/v1/lister/rattachementsutilisateur",
        {"identifiantStructure": BUYER_SIRET, "typeIdentifiantStructure": "SIRET"},
    )
    own = chorus.post("utilisateurs/v1/monCompte/recuperer/rattachements", {"parametresRecherche": {}})

    assert {row["typeHabilitation"] for row in spaces["listeEspace"]} == {"MODIFICATION"}
    assert [row["codeService"] for row in services["listeServices"]] == [
        "SERVICE-TECHNIQUE",
        "ECOLES",
        "FETES",
    ]
    assert [row["idStructure"] for row in own["listeStructureRattachement"]] == [1001]
    chorus.caller = stranger()
    hidden = chorus.post("structures/v1/rechercher/espaces", {"structure": {"idStructure": 1001}})
    assert hidden["listeEspace"] == []


@pytest.mark.parametrize("path", sorted(path for path in OPERATIONS if "/v1/recuperer/" in path))
def test_list_of_codes_is_filled(chorus: Chorus, path: str) -> None:
    body = {"statutCourant": "MISE_A_DISPOSITION", "idStructure": 2001, "codeLangue": "EN"}

    answer = chorus.post(path.removeprefix("/cpro/"), body)

    (rows,) = (value for value in answer.values() if isinstance(value, list))
    may_be_empty = path.endswith(("coordbanc/valides", "actives/destinataire"))
    assert rows or may_be_empty
    assert all(all(value not in (None, "") for value in row.values()) for row in rows)


def test_lists_follow_their_criteria_and_language(chorus: Chorus) -> None:
    frames = chorus.post("transverses/v1/recuperer/cadrefacturation", {"typeDemandePaiement": "FACTURE"})
    countries = chorus.post("transverses/v1/recuperer/pays", {"codeLangue": "fr"})["listePays"]
    steps = chorus.post("transverses/v1/recuperer/etats/traitement", {"statutCourant": "COMPTABILISEE"})

    codes = [row["codeCadreFacturation"] for row in frames["listeCadreFacturation"]]
    assert "A1_FACTURE_FOURNISSEUR" in codes
    assert "A4_PROJET_DECOMPTE_MENSUEL_FOURNISSEUR" not in codes
    assert {"codePays": "DE", "libellePays": "Allemagne"} in countries
    assert steps["listeStatutsPossiblesPourTraitement"] == [
        {"statutPossiblePourTraitement": "MISE_EN_PAIEMENT"}
    ]
    own = chorus.post("transverses/v1/recuperer/structures/actives/fournisseur")["listeStructures"]
    assert own == [
        {"idStructureCPP": 2001, "identifiant": SELLER_SIRET, "designationStructure": "Atelier des Cimes SAS"}
    ]


def test_siret_is_looked_up_in_the_directory(chorus: Chorus) -> None:
    path = "transverses/v1/consulter/information/siret"

    assert chorus.post(path, {"siretStructure": CLOSED_SIRET})["estActif"] is False
    assert _code(chorus, path, {"siretStructure": "00000000000000"}) == 29010


def test_recipients_are_found_by_name_and_siret(chorus: Chorus) -> None:
    path = "transverses/v1/rechercher/destinataire"

    for identifier in ("valbrume", BUYER_SIRET, BUYER_SIRET[:9]):
        (row,) = chorus.post(path, {"identifiant": identifier})["listeDestinataires"]
        assert (row["idStructureCPP"], row["siret"]) == (1001, BUYER_SIRET)
    assert chorus.post(path, {"identifiant": "cimes"})["listeDestinataires"] == []


def test_directory_of_recipients_is_a_zip_made_once_a_day(chorus: Chorus) -> None:
    path = "transverses/v1/telecharger/annuaire/destinataire"

    packed = base64.b64decode(chorus.post(path)["fichierResultat"])

    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        rows = list(csv.reader(io.StringIO(archive.read("annuaire.csv").decode()), delimiter=";"))
    assert [row[2] for row in rows] == ["identifiant", BUYER_SIRET]
    assert base64.b64decode(chorus.post(path)["fichierResultat"]) == packed


def test_commitment_is_found_among_the_invoices_that_name_it(chorus: Chorus) -> None:
    chorus.invoice()
    path = "engagementsJuridiques/v1/rechercher"
    body = {
        "structureReceptriceEngagementJuridique": BUYER_SIRET,
        "numeroEngagementJuridique": "ENG-2026-0815",
        "etatCourantEngagementJuridique": "COMMANDE",
    }

    found = chorus.post(path, body)["listeEngagementJuridique"]

    assert [row["numeroEngagementJuridique"] for row in found] == ["ENG-2026-0815"]
    assert chorus.post(path, {**body, "numeroEngagementJuridique": "X"})["listeEngagementJuridique"] == []


def test_kept_file_can_be_taken_back_by_its_account_only(chorus: Chorus) -> None:
    file = {"pieceJointeFichier": "JVBERg==", "pieceJointeNom": "a.pdf"}
    piece = chorus.post("transverses/v1/ajouter/fichier", file)["pieceJointeId"]
    remove = "transverses/v1/detacherPieceJointe"

    chorus.caller = accountant()
    assert _code(chorus, remove, {"pieceJointeId": piece}) == 29012
    chorus.caller = Chorus(chorus.bench).caller
    assert _code(chorus, remove, {"pieceJointeId": piece}) == 0
    assert _code(chorus, remove, {"pieceJointeId": piece}) == 29012
    large = {**file, "pieceJointeFichier": "A" * 14_000_004}
    assert _code(chorus, "transverses/v1/ajouter/fichier", large) == 20003


@pytest.mark.parametrize(
    "path", ["categorieSollicitation", "sousCategorieSollicitation", "pj/structure", "pj/moncompte"]
)
def test_search_of_what_is_kept_nowhere_finds_nothing(chorus: Chorus, path: str) -> None:
    answer = chorus.post(f"transverses/v1/rechercher/{path}", {"parametresRecherche": None})

    assert (answer["codeRetour"], answer["libelle"]) == (20000, "TRA_MSG_00.015")
    assert answer["parametresRetour"]["total"] == 0


def test_services_are_found_among_the_transverses_too(chorus: Chorus) -> None:
    asked = {"idStructure": 1001}

    found = chorus.post("transverses/v1/rechercher/serviceexecutant", asked)

    assert found["listeServices"] == chorus.post("structures/v1/rechercher/services", asked)["listeServices"]
