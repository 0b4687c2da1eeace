"""Plays scenarios against a running platform, as its users would: by HTTP, by S3, by the command line."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
import urllib.parse
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import boto3

from choriste.adapters.rest.client import Client, PlatformError
from choriste.local.scenarios.files import file_of
from choriste.local.scenarios.model import Act, Deposit, Draft, Expectation, Scenario, Step

_WAIT_SECONDS = 60.0


class ScenarioFailedError(AssertionError):
    """A step did not end as its scenario says."""


@dataclass(slots=True)
class Player:
    """A player of scenarios; `advance` moves the platform's clock by days.

    `pause` waits for some seconds between two looks; what it raises ends the play. `invoices` maps the
    numbers deposited so far to their technical ids, `reports` holds the reports.
    """

    credentials: Mapping[str, Any]
    credentials_file: Path
    advance: Callable[[float], None]
    say: Callable[[str], None] = lambda _: None
    pause: Callable[[float], None] = time.sleep
    invoices: dict[str, int] = field(default_factory=dict)
    reports: list[dict[str, Any]] = field(default_factory=list)

    def play(self, scenario: Scenario) -> None:
        """Play all steps; raises `ScenarioFailedError` at the first that ends otherwise."""
        for step in scenario.steps:
            self.say(f"  {step.says.en}")
            self._do(step)
            for expectation in step.expect:
                self._check(scenario, expectation)

    def _do(self, step: Step) -> None:
        if step.deposit is not None:
            self._deposit(step.deposit)
        if step.act is not None:
            self._act(step.act)
        if step.draft is not None:
            self._begin(step.draft)
        if step.wait_days:
            self.advance(step.wait_days)

    def _deposit(self, deposit: Deposit) -> None:
        name, content = file_of(deposit)
        if deposit.channel == "api":
            flow = self._by_api(name, content, deposit)
        else:
            flow = {"s3": self._by_s3, "cli": self._by_cli}[deposit.channel](name, content)
        who = self._as(deposit.by) if deposit.by else self._partner()
        report = self._report(who, flow)
        self.reports.append(report)
        for document in report["documents"]:
            if document["outcome"] == "accepted":
                self.invoices[document["number"]] = document["invoice_id"]

    def _report(self, who: Client, flow: str) -> dict[str, Any]:
        path, found = f"/v1/deposits/{flow}", list[dict[str, Any]]()

        def complete() -> bool:
            found.append(who.call(path))
            return bool(found[-1]["complete"])

        self._eventually(complete)
        return found[-1]

    def _begin(self, draft: Draft) -> None:
        body = json.dumps({"entry": dict(draft.entry)}, default=str).encode()
        self._as(draft.by).call("/v1/drafts", data=body, content_type="application/json")

    def _by_api(self, name: str, content: bytes, deposit: Deposit) -> str:
        pieces = [("previous", str(self.invoices[number])) for number in deposit.previous]
        adjusted = [
            ("adjust", f"{self.invoices[number]}:{amount}") for number, amount in deposit.adjust.items()
        ]
        query = urllib.parse.urlencode([("filename", name), *deposit.parties.items(), *pieces, *adjusted])
        who = self._as(deposit.by) if deposit.by else self._partner()
        answer = who.call(f"/v1/deposits?{query}", data=content, content_type="application/octet-stream")
        return str(answer["flow_id"])

    def _by_cli(self, name: str, content: bytes) -> str:
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / name
            file.write_bytes(content)
            command = [sys.executable, "-m", "choriste.cli.main", "deposit", "--format", "ndjson"]
            command += ["--credentials", str(self.credentials_file), str(file)]
            done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own command
        if not done.stdout:
            raise ScenarioFailedError(done.stderr)
        return str(json.loads(done.stdout.splitlines()[0])["flow_id"])

    def _by_s3(self, name: str, content: bytes) -> str:
        inbox = self.credentials["inbox"]
        # of a session of its own: the platform's functions use the default one, in other threads
        s3 = boto3.session.Session().client(
            "s3",
            endpoint_url=self.credentials["aws_endpoint"],
            region_name="eu-west-3",
            aws_access_key_id="local",
            aws_secret_access_key="local",  # noqa: S106 - moto takes any
        )
        s3.put_object(Bucket=inbox["bucket"], Key=inbox["prefix"] + name, Body=content)
        partner = self._partner()
        return str(self._eventually(lambda: _flow_named(name, partner)))

    def _act(self, act: Act) -> None:
        body: dict[str, Any] = {"action": act.action}
        if act.reason is not None:
            body["reason"] = {"code": act.reason.value, "text": act.text}
        if act.correction:
            body["correction"] = dict(act.correction)
        if act.party is not None:
            body["party"] = act.party
        path = f"/v1/invoices/{self.invoices[act.number]}/transitions"
        call = partial(
            self._as(act.structure).call,
            path,
            data=json.dumps(body).encode(),
            content_type="application/json",
        )
        if act.refused is None:
            call()
            return
        try:
            call()
        except PlatformError:
            return
        raise ScenarioFailedError(f"{act} was not refused")

    def _check(self, scenario: Scenario, expected: Expectation) -> None:
        if expected.outcome is not None:
            documents = [d for report in self.reports for d in report["documents"]]
            if not any(_fits(document, expected) for document in documents):
                raise ScenarioFailedError(f"{scenario.name}: {expected} not in {json.dumps(documents)}")
        if expected.status is not None:
            self._check_status(scenario, expected)
        if expected.says is not None:
            self._check_words(scenario, expected)

    def _check_words(self, scenario: Scenario, expected: Expectation) -> None:
        history = self._partner().call(f"/v1/invoices/{self.invoices[expected.number]}")["history"]
        said = " ".join(row["note"]["fr"] for row in history if row["note"] is not None)
        if expected.says is not None and expected.says not in said:
            raise ScenarioFailedError(f"{scenario.name}: {expected}, but the history says: {said}")

    def _check_status(self, scenario: Scenario, expected: Expectation) -> None:
        path = f"/v1/invoices/{self.invoices[expected.number]}"
        found, partner = list[str](), self._partner()

        def reached() -> bool:
            found.append(str(partner.call(path)["status"]))
            return found[-1] == expected.status

        try:
            self._eventually(reached)
        except TimeoutError as error:
            raise ScenarioFailedError(f"{scenario.name}: {expected}, but it is {found[-1]}") from error

    def _partner(self) -> Client:
        return Client.from_file(self.credentials_file)

    def _as(self, structure: str) -> Client:
        return Client.sign_in(self.credentials["base_url"], self.credentials["clients"][structure])

    def _eventually(self, look: Callable[[], object]) -> object:
        ends = time.monotonic() + _WAIT_SECONDS
        while time.monotonic() < ends:
            found = look()
            if found:
                return found
            self.pause(0.05)
        raise TimeoutError


def _flow_named(name: str, partner: Client) -> str | None:
    flows = partner.call("/v1/deposits?limit=50")["deposits"]
    return next((flow["flow_id"] for flow in flows if flow["filename"] == name), None)


def _fits(document: Mapping[str, Any], expected: Expectation) -> bool:
    rules = {finding["rule"] for finding in document["findings"]}
    same = document["number"] == expected.number and document["outcome"] == expected.outcome
    return same and (expected.rule is None or expected.rule in rules)


__all__ = ["PlatformError", "Player", "ScenarioFailedError"]
