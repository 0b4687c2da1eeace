"""A running platform with the sample structures, used over HTTP."""

from __future__ import annotations

import http.client
import json
import urllib.parse
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from choriste.adapters.rest.client import Client
from choriste.local.data.seed import Addresses, seed
from choriste.local.platform.process import Platform
from choriste.local.scenarios.files import file_of
from choriste.local.scenarios.model import Deposit


@dataclass(frozen=True)
class Town:
    """A running platform with the sample structures, and what its users do by HTTP."""

    platform: Platform
    credentials: dict[str, Any]

    @classmethod
    def of(cls, platform: Platform, folder: Path, *, kept: bool = False) -> Town:
        file = folder / "credentials.json"
        addresses = Addresses(base_url=platform.url, aws_endpoint=platform.aws_url)
        seed(addresses, kept_in=folder / "data" if kept else None, credentials=file)
        return cls(platform, json.loads(file.read_text(encoding="utf-8")))

    def client(self, structure: str | None = None) -> Client:
        account = self.credentials["clients"][structure] if structure else self.credentials["oauth"]
        return Client.sign_in(self.platform.url, account)

    def siret(self, structure: str) -> str:
        return next(str(s["siret"]) for s in self.credentials["structures"] if s["id"] == structure)

    def deposit(self, number: str, **parties: str) -> int:
        name, content = file_of(Deposit(channel="api", form="cii", changes=({"number": number},)))
        query = urllib.parse.urlencode({"filename": name, **parties})
        flow = self.client().call(f"/v1/deposits?{query}", data=content, content_type="application/xml")
        report = self.client().report(flow["flow_id"], timeout=60)
        self.platform.drain(timeout=60)
        return int(report["documents"][0]["invoice_id"])

    def invoice(self, invoice: int, structure: str | None = None) -> dict[str, Any]:
        return self.client(structure).call(f"/v1/invoices/{invoice}")

    def post(
        self, client: Client, path: str, body: dict[str, Any], **headers: str
    ) -> tuple[int, dict[str, Any]]:
        address = urllib.parse.urlsplit(self.platform.url)
        connection = http.client.HTTPConnection(str(address.hostname), address.port, timeout=60)
        sent = {"Authorization": f"Bearer {client.token}", "Content-Type": "application/json", **headers}
        try:
            connection.request("POST", path, json.dumps(body).encode(), sent)
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())
        finally:
            connection.close()
