"""Requests made up from the description of the API and sent to a running platform.

Half of them are as the description wants them, half are not; half of the names in addresses are of things
that exist. Each answer must be one that the description promises for its operation, and none may be a 5xx.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from http import HTTPStatus
from typing import Any, Final

import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.config import GenerationConfig, ProjectConfig, ProjectsConfig, SchemathesisConfig
from schemathesis.core.result import Ok
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import positive_data_acceptance

from choriste.adapters.rest.client import Client
from tests.builders.bad_files import a_cii
from tests.builders.platform_here import PlatformHere
from tests.derived.pages import openapi

SUPPLIER, RECIPIENT = "2001", "1001"
PERSON: Final = "person"
SEED: Final = 20261129
MODES: Final = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)

# What the trade refuses although its form is right: a draft that lacks its number, a status that has passed …
NOT_CHECKED: Final = (positive_data_acceptance,)


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """An answer that the description does not promise: to which operation, what is wrong, and the request."""

    operation: str
    what: str
    request: str


@dataclass(frozen=True, slots=True)
class Stage:
    """A platform, those who ask, and what exists there by the name that addresses give it."""

    here: PlatformHere
    actors: Mapping[str, Client]
    known: Mapping[str, str | int]

    @classmethod
    def of(cls, here: PlatformHere) -> Stage:
        """Deposit an invoice and begin a draft on a platform with the sample data."""
        supplier = here.client_of(SUPPLIER)
        report = here.report_on(a_cii("CONFORMANCE-1"), by=supplier, filename="conformance-1.xml")
        here.platform.drain(timeout=120)
        invoice = report["documents"][0]["invoice_id"]
        draft = here.post_json("/v1/drafts", {"entry": {"number": "C-1"}}, by=supplier).json["id"]
        actors = {
            "supplier": supplier,
            "recipient": here.client_of(RECIPIENT),
            "partner": here.partner(),
            "operator": Client.sign_in(here.platform.url, here.credentials["operator"]),
            PERSON: here.person(here.credentials["users"][0]),
        }
        known = {"invoice_id": invoice, "file_id": invoice, "draft_id": draft, "flow_id": report["flow_id"]}
        return cls(here, actors, known)


@cache
def operations() -> Mapping[str, Any]:
    """Return the operations of the description by their names (`GET /v1/health`)."""
    generation = GenerationConfig(with_security_parameters=False)
    config = SchemathesisConfig(projects=ProjectsConfig(default=ProjectConfig(generation=generation)))
    schema = schemathesis.openapi.from_dict(json.loads(openapi()), config=config)
    found = (result.ok() for result in schema.get_all_operations() if isinstance(result, Ok))
    return {operation.label: operation for operation in found}


def faults_of(stage: Stage, operation: str, *, examples: int, start: int = SEED) -> tuple[Fault, ...]:
    """Send so many requests of each mode to an operation, and return the faults of its answers, each once."""
    found: dict[str, Fault] = {}

    def ask(case: Any, actor: str, known: Mapping[str, str | int], structure: str | None) -> None:
        _aim(case, known, structure)
        token = stage.actors[actor].token
        answer = case.call(
            base_url=stage.here.platform.url,
            headers={"Authorization": f"Bearer {token}"},
            allow_redirects=False,
        )
        for what in _wrong(case, answer):
            found.setdefault(what, Fault(operation, what, case.as_curl_command()))

    described = operations()[operation]
    if described.path.startswith(("/v1/account/", "/v1/sign-in/")) or described.path == "/v1/account":
        stage = replace(stage, actors={PERSON: stage.actors[PERSON]})
    for mode in MODES if _asks_for_anything(described) else MODES[:1]:
        _run(ask, described.as_strategy(generation_mode=mode), stage, examples, start)
    return tuple(sorted(found.values()))


def _asks_for_anything(operation: Any) -> bool:
    """Say whether a request may differ from what the description wants: there is something to get wrong."""
    return not {"parameters", "requestBody"}.isdisjoint(operation.definition.raw)


def _run(ask: Any, cases: st.SearchStrategy[Any], stage: Stage, examples: int, start: int) -> None:
    limits = settings(
        max_examples=examples,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    drawn = given(
        case=cases,
        actor=st.sampled_from(sorted(stage.actors)),
        known=st.sampled_from([stage.known, {}]),
        structure=st.sampled_from([SUPPLIER, RECIPIENT, None]),
    )
    seed(start)(limits(drawn(ask)))()


def _aim(case: Any, known: Mapping[str, str | int], structure: str | None) -> None:
    """Name what exists in place of what was made up, where the request names such a thing."""
    for name in known.keys() & set(case.path_parameters or {}):
        case.path_parameters[name] = known[name]
    if structure is not None and "structure" in (case.query or {}):
        case.query["structure"] = structure


def _wrong(case: Any, answer: Any) -> Iterator[str]:
    """Yield what is wrong with an answer, a line each."""
    if answer.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
        yield f"{answer.status_code}: {answer.text[:200]}"
        return
    try:
        case.validate_response(answer, excluded_checks=[*NOT_CHECKED, not_a_server_error])
    except BaseExceptionGroup as group:
        for fault in group.exceptions:
            yield f"{answer.status_code}: {fault}"
