"""`/v1/drafts`: invoices that are being prepared, and the reissue of a refused one."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from http import HTTPStatus
from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import Router
from aws_lambda_powertools.event_handler.openapi.params import Path, Query
from pydantic import BaseModel, ConfigDict, Field

from choriste.application.deposits.parse_named_parties import parties_json
from choriste.application.drafts.abandon_draft import abandon_draft
from choriste.application.drafts.begin_draft import DraftSource, begin_draft
from choriste.application.drafts.change_draft import change_draft
from choriste.application.drafts.draft_from_pdf import draft_from_pdf
from choriste.application.drafts.read_drafts import list_drafts, read_draft
from choriste.domain.deposits.flow import Channel
from choriste.domain.deposits.named_parties import NamedParties
from choriste.domain.drafts.draft import Draft
from choriste.domain.invoice.entry import DraftFields, DraftLine, fields_of
from choriste.domain.lifecycle import Origin
from choriste.domain.shared.ids import InvoiceId
from choriste.runtime.ports import platform_ports
from functions.api.http.app import json_response, principal
from functions.api.http.schemas import PartiesBody
from functions.api.v1.deposits.routes import body_bytes, home_of, parties_of
from functions.api.v1.invoices.routes import if_match

router = Router()

_MAX_LINES = 1000
_Amount = Annotated[Decimal, Field(max_digits=19, decimal_places=8)]
_Text = Annotated[str, Field(max_length=200)]


class LineBody(BaseModel):
    """A line; `id` names one that the draft has already. Amounts are decimal strings or numbers."""

    model_config = ConfigDict(extra="forbid")

    id: _Text | None = None
    name: Annotated[str, Field(max_length=1000)] | None = None
    quantity: _Amount | None = None
    unit: (
        Annotated[str, Field(max_length=3, description="UN/ECE Rec. 20 or 21 code; C62 by default")] | None
    ) = None
    price: _Amount | None = None
    vat_rate: _Amount | None = None


class EntryBody(BaseModel):
    """What is entered of an invoice: all may be missing until it is deposited."""

    model_config = ConfigDict(extra="forbid")

    number: _Text | None = None
    issue_date: dt.date | None = None
    due_date: dt.date | None = None
    delivery_date: dt.date | None = None
    type_code: Annotated[str, Field(max_length=3)] | None = None
    currency: Annotated[str, Field(max_length=3)] | None = None
    recipient_siret: Annotated[str, Field(max_length=14)] | None = None
    service_code: _Text | None = None
    engagement: _Text | None = None
    contract: _Text | None = None
    payment_terms: Annotated[str, Field(max_length=1000)] | None = None
    iban: Annotated[str, Field(max_length=34)] | None = None
    exemption_reason: Annotated[str, Field(max_length=1000)] | None = None
    lines: list[LineBody] = Field(default_factory=list, max_length=_MAX_LINES)


class DraftRequest(BaseModel):
    """A draft: what is entered, the parties that no invoice file names, and where it came from.

    `origin` is `pdf` when the fields were read from a PDF and are yet to be confirmed.
    """

    model_config = ConfigDict(extra="forbid")

    entry: EntryBody = Field(default_factory=EntryBody)
    parties: PartiesBody | None = None
    structure: str | None = None
    origin: Origin = Origin.DRAFT


class DraftChangeRequest(BaseModel):
    """What a draft shall say from now on, wholly."""

    model_config = ConfigDict(extra="forbid")

    entry: EntryBody
    parties: PartiesBody | None = None


class ReissueRequest(BaseModel):
    """The number of the invoice that replaces a refused one."""

    model_config = ConfigDict(extra="forbid")

    number: str = Field(min_length=1, max_length=200)


@router.post("/v1/drafts", summary="Begin a draft", tags=["drafts"])
def begin(request: DraftRequest) -> Response[str]:
    """Store an invoice without depositing it; its sums are computed."""
    who = principal()
    source = DraftSource(parties=_parties(request.parties), origin=request.origin)
    structure = request.structure or home_of(who)
    draft = begin_draft(
        platform_ports(), who, structure=structure, fields=_entry(request.entry), source=source
    )
    return _answer(draft, status=HTTPStatus.CREATED)


@router.post("/v1/drafts/from-pdf", summary="Begin a draft from a PDF", tags=["drafts"])
def begin_from_pdf(
    filename: Annotated[str, Query(description="Name of the file", max_length=200)],
    structure: Annotated[str | None, Query()] = None,
) -> Response[str]:
    """Read the request's body, a plain PDF of up to 4.4 MB, and store what is certain as a draft.

    `prefill` in the answer also proposes what is only probable. Nothing is deposited.
    """
    who = principal()
    begun, found = draft_from_pdf(
        platform_ports(),
        who,
        structure=structure or home_of(who),
        filename=filename,
        content=body_bytes(),
    )
    content = {**draft_json(begun), "prefill": found.as_json()}
    return json_response(content, status=HTTPStatus.CREATED, headers={"ETag": f'"{begun.version}"'})


@router.get("/v1/drafts", summary="List drafts", tags=["drafts"])
def drafts(
    structure: Annotated[str | None, Query()] = None,
    after: Annotated[str | None, Query()] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> Response[str]:
    """List the drafts of a structure, newest first, those deposited or abandoned among them."""
    who = principal()
    page = list_drafts(platform_ports(), who, structure=structure or home_of(who), after=after, limit=limit)
    return json_response({"drafts": [draft_json(draft) for draft in page.rows], "next": page.after})


@router.get("/v1/drafts/<draft_id>", summary="Read a draft", tags=["drafts"])
def draft(draft_id: Annotated[int, Path()]) -> Response[str]:
    """Answer a draft; ETag is its version."""
    return _answer(read_draft(platform_ports(), principal(), InvoiceId(draft_id)))


@router.put("/v1/drafts/<draft_id>", summary="Change a draft", tags=["drafts"])
def change(draft_id: Annotated[int, Path()], request: DraftChangeRequest) -> Response[str]:
    """Replace what a draft says; with `If-Match` only if nobody else did so since it was read."""
    changed = change_draft(
        platform_ports(),
        principal(),
        InvoiceId(draft_id),
        fields=_entry(request.entry),
        parties=_parties(request.parties),
        expected_version=if_match(),
    )
    return _answer(changed)


@router.post("/v1/drafts/<draft_id>/abandon", summary="Abandon a draft", tags=["drafts"])
def abandon(draft_id: Annotated[int, Path()]) -> Response[str]:
    """Give a draft up; nothing was sent, and its number stays free."""
    given_up = abandon_draft(platform_ports(), principal(), InvoiceId(draft_id), expected_version=if_match())
    return _answer(given_up)


@router.post("/v1/drafts/<draft_id>/deposit", summary="Deposit a draft", tags=["drafts"])
def deposit(draft_id: Annotated[int, Path()]) -> Response[str]:
    """Check a draft and deposit it: 202 with its flow, or 422 with every finding that would refuse it."""
    # writing and checking XML costs memory and start-up time that no other request must pay
    from choriste.application.drafts.deposit_draft import deposit_draft  # noqa: PLC0415

    sent, receipt = deposit_draft(
        platform_ports(), principal(), InvoiceId(draft_id), channel=Channel.API, expected_version=if_match()
    )
    headers: dict[str, str | list[str]] = {"Location": f"/v1/deposits/{receipt.flow.id}"}
    return json_response(draft_json(sent), status=HTTPStatus.ACCEPTED, headers=headers)


@router.post("/v1/invoices/<invoice_id>/reissue", summary="Reissue a refused invoice", tags=["drafts"])
def reissue(invoice_id: Annotated[int, Path()], request: ReissueRequest) -> Response[str]:
    """Begin a draft with what a refused invoice said, under a new number."""
    from choriste.application.drafts.reissue_invoice import reissue_invoice  # noqa: PLC0415 - as above

    draft = reissue_invoice(platform_ports(), principal(), InvoiceId(invoice_id), number=request.number)
    return _answer(draft, status=HTTPStatus.CREATED)


def draft_json(draft: Draft) -> dict[str, object]:
    """Return the public form of a draft; amounts are decimal strings."""
    totals = draft.invoice.totals
    return {
        "id": draft.id,
        "version": draft.version,
        "status": draft.status.value,
        "structure": draft.structure,
        "author": draft.author,
        "created_at": draft.created_at.isoformat(),
        "changed_at": draft.changed_at.isoformat(),
        "frame": draft.frame.value,
        "entry": _entry_json(fields_of(draft.invoice)),
        "parties": parties_json(draft.parties),
        "amounts": {
            "without_vat": _plain(totals.without_vat if totals is not None else None),
            "vat": _plain(totals.vat if totals is not None else None),
            "with_vat": _plain(totals.with_vat if totals is not None else None),
        },
        "duplicate_of": draft.duplicate_of,
        "flow_id": draft.flow_id,
    }


def _answer(draft: Draft, *, status: HTTPStatus = HTTPStatus.OK) -> Response[str]:
    return json_response(draft_json(draft), status=status, headers={"ETag": f'"{draft.version}"'})


def _parties(body: PartiesBody | None) -> NamedParties:
    return parties_of(body) if body is not None else NamedParties()


def _entry(body: EntryBody) -> DraftFields:
    lines = tuple(DraftLine(**line.model_dump()) for line in body.lines)
    return DraftFields(**body.model_dump(exclude={"lines"}), lines=lines)


def _entry_json(entry: DraftFields) -> dict[str, object]:
    names = [name for name in DraftFields.__slots__ if name != "lines"]
    lines = [{name: _plain(getattr(line, name)) for name in DraftLine.__slots__} for line in entry.lines]
    return {**{name: _plain(getattr(entry, name)) for name in names}, "lines": lines}


def _plain(value: object) -> object:
    return str(value) if value is not None else None
