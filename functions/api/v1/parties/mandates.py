"""`/v1/structures/{id}/mandates`: billing mandates given and held, their files, and how they end."""

from __future__ import annotations

import datetime as dt
from http import HTTPStatus
from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import Router
from aws_lambda_powertools.event_handler.openapi.params import Path, Query
from pydantic import Field

from choriste.application.parties.decide_mandate import accept_mandate, end_mandate, refuse_mandate
from choriste.application.parties.give_mandate import SignedFile, attach_to_mandate, give_mandate
from choriste.application.parties.read_mandates import list_mandates, mandate_file_address, read_mandate
from choriste.domain.parties.mandate import Mandate, MandateState, Scope, Standing
from choriste.runtime.ports import platform_ports
from functions.api.http.answers import SECURED, Success, answers
from functions.api.http.app import answer, body_bytes, redirect
from functions.api.http.auth import principal
from functions.api.http.models import Answer, Body, Moment
from functions.api.v1.deposits.routes import FILE_BODY
from functions.api.v1.invoices.routes import DOWNLOAD_ANSWER
from functions.api.v1.parties.routes import StructureNumber

router = Router()

MandateNumber = Annotated[str, Path(description="Id of the mandate", pattern="^[0-9A-F]{22}$")]


class MandateBody(Body):
    """A mandate to be proposed: to whom, for what, and when; without `since` it begins today."""

    holder: Annotated[str, Field(description="SIRET of the structure that is to act", max_length=40)]
    scopes: Annotated[list[Scope], Field(min_length=1, max_length=3)]
    since: dt.date | None = None
    until: dt.date | None = None


class MandateReason(Body):
    """Why a mandate is refused or ended."""

    text: Annotated[str, Field(max_length=300)] = ""


class MandateFileOut(Answer):
    """A file of a mandate."""

    name: str
    size: int
    sha256: str


class MandateStepOut(Answer):
    """A step of a mandate: of which side, and the state it led to or the file it brought."""

    at: Moment
    by: str
    side: str
    state: MandateState | None
    file: str | None
    reason: str | None


class MandateDetails(Answer):
    """A mandate; `standing` is what it is today, `until` its last day, null where it has none."""

    id: str
    giver: str
    giver_name: str
    holder: str
    holder_name: str
    scopes: list[Scope]
    since: dt.date
    until: dt.date | None
    standing: Standing
    files: list[MandateFileOut]
    steps: list[MandateStepOut]


class MandateList(Answer):
    """The mandates of a structure, newest first."""

    mandates: list[MandateDetails]


_FOUND = Success(MandateDetails, "The mandate")
_DECIDED = answers(
    _FOUND, problems=("bad-request", "forbidden", "not-found", "stale-record", "fields-invalid")
)


@router.get(
    "/v1/structures/<structure_id>/mandates",
    summary="List billing mandates",
    tags=["structures"],
    security=SECURED,
    responses=answers(Success(MandateList, "The mandates"), problems=("bad-request", "not-found")),
)
def mandates(structure_id: StructureNumber) -> Response[MandateList]:
    """List the mandates that a structure gave or was given, newest first."""
    found = list_mandates(platform_ports(), principal(), structure_id)
    return answer(MandateList(mandates=[_out(each) for each in found]))


@router.post(
    "/v1/structures/<structure_id>/mandates",
    summary="Give a billing mandate",
    tags=["structures"],
    security=SECURED,
    responses=answers(
        Success(MandateDetails, "The mandate", HTTPStatus.CREATED),
        problems=("bad-request", "forbidden", "not-found", "fields-invalid"),
    ),
)
def give(structure_id: StructureNumber, body: MandateBody) -> Response[MandateDetails]:
    """Propose to another structure that it invoices in this one's name; it holds once accepted."""
    dates = {
        name: value.isoformat() for name, value in (("since", body.since), ("until", body.until)) if value
    }
    ticked = {scope.value: "on" for scope in body.scopes}
    form = {"holder": body.holder, **dates, **ticked}
    given = give_mandate(platform_ports(), principal(), structure_id, form)
    return answer(_out(given), status=HTTPStatus.CREATED)


