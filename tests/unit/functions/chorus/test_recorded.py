"""The recorded requests of two real clients, sent again: each is answered as its client can read it."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from tests.builders.chorus import Chorus, a_chorus
from tests.builders.swagger import SPECIFICATIONS, faults

RECORDED = SPECIFICATIONS / "recorded"

pytestmark = [
    pytest.mark.corpora,
    pytest.mark.skipif(not RECORDED.exists(), reason="the recorded requests are not at hand"),
]


def _requests(name: str) -> list[dict[str, Any]]:
    lines = (RECORDED / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    return [row for row in map(json.loads, lines) if row["path"].startswith("/cpro/")]


def _body(row: dict[str, Any], flow: str) -> Any:
    """Return the body that was sent, with a file where its bytes were left out, and a flow that is here."""
    if not isinstance(row["body"], dict):
        return row["body"] or None
    packed = base64.b64encode((RECORDED / "trytond.flux.2a305e96.xml").read_bytes()).decode()
    known = {"fichierFlux": packed, "numeroFluxDepot": flow, "idStructure": 1001, "idStructureCPP": 1001}
    return {name: known.get(name, value) for name, value in row["body"].items()}


@pytest.mark.parametrize("client", ["trytond", "chorus_api"])
def test_recorded_requests_are_answered(monkeypatch: pytest.MonkeyPatch, client: str) -> None:
    chorus, flow = a_chorus(monkeypatch), ""
    for row in _requests(client):
        path, headers = row["path"].removeprefix("/cpro/"), {k.lower(): v for k, v in row["headers"].items()}
        assert faults(row["path"], "request", row["body"]) == []

        answer = chorus.ask(path, _body(row, flow), method=row["method"], **headers)

        told = json.loads(answer["body"])
        assert answer["statusCode"] == 200, told
        assert answer["headers"]["Content-Type"].startswith("application/json")
        assert told.get("codeRetour", 0) in {0, 20000, 29010}
        flow = told.get("numeroFluxDepot", flow)


def test_loosely_filled_invoice_is_held_to_the_directory_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    chorus: Chorus = a_chorus(monkeypatch)

    flow = chorus.deposit((RECORDED / "trytond.flux.2a305e96.xml").read_bytes())
    chorus.integrate(flow)

    told = chorus.post("transverses/v1/consulterCRDetaille", {"numeroFluxDepot": flow})
    rules = {row["libelleErreurDP"].partition(" : ")[0] for row in told["listeErreurDP"]}
    assert rules == {"ROUTING-SUPPLIER-UNKNOWN", "ROUTING-RECIPIENT-UNKNOWN"}
