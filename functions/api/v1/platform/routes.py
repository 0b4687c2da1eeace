"""What the API says of itself."""

from __future__ import annotations

from aws_lambda_powertools.event_handler import Response, content_types
from aws_lambda_powertools.event_handler.api_gateway import Router

from choriste.runtime.ports import platform_ports
from functions.api.http.answers import Success, answers
from functions.api.http.app import answer, app
from functions.api.http.openapi import openapi_text
from functions.api.v1.platform.schemas import Health

router = Router()


@router.get(
    "/v1/health",
    summary="Health",
    tags=["platform"],
    responses=answers(Success(Health, "The API is up"), problems=("bad-request",), secured=False),
)
def health() -> Response[Health]:
    """Answer that the API is up, with the platform's time."""
    return answer(Health(status="up", time=platform_ports().clock.now()))


@router.get("/v1/openapi.json", summary="OpenAPI description", tags=["platform"], include_in_schema=False)
def openapi() -> Response[str]:
    """Answer the description of this API."""
    return Response(200, content_type=content_types.APPLICATION_JSON, body=openapi_text(app))
