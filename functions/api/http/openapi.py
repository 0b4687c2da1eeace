"""The OpenAPI description, made from the routes; `schemas/openapi.json` is its committed copy.

Powertools describes what routes declare. Added here is what it has no place for: the enumerations of the
lifecycle with their labels, the problem document, and the security schemes of all operations.
"""

from __future__ import annotations

import inspect
import json
from typing import Any, Final

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver
from aws_lambda_powertools.event_handler.openapi.models import (
    APIKey,
    APIKeyIn,
    HTTPBase,
    License,
    OAuth2,
    OAuthFlowClientCredentials,
    OAuthFlows,
    SecurityScheme,
    Server,
)

from choriste.domain.lifecycle import Frame, ReasonCode, Role, Status
from choriste.domain.lifecycle.acts import ACTS
from choriste.domain.lifecycle.labels import Kind, label
from choriste.domain.lifecycle.transitions import TRANSITIONS
from functions.api.http.models import ENUMERATION

Json = dict[str, Any]

_NAMES: Final = {
    "POST /api/oauth/token": "createToken",
    "GET /v1/account": "readAccount",
    "PATCH /v1/account": "changeAccount",
    "PUT /v1/account/password": "changePassword",
    "POST /v1/account/factor-proofs": "proveFactor",
    "GET /v1/account/factors": "listFactors",
    "POST /v1/account/factors/app": "offerApp",
    "DELETE /v1/account/factors/app": "removeApp",
    "POST /v1/account/factors/app/enrolment": "enrolApp",
    "DELETE /v1/account/factors/keys/{key_id}": "removeSecurityKey",
    "POST /v1/account/factors/recovery-codes": "renewRecoveryCodes",
    "GET /v1/account/sessions": "listSessions",
    "DELETE /v1/account/sessions": "endOtherSessions",
    "DELETE /v1/account/sessions/{name}": "endSession",
    "POST /v1/account/login-address": "changeLoginAddress",
    "POST /v1/account/contact-address": "changeContactAddress",
    "DELETE /v1/account/contact-address": "removeContactAddress",
    "POST /v1/account/addresses/confirmation": "confirmAddress",
    "POST /v1/sign-in/factor-reset": "askFactorReset",
    "POST /v1/factor-resets/stop": "stopFactorReset",
    "POST /v1/sign-up": "signUp",
    "POST /v1/sign-up/activation": "activateAccount",
    "POST /v1/sign-in": "signIn",
    "POST /v1/sign-in/code": "verifyCode",
    "POST /v1/sign-in/mailed-code": "mailCode",
    "POST /v1/sign-in/mailed-code/check": "checkMailedCode",
    "POST /v1/sign-in/app": "offerFirstApp",
    "POST /v1/sign-in/app/enrolment": "enrolFirstApp",
    "POST /v1/password-resets": "askPasswordReset",
    "POST /v1/password-resets/choice": "choosePassword",
    "GET /v1/partners": "listPartners",
    "POST /v1/partners": "registerPartner",
    "GET /v1/partners/{code}": "readPartner",
    "PUT /v1/partners/{code}": "changePartner",
    "GET /v1/partners/{code}/files": "listSentFiles",
    "POST /v1/inbox-credentials": "issueInboxCredentials",
    "GET /v1/api-clients": "listApiClients",
    "POST /v1/api-clients": "createApiClient",
    "DELETE /v1/api-clients/{client_id}": "revokeApiClient",
    "PATCH /v1/api-clients/{client_id}": "switchApiClient",
    "POST /v1/api-clients/{client_id}/secret": "renewApiClient",
    "GET /v1/api-clients/{client_id}/usage": "readApiClientUsage",
    "GET /v1/billing-files/{file_id}": "readBillingFile",
    "GET /v1/deposits": "listDeposits",
    "POST /v1/deposits": "depositFile",
    "GET /v1/deposits/{flow_id}": "readReport",
    "GET /v1/deposits/{flow_id}/printouts/{kind}": "printReport",
    "GET /v1/drafts": "listDrafts",
    "POST /v1/drafts": "beginDraft",
    "POST /v1/drafts/from-pdf": "beginDraftFromPdf",
    "GET /v1/drafts/{draft_id}": "readDraft",
    "PUT /v1/drafts/{draft_id}": "changeDraft",
    "POST /v1/drafts/{draft_id}/abandon": "abandonDraft",
    "POST /v1/drafts/{draft_id}/deposit": "depositDraft",
    "GET /v1/health": "readHealth",
    "GET /v1/invoices": "listInvoices",
    "GET /v1/invoices/queues": "countQueues",
    "GET /v1/invoices/{invoice_id}": "readInvoice",
    "POST /v1/invoices/{invoice_id}/accounting-reference": "setAccountingReference",
    "POST /v1/invoices/{invoice_id}/acknowledgements": "acknowledgeInvoice",
    "POST /v1/invoices/{invoice_id}/assignment": "assignInvoice",
    "GET /v1/invoices/{invoice_id}/colleagues": "listColleagues",
    "POST /v1/invoices/{invoice_id}/comments": "commentInvoice",
    "POST /v1/invoices/{invoice_id}/files": "attachFile",
    "GET /v1/invoices/{invoice_id}/files/{name}": "downloadFile",
    "GET /v1/invoices/{invoice_id}/printouts/{kind}": "printInvoice",
    "POST /v1/invoices/{invoice_id}/reissue": "reissueInvoice",
    "POST /v1/invoices/{invoice_id}/reused-files": "reuseFile",
    "POST /v1/invoices/{invoice_id}/transitions": "takeStep",
    "POST /v1/invoices/{invoice_id}/uploads": "offerAttachmentUpload",
    "GET /v1/operator/stuck": "listStuckItems",
    "POST /v1/operator/stuck/{kind}/{item_id}/resume": "resumeStuckItem",
    "GET /v1/sandbox": "readSandbox",
    "POST /v1/sandbox/clock": "advanceClock",
    "POST /v1/sandbox/invoices/{invoice_id}/status": "leadInvoice",
    "PUT /v1/sandbox/switches": "throwSwitches",
    "GET /v1/structures": "searchStructures",
    "POST /v1/structures": "registerStructure",
    "GET /v1/structures/{structure_id}": "consultStructure",
    "GET /v1/structures/{structure_id}/users": "listUsers",
    "POST /v1/structures/{structure_id}/users": "inviteUser",
    "GET /v1/structures/{structure_id}/users/{user_id}": "readUser",
    "PUT /v1/structures/{structure_id}/users/{user_id}/rights": "changeRights",
    "POST /v1/structures/{structure_id}/users/{user_id}/duplication": "duplicateRights",
    "POST /v1/structures/{structure_id}/users/{user_id}/suspension": "suspendUser",
    "POST /v1/structures/{structure_id}/users/{user_id}/reinstatement": "reinstateUser",
    "GET /v1/structures/{structure_id}/history": "readStructureHistory",
    "GET /v1/access-requests": "listAccessRequests",
    "GET /v1/access-requests/{request_id}": "readAccessRequest",
    "POST /v1/access-requests/{request_id}/approval": "approveAccessRequest",
    "POST /v1/access-requests/{request_id}/refusal": "refuseAccessRequest",
    "POST /v1/account-imports": "importAccounts",
    "POST /v1/mergers": "mergeStructures",
    "GET /v1/mergers/{structure_id}": "readMerger",
    "PATCH /v1/structures/{structure_id}": "changeStructure",
    "GET /v1/structures/{structure_id}/advice": "readAdvice",
    "PUT /v1/structures/{structure_id}/advice": "switchAdvice",
    "POST /v1/structures/{structure_id}/deactivation": "deactivateStructure",
    "POST /v1/structures/{structure_id}/reactivation": "reactivateStructure",
    "GET /v1/structures/{structure_id}/mandates": "listMandates",
    "POST /v1/structures/{structure_id}/mandates": "giveMandate",
    "GET /v1/structures/{structure_id}/mandates/{mandate_id}": "readMandate",
    "POST /v1/structures/{structure_id}/mandates/{mandate_id}/files": "attachToMandate",
    "GET /v1/structures/{structure_id}/mandates/{mandate_id}/files/{name}": "downloadMandateFile",
    "POST /v1/structures/{structure_id}/mandates/{mandate_id}/acceptance": "acceptMandate",
    "POST /v1/structures/{structure_id}/mandates/{mandate_id}/refusal": "refuseMandate",
    "POST /v1/structures/{structure_id}/mandates/{mandate_id}/end": "endMandate",
    "POST /v1/structures/{structure_id}/services": "addService",
    "PUT /v1/structures/{structure_id}/services": "changeService",
    "POST /v1/structures/{structure_id}/services/closing": "closeService",
    "POST /v1/structures/{structure_id}/services/reopening": "reopenService",
    "GET /v1/technical-accounts": "listTechnicalAccounts",
    "DELETE /v1/technical-accounts/{login}": "revokeTechnicalAccount",
    "POST /v1/technical-accounts": "createTechnicalAccount",
    "POST /v1/technical-accounts/{login}/reset": "resetTechnicalAccount",
    "GET /v1/uploads": "readUpload",
    "POST /v1/uploads": "offerUpload",
}
"""The name of each operation, a verb and its object: generated clients name their methods so."""

