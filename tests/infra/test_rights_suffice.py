"""The scenarios of the platform, played with an ear on every call: each function stays within its row."""

from __future__ import annotations

import http.client
import json
import threading
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from choriste.adapters.rest.client import Client
from choriste.domain.printouts.printout import PrintoutKind
from choriste.local.data.seed import Addresses, seed
from choriste.local.platform.hosting import FunctionHost, Outcome
from choriste.local.platform.process import Platform
from choriste.local.platform.shapes import Json
from choriste.local.scenarios.model import scenarios
from choriste.local.scenarios.play import Player
from infra.permissions import PERMISSIONS, rights_of
from tests.builders.aws_calls import Right, record

pytestmark = pytest.mark.slow


class Ear:
    """Hears which function runs in which thread, and what its calls need."""

    def __init__(self) -> None:
        self.needed: dict[str, set[Right]] = defaultdict(set)
        self._here = threading.local()

    @property
    def function(self) -> str | None:
        name: str | None = getattr(self._here, "function", None)
        return name

    def hear(self, right: Right) -> None:
        self.needed[self.function or ""].add(right)

    def listen(self, monkeypatch: pytest.MonkeyPatch) -> None:
        original = FunctionHost.invoke

        def invoke(host: FunctionHost, name: str, event: Json) -> Outcome:
            before, self._here.function = self.function, name.removeprefix("choriste-")
            try:
                return original(host, name, event)
            finally:
                self._here.function = before

        monkeypatch.setattr(FunctionHost, "invoke", invoke)


@pytest.fixture(scope="module")
def needed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, set[Right]]]:
    ear = Ear()
    credentials = tmp_path_factory.mktemp("scenarios") / "credentials.json"
    with pytest.MonkeyPatch.context() as monkeypatch:
        ear.listen(monkeypatch)
        monkeypatch.setenv("CHORISTE_LOG_LEVEL", "ERROR")
        stop = record(ear.hear, when=lambda: ear.function is not None)
        try:
            _play(credentials)
        finally:
            stop()
        yield ear.needed


def _play(credentials: Path) -> None:
    with Platform(port=0, aws_port=0) as platform:
        seed(
            Addresses(base_url=platform.url, aws_endpoint=platform.aws_url),
            kept_in=None,
            credentials=credentials,
        )

        def advance(days: float) -> None:
            platform.clock.advance(days=days)
            platform.drain()

        found = json.loads(credentials.read_text(encoding="utf-8"))
        player = Player(credentials=found, credentials_file=credentials, advance=advance)
        for scenario in scenarios():
            player.play(scenario)
        platform.drain()
        _ask_for_printouts(platform, credentials)


def _ask_for_printouts(platform: Platform, credentials: Path) -> None:
    """Have every printout made of the deposits and their invoices: no scenario asks for one."""
    partner = Client.from_file(credentials)
    for row in partner.call("/v1/deposits?limit=200")["deposits"]:
        report = partner.call(f"/v1/deposits/{row['flow_id']}")
        places = [f"/v1/deposits/{row['flow_id']}"]
        places += [f"/v1/invoices/{each['invoice_id']}" for each in report["documents"] if each["invoice_id"]]
        for place in places:
            answered = {_status(platform, f"{place}/printouts/{kind}", partner) for kind in PrintoutKind}
            assert answered <= {302, 404}, (place, answered)


def _status(platform: Platform, path: str, by: Client) -> int:
    connection = http.client.HTTPConnection(urlsplit(platform.url).netloc, timeout=60)
    try:
        connection.request("GET", path, headers={"Authorization": f"Bearer {by.token}"})
        return connection.getresponse().status
    finally:
        connection.close()


# The console is a person's: its pages are driven in the browser tests, through the same use cases as the API.
@pytest.mark.parametrize(
    "function",
    [
        *("api", "inbox", "intake_validate", "documents", "intake_deliver"),
        *("approval", "notification", "publisher", "sweeper"),
    ],
)
def test_function_needs_no_right_beyond_its_row(function: str, needed: dict[str, set[Right]]) -> None:
    assert needed[function], "the scenarios never ran it"
    assert needed[function] - rights_of(function) == set()


# Who moves invoices begins and ends the waits for decisions; nobody else may.
@pytest.mark.parametrize("function", ["api", "intake_deliver", "sweeper"])
def test_function_that_moves_invoices_starts_and_ends_waits(
    function: str, needed: dict[str, set[Right]]
) -> None:
    assert needed[function] >= {
        ("states:StartExecution", "machine/approval"),
        ("states:SendTaskSuccess", "machine/approval"),
    }


def test_nobody_else_may_start_or_end_a_wait() -> None:
    entitled = {
        name
        for name in PERMISSIONS
        for action, resource in rights_of(name)
        if resource == "machine/approval" and action.startswith("states:")
    }

    assert entitled == {"api", "console", "intake_deliver", "approval", "sweeper"}
