"""The header `Idempotency-Key` of a deposit: one key, one deposit, for a day and for one account."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from choriste.application.access.authenticate_request import Caller
from choriste.domain.access.principal import Principal, PrincipalKind
from choriste.domain.access.user import Habilitation, Level, Space
from choriste.domain.deposits.flow import Flow
from choriste.domain.parties.structure import StructureId
from functions.api.handler import handler
from tests.builders.browser import http_event
from tests.builders.contexts import a_context
from tests.builders.identity import a_gate
from tests.builders.invoices import a_cii
from tests.builders.ports import SUPPLIER, TOWN_HALL, Bench, a_bench, accountant, supplier

FIRST, OTHER = a_cii(number="F-1").decode(), a_cii(number="F-2").decode()


class Api:
    """The API function for one caller at a time."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        self.caller = supplier()

    def deposit(self, body: str, *, key: str | None = "k-1", query: str = "", **headers: str) -> Any:
        sent = {**({"idempotency-key": key} if key is not None else {}), "content-type": "application/xml"}
        event = http_event("POST", f"/v1/deposits?{query}", body=body, headers={**sent, **headers})
        answer = handler(event, a_context())
        return answer["statusCode"], json.loads(answer["body"])

    def flows(self) -> int:
        return len(self.bench.ports.flows.deposited_by(SUPPLIER, after=None, limit=9).rows)


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> Api:
    api = Api(a_bench())
    monkeypatch.setattr("choriste.runtime.ports.built_ports", lambda: api.bench.ports)
    access = a_gate()
    monkeypatch.setattr("choriste.runtime.identity.built_access_ports", lambda: access)
    monkeypatch.setattr(
        "functions.api.http.auth.authenticate",
        lambda _event: Caller(principal=api.caller, client_id="a-client"),
    )
    return api


def test_same_deposit_under_the_same_key_answers_with_its_flow(api: Api) -> None:
    first, sent = api.deposit(FIRST)

    second, again = api.deposit(FIRST, query="filename=renamed.xml")

    assert (first, second) == (202, 200)
    assert (again["flow_id"], api.flows()) == (sent["flow_id"], 1)


def test_other_body_under_the_same_key_is_refused_and_names_the_first_flow(api: Api) -> None:
    _, sent = api.deposit(FIRST)

    status, said = api.deposit(OTHER)
    _, told = api.deposit(OTHER, **{"accept-language": "en"})

    assert (status, said["code"], api.flows()) == (422, "idempotency-key-reused", 1)
    assert said["parameters"]["flow_id"] == sent["flow_id"]
    assert f"(flux {sent['flow_id']})" in said["detail"]
    assert "sous une nouvelle clé" in said["detail"]
    assert f"(flow {sent['flow_id']})" in told["detail"]
    assert "with a new key" in told["detail"]


def test_other_parties_under_the_same_key_are_refused(api: Api) -> None:
    api.deposit(FIRST)

    status, said = api.deposit(FIRST, query="frame=A2")

    assert (status, said["code"]) == (422, "idempotency-key-reused")


def test_first_flow_is_not_named_to_an_account_that_may_not_read_it_any_more(api: Api) -> None:
    right = Habilitation(structure=StructureId(SUPPLIER), space=Space.ISSUE, level=Level.MODIFY)
    api.caller = _client("acc-1", right)
    _, sent = api.deposit(FIRST)
    api.caller = _client("acc-1", replace(right, structure=StructureId(TOWN_HALL)))

    status, said = api.deposit(OTHER, query=f"structure={TOWN_HALL}")

    assert (status, said["code"]) == (422, "idempotency-key-reused")
    assert sent["flow_id"] not in json.dumps(said)
    assert "flux n’est pas visible" in said["detail"]


def test_key_is_the_accounts_own(api: Api) -> None:
    api.deposit(FIRST)
    api.caller = accountant()

    status, said = api.deposit(OTHER)

    assert (status, said["counts"]["documents"]) == (202, 1)


def test_key_is_free_again_after_a_day(api: Api) -> None:
    api.deposit(FIRST)
    api.bench.clock.advance(hours=24, seconds=1)

    status, _ = api.deposit(OTHER)

    assert (status, api.flows()) == (202, 2)


def test_refused_request_does_not_use_its_key_up(api: Api) -> None:
    forbidden, _ = api.deposit(FIRST, query=f"structure={TOWN_HALL}")

    status, _ = api.deposit(FIRST, query=f"structure={SUPPLIER}")

    assert (forbidden, status) == (403, 202)


def test_deposit_that_broke_off_is_repeated_under_its_key_and_keeps_others_out(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(api.bench.ports.flows, "open", _broken)
        failed, _ = api.deposit(FIRST)

    meanwhile, said = api.deposit(OTHER)
    repeated, _ = api.deposit(FIRST)

    assert (failed, meanwhile, repeated) == (500, 422, 202)
    assert "flow_id" not in said["parameters"]
    assert api.flows() == 1


@pytest.mark.parametrize(("key", "status"), [("k" * 200, 202), ("k" * 201, 400), ("", 202)])
def test_key_has_at_most_200_characters(api: Api, key: str, status: int) -> None:
    answered, said = api.deposit(FIRST, key=key)

    assert answered == status
    assert status == 202 or said["parameters"]["field"] == "/header/idempotency-key"


def _client(account: str, right: Habilitation) -> Principal:
    homes = frozenset({right.structure})
    kind = PrincipalKind.API_CLIENT
    return Principal(kind=kind, id=account, name=account, rights=frozenset({right}), attached=homes)


def _broken(flow: Flow) -> Flow:
    raise TimeoutError(flow.id)
