"""Requests that no honest client sends: each is refused with a problem document, none breaks anything."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.builders.bad_files import a_cii
from tests.builders.platform_here import PlatformHere

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def invoice(here: PlatformHere) -> dict[str, Any]:
    """An invoice that its recipient may treat."""
    return delivered(here, "HOSTILE-1")


def delivered(here: PlatformHere, number: str) -> dict[str, Any]:
    """Deposit an invoice, and return it as it is once it was delivered."""
    report = here.report_on(a_cii(number), by=here.client_of("2001"), filename=f"{number}.xml")
    here.platform.drain(timeout=120)
    return here.client_of("1001").call(f"/v1/invoices/{report['documents'][0]['invoice_id']}")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"null",
        b"[]",
        b'"pay"',
        b"\xff\xfe{}",
        b'{"action": 7}',
        b'{"action": null}',
        b'{"action": ""}',
        b'{"action": "pay", "surprise": true}',
        b'{"action": "pay", "reason": "late"}',
        b'{"action": "reject", "reason": {"code": "NO-SUCH-CODE", "text": "x"}}',
        b'{"action": "pay", "correction": []}',
        json.dumps({"action": "x" * 61}).encode(),
        json.dumps({"action": "reject", "reason": {"code": "AUTRE", "text": "x" * 301}}).encode(),
        b'{"action": ' + b"[" * 100_000,
        b'{"action": "pay", "party": "' + b"1" * 1_000 + b'"}',
        b'{"action": 1e999}',
        b'{"action": "\\ud800"}',
    ],
    ids=lambda body: str(body[:40]),
)
def test_body_that_does_not_fit_is_a_problem(
    here: PlatformHere, invoice: dict[str, Any], body: bytes
) -> None:
    path = f"/v1/invoices/{invoice['id']}/transitions"

    answer = here.post_json(path, body, by=here.client_of("1001"))

    assert answer.status in {400, 409, 422}, (answer.status, answer.body)
    assert answer.code != "-"
    assert {"type", "title", "status", "detail", "code"} <= set(answer.json)


@pytest.mark.parametrize(
    "path",
    [
        "/v1/invoices/abc",
        "/v1/invoices/-1",
        "/v1/invoices/0",
        "/v1/invoices/1.5",
        "/v1/invoices/" + "9" * 40,
        "/v1/invoices/" + "9" * 5_000,
        "/v1/invoices/%D9%A3",
        "/v1/invoices/%00",
        "/v1/invoices?limit=0",
        "/v1/invoices?limit=abc",
        "/v1/invoices?limit=1000000000",
        "/v1/invoices?side=above",
        "/v1/invoices?status=HAPPY",
        "/v1/invoices?structure=" + "9" * 3_000,
        "/v1/invoices?structure=%00",
        "/v1/deposits/nothing",
        "/v1/deposits/%00",
        "/v1/deposits/" + "F" * 3_000,
        "/v1/deposits/a%2F..%2F..%2Fb",
        "/v1/deposits?structure=2001",
        "/v1/uploads",
        "/v1/uploads?key=",
        "/v1/uploads?key=uploads/2001/x/y/z",
        "/v1/nowhere",
    ],
    ids=lambda path: path[:50],
)
def test_address_that_means_nothing_is_a_problem(here: PlatformHere, path: str) -> None:
    answer = here.ask("GET", path, by=here.client_of("1001"))

    assert answer.status in {400, 403, 404, 422}, (answer.status, answer.body)
    assert answer.code not in {"-", "internal"}


@pytest.mark.parametrize("after", ["x", "%00", "a%23b", "z" * 3_000, "2026-01-01%23" + "9" * 1_100, "%23"])
@pytest.mark.parametrize("path", ["/v1/invoices?side=received", "/v1/deposits?limit=5"])
def test_cursor_that_was_never_given_breaks_nothing(here: PlatformHere, path: str, after: str) -> None:
    answer = here.ask("GET", f"{path}&after={after}", by=here.client_of("1001"))

    assert answer.status in {200, 400}, (answer.status, answer.body)


@pytest.mark.parametrize(
    "query",
    [
        "frame=Z9",
        "previous=abc",
        "adjust=1",
        "adjust=a:b",
        "adjust=1:NaN",
        "adjust=1:Infinity",
        "structure=9999",
        "structure=" + "9" * 3_000,
        "previous=" + "9" * 6_000,
        "adjust=" + "9" * 6_000 + ":1",
    ],
    ids=lambda query: query[:30],
)
def test_deposit_with_parameters_that_mean_nothing_is_a_problem(here: PlatformHere, query: str) -> None:
    path = f"/v1/deposits?filename=x.xml&{query}"

    answer = here.ask("POST", path, by=here.client_of("2001"), body=a_cii(f"Q-{query[:20]}"))

    assert answer.status in {400, 403, 404, 422}, (answer.status, answer.body)
    assert answer.code not in {"-", "internal"}


@pytest.mark.parametrize(
    "query",
    ["adjust=1:1e999999", "validator=x", "moa=" + "1" * 3_000, "moe=%00&frame=A4", "validator2=' or 1=1"],
)
def test_deposit_with_odd_parties_ends_in_a_report(here: PlatformHere, query: str) -> None:
    path, client = f"/v1/deposits?filename=x.xml&{query}".replace(" ", "%20"), here.client_of("2001")

    answer = here.ask("POST", path, by=client, body=a_cii(f"P-{query[:20]}"))

    assert answer.status in {202, 400}, (answer.status, answer.body)
    if answer.status == 202:
        assert client.report(answer.json["flow_id"], timeout=60)["complete"]


@pytest.mark.parametrize(
    "headers",
    [
        {"If-Match": "abc"},
        {"If-Match": '"-1"'},
        {"If-Match": '"²"'},
        {"If-Match": '"' + "9" * 5_000 + '"'},
    ],
    ids=lambda headers: str(headers)[:40],
)
def test_tag_that_is_none_is_a_problem(
    here: PlatformHere, invoice: dict[str, Any], headers: dict[str, str]
) -> None:
    path = f"/v1/invoices/{invoice['id']}/transitions"

    answer = here.post_json(path, {"action": "pay"}, by=here.client_of("1001"), **headers)

    assert answer.status in {400, 412}, (answer.status, answer.body)


@pytest.mark.parametrize(
    "headers",
    [
        {"Prefer": "wait=²"},
        {"Prefer": "wait=-5"},
        {"Prefer": "wait="},
        {"Prefer": "wait=" + "9" * 5_000},
        {"Idempotency-Key": "k" * 3_000},
        {"Idempotency-Key": "é"},
        {"Accept-Language": "x" * 5_000},
        {"Content-Disposition": 'attachment; filename="../../x"'},
        {"Content-Type": "multipart/form-data; boundary=x"},
        {"Content-Type": "a" * 5_000},
    ],
    ids=lambda headers: str(headers)[:40],
)
def test_odd_headers_of_a_deposit_break_nothing(here: PlatformHere, headers: dict[str, str]) -> None:
    client, body = here.client_of("2001"), f"<odd>{headers}</odd>".encode()

    answer = here.ask("POST", "/v1/deposits?filename=odd.xml", by=client, body=body, headers=headers)

    assert answer.status in {200, 202, 400}, (answer.status, answer.body)


def test_huge_headers_are_refused_by_the_server(here: PlatformHere) -> None:
    answer = here.ask("GET", "/v1/health", headers={"X-Filler": "x" * 70_000})

    assert answer.status == 431


@pytest.mark.parametrize(
    "authorization", [None, "", "Bearer", "Bearer x", "Basic YTpi", "Bearer " + "é" * 500]
)
@pytest.mark.parametrize("path", ["/v1/deposits", "/v1/invoices", "/v1/nowhere"])
def test_request_without_a_token_is_401_on_every_address(
    here: PlatformHere, path: str, authorization: str | None
) -> None:
    headers = {} if authorization is None else {"Authorization": authorization}

    answer = here.ask("GET", path, headers=headers)

    assert (answer.status, answer.code) == (401, "unauthenticated")
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="choriste"'


@pytest.mark.parametrize(
    "form",
    [
        b"",
        b"grant_type=password",
        b"\xff\xff",
        b"grant_type=client_credentials&client_id=a&client_secret=b",
        b"=" * 10_000,
    ],
)
def test_token_is_given_for_nothing_else_than_a_secret(here: PlatformHere, form: bytes) -> None:
    kind = {"Content-Type": "application/x-www-form-urlencoded"}

    answer = here.ask("POST", "/api/oauth/token", body=form, headers=kind)

    assert answer.status == 400
    assert "error" in answer.json


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "BREW"])
def test_method_without_an_operation_is_a_problem(here: PlatformHere, method: str) -> None:
    answer = here.ask(method, "/v1/invoices", by=here.client_of("1001"))

    assert answer.status in {404, 405, 501}


def test_stale_tag_is_refused_with_the_version_in_force(here: PlatformHere) -> None:
    found, client = delivered(here, "STALE-1"), here.client_of("1001")
    path = f"/v1/invoices/{found['id']}/transitions"

    stale = here.post_json(path, {"action": "pay"}, by=client, if_match=f'"{found["version"] - 1}"')
    fresh = here.post_json(path, {"action": "pay"}, by=client, if_match=f'"{found["version"]}"')

    assert (stale.status, stale.code) == (412, "stale-version")
    assert stale.json["parameters"]["version"] == found["version"]
    assert (fresh.status, fresh.json["status"]) == (200, "MISE_EN_PAIEMENT")


@pytest.mark.parametrize("with_tag", ["tagged", "untagged"])
def test_two_who_act_at_once_do_not_both_succeed(here: PlatformHere, with_tag: str) -> None:
    found = delivered(here, f"RACE-{with_tag}")
    path, client = f"/v1/invoices/{found['id']}/transitions", here.client_of("1001")
    headers = {"if_match": f'"{found["version"]}"'} if with_tag == "tagged" else {}

    with ThreadPoolExecutor(2) as pool:
        answers = list(
            pool.map(lambda _: here.post_json(path, {"action": "pay"}, by=client, **headers), range(2))
        )

    first, second = sorted(answers, key=lambda answer: answer.status)
    after = client.call(f"/v1/invoices/{found['id']}")
    assert first.status == 200
    assert second.status in {409, 412}
    assert second.json["parameters"]["status"] == "MISE_EN_PAIEMENT"
    assert [row["after"] for row in after["history"]].count("MISE_EN_PAIEMENT") == 1


@pytest.mark.parametrize("with_tag", ["tagged", "untagged"])
def test_validator_who_accepts_and_refuses_at_once_is_heard_once(here: PlatformHere, with_tag: str) -> None:
    number, supplier, validator = f"TWICE-{with_tag}", here.client_of("2001"), here.client_of("2003")
    parties = {"frame": "A9", "validator": "80912345800014"}
    report = here.report_on(a_cii(number), by=supplier, filename=f"{number}.xml", **parties)
    here.platform.drain(timeout=120)
    place = f"/v1/invoices/{report['documents'][0]['invoice_id']}"
    headers = {"if_match": f'"{supplier.call(place)["version"]}"'} if with_tag == "tagged" else {}
    why = {"code": "CALCUL_ERR", "text": "Ligne 2."}
    bodies = [{"action": "validate"}, {"action": "refuse-validation", "reason": why}]

    with ThreadPoolExecutor(2) as pool:
        answers = list(
            pool.map(
                lambda body: here.post_json(f"{place}/transitions", body, by=validator, **headers), bodies
            )
        )

    first, second = sorted(answers, key=lambda answer: answer.status)
    after = supplier.call(place)
    assert (first.status, second.status in {409, 412}) == (200, True)
    assert second.json["parameters"]["status"] == after["status"]
    decided = [row["action"] for row in after["history"] if row["role"] == "VALIDATOR_1"]
    assert len(decided) == 1
    here.platform.drain(timeout=120)
