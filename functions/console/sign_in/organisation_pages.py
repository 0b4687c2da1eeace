"""Signing in at the provider of one's organisation: which one, the way there, and the way back."""

from __future__ import annotations

from typing import Final

from aws_lambda_powertools import Logger
from aws_lambda_powertools.event_handler import Response

from choriste.application.access.leave_for_organisation import RETURN_PATH, leave_to_sign_in
from choriste.application.access.records import SessionStage
from choriste.application.access.return_from_organisation import (
    Arrival,
    Returned,
    return_from_organisation,
)
from choriste.application.access.sign_out import sign_out
from choriste.application.members.open_account import ask_for_first_rights
from choriste.domain.access.errors import AccountLockedError, AlreadyExistsError
from choriste.domain.access.organisation_errors import (
    OrganisationKnownError,
    OrganisationLateError,
    OrganisationPersonError,
    OrganisationRefusedError,
    OrganisationUnavailableError,
    OrganisationUnknownError,
)
from choriste.domain.access.user import Language
from choriste.domain.shared.errors import ChoristeError
from choriste.runtime import identity
from choriste.runtime.ports import platform_ports
from functions.console.sign_in.pages import STEPS
from functions.console.web.forms import Form
from functions.console.web.problems import explained
from functions.console.web.rendering import error_page, page, redirect, session_value
from functions.console.web.routes import Routes
from functions.console.web.visit import Visit, safe_place

routes = Routes(open_to_all=True)
logger = Logger(service="console", child=True)

LEAVING_REFUSALS: Final = (OrganisationUnknownError, OrganisationUnavailableError)
"""What keeps a browser from being sent to a provider."""
_RETURN_REFUSALS: Final = (
    OrganisationLateError,
    OrganisationPersonError,
    OrganisationRefusedError,
    OrganisationUnavailableError,
    OrganisationKnownError,
    AlreadyExistsError,
    AccountLockedError,
)


@routes.shows("/sign-in/organisation")
def show_organisation(visit: Visit) -> Response[str]:
    """Ask which organisation: an intranet may link here with its SIRET."""
    if visit.needs_return:
        return error_page("return", visit, status=200)
    place = safe_place(visit.query.get("next", ""))
    return redirect(place) if visit.signed_in is not None else _page(visit, place)


@routes.acts("/sign-in/organisation")
def leave_for_provider(visit: Visit, form: Form) -> Response[str]:
    """Lead to the provider: by a page of ours, since a form may lead nowhere else (`form-action`)."""
    place, siret = safe_place(form.text("next")), form.text("siret")
    try:
        there = leave_to_sign_in(visit.token, siret, place=place, access=identity.access_ports())
    except LEAVING_REFUSALS as error:
        log_fault(error)
        told, status = explained_here(error, visit)
        return _page(visit, place, siret=siret, status=status, error=told)
    return page("sign_in/leaving.html", visit, place=there, way="in")


@routes.shows(f"{RETURN_PATH}/<structure_id>")
def take_back(visit: Visit, structure_id: str) -> Response[str]:
    """Take the visitor back from the provider, under a new cookie."""
    if visit.needs_return:
        return error_page("return", visit, status=200)
    access = identity.access_ports()
    try:
        arrival = return_from_organisation(
            visit.token, _returned(visit, structure_id), access=access, signed_in=visit.signed_in
        )
    except _RETURN_REFUSALS as error:
        log_fault(error)
        told, status = explained_here(error, visit)
        known = str(error.parameters["siret"]) if isinstance(error, OrganisationKnownError) else None
        return _page(visit, "/invoices", status=status, error=told, known=known)
    if arrival.started is None:
        return redirect("/account?notice=organisation-connected")
    sign_out(visit.token, access=access)
    return _onwards(arrival)


def _onwards(arrival: Arrival) -> Response[str]:
    """Lead to where the visitor wanted to go, or to the step that is still due."""
    if arrival.joined is not None:
        ask_for_first_rights(arrival.user, arrival.joined, ports=platform_ports())
    if arrival.started is None:
        return redirect(arrival.place)
    stage = arrival.started.session.stage
    place = arrival.place if stage is SessionStage.SIGNED_IN else STEPS[stage]
    return redirect(place, cookies=[session_value(arrival.started.token)])


def log_fault(error: ChoristeError) -> None:
    """Log what was wrong with a provider's answer, which no visitor is told."""
    fault = getattr(error, "fault", None)
    if fault is not None:
        logger.warning("organisation sign-in failed", extra={"code": error.code, "fault": fault})


def explained_here(error: ChoristeError, visit: Visit) -> tuple[str, int]:
    """Return what the visitor is told, and the status."""
    told, status = explained(error, language=visit.language)
    return told or "", status


def _returned(visit: Visit, structure: str) -> Returned:
    given = visit.query.get
    return Returned(
        structure=structure,
        state=given("state", ""),
        code=given("code", ""),
        error=given("error", ""),
        issuer=given("iss", ""),
        browser=visit.browser,
        language=Language(visit.language),
    )


def _page(  # noqa: PLR0913 - what the form is shown with again
    visit: Visit,
    place: str,
    *,
    siret: str | None = None,
    status: int = 200,
    error: str | None = None,
    known: str | None = None,
) -> Response[str]:
    wanted = siret if siret is not None else visit.query.get("siret", "")
    values = {"place": place, "siret": wanted, "error": error, "known": known}
    return page("sign_in/organisation.html", visit, status=status, action="/sign-in/organisation", **values)
