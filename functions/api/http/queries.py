"""The names of query parameters: one that an operation does not have is refused, not ignored.

Ignored, a misspelt filter (`statut=` for `status=`) would answer a list that was never asked for.
"""

from __future__ import annotations

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.event_handler.api_gateway import Route
from aws_lambda_powertools.event_handler.middlewares import NextMiddleware

from choriste.domain.shared.errors import BadRequestError
from functions.api.http.problems import problem


def refuse_unknown_parameters(app: APIGatewayHttpResolver, next_middleware: NextMiddleware) -> Response[str]:
    """Answer 400 to a query parameter that the operation does not declare, with those that it has."""
    route: Route = app.context["_route"]
    known = sorted(parameter.alias for parameter in route.dependant.query_params)
    unknown = [name for name in app.current_event.query_string_parameters if name not in known]
    if not unknown or not route.openapi_path.startswith("/v1/"):
        answer: Response[str] = next_middleware(app)
        return answer
    fault = "unknown" if known else "none"
    refusal = BadRequestError(field=f"/query/{unknown[0]}", fault=fault, known=known)
    return problem(refusal.code, refusal.parameters)
