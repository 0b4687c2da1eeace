"""`deposer/flux` and what becomes of it: the states that clients poll, and what they are told."""

from __future__ import annotations

import base64
import io
import json
import re
import tarfile
from dataclasses import replace
from typing import Any

import pytest

from choriste.application.sandbox.read_sandbox import throw_switches
from choriste.domain.deposits.flow import Channel
from choriste.domain.sandbox.sandbox import FlowAnswer, Switch
from choriste.domain.shared.ids import FlowId, InvoiceId
from functions.chorus.codes import LIVE_SYNTAXES, FlowSyntax
from functions.chorus.operations import OPERATIONS
from tests.builders.chorus import Chorus, a_chorus
from tests.builders.invoices import a_buyer, a_cii
from tests.builders.ports import a_bench, stranger
from tests.builders.sandbox import Box

DEPOSIT = "factures/v1/deposer/flux"
REPORT, DETAILS = "transverses/v1/consulterCR", "transverses/v1/consulterCRDetaille"


@pytest.fixture
def chorus(monkeypatch: pytest.MonkeyPatch) -> Chorus:
    return a_chorus(monkeypatch)


def _body(content: bytes = b"<x/>", **changes: Any) -> dict[str, Any]:
    packed = base64.b64encode(content).decode()
    return {
        "fichierFlux": packed,
        "nomFichier": "f.xml",
        "syntaxeFlux": "IN_DP_E2_CII_FACTURX",
        **changes,
    }


def _said(answer: dict[str, Any]) -> tuple[int, int]:
    return answer["statusCode"], json.loads(answer["body"])["codeRetour"]


def _refused(chorus: Chorus, path: str, body: Any = None, **headers: str) -> tuple[int, int]:
    return _said(chorus.ask(path, body, **headers))


def test_deposit_answers_with_the_number_of_its_flow_and_a_bare_date(chorus: Chorus) -> None:
    answer = chorus.post(DEPOSIT, _body(a_cii()))

    number = answer.pop("numeroFluxDepot")
    assert answer == {
        "codeRetour": 0,
        "libelle": "GCU_MSG_01_000",
        "dateDepot": "2026-11-23",
        "syntaxeFlux": "IN_DP_E2_CII_FACTURX",
    }
    assert re.fullmatch("CPP0011117[0-9]{15}", number)


@pytest.mark.parametrize("syntax", LIVE_SYNTAXES)
def test_live_syntax_is_taken_in(chorus: Chorus, syntax: FlowSyntax) -> None:
    assert chorus.post(DEPOSIT, _body(a_cii(), syntaxeFlux=f" {syntax.value} "))["syntaxeFlux"] == syntax


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"syntaxeFlux": "IN_DP_E1_XCBL"}, 200, 29007),
        ({"syntaxeFlux": "IN_DP_E9"}, 400, 29004),
        ({"syntaxeFlux": ""}, 400, 29002),
        ({"fichierFlux": None}, 400, 29002),
        ({"fichierFlux": "§§§"}, 400, 29003),
        ({"fichierFlux": 12}, 400, 29003),
        ({"fichierFlux": "A" * 14_000_004}, 200, 20001),
        ({"nomFichier": "n" * 201}, 400, 29005),
        ({"nomFichier": {}}, 400, 29002),
        ({"avecSignature": "peut-être"}, 400, 29003),
    ],
)
def test_deposit_that_cannot_be_read_is_refused_with_a_code(
    chorus: Chorus, changes: dict[str, Any], status: int, code: int
) -> None:
    assert _refused(chorus, DEPOSIT, _body(**changes)) == (status, code)


def test_deposit_takes_what_real_clients_send(chorus: Chorus) -> None:
    folded = "\r\n".join(re.findall(".{1,76}", base64.b64encode(a_cii()).decode()))
    loose: dict[str, Any] = {
        "idUtilisateurCourant": 0,
        "avecSignature": "",
        "inconnu": {},
        "fichierFlux": folded,
    }

    chorus.post(DEPOSIT, _body(**loose), **{"content-type": "application/json;charset=UTF-8"})


def test_stranger_learns_nothing_of_a_flow(chorus: Chorus) -> None:
    flow = chorus.deposit()
    chorus.caller = stranger()

    answer = chorus.post(REPORT, {"numeroFluxDepot": flow})

    assert (answer["codeRetour"], answer["libelle"][:15]) == (20001, "POQ_MSG_01.003 ")
    assert answer == chorus.post(DETAILS, {"numeroFluxDepot": "CPP0011117000000000000000"})


