"""`/v1/deposits` and `/v1/uploads`: files in, integration reports out."""

from __future__ import annotations

import re
import time
from http import HTTPStatus
from typing import Annotated, Any, Final
from urllib.parse import unquote

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import Router
from aws_lambda_powertools.event_handler.openapi.params import Header, Path, Query

from choriste.application.deposits.deposit_with_key import deposit_with_key
from choriste.application.deposits.find_drop import DROPS, flow_of_drop
from choriste.application.deposits.offer_upload import UploadOffer, flow_of_upload, offer_upload
from choriste.application.deposits.parse_named_parties import parse_named_parties
from choriste.application.deposits.read_report import IntegrationReport, list_flows, read_report
from choriste.application.deposits.receive_deposit import Receipt
from choriste.application.invoices.upload_attachment import (
    ATTACHMENTS,
    attachment_of_upload,
)
from choriste.application.invoices.upload_attachment import UploadedAttachment as UploadFound
from choriste.application.shared.problems import problem_text
from choriste.domain.access.principal import Principal
from choriste.domain.deposits.flow import Channel
from choriste.domain.shared.ids import FlowId
from choriste.i18n.reports import report_lines
from choriste.runtime.ports import platform_ports
from functions.api.http.answers import LOCATION, SECURED, Success, answers
from functions.api.http.app import answer, app, body_bytes, language
from functions.api.http.auth import home_of, principal
from functions.api.http.models import UploadAddress
from functions.api.http.paging import Cursor, Limit, checked
from functions.api.http.parties import PieceId, parties_of
from functions.api.v1.deposits.schemas import (
    Report,
    ReportPage,
    UploadedAttachment,
    UploadedAttachmentState,
    UploadedFlow,
    UploadRequest,
    report_out,
)

router = Router()

FlowNumber = Annotated[str, Path(description="Flow number", max_length=40)]

_MAX_WAIT: Final = 10
_WAIT: Final = re.compile(r"\bwait=([0-9]{1,9})(?![^,;\s])")
_MAX_KEY: Final = 200
_KEY_TOLD: Final = (
    "Name of this deposit, unique to the account: for a day the same deposit again answers with its first "
    "flow, and another deposit under the same key is refused with 422"
)
_PREFER_TOLD: Final = f"`wait=5` waits up to that many seconds (at most {_MAX_WAIT}) for the complete report"
_SUFFIXES: Final = {
    "application/xml": ".xml",
    "text/xml": ".xml",
    "application/pdf": ".pdf",
    "application/gzip": ".tar.gz",
    "application/zip": ".zip",
}
_BINARY: Final = {"schema": {"type": "string", "format": "binary"}}
FILE_BODY: Final[dict[str, Any]] = {
    "requestBody": {
        "description": "The file itself, up to 4.4 MB",
        "required": True,
        "content": {"application/octet-stream": _BINARY, **dict.fromkeys(_SUFFIXES, _BINARY)},
    }
}
"""The description of a body that is a file."""


@router.post(
    "/v1/deposits",
    summary="Deposit a file",
    tags=["deposits"],
    security=SECURED,
    openapi_extensions=FILE_BODY,
    responses=answers(
        Success(Report, "A new flow", HTTPStatus.ACCEPTED, LOCATION),
        Success(Report, "The flow that these bytes, or this key, have already", headers=LOCATION),
        problems=("bad-request", "forbidden", "too-large", "idempotency-key-reused", "identifier-taken"),
    ),
)
def deposit(  # noqa: PLR0913, PLR0917 - the parameters of a deposit
    filename: Annotated[str | None, Query(description="Name of the file")] = None,
    structure: Annotated[
        str | None, Query(description="Depositing structure, when there are several")
    ] = None,
    frame: Annotated[str | None, Query(description="Billing frame (A1 … A25), over the file's BT-23")] = None,
    validator: Annotated[str | None, Query(description="SIRET of the contractor who validates")] = None,
    validator2: Annotated[str | None, Query(description="SIRET of the lead contractor")] = None,
    moe: Annotated[str | None, Query(description="SIRET of the project manager")] = None,
    moe_service: Annotated[str | None, Query(description="Service code of the project manager")] = None,
    moa: Annotated[str | None, Query(description="SIRET of the contracting authority")] = None,
    previous: Annotated[
        list[PieceId] | None, Query(description="Ids of the pieces that it answers", max_length=100)
    ] = None,
    adjust: Annotated[
        list[str] | None,
        Query(description="Amount without VAT admitted for another piece: id:amount", max_length=200),
    ] = None,
    idempotency_key: Annotated[
        str | None, Header(alias="Idempotency-Key", max_length=_MAX_KEY, description=_KEY_TOLD)
    ] = None,
    prefer: Annotated[str | None, Header(alias="Prefer", description=_PREFER_TOLD)] = None,
) -> Response[Report]:
    """Take the request's body as a deposited file: XML, PDF, or an archive of them, up to 4.4 MB.

    The parties that a file cannot name are named in the query, for all its documents. Answers 202 with the
    flow, or 200 when these bytes were deposited before. Under an `Idempotency-Key` the same deposit answers
    with its first flow; another deposit under that key is refused with 422.
    """
    who, content = principal(), body_bytes()
    named = {
        "frame": frame,
        "validator": validator,
        "validator2": validator2,
        "moe": moe,
        "moe_service": moe_service,
        "moa": moa,
    }
    parties = parse_named_parties(named, previous=map(str, previous or ()), adjust=adjust or ())
    receipt = deposit_with_key(
        platform_ports(),
        who,
        key=idempotency_key,
        structure=structure or home_of(who),
        filename=filename or _filename_of_headers(),
        content=content,
        channel=Channel.API,
        parties=parties,
    )
    report = _report_within(receipt, who, seconds=_wished_wait(prefer))
    status = HTTPStatus.ACCEPTED if receipt.is_new else HTTPStatus.OK
    return answer(report_out(report), status=status, headers={"Location": f"/v1/deposits/{receipt.flow.id}"})


