"""The native REST API, `/v1`, and the token endpoint of all APIs."""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from choriste.runtime.observability import logger
from choriste.runtime.refusals import note_refused
from choriste.runtime.settings import settings
from functions.api.http import problems
from functions.api.http.app import app
from functions.api.http.auth import admit, caller
from functions.api.http.queries import refuse_unknown_parameters
from functions.api.v1.access import routes as access
from functions.api.v1.account import routes as account
from functions.api.v1.account import sign_in
from functions.api.v1.connections import routes as connections
from functions.api.v1.deposits import advice
from functions.api.v1.deposits import routes as deposits
from functions.api.v1.drafts import routes as drafts
from functions.api.v1.exchange import routes as exchange
from functions.api.v1.invoices import acts, list_routes
from functions.api.v1.invoices import routes as invoices
from functions.api.v1.members import routes as members
from functions.api.v1.operations import routes as operations
from functions.api.v1.parties import mandates
from functions.api.v1.parties import routes as parties
from functions.api.v1.platform import routes as platform
from functions.api.v1.printouts import routes as printouts
from functions.api.v1.sandbox import routes as sandbox
from functions.api.v1.works import routes as works

settings()  # a missing variable stops the start

app.use(middlewares=[refuse_unknown_parameters])

for routes in (
    access,
    account,
    sign_in,
    connections,
    exchange,
    platform,
    parties,
    mandates,
    deposits,
    advice,
    list_routes,
    invoices,
    acts,
    works,
    drafts,
    printouts,
    members,
    operations,
    sandbox,
):
    app.include_router(routes.router)

__all__ = ["app", "handler", "problems"]


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Answer one HTTP request (API Gateway payload 2.0)."""
    refused = admit(event)
    if refused is not None:
        return refused
    who = caller()
    answer: dict[str, Any] = app.resolve(event, context)
    note_refused(event, answer, client_id=who.client_id if who else None)
    return answer