def test_flow_that_may_still_fail_never_looks_integrated(chorus: Chorus) -> None:
    flow = chorus.deposit()
    before = chorus.post(REPORT, {"numeroFluxDepot": flow, "syntaxeFlux": ""})

    chorus.integrate(flow)
    after = chorus.post(REPORT, {"numeroFluxDepot": flow})

    assert before["etatCourantFlux"] == "IN_EN_COURS_TRAITEMENT_CPP"
    assert "fichierCR" not in before
    assert after["etatCourantFlux"] == "IN_INTEGRE"
    assert (after["codeInterfaceFlux"], after["nomFichierFlux"]) == ("FSO1106A", "facture.xml")
    assert after["designationPartenaire"] == "Atelier des Cimes SAS"
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+01:00", after["dateDepotFlux"])
    assert base64.b64decode(after["fichierCR"])


def test_state_of_a_flow_is_as_old_as_its_last_document(chorus: Chorus) -> None:
    number = chorus.deposit()
    before = chorus.post(REPORT, {"numeroFluxDepot": number})["dateHeureEtatCourantFlux"]
    chorus.bench.clock.advance(seconds=90)
    chorus.integrate(number)

    after = chorus.post(REPORT, {"numeroFluxDepot": number})["dateHeureEtatCourantFlux"]

    assert (before, after) == ("2026-11-23T10:00:00.000+01:00", "2026-11-23T10:01:30.000+01:00")


def test_state_of_a_flow_is_told_when_its_report_cannot_be_printed(
    chorus: Chorus, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = chorus.deposit()
    chorus.integrate(number)

    def fails(*_: object, **__: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("functions.chorus.transverses.reports.request_flow_printout", fails)

    answer = chorus.post(REPORT, {"numeroFluxDepot": number})

    assert (answer["codeRetour"], answer["etatCourantFlux"]) == (0, "IN_INTEGRE")
    assert "fichierCR" not in answer


def test_flow_that_nothing_has_opened_is_just_deposited(chorus: Chorus) -> None:
    flow = chorus.deposit()
    stored = chorus.bench.ports.flows.get(FlowId(flow))
    assert stored is not None

    object.__setattr__(stored, "documents", None)

    assert (
        chorus.post(DETAILS, {"numeroFluxDepot": flow})["etatCourantDepotFlux"]
        == "IN_DEPOT_PORTAIL_EN_ATTENTE_TRAITEMENT_SE_CPP"
    )


def test_refused_invoice_is_explained_in_the_detailed_report(chorus: Chorus) -> None:
    chorus.integrate(chorus.deposit(a_cii(number="F-9")))
    again = chorus.deposit(a_cii(number="F-9") + b"\n")
    chorus.integrate(again)

    told = chorus.post(DETAILS, {"numeroFluxDepot": again})

    assert told["etatCourantDepotFlux"] == "IN_REJETE"
    assert [row["numeroDP"] for row in told["listeErreurDP"]] == ["F-9"]
    assert told["listeErreurDP"][0]["libelleErreurDP"].startswith("DUPLICATE : ")
    assert told["listeErreurTechnique"] == []


def test_file_that_cannot_be_opened_has_technical_errors(chorus: Chorus) -> None:
    flow = chorus.deposit(b"\x1f\x8bbroken")

    told = chorus.post(DETAILS, {"numeroFluxDepot": flow}, **{"accept-language": "en"})

    assert told["etatCourantDepotFlux"] == "IN_REJETE"
    assert told["listeErreurTechnique"][0]["natureErreur"] == "FATAL"
    assert told["listeErreurTechnique"][0]["codeErreur"].startswith("ARCHIVE-")


def test_archive_of_several_invoices_is_one_flow(chorus: Chorus) -> None:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        for number in ("T-1", "T-2"):
            member, content = tarfile.TarInfo(f"{number}.xml"), a_cii(number=number)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))

    flow = chorus.deposit(packed.getvalue(), nomFichier="lot.tar.gz")

    assert len(chorus.integrate(flow)) == 2


def test_invoice_without_a_profile_is_advised_and_taken(chorus: Chorus) -> None:
    content = re.sub(
        b"<ram:GuidelineSpecified.*?</ram:GuidelineSpecified[^>]*>", b"", a_cii(), flags=re.DOTALL
    )

    flow = chorus.deposit(content)
    taken = chorus.integrate(flow)

    (document,) = chorus.bench.ports.flows.documents(FlowId(flow))
    assert {each.rule for each in document.findings} >= {"BR-01"}
    head = chorus.bench.ports.invoices.get(InvoiceId(taken[0]))
    assert head is not None
    assert head.channel is Channel.CHORUS


