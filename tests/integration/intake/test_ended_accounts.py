"""Accounts that have expired or were closed deposit nothing by any channel, and their people are told."""

from __future__ import annotations

import base64
import datetime as dt
import json
from dataclasses import replace
from typing import Any

import pytest

from choriste.application.access.issue_token import TokenRequest, issue_token
from choriste.application.access.ports import AccessPorts
from choriste.application.access.principals import account_of
from choriste.application.access.records import TechnicalAccount
from choriste.application.connections.api_clients import create_operator_client
from choriste.application.connections.technical_accounts import reset_technical_account
from choriste.application.deposits.offer_upload import flow_of_upload, offer_upload
from choriste.application.deposits.read_report import read_report
from choriste.application.deposits.receive_inbox_object import receive_inbox_object
from choriste.application.invoices.treat_invoice import Treatment, treat_invoice
from choriste.application.invoices.upload_attachment import attachment_of_upload, offer_attachment_upload
from choriste.application.shared.ports import Bucket
from choriste.application.shared.problems import problem_text
from choriste.domain.access.principal import Principal
from choriste.domain.deposits.flow import Flow, FlowState, Outcome
from choriste.domain.lifecycle import Reason, ReasonCode
from choriste.domain.shared.ids import InvoiceId
from choriste.runtime import identity
from functions.api.handler import handler as api
from functions.inbox.handler import handler as deposit
from tests.builders.browser import http_event
from tests.builders.contexts import a_context
from tests.builders.identity import PLATFORM, a_gate, a_manager
from tests.builders.intake import deposited, run_intake, the_invoice
from tests.builders.invoices import a_cii
from tests.builders.ports import PARTNER_LOGIN, SUPPLIER, Bench, a_bench, accountant, supplier

DROP = f"partners/{PARTNER_LOGIN}/f.xml"
EXPIRY = dt.datetime(2026, 11, 23, 9, 0, tzinfo=dt.UTC)
"""The moment at which the tests' clock stands: an account ends with its expiry, as on the API."""


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> Bench:
    bench = a_bench()
    monkeypatch.setattr("choriste.runtime.ports.built_ports", lambda: bench.ports)
    return bench


def _account(bench: Bench) -> TechnicalAccount:
    account = bench.ports.accounts.technical_account(PARTNER_LOGIN)
    assert account is not None
    return account


def _partner(bench: Bench) -> Principal:
    known = account_of(bench.ports.accounts, PARTNER_LOGIN, at=bench.clock.now())
    assert known is not None
    return known.principal


def _end(bench: Bench, way: str) -> None:
    account = _account(bench)
    ended = {"expired": replace(account, expires_at=EXPIRY), "closed": replace(account, active=False)}[way]
    bench.ports.connections.replace_account(replace(ended, version=account.version + 1))


def _arrive(bench: Bench, key: str, content: bytes | None = None) -> None:
    bench.ports.files.put(Bucket.INBOX, key, a_cii() if content is None else content, mime_type="")
    record = {"eventVersion": "2.1", "s3": {"object": {"key": key, "versionId": "1"}}}
    body = json.dumps({"Records": [record]})
    answer = deposit({"Records": [{"messageId": "m-1", "body": body}]}, a_context())
    assert answer == {"batchItemFailures": []}


def _flows(bench: Bench) -> tuple[Flow, ...]:
    return bench.ports.flows.deposited_by(SUPPLIER, after=None, limit=9).rows


@pytest.mark.parametrize(
    ("way", "french", "english"),
    [
        ("expired", "a expiré le 2026-11-23\xa0:", f"POST /v1/technical-accounts/{PARTNER_LOGIN}/reset"),
        ("closed", "a été fermé\xa0:", "Ask the structure’s primary manager for another account"),
    ],
)
def test_s3_drop_is_refused_unread_with_a_report_for_the_structure(
    bench: Bench, way: str, french: str, english: str
) -> None:
    _end(bench, way)

    _arrive(bench, DROP)
    _arrive(bench, DROP)

    (flow,) = _flows(bench)
    (finding,) = read_report(bench.ports, supplier(), flow.id).flow.findings
    assert (flow.state, flow.sha256, flow.account) == (FlowState.REFUSED, None, PARTNER_LOGIN)
    assert (finding.rule, finding.found) == ("DEPOSIT-ACCOUNT-ENDED", PARTNER_LOGIN)
    assert french in finding.message.fr
    assert english in finding.message.en


