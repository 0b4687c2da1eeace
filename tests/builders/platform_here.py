"""The whole platform with its sample data in this process, and plain HTTP to it."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import boto3
import pyotp

from choriste.adapters.rest.client import Client
from choriste.local.data.seed import Addresses, seed
from choriste.local.moto_patches.activity import queue_depths
from choriste.local.platform.process import Platform
from choriste.runtime.identity import access_ports
from choriste.runtime.settings import settings


@dataclass(frozen=True, slots=True)
class Reply:
    """Status, headers and body of an HTTP answer."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def json(self) -> dict[str, Any]:
        """The body of a JSON answer."""
        found: dict[str, Any] = json.loads(self.body)
        return found

    @property
    def code(self) -> str:
        """The code of a problem document, `-` for any other body."""
        kind = self.headers.get("content-type") or ""
        return str(self.json["code"]) if kind.startswith("application/problem+json") else "-"


@dataclass(frozen=True, slots=True)
class PlatformHere:
    """A running platform; `credentials` is what its credentials file says."""

    platform: Platform
    credentials_file: Path
    credentials: Mapping[str, Any]

    def partner(self) -> Client:
        """Sign in as the partner, who may deposit for all the sample suppliers."""
        return Client.from_file(self.credentials_file)

    def client_of(self, structure: str) -> Client:
        """Sign in as a structure's own program."""
        return Client.sign_in(self.platform.url, self.credentials["clients"][structure])

    def person(self, user: Mapping[str, Any]) -> Client:
        """Sign in as a person of the credentials file, by the API; the token opens the own account only."""
        begun = self.post_json(
            "/v1/sign-in", {"email": user["email"], "password": user["password"]}, by=None
        ).json["token"]
        code = pyotp.TOTP(user["totp_secret"]).at(int(access_ports().clock.now().timestamp()))
        opened = self.post_json("/v1/sign-in/code", {"code": code}, by=Client(self.platform.url, begun))
        return Client(self.platform.url, opened.json["token"])

    def ask(
        self,
        method: str,
        path: str,
        *,
        by: Client | None = None,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Reply:
        """Send one request as it is, and return whatever the answer is."""
        address = urlsplit(self.platform.url)
        connection = http.client.HTTPConnection(str(address.hostname), address.port, timeout=120)
        sent = {**({"Authorization": f"Bearer {by.token}"} if by is not None else {}), **(headers or {})}
        try:
            connection.request(method, path, body, sent)
            answer = connection.getresponse()
            return Reply(answer.status, answer.headers, answer.read())
        finally:
            connection.close()

    def post_json(self, path: str, body: object, *, by: Client | None, **headers: str) -> Reply:
        """POST a JSON body; keyword arguments are further headers, `if_match` for `If-Match`."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self.ask(
            "POST", path, by=by, body=content, headers={"Content-Type": "application/json", **named}
        )

    def deposit(self, content: bytes, *, by: Client, filename: str, **parameters: str) -> Reply:
        """Deposit a file by the API, and return the immediate answer."""
        query = urlencode({"filename": filename, **parameters})
        kind = {"Content-Type": "application/octet-stream"}
        return self.ask("POST", f"/v1/deposits?{query}", by=by, body=content, headers=kind)

    def report_on(self, content: bytes, *, by: Client, filename: str, **parameters: str) -> dict[str, Any]:
        """Deposit a file by the API, and return its complete report."""
        answer = self.deposit(content, by=by, filename=filename, **parameters)
        assert answer.status in {200, 202}, answer.body
        return by.report(answer.json["flow_id"], timeout=120)

    def drop(self, content: bytes, *, filename: str) -> dict[str, Any]:
        """Drop a file in the partner's inbox, and return the complete report that follows."""
        inbox, partner = self.credentials["inbox"], self.partner()
        aws("s3").put_object(Bucket=inbox["bucket"], Key=inbox["prefix"] + filename, Body=content)
        self.platform.drain(timeout=120)
        flows = partner.call("/v1/deposits?limit=200")["deposits"]
        flow = next(flow for flow in flows if flow["filename"] == filename.rpartition("/")[2])
        return partner.report(flow["flow_id"], timeout=120)

    def original_of(self, report: Mapping[str, Any]) -> bytes:
        """Return the bytes that the archive keeps of a flow."""
        key = f"originals/{report['flow_id']}/{report['filename']}"
        kept: bytes = aws("s3").get_object(Bucket=settings().archive_bucket, Key=key)["Body"].read()
        return kept

    def dead_letters(self) -> dict[str, int]:
        """Return how many messages each dead-letter queue holds, those without any left out."""
        return {name: depth.ready for name, depth in queue_depths().items() if "dlq" in name and depth.ready}


@contextmanager
def a_platform_here(folder: Path) -> Iterator[PlatformHere]:
    """Run the platform on free ports, with the sample data."""
    with Platform(port=0, aws_port=0) as platform:
        file = folder / "credentials.json"
        seed(Addresses(base_url=platform.url, aws_endpoint=platform.aws_url), kept_in=None, credentials=file)
        yield PlatformHere(platform, file, json.loads(file.read_text(encoding="utf-8")))


def aws(service: str) -> Any:
    """Return a client of the platform's AWS services, inside its process."""
    return boto3.client(service, region_name="eu-west-3")  # type: ignore[call-overload]
