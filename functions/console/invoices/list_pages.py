"""My invoices as a list: the tabs of a side, its filters and order, and what is listed as a spreadsheet."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from aws_lambda_powertools.event_handler import Response

from choriste.application.invoices.export_invoices import Listing, export_csv, export_xlsx
from choriste.application.invoices.search_invoices import (
    NEWEST,
    count_invoices,
    count_queues,
)
from choriste.domain.access.principal import PrincipalKind
from choriste.domain.access.user import Level
from choriste.domain.shared.errors import BadRequestError, NotFoundError
from choriste.runtime.ports import platform_ports
from functions.console.invoices import list_views, views
from functions.console.invoices.batch_pages import offered
from functions.console.invoices.list_filter import FIELDS, asked_of
from functions.console.invoices.listed import chosen_side, found_in
from functions.console.web.asked import chosen_structure, structures_with
from functions.console.web.limits import INVOICES
from functions.console.web.rendering import download, page, redirect, text
from functions.console.web.routes import Routes
from functions.console.web.views import refusal_text, structure_choices
from functions.console.web.visit import Visit

routes = Routes()

_XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@routes.shows("/invoices")
def show_list(visit: Visit) -> Response[str]:
    """Show a page of the invoices that one of my structures issued, received, validates or follows."""
    side = chosen_side(visit)
    if side is None:
        return _without_list(visit)
    structures = structures_with(visit, side.space, Level.CONSULT)
    chosen = chosen_structure(visit.query.get("structure"), structures)
    asked, ports, who = asked_of(visit, side), platform_ports(), visit.user.principal
    order, problem = asked.order, None
    try:
        found = found_in(visit, side, chosen, after=visit.query.get("after"))
    except BadRequestError as error:
        problem, order = refusal_text(error, language=visit.language), NEWEST
        unsorted = replace(visit, query={**visit.query, "sort": "-deposit"})
        found = found_in(unsorted, side, chosen, after=None)
    total = count_invoices(ports, who, side=side, structure=chosen.id, criteria=asked.criteria)
    return page(
        "invoices/invoices.html",
        visit,
        side=side,
        sides=views.open_sides(who),
        structure=chosen,
        choices=structure_choices(structures, chosen=chosen.id),
        asked=asked,
        problem=problem,
        fields={name: visit.query.get(name, "") for name in FIELDS},
        tabs=list_views.tabs(
            visit, side, asked.tab, count_queues(ports, who, side=side, structure=chosen.id)
        ),
        headings=list_views.headings(visit, side, order),
        statuses=views.status_choices(asked.status, language=visit.language),
        services=list_views.service_choices(chosen, visit.query.get("service", "")),
        steps=offered(side, language=visit.language),
        back=list_views.back_to(visit, side),
        total=total.number if total.exact else None,
        rows=list_views.rows(visit, found.rows, side, now=ports.clock.now()),
        stretch=list_views.stretch(visit, len(found.rows), total),
        after=found.after,
        to=list_views.addresses(visit, found.after, len(found.rows)),
        is_unfinished=found.after is not None and len(found.rows) < INVOICES,
    )


@routes.shows("/invoices/export/<form>")
def export(visit: Visit, form: str) -> Response[bytes] | Response[str]:
    """Give what is listed, in its order, as CSV or as an Excel workbook."""
    side = chosen_side(visit)
    if side is None or form not in {"csv", "xlsx"}:
        raise NotFoundError(kind="page", id=form)
    chosen = chosen_structure(visit.query.get("structure"), structures_with(visit, side.space, Level.CONSULT))
    asked = asked_of(visit, side)
    listing = Listing(side, chosen.id, asked.criteria, asked.order, visit.language)
    name = text("invoices.export.name", language=visit.language)
    if form == "csv":
        return download(
            f"{name}.csv", export_csv(platform_ports(), visit.user.principal, listing), mime_type="text/csv"
        )
    return download(
        f"{name}.xlsx", export_xlsx(platform_ports(), visit.user.principal, listing), mime_type=_XLSX
    )


def _without_list(visit: Visit) -> Response[str]:
    """Show what stands in place of a list: an operator opens invoices one by one, by technical id."""
    asked = "".join(visit.query.get("id", "").split())
    if asked.isascii() and asked.isdigit():
        return redirect(f"/invoices/{asked}")
    return page(
        "invoices/invoices.html",
        visit,
        status=422 if asked else 200,
        side=None,
        is_operator=visit.user.principal.kind is PrincipalKind.OPERATOR,
        asked=asked,
        problem=text("invoices.not_an_id", language=visit.language, found=asked[:40]) if asked else None,
    )
