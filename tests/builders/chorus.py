"""The Chorus Pro compatible API for one caller at a time, on ports in memory."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass, field
from typing import Any

import pytest

from choriste.application.access.authenticate_request import Caller
from choriste.domain.access.principal import Principal
from choriste.domain.deposits.flow import Outcome
from choriste.domain.shared.ids import FlowId
from functions.chorus.handler import handler
from functions.chorus.paging import PAGE
from tests.builders.browser import http_event
from tests.builders.contexts import a_context
from tests.builders.identity import a_gate
from tests.builders.intake import run_intake
from tests.builders.invoices import a_cii
from tests.builders.ports import Bench, a_bench, accountant, supplier
from tests.builders.swagger import faults

ALSO = {"factures/v1/rechercher/atraiter/recipiendaire": set(PAGE)}
"""What is told beside the official description, because clients look for it there."""


@dataclass(slots=True)
class Chorus:
    """The function, and who asks it."""

    bench: Bench
    caller: Principal = field(default_factory=supplier)

    def ask(self, path: str, body: Any = None, *, method: str = "POST", **headers: str) -> dict[str, Any]:
        """Send a request and return the whole answer of the function."""
        sent = {"content-type": "application/json", **headers}
        text = body if isinstance(body, (str, bytes)) else json.dumps(body if body is not None else {})
        event = http_event(method, f"/cpro/{path}", body=text, headers=sent)
        return handler(event, a_context())

    def post(self, path: str, body: Any = None, **headers: str) -> dict[str, Any]:
        """Send a request and return the JSON of an answer 200."""
        answer = self.ask(path, body, **headers)
        assert answer["statusCode"] == 200, answer["body"]
        found: dict[str, Any] = json.loads(answer["body"])
        told = {name: value for name, value in found.items() if name not in ALSO.get(path, ())}
        assert faults(f"/cpro/{path}", "answer", told) == []
        return found

    def deposit(self, content: bytes | None = None, **changes: Any) -> str:
        """Deposit a file as a flow, and return the flow's number."""
        body = {
            "fichierFlux": base64.b64encode(content if content is not None else a_cii()).decode(),
            "nomFichier": "facture.xml",
            "syntaxeFlux": "IN_DP_E1_CII_16B",
            "avecSignature": False,
            **changes,
        }
        return str(self.post("factures/v1/deposer/flux", body)["numeroFluxDepot"])

    def integrate(self, flow: str) -> list[int]:
        """Let the platform take a flow in and deliver it, and return the ids of its invoices."""
        number, ports = FlowId(flow), self.bench.ports
        settled = [run_intake(ports, number, each.position) for each in ports.flows.documents(number)]
        return [int(each.invoice_id) for each in settled if each.outcome is Outcome.ACCEPTED]

    def invoice(self, number: str = "F-1", **changes: Any) -> int:
        """Deposit an invoice of the supplier's, and return its id once its recipient has it."""
        before, self.caller = self.caller, supplier()
        invoices = self.integrate(self.deposit(a_cii(number=number, **changes)))
        self.caller = before
        return invoices[0]


def a_chorus(monkeypatch: pytest.MonkeyPatch, bench: Bench | None = None) -> Chorus:
    """Return the function on a bench, asked by the supplier until a test says otherwise."""
    chorus = Chorus(bench or a_bench())
    monkeypatch.setattr("choriste.runtime.ports.built_ports", lambda: chorus.bench.ports)
    access = a_gate()
    monkeypatch.setattr("choriste.runtime.identity.built_access_ports", lambda: access)
    monkeypatch.setattr(
        "functions.chorus.handler.authenticate",
        lambda _event, **_: Caller(principal=chorus.caller, client_id="a-client"),
    )
    return chorus


__all__ = ["Chorus", "a_chorus", "accountant", "supplier"]
