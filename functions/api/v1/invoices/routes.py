"""`/v1/invoices`: lists, one invoice, its history and files, and the steps of its lifecycle."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import Router
from aws_lambda_powertools.event_handler.openapi.params import Path, Query

from choriste.application.invoices.access import acts_open_to
from choriste.application.invoices.next_actors import NextActors, next_actors
from choriste.application.invoices.read_invoices import (
    InvoiceFilter,
    InvoiceView,
    Side,
    file_address,
    list_invoices,
    read_invoice,
    view_of,
)
from choriste.application.invoices.treat_invoice import Correction, Treatment, treat_invoice
from choriste.domain.access.principal import Principal
from choriste.domain.codes.edi import edi_code
from choriste.domain.codes.reform import reform_code
from choriste.domain.lifecycle import Reason, Status
from choriste.domain.shared.errors import BadRequestError
from choriste.domain.shared.ids import InvoiceId
from choriste.domain.tracking.head import InvoiceHead, PartyReference, StatusChange
from choriste.i18n.catalogue import message
from choriste.runtime.ports import platform_ports
from functions.api.http.app import app, json_response, principal
from functions.api.http.schemas import TransitionRequest
from functions.api.v1.deposits.routes import home_of

router = Router()

_VERSION = re.compile("[0-9]{1,15}")
_AFTER_TOLD = (
    "`next` of the page before. A search that finds little stops after some 2,000 invoices: its page then "
    "has fewer rows than `limit`, or none, and `next` goes on with it; only a `next` of null is the end"
)


@router.get("/v1/invoices", summary="List invoices", tags=["invoices"])
def invoices(  # noqa: PLR0913, PLR0917 - the parameters of a search
    side: Annotated[Side, Query()] = Side.RECEIVED,
    structure: Annotated[str | None, Query()] = None,
    status: Annotated[list[Status] | None, Query()] = None,
    number: Annotated[str | None, Query()] = None,
    assignee: Annotated[str | None, Query(description="Account that it is assigned to")] = None,
    reference: Annotated[str | None, Query(description="Part of the accounting reference")] = None,
    after: Annotated[str | None, Query(description=_AFTER_TOLD)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> Response[str]:
    """List the invoices that a structure issued, received, validates, or follows in works; newest first.

    `next` is where the list goes on, null at its end only: a page may have fewer rows than `limit`, or none.
    """
    who = principal()
    narrowed = InvoiceFilter(
        statuses=frozenset(status) if status else None, number=number, assignee=assignee, reference=reference
    )
    page = list_invoices(
        platform_ports(),
        who,
        structure=structure or home_of(who),
        side=side,
        narrowed=narrowed,
        after=after,
        limit=limit,
    )
    return json_response({"invoices": [head_json(head) for head in page.rows], "next": page.after})


@router.get("/v1/invoices/<invoice_id>", summary="Read an invoice", tags=["invoices"])
def invoice(invoice_id: Annotated[int, Path()]) -> Response[str]:
    """Answer an invoice with its history, files and the actions open to the caller; ETag is its version."""
    who = principal()
    return invoice_response(read_invoice(platform_ports(), who, InvoiceId(invoice_id)), who)


@router.get("/v1/invoices/<invoice_id>/files/<name>", summary="Download a file", tags=["invoices"])
def file(invoice_id: Annotated[int, Path()], name: Annotated[str, Path()]) -> Response[str]:
    """Redirect to an address, valid for five minutes, from which the file can be downloaded."""
    _, address = file_address(platform_ports(), principal(), InvoiceId(invoice_id), name)
    return Response(int(HTTPStatus.FOUND), headers={"Location": address}, body="")


@router.post("/v1/invoices/<invoice_id>/transitions", summary="Take a step", tags=["invoices"])
def transition(invoice_id: Annotated[int, Path()], request: TransitionRequest) -> Response[str]:
    """Treat an invoice; with `If-Match` only if nobody else did so since it was read."""
    reason, correction = request.reason, request.correction
    treatment = Treatment(
        action=request.action,
        reason=Reason(reason.code, reason.text) if reason is not None else None,
        correction=Correction(**correction.model_dump()) if correction is not None else None,
        party=request.party,
    )
    ports, who = platform_ports(), principal()
    head = treat_invoice(ports, who, InvoiceId(invoice_id), treatment, expected_version=if_match())
    return invoice_response(view_of(ports, who, head), who)


def if_match() -> int | None:
    """Return the version that the client read, None when it does not say."""
    tag = (app.current_event.headers.get("if-match") or "").strip().removeprefix("W/").strip('"')
    if not tag or tag == "*":
        return None
    if not _VERSION.fullmatch(tag):
        raise BadRequestError(field="If-Match", expected=message("expected", "etag"))
    return int(tag)


def invoice_response(view: InvoiceView, who: Principal) -> Response[str]:
    """Return an invoice with its history and what its reader may do; the ETag is its version."""
    body = {
        **head_json(view.head),
        "available_actions": [
            {
                "action": row.name,
                "target": row.target.value,
                "reason": {
                    "mandatory": row.reason.is_mandatory,
                    "codes": sorted(code.value for code in row.reason.codes_for(view.head.frame)),
                },
                "carries": row.carries.value,
            }
            for row in view.actions
        ],
        "available_acts": list(acts_open_to(who, view.head)),
        "awaits": _turn_json(next_actors(view.head)),
        "history": [_change_json(change) for change in reversed(view.history)],
    }
    return json_response(body, headers={"ETag": f'"{view.head.version}"'})


def head_json(head: InvoiceHead) -> dict[str, object]:
    """Return the public form of an invoice's head; amounts are decimal strings in `currency`."""
    return {
        "id": head.id,
        "version": head.version,
        "number": head.number,
        "issue_date": head.issue_date.isoformat(),
        "type_code": head.type_code,
        "credit_note": head.is_credit_note,
        "frame": head.frame.value,
        "status": head.status.value,
        "status_at": head.status_at.isoformat(),
        "edi_code": edi_code(head.status),
        "reform_code": reform_code(head.status, frame=head.frame),
        "currency": head.currency,
        "amounts": {
            "without_vat": str(head.without_vat),
            "vat": str(head.vat),
            "with_vat": str(head.with_vat),
            "due": str(head.due),
        },
        "supplier": _party_json(head.supplier),
        "recipient": _party_json(head.recipient),
        "validators": [_party_json(p) for p in (head.validator_1, head.validator_2) if p is not None],
        "project_manager": _party_json(head.moe) if head.moe is not None else None,
        "project_manager_service": head.moe_service,
        "contracting_authority": _party_json(head.moa) if head.moa is not None else None,
        "previous": list(head.previous),
        "answered_by": head.answered_by,
        "billing_file": (head.billing_file or head.id) if head.frame.is_works else None,
        "made_available_to_project_manager_at": (
            head.moe_available_at.isoformat() if head.moe_available_at is not None else None
        ),
        "assignee": head.assignee.name if head.assignee is not None else None,
        "accounting_reference": head.accounting_reference,
        "service_code": head.service_code,
        "engagement": head.engagement,
        "contract": head.contract,
        "flow_id": head.flow_id,
        "channel": head.channel.value,
        "deposited_at": head.deposited_at.isoformat(),
        "due_at": head.due_at.isoformat() if head.due_at is not None else None,
        "reason": {"code": head.reason_code.value, "text": head.reason_text} if head.reason_code else None,
        "files": [
            {
                "kind": file.kind.value,
                "name": file.name,
                "size": file.size,
                "sha256": file.sha256,
                "mime_type": file.mime_type,
                "category": file.category,
                "href": f"/v1/invoices/{head.id}/files/{file.name}",
            }
            for file in head.files
        ],
    }


def _turn_json(turn: NextActors) -> dict[str, object]:
    deadline = turn.deadline
    return {
        "actors": [
            {"role": role.value, "party": _party_json(party) if party is not None else None}
            for role, party in turn.actors
        ],
        "due_at": turn.due_at.isoformat() if turn.due_at is not None else None,
        "deadline": {"fr": deadline.fr, "en": deadline.en} if deadline is not None else None,
        "outcome": turn.outcome,
        "opens": turn.opens,
    }


def _party_json(party: PartyReference) -> dict[str, object]:
    return {"identifier": party.identifier, "name": party.name, "structure": party.structure}


def _change_json(change: StatusChange) -> dict[str, object]:
    return {
        "id": change.id,
        "version": change.version,
        "at": change.at.isoformat(),
        "action": change.transition,
        "before": change.before.value if change.before is not None else None,
        "after": change.after.value,
        "role": change.role.value,
        "actor": change.actor_name,
        "reason": {"code": change.reason_code.value, "text": change.reason_text}
        if change.reason_code
        else None,
        "note": {"fr": change.note.fr, "en": change.note.en} if change.note is not None else None,
        "text": change.text,
    }
