"""`/v1/deposits` and `/v1/uploads`: files in, integration reports out."""

from __future__ import annotations

import base64
import re
import time
from http import HTTPStatus
from typing import Annotated
from urllib.parse import unquote

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import Router
from aws_lambda_powertools.event_handler.openapi.params import Header, Path, Query

from choriste.application.deposits.deposit_with_key import deposit_with_key
from choriste.application.deposits.offer_upload import flow_of_upload, offer_upload
from choriste.application.deposits.parse_named_parties import parse_named_parties
from choriste.application.deposits.read_report import IntegrationReport, list_flows, read_report
from choriste.application.deposits.receive_deposit import Receipt
from choriste.application.invoices.upload_attachment import (
    ATTACHMENTS,
    UploadedAttachment,
    attachment_of_upload,
)
from choriste.application.shared.problems import problem_text
from choriste.domain.access.principal import Principal
from choriste.domain.deposits.flow import Channel
from choriste.domain.deposits.named_parties import NamedParties
from choriste.domain.shared.errors import BadRequestError, TooLargeError
from choriste.domain.shared.ids import FlowId
from choriste.i18n.catalogue import message
from choriste.i18n.reports import report_lines
from choriste.runtime.ports import platform_ports
from functions.api.http.app import app, json_response, language, principal
from functions.api.http.schemas import PartiesBody, UploadRequest

router = Router()

MAX_INLINE_BYTES = 4_400_000
"""What fits a Lambda payload of 6 MB once API Gateway has put it in base64."""

_MAX_WAIT = 10
_WAIT = re.compile(r"\bwait=([0-9]{1,9})(?![^,;\s])")
_MAX_KEY = 200
_KEY_TOLD = (
    "Name of this deposit, unique to the account: for a day the same deposit again answers with its first "
    "flow, and another deposit under the same key is refused with 422"
)
_SUFFIXES = {
    "application/xml": ".xml",
    "text/xml": ".xml",
    "application/pdf": ".pdf",
    "application/gzip": ".tar.gz",
    "application/zip": ".zip",
}


@router.post("/v1/deposits", summary="Deposit a file", tags=["deposits"])
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
    previous: Annotated[list[int] | None, Query(description="Ids of the pieces that it answers")] = None,
    adjust: Annotated[
        list[str] | None, Query(description="Amount without VAT admitted for another piece: id:amount")
    ] = None,
    idempotency_key: Annotated[str | None, Header(max_length=_MAX_KEY, description=_KEY_TOLD)] = None,
) -> Response[str]:
    """Take the request's body as a deposited file: XML, PDF, or an archive of them, up to 4.4 MB.

    The parties that a file cannot name are named beside it, for all its documents. Answers 202 with the
    flow, or 200 when these bytes were deposited before. The header `Prefer: wait=5` waits up to that many
    seconds for the integration report. Under an `Idempotency-Key` the same deposit answers with its first
    flow; another deposit under that key is refused with 422.
    """
    who, content = principal(), body_bytes()
    name = filename or _filename_of_headers()
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
        filename=name,
        content=content,
        channel=Channel.API,
        parties=parties,
    )
    report = _report_within(receipt, who, seconds=_wished_wait())
    status = HTTPStatus.ACCEPTED if receipt.is_new else HTTPStatus.OK
    headers: dict[str, str | list[str]] = {"Location": f"/v1/deposits/{receipt.flow.id}"}
    return json_response(report.as_json(), status=status, headers=headers)


@router.post("/v1/uploads", summary="Ask for an upload address", tags=["deposits"])
def upload(request: UploadRequest) -> Response[str]:
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
    return json_response(
        {"upload_url": offer.address, "method": "PUT", "expires_in": offer.seconds, "key": offer.key},
        status=HTTPStatus.CREATED,
    )


@router.get("/v1/uploads", summary="Find an upload's flow", tags=["deposits"])
def uploaded(key: Annotated[str, Query(description="The key that the upload was offered")]) -> Response[str]:
    """Answer what an upload became: null while it has not arrived.

    A deposit became a flow (`flow_id`); an attachment was taken or refused (`attachment`), with the reason.
    """
    if key.startswith(ATTACHMENTS):
        found = attachment_of_upload(platform_ports(), principal(), key)
        attachment = _attachment_json(found) if found.arrived else None
        return json_response({"key": key, "invoice_id": found.invoice_id, "attachment": attachment})
    return json_response({"key": key, "flow_id": flow_of_upload(platform_ports(), principal(), key)})


@router.get("/v1/deposits", summary="List flows", tags=["deposits"])
def deposits(
    structure: Annotated[str | None, Query()] = None,
    after: Annotated[str | None, Query()] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> Response[str]:
    """List the flows that a structure deposited, newest first."""
    who = principal()
    page = list_flows(platform_ports(), who, structure=structure or home_of(who), after=after, limit=limit)
    rows = [IntegrationReport(flow, ()).as_json() for flow in page.rows]
    return json_response({"deposits": rows, "next": page.after})


@router.get("/v1/deposits/<flow_id>", summary="Read an integration report", tags=["deposits"])
def report(flow_id: Annotated[str, Path()]) -> Response[str]:
    """Answer a flow and its integration report; as plain text for `Accept: text/plain`."""
    found = read_report(platform_ports(), principal(), FlowId(flow_id))
    if "text/plain" in (app.current_event.headers.get("accept") or ""):
        return Response(
            200,
            content_type="text/plain; charset=utf-8",
            body="\n".join(report_lines(found.as_json(), language())) + "\n",
        )
    return json_response(found.as_json())


def _attachment_json(found: UploadedAttachment) -> dict[str, object]:
    if found.code is None:
        return {"accepted": True, "code": None, "detail": None}
    detail = problem_text(found.code, found.parameters).detail.in_language(language())
    return {"accepted": False, "code": found.code, "detail": detail}


def home_of(who: Principal) -> str:
    """Return the one structure that a principal belongs to; several must be told apart by the client."""
    if len(who.homes) != 1:
        code = "one-of-your-structures" if who.homes else "structure-id"
        raise BadRequestError(field="structure", expected=message("expected", code, structures=who.homes))
    return who.homes[0]


def body_bytes() -> bytes:
    """Return the body of the present request; raises `TooLargeError` over 4.4 MB."""
    event = app.current_event
    body = event.body or ""
    content = base64.b64decode(body) if event.is_base64_encoded else body.encode()
    if len(content) > MAX_INLINE_BYTES:
        raise TooLargeError(size=len(content), limit=MAX_INLINE_BYTES)
    return content


def _filename_of_headers() -> str:
    disposition = app.current_event.headers.get("content-disposition") or ""
    _, marker, name = disposition.partition("filename=")
    if marker:
        return unquote(name.split(";")[0].strip(' "'))
    kind = (app.current_event.headers.get("content-type") or "").split(";")[0].strip().lower()
    return "deposit" + _SUFFIXES.get(kind, ".xml")


def parties_of(body: PartiesBody) -> NamedParties:
    """Return the parties of a JSON body; raises `BadRequestError` with its finding."""
    named = body.model_dump(exclude={"previous", "adjust"})
    return parse_named_parties(named, previous=map(str, body.previous), adjust=body.adjust)


def _wished_wait() -> int:
    prefer = app.current_event.headers.get("prefer") or ""
    wished = _WAIT.search(prefer)
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
