"""Requests that cannot be understood: a problem document in the client's language says what was expected."""

from __future__ import annotations

import json
from typing import Any

import pytest

from choriste.application.access.authenticate_request import Caller
from functions.api.handler import handler
from tests.builders.browser import http_event
from tests.builders.contexts import a_context
from tests.builders.identity import a_gate
from tests.builders.ports import supplier

JSON, FORM = "application/json", "application/x-www-form-urlencoded"


@pytest.fixture(autouse=True)
def caller(monkeypatch: pytest.MonkeyPatch) -> None:
    access = a_gate()
    monkeypatch.setattr("choriste.runtime.identity.built_access_ports", lambda: access)
    monkeypatch.setattr(
        "functions.api.http.auth.authenticate",
        lambda _event: Caller(principal=supplier(), client_id="a-client"),
    )


def ask(method: str, path: str, body: str | None = None, **headers: str) -> tuple[int, dict[str, Any]]:
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    answer = handler(http_event(method, path, body=body, headers=sent), a_context())
    assert answer["headers"]["Content-Type"] == "application/problem+json"
    return answer["statusCode"], json.loads(answer["body"])


@pytest.mark.parametrize(
    ("body", "kind", "field", "french", "english"),
    [
        ("{nope", JSON, "/body", "JSON\xa0: erreur au caractère 1.", "not JSON: error at character 1."),
        ("[]", JSON, "/body", "attendu\xa0: un objet JSON.", "expected: a JSON object."),
        ('{"x": 1}', FORM, "/body", "Content-Type: application/json", "a body in JSON (header Content-Type"),
        ("abc", "text/plain", "/body", "Content-Type: application/json", "Content-Type: application/json"),
        ('{"x": 1}', JSON, "/body/x", "Le champ «\xa0x\xa0» n’existe pas", "no field “x” here"),
        ('{"entry": {"lines": 7}}', JSON, "/body/entry/lines", "une liste", "a list"),
        (
            '{"entry": {"issue_date": "3/1"}}',
            JSON,
            "/body/entry/issue_date",
            "une date, par exemple",
            "a date, for",
        ),
        (
            '{"entry": {"type_code": "38000"}}',
            JSON,
            "/body/entry/type_code",
            "au plus 3 caractères",
            "at most 3 characters",
        ),
        (
            '{"origin": "fax"}',
            JSON,
            "/body/origin",
            "une de ces valeurs\xa0: draft, pdf, deposit.",
            "one of these values: draft, pdf, deposit.",
        ),
    ],
)
def test_body_that_does_not_fit_is_explained_in_both_languages(
    body: str, kind: str, field: str, french: str, english: str
) -> None:
    status, said = ask("POST", "/v1/drafts", body, content_type=kind)
    _, told = ask("POST", "/v1/drafts", body, content_type=kind, accept_language="en")

    assert (status, said["code"], said["parameters"]["field"]) == (400, "bad-request", field)
    assert french in said["detail"]
    assert english in told["detail"]
    assert told["parameters"].get("expected", "") in told["detail"]


def test_field_that_is_absent_is_named_in_a_sentence_of_its_own() -> None:
    _, said = ask("POST", "/v1/invoices/1/transitions", "{}", content_type=JSON)
    _, told = ask("POST", "/v1/invoices/1/transitions", "{}", content_type=JSON, accept_language="en")

    assert said["detail"] == "Le champ «\xa0action\xa0» est absent."
    assert told["detail"] == "The field “action” is missing."
    assert told["parameters"] == {"field": "/body/action", "fault": "missing"}


def test_finding_that_explains_a_field_is_said_once() -> None:
    status, told = ask("POST", "/v1/deposits?frame=Z9", "x", accept_language="en", content_type="text/xml")

    assert (status, told["parameters"]["field"]) == (400, "frame")
    assert told["detail"] == told["parameters"]["findings"][0]["message"]["en"]
    assert told["parameters"].get("expected") != told["detail"]


@pytest.mark.parametrize(
    ("query", "french"),
    [
        ("limit=9999", "au plus 200"),
        ("limit=0", "au moins 1"),
        ("limit=x", "un nombre entier"),
        ("after=nonsense", "le «\xa0next\xa0» de la page précédente"),
        ("after=2026-13-41T00:00:00.000000%2B00:00%23217", "le «\xa0next\xa0» de la page précédente"),
    ],
)
@pytest.mark.parametrize("path", ["/v1/invoices", "/v1/deposits", "/v1/drafts"])
def test_parameter_that_does_not_match_is_explained(path: str, query: str, french: str) -> None:
    status, said = ask("GET", f"{path}?{query}")

    assert (status, said["parameters"]["field"]) == (400, f"/query/{query.partition('=')[0]}")
    assert said["detail"].startswith(f"Le paramètre «\xa0{query.partition('=')[0]}\xa0» est incorrect")
    assert said["detail"].endswith(f"attendu\xa0: {french}.")


@pytest.mark.parametrize(
    ("address", "name", "english"),
    [
        (
            "/v1/invoices?statut=MANDATEE",
            "statut",
            "no parameter “statut” at this address, which accepts: after,",
        ),
        ("/v1/operator/stuck?foo=abc", "foo", "no parameter “foo”: this address accepts none."),
    ],
)
def test_parameter_that_an_operation_does_not_have_is_refused(address: str, name: str, english: str) -> None:
    status, told = ask("GET", address, accept_language="en")

    assert (status, told["code"], told["parameters"]["field"]) == (400, "bad-request", f"/query/{name}")
    assert english in told["detail"]


def test_method_that_an_address_does_not_know_is_405_with_those_that_it_knows() -> None:
    answer = handler(http_event("DELETE", "/v1/invoices/1", headers={"accept-language": "en"}), a_context())

    said = json.loads(answer["body"])
    assert (answer["statusCode"], said["code"]) == (405, "method-not-allowed")
    assert answer["headers"]["Allow"] == "GET"
    assert said["detail"].startswith("DELETE is not possible at this address, which accepts: GET.")


def test_address_without_any_operation_is_404() -> None:
    status, said = ask("DELETE", "/v1/nowhere")

    assert (status, said["code"]) == (404, "route-not-found")
