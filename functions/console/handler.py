"""The console function: pages for people, rendered here, usable without JavaScript.

Everything on the route `$default` of the HTTP API comes here. Signing in is the console's own; rights are
checked by the use cases. Deliberately absent: an API for other programs, which `functions/api` is.
"""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import urlencode

from aws_lambda_powertools import Logger
from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.event_handler.exceptions import NotFoundError as RouteNotFoundError
from aws_lambda_powertools.utilities.typing import LambdaContext

from choriste.domain.access.errors import FactorNeededError
from choriste.domain.shared.errors import BusyError, ForbiddenError, NotFoundError
from choriste.runtime.settings import settings
from functions.console.account import address_pages, factor_pages
from functions.console.account import key_pages as own_key_pages
from functions.console.account import organisation_pages as own_organisation_pages
from functions.console.account import pages as account_pages
from functions.console.account.pages import confirm_place
from functions.console.connections import pages as connection_pages
from functions.console.deposits import pages as deposit_pages
from functions.console.developers import pages as developer_pages
from functions.console.developers import sandbox_pages
from functions.console.drafts import pages as draft_pages
from functions.console.exchange import pages as exchange_pages
from functions.console.invoices import act_pages, batch_pages, list_pages
from functions.console.invoices import pages as invoice_pages
from functions.console.members import approval_pages, file_pages, reset_pages, role_pages
from functions.console.members import pages as member_pages
from functions.console.operations import pages as operator_pages
from functions.console.parties import advice_pages, bank_pages, change_pages, mandate_pages
from functions.console.parties import pages as structure_pages
from functions.console.parties import sign_in_pages as provider_pages
from functions.console.printouts import pages as printout_pages
from functions.console.sign_in import (
    first_pages,
    key_pages,
    lost_pages,
    organisation_pages,
    password_pages,
)
from functions.console.sign_in import pages as sign_in_pages
from functions.console.sign_up import activation_pages
from functions.console.sign_up import pages as sign_up_pages
from functions.console.web.rendering import error_page, missing_operation, redirect, static_file
from functions.console.web.visit import (
    ForgedFormError,
    SignInNeededError,
    place_before,
    stranger_of,
    visit_of,
)

settings()  # a missing variable stops the start

logger = Logger(service="console")
_PROGRAMS_ADDRESSES: Final = ("/api/", "/v1", "/cpro")
"""What no route of the API takes comes here: a wrong method on the token's address, `/v1` itself."""

app = APIGatewayHttpResolver()
app.include_router(sign_in_pages.routes.router)
app.include_router(first_pages.routes.router)
app.include_router(key_pages.routes.router)
app.include_router(organisation_pages.routes.router)
app.include_router(password_pages.routes.router)
app.include_router(lost_pages.routes.router)
app.include_router(sign_up_pages.routes.router)
app.include_router(activation_pages.routes.router)
app.include_router(account_pages.routes.router)
app.include_router(factor_pages.routes.router)
app.include_router(list_pages.routes.router)
app.include_router(own_key_pages.routes.router)
app.include_router(own_organisation_pages.routes.router)
app.include_router(address_pages.routes.router)
app.include_router(batch_pages.routes.router)
app.include_router(invoice_pages.routes.router)
app.include_router(act_pages.routes.router)
app.include_router(draft_pages.routes.router)
app.include_router(deposit_pages.routes.router)
app.include_router(connection_pages.routes.router)
app.include_router(exchange_pages.routes.router)
app.include_router(developer_pages.routes.router)
app.include_router(sandbox_pages.routes.router)
app.include_router(structure_pages.routes.router)
app.include_router(change_pages.routes.router)
app.include_router(advice_pages.routes.router)
app.include_router(bank_pages.routes.router)
app.include_router(provider_pages.routes.router)
app.include_router(mandate_pages.routes.router)
app.include_router(printout_pages.routes.router)
app.include_router(operator_pages.routes.router)
app.include_router(role_pages.routes.router)
app.include_router(file_pages.routes.router)
app.include_router(member_pages.routes.router)
app.include_router(approval_pages.routes.router)
app.include_router(reset_pages.routes.router)


@app.get("/")
def start() -> Response[str]:
    """Lead to the list of invoices, which leads to the sign-in page where needed."""
    return redirect("/invoices")


@app.get("/static/<digest>/<name>", compress=True)
def give_static_file(digest: str, name: str) -> Response[bytes] | Response[str]:
    """Give a static file."""
    return static_file(digest, name) or say_missing(NotFoundError(kind="static file", id=name))


@app.exception_handler(SignInNeededError)
def ask_to_sign_in(error: SignInNeededError) -> Response[str]:
    """Lead to the sign-in page, and from there back to the page asked for."""
    visit = visit_of(app.current_event.raw_event)
    if visit.needs_return:
        return error_page("return", visit, status=200)
    place = error.place if app.current_event.http_method == "GET" else "/invoices"
    return redirect(f"/sign-in?{urlencode({'next': place})}")


@app.exception_handler(FactorNeededError)
def ask_for_factor(error: FactorNeededError) -> Response[str]:
    """Ask for the second factor again, and lead back to the page that needed it."""
    del error
    event = app.current_event
    place = event.path if event.http_method == "GET" else place_before(event.raw_event)
    return redirect(confirm_place(place))


@app.exception_handler(ForgedFormError)
def refuse_form(error: ForgedFormError) -> Response[str]:
    """Refuse a form that this browser was not given."""
    del error
    return error_page("form", visit_of(app.current_event.raw_event), status=403)


@app.exception_handler([NotFoundError, RouteNotFoundError])
def say_missing(error: Exception) -> Response[str]:
    """Say that there is no such page, for this visitor at least; to a program, that there is no operation."""
    del error
    path = app.current_event.path
    if path.startswith(_PROGRAMS_ADDRESSES):
        return missing_operation(path, stranger_of(app.current_event.raw_event))
    return error_page("missing", visit_of(app.current_event.raw_event), status=404)


@app.exception_handler(ForbiddenError)
def say_forbidden(error: ForbiddenError) -> Response[str]:
    """Say that a right is missing, and who could give it."""
    kind = "operator" if error.parameters.get("right") == "operator" else "forbidden"
    return error_page(kind, visit_of(app.current_event.raw_event), status=403)


@app.exception_handler(BusyError)
def say_busy(error: BusyError) -> Response[str]:
    """Say that too much is going on at once, and when to try again; nothing was done."""
    answer = error_page("busy", stranger_of(app.current_event.raw_event), status=503)
    answer.headers["Retry-After"] = str(error.seconds)
    return answer


@app.exception_handler(Exception)
def say_failed(error: Exception) -> Response[str]:
    """Log what went wrong, without the request, and say whom to ask."""
    logger.error("page failed", exc_info=error)
    request = app.current_event.request_context.request_id
    return error_page("failed", stranger_of(app.current_event.raw_event), status=500, request=request)


def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Answer one request of a browser."""
    return app.resolve(event, context)
