"""Every factor lost: asking for a reset after the password, and stopping one by the link of a mail."""

from __future__ import annotations

from aws_lambda_powertools.event_handler import Response

from choriste.application.access.records import SessionStage
from choriste.application.access.reset_factors import (
    ask_for_reset_of_factors,
    awaiting_stop,
    stop_factor_reset,
)
from choriste.application.access.resume_session import stage_of
from choriste.domain.access.errors import LinkEndedError, SessionEndedError
from choriste.runtime import identity
from functions.console.web.forms import Form
from functions.console.web.rendering import error_page, page, redirect
from functions.console.web.routes import Routes
from functions.console.web.visit import Visit

routes = Routes(open_to_all=True)


@routes.shows("/sign-in/lost-factors")
def show_lost(visit: Visit) -> Response[str]:
    """Say what a reset is, and how long it takes."""
    if stage_of(visit.token, access=identity.access_ports()) is not SessionStage.AWAITS_CODE:
        return redirect("/sign-in")
    return _page(visit, asked=False)


@routes.acts("/sign-in/lost-factors")
def ask(visit: Visit, form: Form) -> Response[str]:
    """Ask whoever decides; the owner is mailed at once."""
    del form
    try:
        ask_for_reset_of_factors(visit.token, access=identity.access_ports())
    except SessionEndedError:
        return redirect("/sign-in?notice=ended")
    return _page(visit, asked=True)


@routes.shows("/factor-reset/stop")
def show_stop(visit: Visit) -> Response[str]:
    """Ask whether the reset shall be stopped; looking stops nothing."""
    if visit.needs_return:
        return error_page("return", visit, status=200)
    token = visit.query.get("token", "")
    try:
        user = awaiting_stop(token, access=identity.access_ports())
    except LinkEndedError:
        return error_page("link", visit, status=410)
    return page("sign_in/stop_reset.html", visit, user=user, token=token)


@routes.acts("/factor-reset/stop")
def stop(visit: Visit, form: Form) -> Response[str]:
    """Stop the reset, and lead to a new password: whoever asked knows the present one."""
    try:
        stop_factor_reset(form.text("token"), access=identity.access_ports())
    except LinkEndedError:
        return error_page("link", visit, status=410)
    return page("sign_in/stop_reset.html", visit, user=None, token="")


def _page(visit: Visit, *, asked: bool) -> Response[str]:
    hours = int(identity.access_ports().factor_reset_delay.total_seconds() // 3600)
    return page("sign_in/lost_factors.html", visit, asked=asked, hours=hours)
