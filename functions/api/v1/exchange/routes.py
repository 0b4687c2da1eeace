"""`/v1/partners` and `/v1/inbox-credentials`: who exchanges files, what was sent, and the way in."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import Annotated, Final

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import Router
from aws_lambda_powertools.event_handler.openapi.params import Path, Query

from choriste.application.exchange.issue_credentials import issue_credentials
from choriste.application.exchange.partners import (
    administered_partner,
    change_partner,
    list_partners,
    list_sent_files,
    register_partner,
)
from choriste.domain.parties.structure import StructureId
from choriste.domain.shared.errors import BadRequestError
from choriste.i18n.catalogue import message
from choriste.runtime.ports import platform_ports
from functions.api.http.answers import NO_STORE, SECURED, Success, answers
from functions.api.http.app import answer
from functions.api.http.auth import home_of, principal
from functions.api.http.paging import Limit
from functions.api.v1.exchange.schemas import (
    CredentialRequest,
    FolderAccess,
    PartnerChange,
    PartnerDetails,
    PartnerList,
    PartnerRequest,
    SentFileList,
    access_out,
    partner_out,
    sent_out,
)

router = Router()

_PLACE: Final = r"^[0-9]{15}#[A-Z0-9]{25}$"

Code = Annotated[str, Path(description="Application code of the partner", max_length=20)]
Structure = Annotated[
    str | None, Query(description="Id of the structure; yours, if you have one only", max_length=20)
]
Place = Annotated[
    str | None, Query(description="`next` of the page before", json_schema_extra={"pattern": _PLACE})
]


def _home(structure: str | None) -> StructureId:
    return StructureId(structure or home_of(principal()))


@router.get(
    "/v1/partners",
    summary="List partners",
    tags=["exchange"],
    security=SECURED,
    responses=answers(Success(PartnerList, "The partners, by code"), problems=("bad-request", "forbidden")),
)
def show_partners(structure: Structure = None) -> Response[PartnerList]:
    """Answer the partners of a structure, closed ones too."""
    found = list_partners(platform_ports(), principal(), _home(structure))
    return answer(PartnerList(items=[partner_out(partner) for partner in found]))


@router.post(
    "/v1/partners",
    summary="Register a partner",
    tags=["exchange"],
    security=SECURED,
    responses=answers(
        Success(PartnerDetails, "The partner", HTTPStatus.CREATED),
        problems=("bad-request", "forbidden", "not-found", "already-exists"),
    ),
)
def create_partner(request: PartnerRequest) -> Response[PartnerDetails]:
    """Register a system that exchanges files for a structure; it has an application code from then on."""
    ports, home = platform_ports(), _home(request.structure)
    partner = register_partner(ports, principal(), home, request.settings(), code=request.code)
    return answer(partner_out(partner), status=HTTPStatus.CREATED)


@router.get(
    "/v1/partners/<code>",
    summary="Read a partner",
    tags=["exchange"],
    security=SECURED,
    responses=answers(Success(PartnerDetails, "The partner"), problems=("bad-request", "not-found")),
)
def show_partner(code: Code) -> Response[PartnerDetails]:
    """Answer a partner that the caller administers."""
    return answer(partner_out(administered_partner(platform_ports(), principal(), code)))


@router.put(
    "/v1/partners/<code>",
    summary="Change a partner",
    tags=["exchange"],
    security=SECURED,
    responses=answers(
        Success(PartnerDetails, "The partner as it is now"),
        problems=("bad-request", "forbidden", "not-found", "stale-record"),
    ),
)
def replace_partner(code: Code, request: PartnerChange) -> Response[PartnerDetails]:
    """Change what a partner is sent, its AWS role, and whether it is open; a new role has a new id."""
    return answer(partner_out(change_partner(platform_ports(), principal(), code, request.settings())))


@router.get(
    "/v1/partners/<code>/files",
    summary="List the files sent to a partner",
    tags=["exchange"],
    security=SECURED,
    responses=answers(Success(SentFileList, "A page of files"), problems=("bad-request", "not-found")),
)
def show_files(code: Code, after: Place = None, limit: Limit = 50) -> Response[SentFileList]:
    """Answer the files that were sent to a partner, or wait to be, newest first."""
    if after is not None and re.fullmatch(_PLACE, after, re.ASCII) is None:
        raise BadRequestError(field="/query/after", expected=message("expected", "cursor"))
    page = list_sent_files(platform_ports(), principal(), code, after=after, limit=limit)
    return answer(SentFileList(items=[sent_out(row) for row in page.rows], next=page.after))


@router.post(
    "/v1/inbox-credentials",
    summary="Get credentials for the inbox and the outbox",
    tags=["exchange"],
    security=SECURED,
    responses=answers(
        Success(FolderAccess, "Credentials for an hour", HTTPStatus.CREATED, NO_STORE),
        problems=("bad-request", "forbidden", "not-found"),
    ),
)
def create_credentials(request: CredentialRequest) -> Response[FolderAccess]:
    """Give temporary AWS credentials that reach one account's folders: to drop files, and to fetch files."""
    folders = issue_credentials(platform_ports(), principal(), partner=request.partner)
    return answer(access_out(folders), status=HTTPStatus.CREATED, headers={"Cache-Control": "no-store"})
