"""Each operation of the API asked by each kind of actor: who may, may; nobody else learns anything."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import pytest

from choriste.adapters.rest.client import Client
from choriste.application.connections.api_clients import create_api_client
from choriste.domain.access.principal import Principal
from choriste.domain.access.user import Habilitation, Level, Space
from choriste.domain.parties.structure import ServiceCode, StructureId
from choriste.runtime.identity import access_ports
from tests.builders.bad_files import a_cii
from tests.builders.platform_here import PlatformHere, Reply
from tests.derived.pages import ROOT
from tests.generators.pdf.supplier_pdf import supplier_pdf

pytestmark = pytest.mark.slow

SUPPLIER, OTHER_SUPPLIER, RECIPIENT, OTHER_RECIPIENT = "2001", "2002", "1001", "1003"
ACTORS = (
    "nobody",
    "supplier",
    "other-supplier",
    "recipient",
    "other-recipient",
    "right-service",
    "wrong-service",
    "reader",
    "partner",
    "operator",
)


@dataclass(frozen=True, slots=True)
class Cast:
    """The platform, its actors, and what they ask for."""

    here: PlatformHere
    clients: Mapping[str, Client]
    invoice: dict[str, Any]
    account: str
    client: str
    ended_account: str
    ended_client: str
    draft: int
    closed: int
    member: str

    def ask(self, actor: str, method: str, path: str, body: object = None) -> Reply:
        """Send a request as an actor; `{…}` in the path stand for the invoice, its flow and its file."""
        path = path.format(
            invoice=self.invoice["id"],
            flow=self.invoice["flow_id"],
            file=self.invoice["files"][0]["name"],
            account=self.account,
            client=self.client,
            exchange=EXCHANGE_CODE,
            ended_account=self.ended_account,
            ended_client=self.ended_client,
            draft=self.draft,
            closed=self.closed,
            structure=RECIPIENT,
            closed_structure="1004",
            member=self.member,
            session="0",
            request="1",
            mandate="20261101080000AAAAAAAA",
        )
        content = body if isinstance(body, bytes) else json.dumps(body).encode() if body is not None else None
        headers = {"Content-Type": "application/json"} if body is not None else {}
        return self.here.ask(method, path, by=self.clients.get(actor), body=content, headers=headers)


@pytest.fixture(scope="module")
def cast(here: PlatformHere) -> Cast:
    clients = {
        "supplier": here.client_of(SUPPLIER),
        "other-supplier": here.client_of(OTHER_SUPPLIER),
        "recipient": here.client_of(RECIPIENT),
        "other-recipient": here.client_of(OTHER_RECIPIENT),
        "right-service": _client(here, Level.MODIFY, service="TECHNIQUE"),
        "wrong-service": _client(here, Level.MODIFY, service="ECOLES"),
        "reader": _client(here, Level.CONSULT),
        "partner": here.partner(),
        "operator": Client.sign_in(here.platform.url, here.credentials["operator"]),
    }
    partner = clients["partner"]
    account, ended_account = (_created(here, partner, "technical-accounts", n)["login"] for n in "tu")
    client, ended_client = (_created(here, partner, "api-clients", n)["client_id"] for n in "tu")
    for address in (f"technical-accounts/{ended_account}", f"api-clients/{ended_client}"):
        assert here.ask("DELETE", f"/v1/{address}", by=partner).status == 204
    exchange = here.post_json("/v1/partners", {**EXCHANGE, "code": EXCHANGE_CODE}, by=partner)
    assert exchange.status == 201, exchange.body
    draft, closed = (_begun(here, clients["supplier"]) for _ in range(2))
    here.post_json(f"/v1/drafts/{closed}/abandon", {}, by=clients["supplier"])
    person = here.post_json(
        f"/v1/structures/{RECIPIENT}/users",
        {"email": "member@example.fr", "name": "Max"},
        by=clients["operator"],
    )
    connections = (account, client, ended_account, ended_client)
    return Cast(here, clients, _delivered(here, "ROLES-1"), *connections, draft, closed, person.json["id"])


def _created(here: PlatformHere, partner: Client, kind: str, name: str) -> dict[str, Any]:
    answer = here.post_json(f"/v1/{kind}", {"name": name, "structure": "3001"}, by=partner)
    assert answer.status == 201, answer.body
    created: dict[str, Any] = answer.json
    return created


def _begun(here: PlatformHere, client: Client) -> int:
    answer = here.post_json("/v1/drafts", {"entry": {"number": "B-1"}}, by=client)
    assert answer.status == 201, answer.body
    return int(answer.json["id"])


def _client(here: PlatformHere, level: Level, service: str | None = None) -> Client:
    """Declare an API connection of the recipient with one right, and sign in with it."""
    structure = StructureId(RECIPIENT)
    limit = ServiceCode(service) if service is not None else None
    right = Habilitation(structure=structure, space=Space.RECEIVE, level=level, service=limit)
    issued = create_api_client(
        structure,
        name=f"{level} {service}",
        rights=[right],
        by=Principal.platform("test"),
        access=access_ports(),
    )
    secret = {"client_id": issued.client.client_id, "client_secret": issued.secret}
    return Client.sign_in(here.platform.url, secret)


def _delivered(here: PlatformHere, number: str) -> dict[str, Any]:
    report = here.report_on(a_cii(number), by=here.client_of(SUPPLIER), filename=f"{number}.xml")
    here.platform.drain(timeout=120)
    return here.client_of(RECIPIENT).call(f"/v1/invoices/{report['documents'][0]['invoice_id']}")


READERS = ("supplier", "recipient", "right-service", "reader", "partner", "operator")
TREATING = ("supplier", "recipient", "right-service", "partner")
ISSUERS = ("supplier", "partner")
OPERATOR = ("operator",)
EVERYBODY = tuple(actor for actor in ACTORS if actor != "nobody")
NEW_STRUCTURE = {
    "kind": "PRIVEE",
    "identifier_kind": "SIRET",
    "identifier": "73282932000074",
    "name": "Scierie du Lac",
    "address": {"line1": "1 chemin du Bois", "postcode": "74000", "city": "Annecy"},
}
BESIDE_THE_SUPPLIER = ("recipient", "right-service", "reader", "operator")
PDF = supplier_pdf(7).data
PERSON = {"email": "roles@example.fr", "name": "Rose Lys"}
MEMBER = "/v1/structures/{structure}/users/{member}"
MANDATE = "/v1/structures/{structure}/mandates/{mandate}"
UPLOAD = {"filename": "x.xml", "size": 9, "structure": SUPPLIER}
ACCOUNT = {"name": "x", "structure": "3001"}
EXCHANGE_CODE = "ROL001"
EXCHANGE = {"name": "ERP", "structure": "3001"}
NO_FOLDER = frozenset({"nobody", "operator"})


@dataclass(frozen=True, slots=True)
class Case:
    """An operation, who gets `allowed`, and what everybody else with a token gets.

    `seeing` are those who may look at the invoice and not do this to it: they get 403.
    """

    method: str
    path: str
    who: tuple[str, ...]
    allowed: int = 200
    refused: int = 403
    body: object = None
    seeing: tuple[str, ...] = ()

    def expected(self, actor: str) -> int:
        """Return the status that an actor gets."""
        if actor == "nobody":
            return 401
        if actor in self.seeing:
            return 403
        return self.allowed if actor in self.who else self.refused


OWN_ACCOUNT = (
    ("GET", "/v1/account"),
    ("PATCH", "/v1/account"),
    ("PUT", "/v1/account/password"),
    ("POST", "/v1/account/factor-proofs"),
    ("GET", "/v1/account/factors"),
    ("POST", "/v1/account/factors/app"),
    ("DELETE", "/v1/account/factors/app"),
    ("POST", "/v1/account/factors/app/enrolment"),
    ("DELETE", "/v1/account/factors/keys/{session}"),
    ("POST", "/v1/account/factors/recovery-codes"),
    ("GET", "/v1/account/sessions"),
    ("DELETE", "/v1/account/sessions"),
    ("DELETE", "/v1/account/sessions/{session}"),
    ("POST", "/v1/account/login-address"),
    ("POST", "/v1/account/contact-address"),
    ("DELETE", "/v1/account/contact-address"),
    ("POST", "/v1/account/addresses/confirmation"),
)
"""What a person's session opens, and no program's token."""

SIGN_IN_STEPS = (
    ("code", {"code": "1"}),
    ("mailed-code", None),
    ("mailed-code/check", {"code": "1"}),
    ("app", None),
    ("factor-reset", None),
    ("app/enrolment", {"code": "1"}),
)
"""What only the token of the step before opens."""

CASES = (
    Case("POST", f"/v1/deposits?filename=x.xml&structure={SUPPLIER}", ISSUERS, 202, body=b"<x>%s</x>"),
    Case("GET", f"/v1/deposits?structure={SUPPLIER}", (*ISSUERS, *OPERATOR)),
    Case("GET", "/v1/deposits/{flow}", (*ISSUERS, *OPERATOR), refused=404),
    Case("POST", "/v1/uploads", ISSUERS, 201, body=UPLOAD),
    Case("GET", f"/v1/uploads?key=uploads/{SUPPLIER}/somebody/1/x.xml", (), refused=404),
    Case(
        "GET",
        f"/v1/invoices?side=received&structure={RECIPIENT}",
        ("recipient", "right-service", "wrong-service", "reader", "partner", "operator"),
    ),
    Case("GET", f"/v1/invoices?side=issued&structure={SUPPLIER}", (*ISSUERS, *OPERATOR)),
    Case("GET", f"/v1/invoices/queues?side=issued&structure={SUPPLIER}", (*ISSUERS, *OPERATOR)),
    Case("GET", "/v1/invoices/{invoice}", READERS, refused=404),
    Case("GET", "/v1/invoices/{invoice}/files/{file}", READERS, 302, 404),
    Case("GET", "/v1/invoices/{invoice}/printouts/follow-up", READERS, 302, 404),
    Case("GET", "/v1/invoices/{invoice}/printouts/deposit-certificate", READERS, 302, 404),
    Case("GET", "/v1/invoices/{invoice}/printouts/works-document", (), refused=404),
    Case("GET", "/v1/deposits/{flow}/printouts/integration-report", (*ISSUERS, *OPERATOR), 302, 404),
    Case("GET", "/v1/deposits/{flow}/printouts/deposit-certificate", (*ISSUERS, *OPERATOR), 302, 404),
    Case("GET", "/v1/invoices/{invoice}/printouts/follow-up", READERS, 302, 404),
    Case("GET", "/v1/deposits/{flow}/printouts/integration-report", (*ISSUERS, *OPERATOR), 302, 404),
    Case("GET", "/v1/technical-accounts?structure=3001", ("partner",)),
    Case("POST", "/v1/technical-accounts", ("partner",), 201, body=ACCOUNT),
    Case("POST", "/v1/technical-accounts/{account}/reset", ("partner",), refused=404),
    Case("DELETE", "/v1/technical-accounts/{ended_account}", (), refused=404),
    Case("GET", "/v1/partners?structure=3001", ("partner", *OPERATOR)),
    Case("POST", "/v1/partners", ("partner", *OPERATOR), 201, body=EXCHANGE),
    Case("GET", "/v1/partners/{exchange}", ("partner", *OPERATOR), refused=404),
    Case("PUT", "/v1/partners/{exchange}", ("partner", *OPERATOR), refused=404, body={"name": "ERP"}),
    Case("GET", "/v1/partners/{exchange}/files", ("partner", *OPERATOR), refused=404),
    Case("POST", "/v1/inbox-credentials", tuple(who for who in ACTORS if who not in NO_FOLDER), 201, body={}),
    Case(
        "POST",
        "/v1/inbox-credentials",
        ("partner",),
        201,
        404,
        body={"partner": EXCHANGE_CODE},
        seeing=OPERATOR,
    ),
    Case("GET", "/v1/api-clients?structure=3001", ("partner",)),
    Case("POST", "/v1/api-clients", ("partner",), 201, body=ACCOUNT),
    Case("PATCH", "/v1/api-clients/{client}", ("partner",), refused=404, body={"active": False}),
    Case("POST", "/v1/api-clients/{client}/secret", ("partner",), refused=404),
    Case("GET", "/v1/api-clients/{client}/usage", ("partner",), refused=404),
    Case("DELETE", "/v1/api-clients/{ended_client}", (), refused=404),
    Case(
        "POST",
        "/v1/invoices/{invoice}/comments",
        TREATING,
        200,
        404,
        {"text": "Bonjour"},
        ("reader", "operator"),
    ),
    Case(
        "POST",
        "/v1/invoices/{invoice}/accounting-reference",
        ("recipient", "right-service", "partner"),
        200,
        404,
        {"reference": "ENG-1"},
        ("reader", "supplier", "operator"),
    ),
    Case("GET", "/v1/invoices/{invoice}/colleagues", READERS, refused=404),
    Case(
        "POST",
        "/v1/invoices/{invoice}/assignment",
        TREATING,
        200,
        404,
        {"account": None},
        ("reader", "operator"),
    ),
    # the invoice awaits nothing of its supplier: who may attach or acknowledge is told when it is possible
    Case(
        "POST",
        "/v1/invoices/{invoice}/acknowledgements",
        ISSUERS,
        400,
        404,
        {"act": "acknowledge-rejection"},
        BESIDE_THE_SUPPLIER,
    ),
    Case(
        "POST", "/v1/invoices/{invoice}/files?filename=a.pdf", ISSUERS, 400, 404, b"%%", BESIDE_THE_SUPPLIER
    ),
    Case(
        "POST",
        "/v1/invoices/{invoice}/uploads",
        ISSUERS,
        400,
        404,
        {"filename": "a.pdf", "size": 9},
        BESIDE_THE_SUPPLIER,
    ),
    Case("POST", "/v1/invoices/{invoice}/reused-files", (), 200, 404, {"piece": 1, "name": "a.pdf"}),
    Case("GET", "/v1/billing-files/{invoice}", (), refused=404),
    Case("POST", "/v1/invoices/{invoice}/reissue", ISSUERS, 409, 404, {"number": "N"}, BESIDE_THE_SUPPLIER),
    Case("POST", "/v1/drafts", ISSUERS, 201, body={"structure": SUPPLIER}),
    Case(
        "POST", f"/v1/drafts/from-pdf?filename=a.pdf&anyway=true&structure={SUPPLIER}", ISSUERS, 201, body=PDF
    ),
    Case("GET", f"/v1/drafts?structure={SUPPLIER}", (*ISSUERS, *OPERATOR)),
    Case("GET", "/v1/drafts/{draft}", (*ISSUERS, *OPERATOR), refused=404),
    Case("PUT", "/v1/drafts/{draft}", ISSUERS, 200, 404, {"entry": {"number": "B-2"}}, OPERATOR),
    Case("POST", "/v1/drafts/{closed}/abandon", ISSUERS, 409, 404, {}, OPERATOR),
    Case("POST", "/v1/drafts/{draft}/deposit", ISSUERS, 422, 404, {}, OPERATOR),
    Case("GET", "/v1/structures/{structure}/users", OPERATOR, refused=404),
    Case("POST", "/v1/structures/{structure}/users", OPERATOR, 201, 404, body=PERSON),
    Case("GET", "/v1/structures/{structure}/users/{member}", OPERATOR, refused=404),
    Case("PUT", "/v1/structures/{structure}/users/{member}/rights", OPERATOR, 200, 404, body={"rights": []}),
    Case("POST", f"{MEMBER}/duplication", OPERATOR, 403, 404, body={"source": "u-1001b"}),
    Case("POST", f"{MEMBER}/suspension", OPERATOR, refused=404),
    Case("POST", f"{MEMBER}/reinstatement", OPERATOR, refused=404),
    Case("GET", "/v1/structures/{structure}/history", OPERATOR, refused=404),
    Case("GET", "/v1/access-requests", EVERYBODY),
    Case("GET", "/v1/access-requests/{request}", (), refused=404),
    Case("POST", "/v1/access-requests/{request}/approval", (), refused=404),
    Case("POST", "/v1/access-requests/{request}/refusal", (), refused=404, body={"reason": "x"}),
    Case("POST", "/v1/account-imports?dry_run=true", EVERYBODY, body=b"email;structure\nx;1\n"),
    Case("POST", "/v1/mergers", OPERATOR, body={"absorbed": "2005", "absorbing": "2002", "dry_run": True}),
    Case("GET", "/v1/mergers/{structure}", OPERATOR, 404),
    Case("GET", "/v1/structures?query=valbrume", EVERYBODY),
    Case("GET", "/v1/structures/{structure}", EVERYBODY),
    Case("POST", "/v1/structures", OPERATOR, 201, body=NEW_STRUCTURE),
    Case("PATCH", "/v1/structures/{structure}", OPERATOR, body={"settings": {"is_moa": True}}),
    Case("GET", "/v1/structures/{structure}/advice", ("recipient", *OPERATOR)),
    Case("PUT", "/v1/structures/{structure}/advice", OPERATOR, body={"off": ["CHO-W-LINE"]}),
    Case("POST", "/v1/structures/{structure}/services", OPERATOR, 201, body={"code": "R", "name": "R"}),
    Case("PUT", "/v1/structures/{structure}/services", OPERATOR, body={"code": "ECOLES", "name": "É"}),
    Case("POST", "/v1/structures/{structure}/services/closing", OPERATOR, body={"code": "FETES"}),
    Case("POST", "/v1/structures/{structure}/services/reopening", OPERATOR, body={"code": "ECOLES"}),
    Case("POST", "/v1/structures/{closed_structure}/deactivation", OPERATOR, body={"reason": "ceased"}),
    Case("POST", "/v1/structures/{structure}/reactivation", OPERATOR),
    Case("GET", "/v1/sandbox", (), refused=404),
    Case("PUT", "/v1/sandbox/switches", (), refused=404, body={"switches": []}),
    Case("POST", "/v1/sandbox/clock", (), refused=404, body={"days": 1}),
    Case(
        "POST",
        "/v1/sandbox/invoices/{invoice}/status",
        (),
        refused=404,
        body={"status": "REJETEE"},
        seeing=READERS,
    ),
    Case("GET", "/v1/structures/{structure}/mandates", OPERATOR, refused=404),
    Case("POST", "/v1/structures/{structure}/mandates", (), body={"holder": "x", "scopes": ["follow"]}),
    Case("GET", MANDATE, (), refused=404),
    Case("GET", f"{MANDATE}/files/{{file}}", (), refused=404),
    Case("POST", f"{MANDATE}/files?filename=x.pdf", (), body=b"x"),
    Case("POST", f"{MANDATE}/acceptance", ()),
    Case("POST", f"{MANDATE}/refusal", (), body={}),
    Case("POST", f"{MANDATE}/end", (), body={}),
    *(Case(method, path, (), refused=401) for method, path in OWN_ACCOUNT),
    *(Case("POST", f"/v1/sign-in/{step}", (), refused=410, body=body) for step, body in SIGN_IN_STEPS),
    Case("GET", "/v1/operator/stuck", OPERATOR),
    Case("POST", "/v1/operator/stuck/flow/{flow}/resume", OPERATOR),
)


_ONE_OF_SEVERAL = {
    "/operator/stuck/{}/{}": "/operator/stuck/flow/{}",
    "/invoices/{}/printouts/{}": "/invoices/{}/printouts/follow-up",
    "/deposits/{}/printouts/{}": "/deposits/{}/printouts/integration-report",
}
"""Addresses with a kind in them, and the kind that is asked for."""

ELSEWHERE = {
    ("POST", "/api/oauth/token"),
    ("GET", "/v1/health"),
    ("POST", "/v1/sign-up"),
    ("POST", "/v1/sign-up/activation"),
    ("POST", "/v1/sign-in"),
    ("POST", "/v1/factor-resets/stop"),
    ("POST", "/v1/password-resets"),
    ("POST", "/v1/password-resets/choice"),
    ("POST", "/v1/invoices/{invoice_id}/transitions"),
}
"""Open to everybody, or decided by the test of payments below."""


@pytest.mark.parametrize("actor", ACTORS)
@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.method} {case.path}")
def test_operation_answers_only_those_who_may(cast: Cast, case: Case, actor: str) -> None:
    body = case.body.replace(b"%s", actor.encode()) if isinstance(case.body, bytes) else case.body

    answer = cast.ask(actor, case.method, case.path, body)

    assert answer.status == case.expected(actor), answer.body
    assert answer.status in _declared(case.method, case.path)


def test_every_operation_of_the_api_has_its_row_or_its_own_test() -> None:
    operations = {(method.upper(), path) for path, verbs in _described().items() for method in verbs}
    asked = {(case.method, re.sub(r"\{\w+\}", "{}", case.path.partition("?")[0])) for case in CASES}

    left = {(method, path) for method, path in operations if (method, _without_names(path)) not in asked}

    assert left <= ELSEWHERE


@cache
def _described() -> dict[str, Any]:
    """Return the operations of the published description, by address and method."""
    paths: dict[str, Any] = json.loads((ROOT / "schemas/openapi.json").read_text(encoding="utf-8"))["paths"]
    return paths


def _declared(method: str, path: str) -> set[int]:
    """Return the statuses that the description promises of an operation."""
    asked = path.partition("?")[0]
    matching = (
        verbs[method.lower()]
        for template, verbs in sorted(_described().items(), key=lambda item: item[0].count("{"))
        if method.lower() in verbs and re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", template), asked)
    )
    return set(map(int, next(matching)["responses"]))


def _without_names(path: str) -> str:
    plain = re.sub(r"[<{][^>}]+[>}]", "{}", path)
    for several, one in _ONE_OF_SEVERAL.items():
        plain = plain.replace(several, one)
    return plain


@pytest.mark.parametrize(
    ("actor", "status"),
    [
        ("nobody", 401),
        ("supplier", 403),
        ("other-supplier", 404),
        ("recipient", 200),
        ("other-recipient", 404),
        ("right-service", 200),
        ("wrong-service", 404),
        ("reader", 403),
        ("partner", 200),
        ("operator", 403),
    ],
)
def test_payment_is_decided_by_those_who_treat_the_invoice(cast: Cast, actor: str, status: int) -> None:
    found = _delivered(cast.here, f"PAY-{actor}")

    answer = cast.ask(actor, "POST", f"/v1/invoices/{found['id']}/transitions", {"action": "pay"})

    after = cast.here.client_of(RECIPIENT).call(f"/v1/invoices/{found['id']}")
    assert answer.status == status, answer.body
    assert after["status"] == ("MISE_EN_PAIEMENT" if status == 200 else found["status"])


@pytest.mark.parametrize("actor", ["wrong-service", "right-service"])
def test_list_holds_the_invoices_of_the_readers_services_only(cast: Cast, actor: str) -> None:
    answer = cast.ask(actor, "GET", f"/v1/invoices?side=received&structure={RECIPIENT}&limit=200")

    services = {invoice["service_code"] for invoice in answer.json["invoices"]}
    assert services == ({"TECHNIQUE"} if actor == "right-service" else set())


@pytest.mark.parametrize("path", ["/v1/health", "/v1/openapi.json"])
def test_what_is_public_needs_no_token(here: PlatformHere, path: str) -> None:
    assert here.ask("GET", path).status == 200


def test_revoked_rights_count_from_the_next_request_on(cast: Cast) -> None:
    partner = cast.clients["partner"]
    asked = {"name": "revoked", "structure": "3001"}
    first = cast.here.post_json("/v1/technical-accounts", asked, by=partner).json

    again = cast.here.post_json(f"/v1/technical-accounts/{first['login']}/reset", {}, by=partner).json

    statuses = [
        _with_account(cast, first["login"], secret) for secret in (first["password"], again["password"])
    ]
    assert statuses == [401, 200]


def _with_account(cast: Cast, login: str, password: str) -> int:
    pair = base64.b64encode(f"{login}:{password}".encode()).decode()
    path, partner = "/v1/deposits?structure=3001", cast.clients["partner"]
    return cast.here.ask("GET", path, by=partner, headers={"cpro-account": pair}).status
