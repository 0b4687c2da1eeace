"""`/v1/operator`: what does not advance, and its resuming, for the operator only."""

from __future__ import annotations

from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import Router
from aws_lambda_powertools.event_handler.openapi.params import Path

from choriste.application.operations.resume_stuck import list_stuck, resume_stuck
from choriste.runtime.ports import platform_ports
from functions.api.http.answers import SECURED, Success, answers
from functions.api.http.app import answer
from functions.api.http.auth import principal
from functions.api.v1.operations.schemas import ResumedItem, StuckItems, stuck_out

router = Router()


@router.get(
    "/v1/operator/stuck",
    summary="List what does not advance",
    tags=["operator"],
    security=SECURED,
    responses=answers(Success(StuckItems, "At most 200 items"), problems=("bad-request", "forbidden")),
)
def stuck() -> Response[StuckItems]:
    """List the flows and invoices that the platform should have moved on, longest first."""
    return answer(StuckItems(stuck=[stuck_out(item) for item in list_stuck(platform_ports(), principal())]))


@router.post(
    "/v1/operator/stuck/<kind>/<item_id>/resume",
    summary="Resume it",
    tags=["operator"],
    security=SECURED,
    responses=answers(
        Success(ResumedItem, "What still stands"), problems=("bad-request", "forbidden", "route-not-found")
    ),
)
def resume(
    kind: Annotated[str, Path(description="`flow` or `invoice`", max_length=20)],
    item_id: Annotated[str, Path(description="Flow number or technical id", max_length=40)],
) -> Response[ResumedItem]:
    """Resume an item from where it is; null when it has advanced."""
    item = resume_stuck(platform_ports(), principal(), kind=kind, item_id=item_id)
    return answer(ResumedItem(stuck=stuck_out(item) if item is not None else None))
