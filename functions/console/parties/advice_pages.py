"""Which advice a structure wants with the reports on its invoices: one box a kind, all ticked at first."""

from __future__ import annotations

from aws_lambda_powertools.event_handler import Response

from choriste.application.deposits.switch_advice import read_advice, switch_advice
from choriste.application.parties.change_structure import begin_change
from choriste.domain.deposits.advice import Kind
from choriste.runtime.ports import platform_ports
from functions.console.web.forms import Form
from functions.console.web.rendering import page, redirect
from functions.console.web.routes import Routes
from functions.console.web.visit import Visit

routes = Routes()


@routes.shows("/structures/<structure_id>/advice")
def show_advice(visit: Visit, structure_id: str) -> Response[str]:
    """Show which kinds of advice are on, for whoever administers the structure."""
    structure = begin_change(platform_ports(), visit.user.principal, structure_id)
    switches = read_advice(platform_ports(), visit.user.principal, structure_id)
    return page("parties/advice.html", visit, structure=structure, switches=switches)


@routes.acts("/structures/<structure_id>/advice")
def save_advice(visit: Visit, form: Form, structure_id: str) -> Response[str]:
    """Switch off the kinds whose boxes were cleared."""
    off = [kind for kind in Kind if form.text(kind.value) != "on"]
    switch_advice(platform_ports(), visit.user.principal, structure_id, off=off)
    return redirect(f"/structures/{structure_id}?notice=saved")
