"""A structure administered: its address, contact and settings, its services, its closing and reopening."""

from __future__ import annotations

from collections.abc import Callable

from aws_lambda_powertools.event_handler import Response

from choriste.application.parties.change_services import (
    ServiceEntry,
    add_service,
    change_service,
    close_service,
    reopen_service,
)
from choriste.application.parties.change_structure import (
    StructureChange,
    begin_change,
    change_structure,
)
from choriste.application.parties.deactivate_structure import (
    ClosingRequest,
    deactivate_structure,
    reactivate_structure,
)
from choriste.domain.access.errors import StaleRecordError
from choriste.domain.parties.form import FieldsInvalidError
from choriste.domain.parties.structure import ClosingReason, Service, Structure
from choriste.domain.shared.errors import ChoristeError, NotFoundError
from choriste.runtime.ports import platform_ports
from functions.console.parties.views import (
    ADDRESS,
    CONTACT,
    OPERATORS,
    SETTINGS,
    faults_of,
    settings_of,
    typed_of,
)
from functions.console.web import views
from functions.console.web.forms import Form
from functions.console.web.rendering import page
from functions.console.web.routes import Routes
from functions.console.web.told import tell
from functions.console.web.visit import Visit

routes = Routes()

_REASONS = tuple(reason for reason in ClosingReason if reason is not ClosingReason.REGISTRY)


@routes.shows("/structures/<structure_id>/settings")
def show_settings(visit: Visit, structure_id: str) -> Response[str]:
    """Show the form of a structure's address, contact and settings."""
    structure = begin_change(platform_ports(), visit.user.principal, structure_id)
    return _settings_page(visit, structure, typed_of(structure))


@routes.acts("/structures/<structure_id>/settings")
def save_settings(visit: Visit, form: Form, structure_id: str) -> Response[str]:
    """Save the form; every fault is told at once, beside its field."""
    structure = begin_change(platform_ports(), visit.user.principal, structure_id)
    operator = visit.user.user.operator
    change = StructureChange(
        name=form.text("name") if operator else None,
        address={name: form.text(name) for name in ADDRESS},
        contact={name: form.text(name) for name in CONTACT},
        settings=settings_of(form.fields, (*SETTINGS, *OPERATORS) if operator else SETTINGS),
    )
    try:
        change_structure(
            platform_ports(), visit.user.principal, structure_id, change, seen=form.text("seen") or None
        )
    except (FieldsInvalidError, StaleRecordError) as error:
        return _settings_page(visit, structure, {**typed_of(structure), **_sent(form)}, error=error)
    return tell(visit, f"/structures/{structure_id}", "saved")


def _sent(form: Form) -> dict[str, str]:
    """Return the form as it was sent, boxes that were not ticked included."""
    boxes = {name: form.fields.get(name, "") for name in (*SETTINGS, *OPERATORS)}
    return {**form.fields, **boxes}


def _settings_page(
    visit: Visit, structure: Structure, typed: dict[str, str], *, error: ChoristeError | None = None
) -> Response[str]:
    operator = visit.user.user.operator
    return page(
        "parties/settings.html",
        visit,
        status=_status(error),
        structure=structure,
        typed=typed,
        boxes=(*SETTINGS, *OPERATORS) if operator else SETTINGS,
        operator=operator,
        **_problem(error, visit),
    )


@routes.shows("/structures/<structure_id>/service")
def show_service(visit: Visit, structure_id: str) -> Response[str]:
    """Show the form of a service: of the one whose code the address gives, else of a new one."""
    structure = begin_change(platform_ports(), visit.user.principal, structure_id)
    service = _service(structure, visit.query.get("code"))
    return _service_page(visit, structure, service, _typed_service(service))


@routes.acts("/structures/<structure_id>/service")
def save_service(visit: Visit, form: Form, structure_id: str) -> Response[str]:
    """Add a service, or change the one that the form names as `known`."""
    structure = begin_change(platform_ports(), visit.user.principal, structure_id)
    service = _service(structure, form.text("known") or None)
    entry = ServiceEntry(
        entry={name: form.text(name) for name in ("name", "description")},
        engagement_mandatory=form.fields.get("engagement_mandatory") == "on",
    )
    write, code = (add_service, form.text("code")) if service is None else (change_service, service.code)
    try:
        write(
            platform_ports(),
            visit.user.principal,
            structure_id,
            code,
            entry,
            seen=form.text("seen") or None,
        )
    except (FieldsInvalidError, StaleRecordError) as error:
        typed = {name: form.text(name) for name in _typed_service(None)}
        return _service_page(visit, structure, service, typed, error=error)
    return tell(visit, f"/structures/{structure_id}#services", "saved")