@router.get(
    "/v1/structures/<structure_id>/mandates/<mandate_id>",
    summary="Read a billing mandate",
    tags=["structures"],
    security=SECURED,
    responses=answers(_FOUND, problems=("bad-request", "not-found")),
)
def mandate(structure_id: StructureNumber, mandate_id: MandateNumber) -> Response[MandateDetails]:
    """Read a mandate with its files and its history."""
    return answer(_out(read_mandate(platform_ports(), principal(), structure_id, mandate_id)))


@router.post(
    "/v1/structures/<structure_id>/mandates/<mandate_id>/files",
    summary="Attach a file to a billing mandate",
    tags=["structures"],
    security=SECURED,
    openapi_extensions=FILE_BODY,
    responses=answers(
        _FOUND, problems=("bad-request", "forbidden", "not-found", "stale-record", "too-large")
    ),
)
def attach(
    structure_id: StructureNumber,
    mandate_id: MandateNumber,
    filename: Annotated[str, Query(description="Name of the file", max_length=200)],
) -> Response[MandateDetails]:
    """Keep the request's body, as a rule the signed mandate, in the archive."""
    signed = SignedFile(filename, body_bytes())
    return answer(_out(attach_to_mandate(platform_ports(), principal(), structure_id, mandate_id, signed)))


@router.get(
    "/v1/structures/<structure_id>/mandates/<mandate_id>/files/<name>",
    summary="Download a file of a billing mandate",
    tags=["structures"],
    security=SECURED,
    responses=answers(DOWNLOAD_ANSWER, problems=("bad-request", "not-found")),
)
def file(
    structure_id: StructureNumber,
    mandate_id: MandateNumber,
    name: Annotated[str, Path(description="Name of the file")],
) -> Response[str]:
    """Redirect to an address, valid for five minutes, from which the file can be downloaded."""
    return redirect(mandate_file_address(platform_ports(), principal(), structure_id, mandate_id, name))


@router.post(
    "/v1/structures/<structure_id>/mandates/<mandate_id>/acceptance",
    summary="Accept a billing mandate",
    tags=["structures"],
    security=SECURED,
    responses=_DECIDED,
)
def accept(structure_id: StructureNumber, mandate_id: MandateNumber) -> Response[MandateDetails]:
    """Accept a proposed mandate for its holder."""
    return answer(_out(accept_mandate(platform_ports(), principal(), structure_id, mandate_id)))


@router.post(
    "/v1/structures/<structure_id>/mandates/<mandate_id>/refusal",
    summary="Refuse a billing mandate",
    tags=["structures"],
    security=SECURED,
    responses=_DECIDED,
)
def refuse(
    structure_id: StructureNumber, mandate_id: MandateNumber, body: MandateReason
) -> Response[MandateDetails]:
    """Refuse a proposed mandate for its holder."""
    found = refuse_mandate(platform_ports(), principal(), structure_id, mandate_id, body.model_dump())
    return answer(_out(found))


@router.post(
    "/v1/structures/<structure_id>/mandates/<mandate_id>/end",
    summary="End a billing mandate",
    tags=["structures"],
    security=SECURED,
    responses=_DECIDED,
)
def end(
    structure_id: StructureNumber, mandate_id: MandateNumber, body: MandateReason
) -> Response[MandateDetails]:
    """End an open mandate at once, for either side; what was deposited by it stays."""
    found = end_mandate(platform_ports(), principal(), structure_id, mandate_id, body.model_dump())
    return answer(_out(found))


def _out(one: Mandate) -> MandateDetails:
    return MandateDetails(
        id=one.id,
        giver=one.giver,
        giver_name=one.giver_name,
        holder=one.holder,
        holder_name=one.holder_name,
        scopes=list(one.scopes),
        since=one.since,
        until=one.until,
        standing=one.standing(platform_ports().clock.now().date()),
        files=[MandateFileOut(name=each.name, size=each.size, sha256=each.sha256) for each in one.files],
        steps=[
            MandateStepOut(
                at=step.at,
                by=step.by_name,
                side=step.side,
                state=step.state,
                file=step.file,
                reason=step.reason,
            )
            for step in one.steps
        ],
    )