_UNUSED: Final = ("HTTPValidationError", "ResponseValidationError", "ValidationError")
"""What Powertools describes for its own validation errors; ours are problem documents."""

_KINDS: Final[dict[str, tuple[Kind, tuple[str, ...]]]] = {
    "Status": (Kind.STATUS, tuple(Status)),
    "Frame": (Kind.FRAME, tuple(Frame)),
    "Role": (Kind.ROLE, tuple(Role)),
    "ReasonCode": (Kind.REASON, tuple(ReasonCode)),
    "Action": (Kind.ACTION, tuple(dict.fromkeys(row.name for row in TRANSITIONS))),
}
_SCHEMES: Final[dict[str, SecurityScheme]] = {
    "oauth2": OAuth2(
        description="Client credentials of an API connection; a token lives one hour.",
        flows=OAuthFlows(clientCredentials=OAuthFlowClientCredentials(tokenUrl="/api/oauth/token")),
    ),
    "technicalAccount": APIKey.model_validate(
        {
            "description": "base64(login:password) of the technical account that acts for the connection.",
            "in": APIKeyIn.header,
            "name": "cpro-account",
        }
    ),
    "session": HTTPBase(
        description="The token of a person's session, which `POST /v1/sign-in` begins; it opens only "
        "`/v1/account`. Each step of a sign-in has its own; whatever changes what a session may renews it.",
        scheme="bearer",
    ),
    "clientSecret": HTTPBase(description="Client id and secret, at the token endpoint only.", scheme="basic"),
}
_DESCRIPTION: Final = (
    "Deposit invoices, read integration reports, treat invoices up to their payment.\n\n"
    "Texts are French unless `Accept-Language` begins with `en`. Beside what operations declare, an address "
    "without an operation answers 404 (`route-not-found`), and one that has it under other methods 405 "
    "(`method-not-allowed`). A query parameter that an operation does not have is refused (400).\n\n"
    "A file over 4.4 MB in the body of a request answers 413 (`too-large`): larger files go by `POST "
    '/v1/uploads`. Over about 4.7 MB the gateway itself answers 413, as `{"message": …}` without a problem '
    "document: a function receives 6 MB, and binary bodies grow by a third in base64. The gateway also "
    "answers 429 over its limit of requests, and 503 when it cannot reach the API."
)
_PROBLEM: Final = {
    "type": "object",
    "description": "Why a request was refused (RFC 9457). `code` is stable; `title` and `detail` are for "
    "people, in the language of `Accept-Language`; `parameters` fill the detail.",
    "required": ["type", "title", "status", "detail", "code", "parameters"],
    "properties": {
        "type": {"type": "string", "pattern": "^urn:choriste:problem:"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "code": {"type": "string"},
        "parameters": {"type": "object"},
    },
}


def openapi_text(app: APIGatewayHttpResolver) -> str:
    """Return the description as indented JSON with a final newline."""
    schema = app.get_openapi_json_schema(
        title="Choriste",
        version="1",
        description=_DESCRIPTION,
        license_info=License(name="EUPL-1.2", identifier="EUPL-1.2"),
        servers=[Server(url="/")],
        security_schemes=_SCHEMES,
    )
    described: Json = _linked(json.loads(schema))
    explained = _explained(app)
    for path, operations in described["paths"].items():
        for method, operation in operations.items():
            _tidy(operation)
            operation["operationId"] = _NAMES[f"{method.upper()} {path}"]
            operation["description"] = explained[path, method.upper()]
    described["components"] = _components(described["components"])
    return json.dumps(described, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def _explained(app: APIGatewayHttpResolver) -> dict[tuple[str, str], str]:
    """Return what each operation does, by path and method: the words of its function."""
    routes = (*app._static_routes, *app._dynamic_routes)  # noqa: SLF001 - the resolver has no other way to ask
    return {(route.openapi_path, str(route.method)): inspect.getdoc(route.func) or "" for route in routes}


def _components(given: Json) -> Json:
    schemas = {name: schema for name, schema in given["schemas"].items() if name not in _UNUSED}
    schemas |= {name: schemas.get(name, {}) | _enumeration(*kind) for name, kind in _KINDS.items()}
    acts = [act.name for act in ACTS]
    schemas["Step"] = {"anyOf": [_reference("Action"), {"type": "string", "enum": [*acts, *_OWN_STEPS]}]}
    return {**given, "schemas": {**schemas, "Problem": _PROBLEM}}


_OWN_STEPS: Final = ("deposit",)
"""Rows of the history that the platform writes itself, outside the table of transitions."""


def _enumeration(kind: Kind, codes: tuple[str, ...]) -> Json:
    return {
        "type": "string",
        "enum": list(codes),
        "description": "\n".join(f"- `{code}`: {label(kind, code).en}" for code in codes),
    }


def _linked(schema: Any) -> Any:  # noqa: ANN401 - any part of a JSON document
    """Return a part of the description where marked texts refer to their enumeration."""
    if isinstance(schema, list):
        return [_linked(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    if ENUMERATION in schema:
        return _reference(schema[ENUMERATION])
    return {name: _linked(part) for name, part in schema.items()}


def _reference(name: str) -> Json:
    return {"$ref": f"#/components/schemas/{name}"}


def _tidy(operation: Json) -> None:
    """Leave out what Powertools adds to each operation that is not ours, and what would be said twice."""
    if "HTTPValidationError" in json.dumps(operation["responses"].get("422", {})):
        del operation["responses"]["422"]
    for response in operation["responses"].values():
        for part in ("content", "headers"):
            if not response.get(part):
                response.pop(part, None)
    for parameter in operation.get("parameters", ()):
        _tidy_parameter(parameter)


def _tidy_parameter(parameter: Json) -> None:
    """Describe an optional parameter by what it is when it is sent: no request can send a null."""
    given = parameter["schema"]
    choices = [choice for choice in given.get("anyOf", ()) if choice != {"type": "null"}]
    kept = {name: part for name, part in given.items() if name not in {"anyOf", "title", "description"}}
    parameter["schema"] = {**kept, **(choices[0] if len(choices) == 1 else {})}
    if parameter["in"] == "header":
        parameter["name"] = "-".join(word.capitalize() for word in parameter["name"].split("-"))