@router.post(
    "/v1/uploads",
    summary="Ask for an upload address",
    tags=["deposits"],
    security=SECURED,
    responses=answers(
        Success(UploadAddress, "The address", HTTPStatus.CREATED),
        problems=("bad-request", "forbidden", "too-large"),
    ),
)
def upload(request: UploadRequest) -> Response[UploadAddress]:
    """Give an address to PUT a file of up to 1 GB to; its arrival there is a deposit.

    The parties that the file cannot name are named here, for all its documents.
    """
    who, parties = principal(), request.parties
    offer = offer_upload(
        platform_ports(),
        who,
        structure=request.structure or home_of(who),
        filename=request.filename,
        size=request.size,
        parties=parties_of(parties) if parties is not None else None,
    )
    return answer(offer_out(offer), status=HTTPStatus.CREATED)


@router.get(
    "/v1/uploads",
    summary="Find an upload's flow",
    tags=["deposits"],
    security=SECURED,
    responses=answers(
        Success(UploadedAttachment | UploadedFlow, "What the upload became"),
        problems=("bad-request", "forbidden", "not-found"),
    ),
)
def uploaded(
    key: Annotated[
        str, Query(description="The key that the upload was offered, or that a file was dropped under")
    ],
) -> Response[UploadedAttachment | UploadedFlow]:
    """Answer what an upload, or a file dropped in the inbox by S3, became: null while it has not arrived.

    A deposit became a flow (`flow_id`), of a dropped file the newest under this key; an attachment was taken
    or refused (`attachment`), with the reason.
    """
    if key.startswith(DROPS):
        return answer(UploadedFlow(key=key, flow_id=flow_of_drop(platform_ports(), principal(), key)))
    if key.startswith(ATTACHMENTS):
        found = attachment_of_upload(platform_ports(), principal(), key)
        state = _attachment_state(found) if found.arrived else None
        return answer(UploadedAttachment(key=key, invoice_id=found.invoice_id, attachment=state))
    return answer(UploadedFlow(key=key, flow_id=flow_of_upload(platform_ports(), principal(), key)))


@router.get(
    "/v1/deposits",
    summary="List flows",
    tags=["deposits"],
    security=SECURED,
    responses=answers(Success(ReportPage, "A page of flows"), problems=("bad-request", "forbidden")),
)
def deposits(
    structure: Annotated[str | None, Query()] = None, after: Cursor = None, limit: Limit = 50
) -> Response[ReportPage]:
    """List the flows that a structure deposited, newest first."""
    who = principal()
    page = list_flows(
        platform_ports(), who, structure=structure or home_of(who), after=checked(after), limit=limit
    )
    rows = [report_out(IntegrationReport(flow, ())) for flow in page.rows]
    return answer(ReportPage(deposits=rows, next=page.after))


@router.get(
    "/v1/deposits/<flow_id>",
    summary="Read an integration report",
    tags=["deposits"],
    security=SECURED,
    responses=answers(
        Success(Report, "The report", also={"text/plain; charset=utf-8": {"type": "string"}}),
        problems=("bad-request", "not-found"),
    ),
)
def report(
    flow_id: FlowNumber,
    accept: Annotated[
        str | None, Header(alias="Accept", description="`text/plain` for a text to read")
    ] = None,
) -> Response[Report | str]:
    """Answer a flow and its integration report; as plain text for `Accept: text/plain`."""
    found = report_out(read_report(platform_ports(), principal(), FlowId(flow_id)))
    if "text/plain" in (accept or ""):
        lines = report_lines(found.model_dump(mode="json"), language())
        return Response(200, content_type="text/plain; charset=utf-8", body="\n".join(lines) + "\n")
    return answer(found)


def offer_out(offer: UploadOffer) -> UploadAddress:
    """Return an upload's address as an answer holds it."""
    return UploadAddress(upload_url=offer.address, method="PUT", expires_in=offer.seconds, key=offer.key)


def _attachment_state(found: UploadFound) -> UploadedAttachmentState:
    if found.code is None:
        return UploadedAttachmentState(accepted=True, code=None, detail=None)
    detail = problem_text(found.code, found.parameters).detail.in_language(language())
    return UploadedAttachmentState(accepted=False, code=found.code, detail=detail)


def _filename_of_headers() -> str:
    disposition = app.current_event.headers.get("content-disposition") or ""
    _, marker, name = disposition.partition("filename=")
    if marker:
        return unquote(name.split(";")[0].strip(' "'))
    kind = (app.current_event.headers.get("content-type") or "").split(";")[0].strip().lower()
    return "deposit" + _SUFFIXES.get(kind, ".xml")


def _wished_wait(prefer: str | None) -> int:
    wished = _WAIT.search(prefer or "")
    return min(int(wished[1]), _MAX_WAIT) if wished else 0


def _report_within(receipt: Receipt, who: Principal, *, seconds: int) -> IntegrationReport:
    """Return the report, waiting for its completion as long as the client wished."""
    if receipt.documents is not None and not seconds:
        return IntegrationReport(receipt.flow, receipt.documents)
    ends = time.monotonic() + seconds
    while True:
        found = read_report(platform_ports(), who, receipt.flow.id)
        if found.flow.state.is_final or time.monotonic() >= ends:
            return found
        time.sleep(0.1)