def test_invoice_that_claims_a_profile_is_held_to_it(chorus: Chorus) -> None:
    flow = chorus.deposit(a_cii(buyer=replace(a_buyer(), address=None)))

    taken = chorus.integrate(flow)

    (document,) = chorus.bench.ports.flows.documents(FlowId(flow))
    assert (taken, "BR-10" in {each.rule for each in document.findings}) == ([], True)


def test_health_check_answers_without_an_account(chorus: Chorus) -> None:
    answer = chorus.ask("transverses/v1/health-check", "null", method="GET")

    assert (answer["statusCode"], json.loads(answer["body"])["statusCodeValue"]) == (200, 200)


@pytest.mark.parametrize(
    ("path", "body", "headers", "expected"),
    [
        ("factures/v1/inconnue", {}, {}, (404, 29404)),
        ("factures/v1/deposer/flux", "[1", {}, (400, 29006)),
        ("factures/v1/deposer/flux", "[1]", {}, (400, 29006)),
        ("factures/v1/deposer/flux", b"\xff\xfe", {}, (400, 29006)),
        ("factures/v1/deposer/flux", "[" * 100_000, {}, (400, 29006)),
        ("factures/v1/deposer/flux", "{}", {"content-type": "text/xml"}, (415, 29415)),
        ("factures/v1/deposer/flux/", "null", {}, (400, 29002)),
    ],
)
def test_request_that_fits_no_operation_is_answered_in_json(
    chorus: Chorus, path: str, body: Any, headers: dict[str, str], expected: tuple[int, int]
) -> None:
    answer = chorus.ask(path, body, **headers)

    assert _said(answer) == expected
    assert answer["headers"]["Content-Type"].startswith("application/json")


def test_wrong_method_names_the_right_one(chorus: Chorus) -> None:
    answer = chorus.ask(DEPOSIT, "{}", method="GET")

    assert _said(answer) == (405, 29405)
    assert "POST" in json.loads(answer["body"])["libelle"]


def test_incident_is_answered_in_json_with_a_reference(
    chorus: Chorus, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("functions.chorus.handler.operate", lambda *_: 1 / 0)

    answer = chorus.ask(DEPOSIT, {})

    assert _said(answer) == (500, 29500)
    assert re.search("[0-9a-f]{8}-[0-9a-f]{4}", json.loads(answer["body"])["libelle"])


def test_sandbox_answers_as_it_was_told_to(monkeypatch: pytest.MonkeyPatch) -> None:
    box = Box()
    slept: list[float] = []
    chorus = a_chorus(monkeypatch, box.bench)
    chorus.caller = box.program
    monkeypatch.setattr("functions.chorus.dispatch.time.sleep", slept.append)
    switches = [
        Switch(operation=DEPOSIT, status=503),
        Switch(operation=DEPOSIT, code=20001, label="GDP_MSG_11.022"),
        Switch(operation=DEPOSIT, seconds=3),
        Switch(operation=REPORT, flow_state=FlowAnswer.INCIDENT),
    ]
    throw_switches(box.bench.ports, box.program, switches)

    forced = [_refused(chorus, DEPOSIT, _body(box.cii())) for _ in range(2)]
    flow = chorus.deposit(box.cii())
    chorus.integrate(flow)
    states = [chorus.post(REPORT, {"numeroFluxDepot": flow})["etatCourantFlux"] for _ in range(2)]

    assert forced == [(503, 29030), (200, 20001)]
    assert slept == [0, 0, 3, 0]
    assert states == ["IN_INCIDENTE", "IN_INTEGRE"]


def test_description_names_every_operation_and_is_for_everybody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("functions.chorus.handler.authenticate", lambda *_, **__: pytest.fail("asked"))

    answer = Chorus(a_bench()).ask("openapi.json", method="GET")

    described = json.loads(answer["body"])
    asked = described["paths"]["/cpro/factures/v1/deposer/flux"]["post"]["requestBody"]["content"]
    schema = asked["application/json"]["schema"]
    assert set(described["paths"]) == set(OPERATIONS)
    assert schema["properties"]["fichierFlux"] == {"type": "string", "contentEncoding": "base64"}
    assert "fichierFlux" in schema["required"]