def _typed_service(service: Service | None) -> dict[str, str]:
    if service is None:
        return dict.fromkeys(("code", "name", "description", "engagement_mandatory"), "")
    return {
        "code": service.code,
        "name": service.name,
        "description": service.description or "",
        "engagement_mandatory": "on" if service.engagement_mandatory else "",
    }


def _service(structure: Structure, code: str | None) -> Service | None:
    """Return the service that is meant, None for a new one; raises `NotFoundError` for an unknown code."""
    if code is None:
        return None
    service = structure.service(code)
    if service is None:
        raise NotFoundError(kind="service", id=code)
    return service


def _service_page(
    visit: Visit,
    structure: Structure,
    service: Service | None,
    typed: dict[str, str],
    *,
    error: ChoristeError | None = None,
) -> Response[str]:
    return page(
        "parties/service.html",
        visit,
        status=_status(error),
        structure=structure,
        service=service,
        typed=typed,
        **_problem(error, visit),
    )


@routes.acts("/structures/<structure_id>/service-state")
def set_service_state(visit: Visit, form: Form, structure_id: str) -> Response[str]:
    """Close a service to new invoices, or open it again."""
    structure = begin_change(platform_ports(), visit.user.principal, structure_id)
    act = close_service if form.text("do") == "close" else reopen_service
    try:
        act(platform_ports(), visit.user.principal, structure_id, form.text("code"))
    except FieldsInvalidError as error:
        service = _service(structure, form.text("code"))
        return _service_page(visit, structure, service, _typed_service(service), error=error)
    return tell(visit, f"/structures/{structure_id}#services", "saved")


@routes.shows("/structures/<structure_id>/closing")
def show_closing(visit: Visit, structure_id: str) -> Response[str]:
    """Show what closing a structure means, and ask why."""
    structure = begin_change(platform_ports(), visit.user.principal, structure_id)
    return _closing_page(visit, structure, {"reason": "", "text": ""})


@routes.acts("/structures/<structure_id>/closing")
def close(visit: Visit, form: Form, structure_id: str) -> Response[str]:
    """Close a structure to new invoices."""
    structure = begin_change(platform_ports(), visit.user.principal, structure_id)
    reason = next((each for each in _REASONS if each == form.text("reason")), ClosingReason.OTHER)

    def act() -> None:
        request = ClosingRequest(reason=reason, text=form.text("text"))
        deactivate_structure(platform_ports(), visit.user.principal, structure_id, request)

    problem = _tried(act)
    if problem is not None:
        return _closing_page(visit, structure, dict(form.fields), error=problem)
    return tell(visit, f"/structures/{structure_id}", "closed")


def _closing_page(
    visit: Visit, structure: Structure, typed: dict[str, str], *, error: ChoristeError | None = None
) -> Response[str]:
    return page(
        "parties/closing.html",
        visit,
        status=_status(error),
        structure=structure,
        typed=typed,
        reasons=_REASONS,
        **_problem(error, visit),
    )


@routes.acts("/structures/<structure_id>/opening")
def reopen(visit: Visit, form: Form, structure_id: str) -> Response[str]:
    """Open a structure again."""
    del form
    reactivate_structure(platform_ports(), visit.user.principal, structure_id)
    return tell(visit, f"/structures/{structure_id}", "opened")


def _tried(act: Callable[[], None]) -> ChoristeError | None:
    try:
        act()
    except FieldsInvalidError as error:
        return error
    return None


def _status(error: ChoristeError | None) -> int:
    if error is None:
        return 200
    return 409 if isinstance(error, StaleRecordError) else 422


def _problem(error: ChoristeError | None, visit: Visit) -> dict[str, object]:
    """Return the faults by field, and the words for an error that is about no field."""
    faults = faults_of(error, language=visit.language)
    said = views.refusal_text(error, language=visit.language) if error is not None and not faults else None
    return {"faults": faults, "problem": said}
