"""Partners of the file exchange: registered, changed, closed and opened, and the files that each was sent."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlencode

from aws_lambda_powertools.event_handler import Response

from choriste.application.exchange.partners import (
    PartnerSettings,
    administered_partner,
    change_partner,
    list_partners,
    list_sent_files,
    register_partner,
)
from choriste.domain.access.errors import AlreadyExistsError, StaleRecordError
from choriste.domain.access.user import Level, Space
from choriste.domain.exchange.partner import inbox_prefix, outbox_prefix
from choriste.domain.parties.structure import StructureId
from choriste.domain.shared.errors import BadRequestError, ChoristeError
from choriste.runtime.ports import platform_ports
from functions.console.exchange.views import file_row, partner_row
from functions.console.web import views
from functions.console.web.asked import chosen_structure, structures_with
from functions.console.web.forms import Form
from functions.console.web.rendering import page, redirect
from functions.console.web.routes import Routes
from functions.console.web.visit import Visit

routes = Routes()

_FILES: Final = 25
_REFUSED: Final = (AlreadyExistsError, BadRequestError, StaleRecordError)


@routes.shows("/partners")
def show_partners(visit: Visit) -> Response[str]:
    """Show the partners of one of my structures."""
    return _list_page(visit, visit.query.get("structure"))


@routes.acts("/partners")
def register(visit: Visit, form: Form) -> Response[str]:
    """Register a partner with the visitor's rights, and lead to its page."""
    structure, settings = StructureId(form.text("structure")), PartnerSettings(name=form.text("name"))
    code = form.text("code") or None
    try:
        partner = register_partner(platform_ports(), visit.user.principal, structure, settings, code=code)
    except _REFUSED as error:
        return _list_page(visit, structure, problem=views.refusal_text(error, language=visit.language))
    return redirect(f"/partners/{partner.code}")


@routes.shows("/partners/<code>")
def show_partner(visit: Visit, code: str) -> Response[str]:
    """Show a partner: its folders, its settings, and the files that it was sent last."""
    return _partner_page(visit, code)


@routes.acts("/partners/<code>")
def change(visit: Visit, form: Form, code: str) -> Response[str]:
    """Change a partner."""
    settings = PartnerSettings(
        name=form.text("name"),
        pivots=form.text("pivots") == "yes",
        statuses=form.text("statuses") == "yes",
        role=form.text("role") or None,
        active=form.text("active") == "yes",
    )
    try:
        change_partner(platform_ports(), visit.user.principal, code, settings, version=form.version)
    except _REFUSED as error:
        return _partner_page(visit, code, problem=error)
    return redirect(f"/partners/{code}?{urlencode({'saved': 'yes'})}")


def _list_page(visit: Visit, wanted: str | None, *, problem: str | None = None) -> Response[str]:
    structures = structures_with(visit, Space.API, Level.MODIFY)
    if not structures:
        return page("exchange/partners.html", visit, structure=None, problem=None)
    chosen = chosen_structure(wanted, structures)
    found = list_partners(platform_ports(), visit.user.principal, chosen.id)
    return page(
        "exchange/partners.html",
        visit,
        status=200 if problem is None else 422,
        problem=problem,
        structure=chosen,
        choices=views.structure_choices(structures, chosen=chosen.id),
        partners=[partner_row(each, language=visit.language) for each in found],
    )


def _partner_page(visit: Visit, code: str, *, problem: ChoristeError | None = None) -> Response[str]:
    ports, who = platform_ports(), visit.user.principal
    partner = administered_partner(ports, who, code)
    sent = list_sent_files(ports, who, code, after=None, limit=_FILES)
    return page(
        "exchange/partner.html",
        visit,
        status=200 if problem is None else 422,
        problem=views.refusal_text(problem, language=visit.language) if problem is not None else None,
        saved=visit.query.get("saved") is not None,
        partner=partner,
        inbox=inbox_prefix(code),
        outbox=outbox_prefix(code),
        files=[file_row(each, language=visit.language) for each in sent.rows],
    )
