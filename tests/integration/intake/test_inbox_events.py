"""Events of the inbox: what can be taken in is, what cannot comes again, nothing is passed over unseen."""

from __future__ import annotations

import json

import pytest

from choriste.application.access.principals import KnownAccount, account_of
from choriste.application.deposits.find_drop import flow_of_drop
from choriste.application.shared.ports import Bucket
from choriste.domain.access.principal import Principal, PrincipalKind
from choriste.domain.deposits.flow import FlowState
from choriste.domain.shared.errors import NotFoundError
from functions.inbox.handler import handler
from tests.builders.contexts import a_context
from tests.builders.invoices import a_cii
from tests.builders.ports import PARTNER_LOGIN, SUPPLIER, Bench, a_bench

KEY = f"partners/{PARTNER_LOGIN}/f.xml"


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> Bench:
    bench = a_bench()
    monkeypatch.setattr("choriste.runtime.ports.built_ports", lambda: bench.ports)
    return bench


def _failed(*keys: str) -> list[str]:
    records = [{"eventVersion": "2.1", "s3": {"object": {"key": key, "versionId": "1"}}} for key in keys]
    message = {"messageId": "m-1", "body": json.dumps({"Records": records})}
    answer = handler({"Records": [message]}, a_context())
    return [str(row["itemIdentifier"]) for row in answer["batchItemFailures"]]


def _flows(bench: Bench) -> int:
    return len(bench.ports.flows.deposited_by(SUPPLIER, after=None, limit=9).rows)


def _partner(bench: Bench) -> Principal:
    account = account_of(bench.ports.accounts, PARTNER_LOGIN, at=bench.clock.now())
    assert account is not None
    return account.principal


def test_object_that_is_announced_twice_is_one_flow(bench: Bench) -> None:
    bench.ports.files.put(Bucket.INBOX, KEY, a_cii(), mime_type="application/xml")

    assert (_failed(KEY, KEY), _failed(KEY), _flows(bench)) == ([], [], 1)


def test_the_same_bytes_under_another_name_open_a_flow_that_names_the_first(bench: Bench) -> None:
    other = f"partners/{PARTNER_LOGIN}/november/g.xml"
    for key in (KEY, other):
        bench.ports.files.put(Bucket.INBOX, key, a_cii(), mime_type="application/xml")

    assert (_failed(KEY), _failed(other), _failed(other)) == ([], [], [])

    rows = bench.ports.flows.deposited_by(SUPPLIER, after=None, limit=9).rows
    first, second = sorted(rows, key=lambda flow: flow.filename)
    (finding,) = second.findings
    assert (second.filename, second.state, finding.rule) == ("g.xml", FlowState.REFUSED, "DEPOSIT-REPEATED")
    assert finding.found == first.id
    assert "f.xml" in finding.message.fr
    assert flow_of_drop(bench.ports, _partner(bench), other) == second.id
    assert flow_of_drop(bench.ports, _partner(bench), KEY) == first.id


def test_a_dropped_file_is_found_by_those_who_may_read_its_report(bench: Bench) -> None:
    assert flow_of_drop(bench.ports, _partner(bench), KEY) is None
    for key in ("partners/nobody/f.xml", "partners/"):
        with pytest.raises(NotFoundError):
            flow_of_drop(bench.ports, _partner(bench), key)
    with pytest.raises(NotFoundError):
        flow_of_drop(bench.ports, Principal(kind=PrincipalKind.USER, id="u-9", name="Stranger"), KEY)


def test_object_that_has_gone_or_belongs_to_nobody_does_not_come_again(bench: Bench) -> None:
    assert _failed(KEY, "partners/nobody/f.xml", "elsewhere.xml") == []
    assert _flows(bench) == 0


def test_object_whose_account_has_no_structure_is_not_taken_for_gone(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.ports.files.put(Bucket.INBOX, KEY, a_cii(), mime_type="application/xml")
    of_account = "choriste.application.deposits.receive_inbox_object.account_of"

    def homeless(*_: object) -> KnownAccount:
        return KnownAccount(principal=Principal.platform("tests"), active=True)

    with monkeypatch.context() as broken:
        broken.setattr(of_account, homeless)
        lost = _failed(KEY)

    assert lost == ["m-1"]
    assert (_failed(KEY), _flows(bench)) == ([], 1)
