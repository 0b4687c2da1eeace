"""The composition root of identity, and what the functions ask of it with an HTTP API event (payload 2.0)."""

from __future__ import annotations

import base64
import binascii
import datetime as dt
from collections.abc import Mapping
from functools import cache
from typing import Any
from urllib.parse import parse_qs

from choriste.adapters.aws.dynamodb.connections import DynamoConnections
from choriste.adapters.aws.dynamodb.factor_resets import DynamoFactorResets
from choriste.adapters.aws.dynamodb.history import DynamoHistory
from choriste.adapters.aws.dynamodb.identity import DynamoAccounts
from choriste.adapters.aws.dynamodb.organisations import DynamoDepartures, DynamoOrganisations
from choriste.adapters.aws.dynamodb.sessions import (
    DynamoAttempts,
    DynamoChallenges,
    DynamoDevices,
    DynamoLinks,
    DynamoSessions,
)
from choriste.adapters.aws.dynamodb.structures import DynamoDirectory
from choriste.adapters.aws.dynamodb.table import CoreTable
from choriste.adapters.aws.kms.vault import KmsVault
from choriste.adapters.aws.ses.mailer import SesMailer
from choriste.adapters.oidc.client import OidcProviders
from choriste.application.access.authenticate_request import (
    Caller,
    RequestCredentials,
    authenticate_request,
)
from choriste.application.access.issue_token import TokenRequest, issue_token
from choriste.application.access.passwords import Passwords
from choriste.application.access.ports import AccessPorts
from choriste.application.access.resume_session import SignedIn, resume_session
from choriste.domain.access.errors import InvalidClientError, UnauthenticatedError, UnsupportedGrantError
from choriste.runtime import aws
from choriste.runtime.clock import CurrentClock, SystemStopwatch
from choriste.runtime.settings import settings

Event = Mapping[str, Any]
"""An API Gateway HTTP API event, payload 2.0: headers in lower case."""


def access_ports() -> AccessPorts:
    """Return the ports of identity of this process; tests replace `built_access_ports`."""
    return built_access_ports()


@cache
def built_access_ports() -> AccessPorts:
    """Build the ports of identity of this process, once."""
    names = settings()
    return AccessPorts(
        clock=CurrentClock(),
        directory=DynamoDirectory(aws.dynamodb(), names.core_table),
        accounts=DynamoAccounts(aws.dynamodb(), names.core_table),
        connections=DynamoConnections(aws.dynamodb(), names.core_table),
        sessions=DynamoSessions(aws.dynamodb(), names.sessions_table),
        attempts=DynamoAttempts(aws.dynamodb(), names.sessions_table),
        history=DynamoHistory(CoreTable(aws.dynamodb(), names.audit_table)),
        links=DynamoLinks(aws.dynamodb(), names.sessions_table),
        organisations=DynamoOrganisations(CoreTable(aws.dynamodb(), names.core_table)),
        departures=DynamoDepartures(aws.dynamodb(), names.sessions_table),
        providers=OidcProviders(local=names.base_url.startswith("http://127.0.0.1")),
        challenges=DynamoChallenges(aws.dynamodb(), names.sessions_table),
        factor_resets=DynamoFactorResets(CoreTable(aws.dynamodb(), names.core_table)),
        devices=DynamoDevices(aws.dynamodb(), names.sessions_table),
        passwords=Passwords(),
        vault=KmsVault(aws.kms(), key=names.secrets_key),
        stopwatch=SystemStopwatch(),
        mailer=SesMailer(aws.ses(), sender=names.sender_address),
        base_url=names.base_url,
        factor_reset_delay=dt.timedelta(hours=int(names.factor_reset_hours)),
    )


def token_answer(event: Event) -> tuple[int, dict[str, str | int]]:
    """Answer a request to the token endpoint: the HTTP status and the JSON body.

    Errors are those of RFC 6749, all with status 400 as on PISTE. Send it with
    `Content-Type: application/json` and `Cache-Control: no-store`.
    """
    form = {name: values[0] for name, values in parse_qs(_body(event)).items()}
    request = TokenRequest(
        grant_type=form.get("grant_type"),
        scope=form.get("scope"),
        client_id=form.get("client_id"),
        client_secret=form.get("client_secret"),
        authorization=header(event, "authorization"),
    )
    try:
        return 200, issue_token(request, access=access_ports()).as_json()
    except InvalidClientError as error:
        return 400, {"error": error.code, "error_description": "Unknown client or wrong secret."}
    except UnsupportedGrantError as error:
        return 400, {"error": error.code, "error_description": "Use grant_type=client_credentials."}


def authenticate(event: Event, *, account_required: bool = False) -> Caller:
    """Return whom the headers of a request prove: the technical account where one is given, else the client.

    Raises `UnauthenticatedError`, also without an account where one is required.
    """
    credentials = RequestCredentials(
        authorization=header(event, "authorization"),
        account=header(event, "cpro-account"),
        account_required=account_required,
    )
    return authenticate_request(credentials, access=access_ports())


def authenticate_person(event: Event) -> SignedIn:
    """Return whose session the bearer token of a request opens; raises `UnauthenticatedError`.

    Cookies count for nothing here: what a browser adds to a request by itself proves no intention.
    """
    signed_in = resume_session(bearer(event), access=access_ports())
    if signed_in is None:
        raise UnauthenticatedError(what="session")
    return signed_in


def bearer(event: Event) -> str:
    """Return the token of the header `Authorization: Bearer`; empty when it is nothing of the kind."""
    scheme, _, value = (header(event, "authorization") or "").partition(" ")
    return value.strip() if scheme.lower() == "bearer" else ""


def header(event: Event, name: str) -> str | None:
    """Return a request header, whatever the case it arrived in."""
    headers = event.get("headers") or {}
    return next((str(value) for key, value in headers.items() if key.lower() == name), None)


def _body(event: Event) -> str:
    """Return the text of a request body; empty when it is nothing of the kind."""
    body = event.get("body") or ""
    if not event.get("isBase64Encoded"):
        return str(body)
    try:
        return base64.b64decode(body, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return ""
