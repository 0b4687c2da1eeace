"""The description of the API promises each answer: its model, its statuses, its problems, who may ask."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest

from choriste.application.shared.problems import has_texts
from choriste.domain.lifecycle import Frame, ReasonCode, Role, Status
from choriste.domain.lifecycle.errors import RefusalCode
from choriste.domain.lifecycle.transitions import TRANSITIONS
from choriste.domain.shared.errors import ChoristeError
from choriste.runtime.http import PROBLEM_TYPE, STATUSES
from functions.api.handler import app
from functions.api.http.auth import OPEN_PATHS
from functions.api.http.openapi import openapi_text

JSON = "application/json"
WITHOUT_HTTP = {
    "invalid_client",  # the token endpoint's own errors, in the form of RFC 6749
    "unsupported_grant_type",
}


@cache
def description() -> dict[str, Any]:
    described: dict[str, Any] = json.loads(openapi_text(app))
    return described


def operations() -> Iterator[tuple[str, dict[str, Any]]]:
    for path, verbs in description()["paths"].items():
        for verb, operation in verbs.items():
            yield f"{verb.upper()} {path}", operation


EACH = pytest.mark.parametrize("operation", [o for _, o in operations()], ids=[n for n, _ in operations()])


def is_modelled(schema: dict[str, Any]) -> bool:
    """Say whether a schema is a model, or a choice of models."""
    return "$ref" in schema or all("$ref" in choice for choice in schema.get("anyOf", [{}]))


def test_operations_have_names_of_their_own_and_a_description() -> None:
    names = [operation["operationId"] for _, operation in operations()]

    assert len(set(names)) == len(names)
    assert all(re.fullmatch("[a-z]+([A-Z][a-z]+)+", name) for name in names)
    assert all(operation["description"].endswith(".") for _, operation in operations())


@EACH
def test_operation_answers_a_model_or_an_address(operation: dict[str, Any]) -> None:
    well = {int(code): answer for code, answer in operation["responses"].items() if int(code) < 400}

    assert well
    for code, answer in well.items():
        if code in {204, 302}:
            assert ("Location" in answer.get("headers", {})) is (code == 302)
            assert "content" not in answer
        else:
            assert is_modelled(answer["content"][JSON]["schema"])


@pytest.mark.parametrize("name", [name for name, _ in operations()])
def test_operation_names_its_security_unless_anybody_may_ask(name: str) -> None:
    operation, path = dict(operations())[name], name.partition(" ")[2]

    schemes = {scheme for choice in operation.get("security", ()) for scheme in choice}
    assert schemes <= set(description()["components"]["securitySchemes"])
    if path in OPEN_PATHS:
        assert "401" not in operation["responses"]
    else:
        assert schemes & {"oauth2", "session"}
        assert "WWW-Authenticate" in operation["responses"]["401"]["headers"]


@EACH
def test_problems_name_their_codes_which_have_texts(operation: dict[str, Any]) -> None:
    for status, answer in operation["responses"].items():
        if PROBLEM_TYPE not in answer.get("content", {}):
            continue
        model, own = answer["content"][PROBLEM_TYPE]["schema"]["allOf"]
        assert model == {"$ref": "#/components/schemas/Problem"}
        for code in own["properties"]["code"]["enum"]:
            assert STATUSES[code] == int(status)


def test_each_error_of_the_platform_has_a_status() -> None:
    codes = {error.code for error in _subclasses(ChoristeError)} | set(RefusalCode)

    assert codes - WITHOUT_HTTP <= set(STATUSES)
    assert all(has_texts(code) for code in set(STATUSES) - set(RefusalCode))


def _subclasses(error: type[ChoristeError]) -> Iterator[type[ChoristeError]]:
    for child in error.__subclasses__():
        if child.__module__.startswith("choriste.domain"):
            yield child
            yield from _subclasses(child)


@pytest.mark.parametrize(
    ("name", "codes"),
    [
        ("Status", list(Status)),
        ("Frame", list(Frame)),
        ("Role", list(Role)),
        ("ReasonCode", list(ReasonCode)),
        ("Action", {row.name for row in TRANSITIONS}),
    ],
)
def test_enumerations_of_the_lifecycle_are_whole_and_explained(name: str, codes: Any) -> None:
    component = description()["components"]["schemas"][name]

    assert set(component["enum"]) == set(codes)
    assert all(f"`{code}`: " in component["description"] for code in codes)


def test_amounts_are_strings_with_a_pattern() -> None:
    schemas = description()["components"]["schemas"]
    amounts = [
        field
        for model in ("InvoiceAmounts", "DraftAmounts", "DraftEntryLine", "BillingPiece")
        for name, field in schemas[model]["properties"].items()
        if re.search("vat|due$|price|quantity", name)
    ]

    assert len(amounts) >= 10
    assert all('"pattern": "^-?[0-9]+' in json.dumps(field) for field in amounts)


def test_every_reference_leads_somewhere() -> None:
    text = json.dumps(description())
    schemas = description()["components"]["schemas"]

    named = set(re.findall(r'"#/components/schemas/([^"]+)"', text))

    assert named <= set(schemas)
    assert set(schemas) <= named


@pytest.mark.parametrize(
    ("path", "method", "header"),
    [
        ("/v1/deposits", "post", "Prefer"),
        ("/v1/deposits", "post", "Idempotency-Key"),
        ("/v1/invoices/{invoice_id}/transitions", "post", "If-Match"),
        ("/v1/drafts/{draft_id}", "put", "If-Match"),
    ],
)
def test_headers_that_matter_are_described(path: str, method: str, header: str) -> None:
    parameters = description()["paths"][path][method]["parameters"]

    assert header in {each["name"] for each in parameters if each["in"] == "header"}


@pytest.mark.parametrize("path", ["/v1/deposits", "/v1/drafts/from-pdf", "/v1/invoices/{invoice_id}/files"])
def test_bodies_that_are_files_are_described(path: str) -> None:
    body = description()["paths"][path]["post"]["requestBody"]

    assert body["required"]
    assert body["content"]["application/octet-stream"]["schema"]["format"] == "binary"
