"""The searches: optional criteria, the shapes of their pages, and the rows that are read."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pytest

from choriste.application.invoices.criteria import Between
from choriste.domain.shared.ids import InvoiceId
from tests.builders.chorus import Chorus, a_chorus
from tests.builders.ports import accountant, clerk_of, stranger

ISSUED, RECEIVED = "factures/v1/rechercher/fournisseur", "factures/v1/rechercher/recipiendaire"
EVERYTHING: dict[str, Any] = {
    "idFournisseur": 0,
    "montantTTCMax": 0,
    "montantHTMin": "0",
    "periodeDateDepotAu": "",
    "periodeDateFactureDu": None,
    "statutCourant": None,
    "cadreFacturation": {},
    "listeDestinataire": [],
    "rejetTraite": False,
    "rechercheSirenDestinataire": False,
    "typeFacture": "",
    "inconnu": {"a": 1},
}


@pytest.fixture
def chorus(monkeypatch: pytest.MonkeyPatch) -> Chorus:
    return a_chorus(monkeypatch)


def _many(chorus: Chorus, count: int) -> list[int]:
    found = []
    for n in range(1, count + 1):
        found.append(chorus.invoice(f"F-{n}"))
        chorus.bench.clock.advance(minutes=1)
    return found[::-1]


def _ids(answer: dict[str, Any], name: str = "identifiantFactureCPP") -> list[int]:
    return [row[name] for row in answer["listeFactures"]]


def test_search_without_criteria_finds_everything_of_the_account(chorus: Chorus) -> None:
    newest_first = _many(chorus, 3)

    for body in ({}, EVERYTHING):
        answer = chorus.post(ISSUED, body)
        assert _ids(answer) == newest_first
        assert answer["parametresRetour"] == {
            "pageCourante": 1,
            "pages": 1,
            "nbResultatsParPage": 10,
            "total": 3,
        }


def test_row_tells_what_clients_read(chorus: Chorus) -> None:
    invoice = chorus.invoice("F-7")

    (row,) = chorus.post(ISSUED)["listeFactures"]

    assert (row["identifiantFactureCPP"], row["numeroFacture"], row["statut"]) == (
        invoice,
        "F-7",
        "MISE_A_DISPOSITION",
    )
    assert (row["dateDepot"], row["montantTTC"], row["typeFacture"]) == ("2026-11-23", 1792.18, "FACTURE")
    assert (row["idDestinataire"], row["codeServiceExecutant"]) == (1001, "SERVICE-TECHNIQUE")
    assert "commentaireEtatCourant" not in row


def test_pages_go_on_from_each_other_and_a_new_invoice_shifts_none_out(chorus: Chorus) -> None:
    ids = _many(chorus, 5)

    def ask(page: int) -> dict[str, Any]:
        wish = {"nbResultatsParPage": 2, "pageResultatDemandee": page}
        return chorus.post(ISSUED, {"rechercheFactureParFournisseur": wish})

    first, second = ask(1), ask(2)
    newer = chorus.invoice("F-6")
    last = ask(3)

    assert [_ids(each) for each in (first, second, last)] == [ids[:2], ids[2:4], ids[4:]]
    assert [each["parametresRetour"]["pages"] for each in (first, second, last)] == [3, 3, 3]
    assert _ids(ask(1)) == [newer, ids[0]]
    assert _ids(ask(2)) == ids[1:3]
    assert ask(9)["codeRetour"] == 20000


def test_page_without_a_bookmark_is_found(chorus: Chorus) -> None:
    ids = _many(chorus, 5)

    wish = {"nbResultatsParPage": "2", "pageResultatDemandee": "3", "triSense": "Ascendant "}

    assert _ids(chorus.post(ISSUED, {"rechercheFactureParFournisseur": wish})) == ids[4:]


def test_far_page_without_a_bookmark_is_looked_for_as_far_as_one_request_reads(
    chorus: Chorus, monkeypatch: pytest.MonkeyPatch
) -> None:
    _many(chorus, 5)
    monkeypatch.setattr("functions.chorus.paging.READ_BY_MANY", 3)

    wish = {"nbResultatsParPage": 1, "pageResultatDemandee": 5}
    answer = chorus.ask(ISSUED, {"rechercheFactureParFournisseur": wish})

    assert "3" in json.loads(answer["body"])["libelle"]
    assert json.loads(answer["body"])["codeRetour"] == 29021


def test_a_maximum_ends_the_pages(chorus: Chorus) -> None:
    ids = _many(chorus, 4)

    wish = {"nbResultatsParPage": 2, "nbResultatsMaximum": 3, "pageResultatDemandee": 2}
    answer = chorus.post(ISSUED, {"rechercheFactureParFournisseur": wish})

    assert (_ids(answer), answer["parametresRetour"]["pages"]) == (ids[2:3], 2)


def test_page_is_sorted_by_the_column_that_is_asked_for(chorus: Chorus) -> None:
    _many(chorus, 3)

    wish = {"triColonne": "NumeroFacture", "triSens": "Ascendant"}
    rows = chorus.post(ISSUED, {"rechercheFactureParFournisseur": wish})["listeFactures"]

    assert [row["numeroFacture"] for row in rows] == ["F-1", "F-2", "F-3"]


def test_no_result_is_an_answer_200_with_its_code(chorus: Chorus) -> None:
    answer = chorus.post(ISSUED, {"numeroFacture": "F-404"})

    assert (answer["codeRetour"], answer["libelle"]) == (20000, "TRA_MSG_00.015")
    assert (answer["listeFactures"], answer["parametresRetour"]["total"]) == ([], 0)


@pytest.mark.parametrize(
    ("criteria", "found"),
    [
        ({"numeroFacture": "f-1"}, 1),
        ({"typeFacture": "AVOIR"}, 0),
        ({"typeFacture": "FACTURE"}, 1),
        ({"cadreFacturation": "A1_FACTURE_FOURNISSEUR"}, 1),
        ({"cadreFacturation": "A9_FACTURE_SOUSTRAITANT"}, 0),
        ({"statutCourant": ["MISE_A_DISPOSITION", ""]}, 1),
        ({"statutCourant": "REJETEE"}, 0),
        ({"periodeDateDepotDu": "2026-11-23", "periodeDateDepotAu": "2026-11-23T23:59:59"}, 1),
        ({"periodeDateDepotAu": "22/11/2026"}, 0),
        ({"periodeDateDepotDu": "20261124"}, 0),
        ({"periodeDateFactureDu": "2026-10-05", "periodeDateFactureAu": "2026-10-05"}, 1),
        ({"periodeDateHeureEtatCourantDu": "2026-11-24"}, 0),
        ({"montantTTCMin": "1792,18", "montantTTCMax": 1792.18}, 1),
        ({"montantHTMax": "1"}, 0),
        ({"montantApayerMin": 2000}, 0),
        ({"numeroMarche": "MARCHE-2026-17", "numeroBonCommande": "ENG-2026-0815"}, 1),
        ({"listeDestinataire": [{"idDestinataire": 1001}]}, 1),
        ({"listeDestinataire": [{"idDestinataire": 2001}]}, 0),
        ({"listeDestinataire": {"idDestinataire": "1001"}, "rechercheSirenDestinataire": True}, 1),
        ({"idStructureValideur": 2001}, 0),
        ({"rejetTraite": True}, 0),
    ],
)
def test_criterion_narrows_the_search(chorus: Chorus, criteria: dict[str, Any], found: int) -> None:
    chorus.invoice("F-1")

    assert len(chorus.post(ISSUED, criteria)["listeFactures"]) == found


def test_invoices_of_a_flow_are_found_by_it(chorus: Chorus) -> None:
    chorus.invoice("F-1")
    flow = chorus.deposit()
    (invoice,) = chorus.integrate(flow)

    answer = chorus.post(ISSUED, {"numeroFluxDepot": flow, "typeFacture": "FACTURE"})

    assert _ids(answer) == [invoice]
    assert answer["listeFactures"][0]["numeroFluxDepot"] == flow
    assert chorus.post(ISSUED, {"numeroFluxDepot": "CPP0011117000000000000000"})["codeRetour"] == 20000


def test_recipient_pages_stand_at_the_top_of_the_answer(chorus: Chorus) -> None:
    invoice = chorus.invoice()
    chorus.caller = accountant()

    body = {
        "idDestinataire": 1001,
        "factureTelechargeeParDestinataire": False,
        "paramRecherche": {"nbResultatsParPage": 1000, "nbResultatsMaximum": 999999},
    }
    answer = chorus.post(RECEIVED, body)

    assert (answer["pageCourante"], answer["pages"], answer["total"]) == (1, 1, 1)
    assert "parametresRetour" not in answer
    assert answer["listeFactures"][0]["idFacture"] == invoice
    body["factureTelechargeeParDestinataire"] = True
    assert chorus.post(RECEIVED, body)["codeRetour"] == 20000


def test_recipient_finds_what_there_is_to_treat_in_both_shapes(chorus: Chorus) -> None:
    invoice = chorus.invoice()
    chorus.caller = accountant()

    answer = chorus.post("factures/v1/rechercher/atraiter/recipiendaire", {"idStructure": 1001})

    assert _ids(answer, "idFacture") == [invoice]
    assert answer["pageCourante"] == answer["parametresRetour"]["pageCourante"] == 1


def test_service_narrows_what_a_recipient_finds(chorus: Chorus) -> None:
    chorus.invoice()
    chorus.caller = accountant()
    (row,) = chorus.post(RECEIVED)["listeFactures"]

    own = {"idDestinataire": 1001, "idServiceExecutant": row["idServiceExecutant"]}

    assert chorus.post(RECEIVED, own)["codeRetour"] == 0
    assert chorus.post(RECEIVED, {**own, "idServiceExecutant": 7})["codeRetour"] == 29011


def test_clerk_of_a_service_finds_the_invoices_of_that_service(chorus: Chorus) -> None:
    chorus.invoice()

    chorus.caller = clerk_of("SERVICE-TECHNIQUE")
    assert chorus.post(RECEIVED)["codeRetour"] == 0
    chorus.caller = clerk_of("ECOLES")
    assert chorus.post(RECEIVED)["codeRetour"] == 20000


def test_stranger_finds_nothing_and_may_not_ask_for_others(chorus: Chorus) -> None:
    chorus.invoice()
    chorus.caller = stranger()

    assert chorus.post(ISSUED)["codeRetour"] == 20000
    assert chorus.post(ISSUED, {"idFournisseur": 2001})["codeRetour"] == 20001
    assert json.loads(chorus.ask(RECEIVED, {"idDestinataire": "x"})["body"])["codeRetour"] == 29003


def test_payment_requests_are_found_in_each_role(chorus: Chorus) -> None:
    invoice = chorus.invoice()

    body: dict[str, Any] = {"roleUtilisateur": "FOURNISSEUR", "structureDestinataire": {}}
    answer = chorus.post("factures/v1/rechercher/demandePaiement", body)

    assert [row["idDemandePaiement"] for row in answer["listeDemandePaiement"]] == [invoice]
    body = {"structureDestinataire": {"identifiantStructureDestinataire": "000000000"}}
    assert chorus.post("factures/v1/rechercher/demandePaiement", body)["codeRetour"] == 20000


def test_interval_includes_both_ends() -> None:
    year = Between(dt.date(2026, 1, 1), dt.date(2026, 12, 31))

    days = (dt.date(2026, 1, 1), dt.date(2026, 12, 31), dt.date(2027, 1, 1))
    assert [year.admits(day) for day in days] == [True, True, False]
    assert Between[Decimal]().admits(Decimal(0))


def test_page_reads_its_own_rows_only(chorus: Chorus, monkeypatch: pytest.MonkeyPatch) -> None:
    _many(chorus, 12)
    invoices, read = chorus.bench.ports.invoices, list[int]()
    heads = invoices.heads

    def counted(ids: Sequence[InvoiceId]) -> Any:
        read.append(len(ids))
        return heads(ids)

    monkeypatch.setattr(invoices, "heads", counted)

    for page in (1, 2, 3):
        wish = {"nbResultatsParPage": 4, "pageResultatDemandee": page}
        chorus.post(ISSUED, {"rechercheFactureParFournisseur": wish})

    assert read == [4, 4, 4]
