"""`/v1/drafts`: invoices in preparation, and the reissue of a refused one."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import Router
from aws_lambda_powertools.event_handler.openapi.params import Query

from choriste.application.drafts.abandon_draft import abandon_draft
from choriste.application.drafts.begin_draft import DraftSource, begin_draft
from choriste.application.drafts.change_draft import change_draft
from choriste.application.drafts.draft_from_pdf import draft_from_pdf
from choriste.application.drafts.read_drafts import list_drafts, read_draft
from choriste.domain.deposits.flow import Channel
from choriste.domain.drafts.draft import Draft
from choriste.domain.shared.ids import InvoiceId
from choriste.runtime.ports import platform_ports
from functions.api.http.answers import ETAG, LOCATION, SECURED, TRANSITION_PROBLEMS, Success, answers
from functions.api.http.app import answer, body_bytes, etag, version_of
from functions.api.http.auth import home_of, principal
from functions.api.http.paging import Cursor, Limit, checked
from functions.api.http.parties import parties_of
from functions.api.v1.deposits.routes import FILE_BODY
from functions.api.v1.drafts.schemas import (
    DraftChangeRequest,
    DraftNumber,
    DraftPage,
    DraftRequest,
    InvoiceDraft,
    PrefilledDraft,
    ReissueRequest,
    draft_out,
    fields_in,
    prefilled_out,
)
from functions.api.v1.invoices.routes import IfMatch
from functions.api.v1.invoices.schemas import InvoiceNumber

router = Router()

_BEGUN = Success(InvoiceDraft, "The draft", HTTPStatus.CREATED, ETAG)
_FOUND = Success(InvoiceDraft, "The draft as it now is", headers=ETAG)
_CHANGES = ("bad-request", "forbidden", "not-found", "stale-version", "draft-closed", "too-large")


@router.post(
    "/v1/drafts",
    summary="Begin a draft",
    tags=["drafts"],
    security=SECURED,
    responses=answers(_BEGUN, problems=("bad-request", "forbidden", "not-found", "too-large")),
)
def begin(request: DraftRequest) -> Response[InvoiceDraft]:
    """Store an invoice without depositing it; its sums are computed."""
    who = principal()
    source = DraftSource(parties=parties_of(request.parties), origin=request.origin)
    draft = begin_draft(
        platform_ports(),
        who,
        structure=request.structure or home_of(who),
        fields=fields_in(request.entry),
        source=source,
    )
    return _answer(draft, status=HTTPStatus.CREATED)


@router.post(
    "/v1/drafts/from-pdf",
    summary="Begin a draft from a PDF",
    tags=["drafts"],
    security=SECURED,
    openapi_extensions=FILE_BODY,
    responses=answers(
        Success(PrefilledDraft, "The draft, and what the pages say", HTTPStatus.CREATED, ETAG),
        problems=("bad-request", "forbidden", "not-found", "too-large"),
    ),
)
def begin_from_pdf(
    filename: Annotated[str, Query(description="Name of the file", max_length=200)],
    structure: Annotated[str | None, Query()] = None,
    *,
    anyway: Annotated[
        bool, Query(description="Take it though its page names another company as the supplier")
    ] = False,
) -> Response[PrefilledDraft]:
    """Read the request's body, a plain PDF of up to 4.4 MB, and store what is certain as a draft.

    Scans and photographs (JPEG, PNG, TIFF) are read where character recognition is installed.

    `prefill` in the answer also proposes what is only probable. Nothing is deposited.
    """
    who = principal()
    begun, found = draft_from_pdf(
        platform_ports(),
        who,
        structure=structure or home_of(who),
        filename=filename,
        content=body_bytes(),
        anyway=anyway,
    )
    return answer(
        prefilled_out(begun, found), status=HTTPStatus.CREATED, headers={"ETag": etag(begun.version)}
    )


@router.get(
    "/v1/drafts",
    summary="List drafts",
    tags=["drafts"],
    security=SECURED,
    responses=answers(Success(DraftPage, "A page of drafts"), problems=("bad-request", "forbidden")),
)
def drafts(
    structure: Annotated[str | None, Query()] = None, after: Cursor = None, limit: Limit = 50
) -> Response[DraftPage]:
    """List the drafts of a structure, newest first, those deposited or abandoned among them."""
    who = principal()
    page = list_drafts(
        platform_ports(), who, structure=structure or home_of(who), after=checked(after), limit=limit
    )
    return answer(DraftPage(drafts=[draft_out(draft) for draft in page.rows], next=page.after))


@router.get(
    "/v1/drafts/<draft_id>",
    summary="Read a draft",
    tags=["drafts"],
    security=SECURED,
    responses=answers(_FOUND, problems=("bad-request", "not-found")),
)
def draft(draft_id: DraftNumber) -> Response[InvoiceDraft]:
    """Answer a draft; ETag is its version."""
    return _answer(read_draft(platform_ports(), principal(), InvoiceId(draft_id)))


@router.put(
    "/v1/drafts/<draft_id>",
    summary="Change a draft",
    tags=["drafts"],
    security=SECURED,
    responses=answers(_FOUND, problems=_CHANGES),
)
def change(
    draft_id: DraftNumber, request: DraftChangeRequest, if_match: IfMatch = None
) -> Response[InvoiceDraft]:
    """Replace what a draft says; with `If-Match` only if nobody else did so since it was read."""
    changed = change_draft(
        platform_ports(),
        principal(),
        InvoiceId(draft_id),
        fields=fields_in(request.entry),
        parties=parties_of(request.parties),
        expected_version=version_of(if_match),
    )
    return _answer(changed)


@router.post(
    "/v1/drafts/<draft_id>/abandon",
    summary="Abandon a draft",
    tags=["drafts"],
    security=SECURED,
    responses=answers(_FOUND, problems=_CHANGES),
)
def abandon(draft_id: DraftNumber, if_match: IfMatch = None) -> Response[InvoiceDraft]:
    """Give a draft up; nothing was sent, and its number stays free."""
    given_up = abandon_draft(
        platform_ports(), principal(), InvoiceId(draft_id), expected_version=version_of(if_match)
    )
    return _answer(given_up)


@router.post(
    "/v1/drafts/<draft_id>/deposit",
    summary="Deposit a draft",
    tags=["drafts"],
    security=SECURED,
    responses=answers(
        Success(InvoiceDraft, "The draft, deposited", HTTPStatus.ACCEPTED, LOCATION),
        problems=(*_CHANGES, "draft-invalid", "identifier-taken"),
    ),
)
def deposit(draft_id: DraftNumber, if_match: IfMatch = None) -> Response[InvoiceDraft]:
    """Check a draft and deposit it: 202 with its flow, or 422 with every finding that would refuse it."""
    # writing and checking XML costs memory and start-up time that no other request must pay
    from choriste.application.drafts.deposit_draft import deposit_draft  # noqa: PLC0415

    sent, receipt = deposit_draft(
        platform_ports(),
        principal(),
        InvoiceId(draft_id),
        channel=Channel.API,
        expected_version=version_of(if_match),
    )
    headers = {"Location": f"/v1/deposits/{receipt.flow.id}"}
    return answer(draft_out(sent), status=HTTPStatus.ACCEPTED, headers=headers)


@router.post(
    "/v1/invoices/<invoice_id>/reissue",
    summary="Reissue a refused invoice",
    tags=["drafts"],
    security=SECURED,
    responses=answers(
        _BEGUN,
        problems=("bad-request", "forbidden", "not-found", "too-large", *TRANSITION_PROBLEMS),
    ),
)
def reissue(invoice_id: InvoiceNumber, request: ReissueRequest) -> Response[InvoiceDraft]:
    """Begin a draft with what a refused invoice said, under a new number."""
    from choriste.application.drafts.reissue_invoice import reissue_invoice  # noqa: PLC0415 - as above

    draft = reissue_invoice(platform_ports(), principal(), InvoiceId(invoice_id), number=request.number)
    return _answer(draft, status=HTTPStatus.CREATED)


def _answer(draft: Draft, *, status: HTTPStatus = HTTPStatus.OK) -> Response[InvoiceDraft]:
    return answer(draft_out(draft), status=status, headers={"ETag": etag(draft.version)})
