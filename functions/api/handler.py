"""The REST API: `/v1`, and the token endpoint of the Chorus Pro API."""

from __future__ import annotations

from typing import Any

from choriste.runtime.settings import settings
from functions.api.http.app import app
from functions.api.v1.access import routes as tokens
from functions.api.v1.deposits import routes as deposits
from functions.api.v1.drafts import routes as drafts
from functions.api.v1.invoices import acts
from functions.api.v1.invoices import routes as invoices
from functions.api.v1.operations import routes as operator
from functions.api.v1.platform import routes as platform
from functions.api.v1.printouts import routes as printouts

settings()  # a missing variable stops the start

app.include_router(tokens.router)
app.include_router(platform.router)
app.include_router(deposits.router)
app.include_router(invoices.router)
app.include_router(acts.router)
app.include_router(drafts.router)
app.include_router(printouts.router)
app.include_router(operator.router)


__all__ = ["app", "handler"]


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:  # noqa: ANN401 - Lambda's context has no public type
    """Answer one HTTP request (API Gateway payload 2.0)."""
    answer: dict[str, Any] = app.resolve(event, context)
    return answer
