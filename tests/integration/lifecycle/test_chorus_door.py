"""The door of the Chorus Pro compatible API: 401 to whoever has no valid token or account, as on PISTE."""

from __future__ import annotations

import base64
import http.client
import urllib.parse
from collections.abc import Iterator, Mapping

import pytest

from choriste.local.platform.process import Platform
from tests.builders.town import Town

ADDRESS = "/cpro/factures/v1/soumettre"


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    with Platform(port=0, aws_port=0) as platform:
        yield Town.of(platform, tmp_path_factory.mktemp("chorus"))


def _ask(town: Town, headers: Mapping[str, str]) -> tuple[int, str]:
    place = urllib.parse.urlsplit(town.platform.url)
    connection = http.client.HTTPConnection(str(place.hostname), place.port, timeout=60)
    try:
        connection.request("POST", ADDRESS, b"{}", {"Content-Type": "application/json", **headers})
        answer = connection.getresponse()
        answer.read()
        return answer.status, str(answer.getheader("Content-Type")).partition(";")[0]
    finally:
        connection.close()


def _account(town: Town) -> str:
    account = town.credentials["technical_account"]
    return base64.b64encode(f"{account['login']}:{account['password']}".encode()).decode()


def test_request_without_token_or_account_is_answered_401(town: Town) -> None:
    bearer = f"Bearer {town.client().token}"

    answers = [
        _ask(town, {}),
        _ask(town, {"Authorization": "Bearer nonsense", "cpro-account": _account(town)}),
        _ask(town, {"Authorization": bearer}),
        _ask(town, {"Authorization": bearer, "cpro-account": "nonsense"}),
    ]

    assert answers == [(401, "application/json")] * 4


def test_token_that_expired_is_answered_401_and_a_fresh_one_passes(town: Town) -> None:
    old = {"Authorization": f"Bearer {town.client().token}", "cpro-account": _account(town)}
    before = _ask(town, old)

    town.platform.clock.advance(days=1)

    fresh = {**old, "Authorization": f"Bearer {town.client().token}"}
    assert [status for status, _ in (before, _ask(town, old), _ask(town, fresh))] == [400, 401, 400]
