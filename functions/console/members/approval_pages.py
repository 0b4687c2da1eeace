"""Requests for access: those that wait for me, one of them with its decision, mine, and the form to ask."""

from __future__ import annotations

from aws_lambda_powertools.event_handler import Response

from choriste.application.access.policy import administered_services
from choriste.application.members.decide_request import (
    address_of_asker,
    approve_request,
    decides,
    list_closed,
    list_own,
    list_waiting,
    read_request,
    refuse_request,
)
from choriste.application.members.read_members import administered
from choriste.application.members.request_access import request_access
from choriste.domain.access.user import Habilitation, Level, Space
from choriste.domain.members.request import AccessRequest, RequestState
from choriste.domain.parties.structure import IdentifierKind, ServiceCode, Structure, StructureIdentifier
from choriste.domain.shared.errors import BadRequestError, ChoristeError, NotFoundError
from choriste.i18n.catalogue import message
from choriste.runtime.ports import platform_ports
from functions.console.members.views import RequestRow, request_row, space_words
from functions.console.web.forms import Form
from functions.console.web.problems import explained
from functions.console.web.rendering import page, redirect, text
from functions.console.web.routes import Routes
from functions.console.web.told import tell, told
from functions.console.web.views import Choice
from functions.console.web.visit import Visit

routes = Routes()

_LATEST = 20
"""Requests that have ended, shown for each part of what I administer."""


@routes.shows("/approvals")
def show_approvals(visit: Visit) -> Response[str]:
    """Show the requests that wait for me, those that have ended, and what I asked for myself."""
    ports, principal = platform_ports(), visit.user.principal
    return page(
        "members/approvals.html",
        visit,
        waiting=_rows(visit, list_waiting(ports, principal)),
        closed=_rows(visit, _closed(visit)),
        own=_rows(visit, list_own(ports, principal)),
        administers=bool(administered(ports, principal)),
        done=_done(visit),
    )


@routes.shows("/approvals/<request>")
def show_request(visit: Visit, request: str) -> Response[str]:
    """Show one request, and to whoever decides it the buttons."""
    return _request_page(visit, request)


def _request_page(visit: Visit, request: str, *, problem: ChoristeError | None = None) -> Response[str]:
    known = read_request(platform_ports(), visit.user.principal, request)
    said, status = explained(problem, language=visit.language)
    waits = known.state is RequestState.WAITING
    return page(
        "members/request.html",
        visit,
        status=status,
        row=_row(visit, known),
        email=address_of_asker(platform_ports(), known),
        decides=waits and decides(visit.user.principal, known),
        problem=said,
    )


@routes.acts("/approvals/<request>/approve")
def approve(visit: Visit, form: Form, request: str) -> Response[str]:
    """Give what was asked for, and show what is left."""
    del form
    try:
        approve_request(platform_ports(), visit.user.principal, request)
    except ChoristeError as error:
        return _request_page(visit, request, problem=error)
    return tell(visit, "/approvals", "approved")


@routes.acts("/approvals/<request>/refuse")
def refuse(visit: Visit, form: Form, request: str) -> Response[str]:
    """Refuse with a reason, and show what is left."""
    try:
        refuse_request(platform_ports(), visit.user.principal, request, reason=form.text("reason"))
    except ChoristeError as error:
        return _request_page(visit, request, problem=error)
    return tell(visit, "/approvals", "refused")


@routes.shows("/access")
def show_form(visit: Visit) -> Response[str]:
    """Show the form that asks for access, with the services of the structure that was named."""
    return _form_page(visit, Form({"siret": visit.query.get("siret", "")}))


@routes.acts("/access")
def ask(visit: Visit, form: Form) -> Response[str]:
    """Ask for access, and show what I asked for."""
    try:
        structure = _named(form)
        service = form.text("service") or None
        asked = request_access(
            platform_ports(),
            visit.user.user,
            structure=structure.id,
            service=service,
            rights=_wanted(form, structure, service),
            comment=form.text("comment"),
        )
    except NotFoundError as error:
        unknown = BadRequestError(field="/body/siret", expected=message("expected", "open-structure"))
        return _form_page(visit, form, problem=unknown if error.parameters["kind"] != "request" else error)
    except ChoristeError as error:
        return _form_page(visit, form, problem=error)
    return redirect(f"/approvals/{asked.id}")


def _form_page(visit: Visit, form: Form, *, problem: ChoristeError | None = None) -> Response[str]:
    said, status = explained(problem, language=visit.language)
    found = _found(form)
    levels = ["", *(level.value for level in Level)]
    return page(
        "members/access.html",
        visit,
        status=status,
        structure=found,
        siret=form.text("siret"),
        services=[s for s in found.services if s.active] if found is not None else [],
        chosen=form.text("service"),
        spaces=[
            (space.value, space_words(space, language=visit.language), form.text(f"space.{space.value}"))
            for space in Space
        ],
        levels=[Choice(level, _level_words(level, visit.language)) for level in levels],
        comment=form.text("comment"),
        problem=said,
    )


def _level_words(level: str, language: str) -> str:
    name = Level(level).name.lower() if level else "none"
    return text(f"members.level.{name}", language=language)


def _found(form: Form) -> Structure | None:
    """Return the open structure of the SIRET that was typed, None for any other text."""
    siret = "".join(form.text("siret").split())
    known = StructureIdentifier(IdentifierKind.SIRET, siret)
    found = platform_ports().directory.structure_by_identifier(known)
    return found if found is not None and found.active else None


def _named(form: Form) -> Structure:
    found = _found(form)
    if found is None:
        raise NotFoundError(kind="structure", id=form.text("siret"))
    return found


def _wanted(form: Form, structure: Structure, service: str | None) -> list[Habilitation]:
    return [
        Habilitation(
            structure=structure.id,
            space=space,
            level=Level(level),
            service=ServiceCode(service) if service is not None else None,
        )
        for space in Space
        if (level := form.text(f"space.{space.value}")) in set(Level)
    ]


def _closed(visit: Visit) -> list[AccessRequest]:
    """Return the latest requests that have ended, of each part of what I administer."""
    ports, principal = platform_ports(), visit.user.principal
    found: list[AccessRequest] = []
    for structure in administered(ports, principal):
        services = administered_services(principal, structure.id)
        whole: list[str | None] = [None] if services is None else []
        codes = [s.code for s in structure.services if services is None or s.code in services]
        for service in [*whole, *codes]:
            found += list_closed(ports, principal, structure.id, service, after=None, limit=_LATEST).rows
    return sorted(found, key=lambda request: request.id, reverse=True)[:_LATEST]


def _rows(visit: Visit, requests: tuple[AccessRequest, ...] | list[AccessRequest]) -> list[RequestRow]:
    return [_row(visit, request) for request in requests]


def _row(visit: Visit, request: AccessRequest) -> RequestRow:
    structure = platform_ports().directory.structure(request.structure)
    return request_row(request, structure, language=visit.language)


def _done(visit: Visit) -> str | None:
    done = told(visit)
    known = done in {"approved", "refused"}
    return text(f"approvals.done.{done}", language=visit.language) if known else None
