"""`/v1/operator`: what stands still, and its resuming, for the operator only."""

from __future__ import annotations

from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import Router
from aws_lambda_powertools.event_handler.openapi.params import Path

from choriste.application.operations.resume_stuck import StuckItem, list_stuck, resume_stuck, stuck_reason
from choriste.runtime.ports import platform_ports
from functions.api.http.app import json_response, principal

router = Router()


@router.get("/v1/operator/stuck", summary="List what stands still", tags=["operator"])
def stuck() -> Response[str]:
    """List the flows and invoices that the platform should have moved on, longest first."""
    return json_response({"stuck": [_item_json(item) for item in list_stuck(platform_ports(), principal())]})


@router.post("/v1/operator/stuck/<kind>/<item_id>/resume", summary="Resume it", tags=["operator"])
def resume(kind: Annotated[str, Path()], item_id: Annotated[str, Path()]) -> Response[str]:
    """Take an item up where it stands; null when it stands still no more."""
    item = resume_stuck(platform_ports(), principal(), kind=kind, item_id=item_id)
    return json_response({"stuck": _item_json(item) if item is not None else None})


def _item_json(item: StuckItem) -> dict[str, object]:
    why = stuck_reason(item.cause)
    return {
        "kind": item.kind,
        "id": item.id,
        "number": item.number,
        "state": item.state,
        "since": item.since.isoformat(),
        "cause": item.cause.value,
        "why": {"fr": why.fr, "en": why.en},
    }
