"""What stands still, for the operator: why, since when, and a button to take it up."""

from __future__ import annotations

from dataclasses import dataclass

from aws_lambda_powertools.event_handler import Response

from choriste.application.operations.resume_stuck import StuckItem, list_stuck, resume_stuck, stuck_reason
from choriste.domain.deposits.flow import FlowState
from choriste.domain.lifecycle import Status
from choriste.domain.shared.errors import BadRequestError, NotFoundError
from choriste.runtime.ports import platform_ports
from functions.console.web import views
from functions.console.web.forms import Form
from functions.console.web.rendering import page, redirect, text
from functions.console.web.routes import Routes
from functions.console.web.views import Badge
from functions.console.web.visit import Visit

routes = Routes()


@dataclass(frozen=True, slots=True)
class StuckRow:
    """A line of the list: the item, what it is called, why it stands still, and its state in words."""

    item: StuckItem
    name: str
    why: str
    badge: Badge


@routes.shows("/stuck")
def show_stuck(visit: Visit) -> Response[str]:
    """Show what stands still, longest first; closed for everybody but the operator."""
    found = list_stuck(platform_ports(), visit.user.principal)
    return page(
        "operations/stuck.html",
        visit,
        rows=[_row(item, language=visit.language) for item in found],
        resumed=_resumed(visit),
    )


@routes.acts("/stuck")
def resume(visit: Visit, form: Form) -> Response[str]:
    """Take one item up where it stands, then show the list as it then is."""
    principal = visit.user.principal
    kind, item_id = form.text("kind"), form.text("id")
    try:
        left = resume_stuck(platform_ports(), principal, kind=kind, item_id=item_id)
    except BadRequestError as error:
        raise NotFoundError(kind=kind, id=item_id) from error
    return redirect(f"/stuck?{'started' if left is not None else 'moved'}={kind}")


def _row(item: StuckItem, *, language: str) -> StuckRow:
    return StuckRow(
        item=item,
        name=item.number or item.id,
        why=stuck_reason(item.cause).in_language(language),
        badge=_badge(item, language=language),
    )


def _badge(item: StuckItem, *, language: str) -> Badge:
    if item.kind == "invoice":
        return views.status_badge(Status(item.state), language=language)
    return Badge(text(f"flow_state.{FlowState(item.state).name.lower()}", language=language), "attention")


def _resumed(visit: Visit) -> str | None:
    """Return what became of the item just resumed: it went on, or its machine was started again."""
    for outcome in ("moved", "started"):
        if visit.query.get(outcome) in {"flow", "invoice"}:
            return text(f"stuck.{outcome}", language=visit.language)
    return None