def test_s3_drop_a_moment_before_the_expiry_is_taken_in_and_integrated_after_it(bench: Bench) -> None:
    account = _account(bench)
    until = EXPIRY + dt.timedelta(seconds=1)
    bench.ports.connections.replace_account(replace(account, expires_at=until, version=2))
    _arrive(bench, DROP)
    bench.clock.advance(days=1)

    document = run_intake(bench.ports, _flows(bench)[0].id, 1)

    assert document.outcome is Outcome.ACCEPTED


def test_s3_drop_after_the_account_was_renewed_is_taken_in(bench: Bench) -> None:
    _end(bench, "expired")
    _arrive(bench, DROP)
    renewed = replace(_account(bench), expires_at=EXPIRY + dt.timedelta(days=365), version=3)
    bench.ports.connections.replace_account(renewed)

    receipt = receive_inbox_object(bench.ports, DROP, delivery="2")

    assert receipt is not None
    assert (receipt.is_new, receipt.flow.state) == (True, FlowState.RUNNING)


@pytest.mark.parametrize("way", ["expired", "closed"])
def test_upload_that_arrives_too_late_is_refused_with_a_report(bench: Bench, way: str) -> None:
    partner = _partner(bench)
    offer = offer_upload(bench.ports, partner, structure=SUPPLIER, filename="f.xml", size=9)
    _end(bench, way)

    _arrive(bench, offer.key)

    (flow,) = _flows(bench)
    assert flow_of_upload(bench.ports, partner, offer.key) == flow.id
    assert flow.findings[0].rule == "DEPOSIT-ACCOUNT-ENDED"


def test_upload_of_a_user_who_was_closed_is_refused_with_a_report(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = a_manager(SUPPLIER, "facturation@cimes.example")
    offer = offer_upload(bench.ports, supplier(), structure=SUPPLIER, filename="f.xml", size=9)
    monkeypatch.setattr(bench.ports.accounts, "user", lambda _: replace(user, active=False))

    _arrive(bench, offer.key)

    assert _flows(bench)[0].findings[0].rule == "DEPOSIT-ACCOUNT-ENDED"


@pytest.mark.parametrize("way", ["expired", "closed"])
def test_attachment_that_arrives_too_late_is_not_attached_and_told(bench: Bench, way: str) -> None:
    key = _offered_attachment(bench)
    before = _files(bench)
    _end(bench, way)

    _arrive(bench, key, b"%PDF-1.7 plan")

    found = attachment_of_upload(bench.ports, _partner(bench), key)
    assert (found.arrived, found.code) == (True, "account-ended")
    assert PARTNER_LOGIN in problem_text(found.code or "", found.parameters).detail.fr
    assert _files(bench) == before


def _invoice(bench: Bench) -> InvoiceId:
    return the_invoice(bench.ports, _flows(bench)[0]).id


def _files(bench: Bench) -> int:
    head = bench.ports.invoices.get(_invoice(bench))
    assert head is not None
    return len(head.files)


def _offered_attachment(bench: Bench) -> str:
    deposited(bench.ports, a_cii())
    reason = Reason(ReasonCode.JUSTIF_ABS, "Joindre le plan.")
    treat_invoice(bench.ports, accountant(), _invoice(bench), Treatment(action="suspend", reason=reason))
    offer = offer_attachment_upload(
        bench.ports, _partner(bench), _invoice(bench), filename="plan.pdf", size=13
    )
    return offer.key


@pytest.mark.parametrize("way", ["expired", "closed"])
def test_api_deposit_of_an_account_that_has_ended_is_401(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    access = replace(a_gate(), accounts=bench.ports.accounts, connections=bench.ports.connections)
    monkeypatch.setattr(identity, "built_access_ports", lambda: access)
    credentials = _credentials(access)
    before = _ask_api(credentials)
    _end(bench, way)

    after = _ask_api(credentials)

    assert (before["statusCode"], after["statusCode"]) == (202, 401)
    assert json.loads(after["body"])["code"] == "unauthenticated"
    assert len(_flows(bench)) == 1


def _credentials(access: AccessPorts) -> dict[str, str]:
    """Return the headers of the partner's account, with a token of some API connection."""
    account = reset_technical_account(PARTNER_LOGIN, by=PLATFORM, access=access)
    client = create_operator_client(name="Exploitation", by=PLATFORM, access=access)
    form = TokenRequest(
        grant_type="client_credentials", client_id=client.client.client_id, client_secret=client.secret
    )
    pair = base64.b64encode(f"{PARTNER_LOGIN}:{account.secret}".encode()).decode()
    token = issue_token(form, access=access).access_token
    return {"authorization": f"Bearer {token}", "cpro-account": pair}


def _ask_api(credentials: dict[str, str]) -> dict[str, Any]:
    headers = {"content-type": "application/xml", **credentials}
    return api(http_event("POST", "/v1/deposits", body="<x/>", headers=headers), a_context())
