"""What developers read without signing in: the catalogue of the APIs, their reference, their changes."""

from __future__ import annotations

from collections.abc import Iterable

from aws_lambda_powertools.event_handler import Response

from choriste.domain.shared.errors import NotFoundError
from choriste.i18n.catalogue import translate
from choriste.runtime.settings import settings
from functions.console.developers.apis import APIS, CHANGES, Change
from functions.console.web.rendering import page, viewer_files, with_drawings
from functions.console.web.routes import Routes
from functions.console.web.visit import Visit

routes = Routes(open_to_all=True)


@routes.shows("/developers")
def show_catalogue(visit: Visit) -> Response[str]:
    """Show the APIs and their versions, the way to a sandbox, and what changed lately."""
    return page(
        "developers/catalogue.html",
        visit,
        apis=APIS,
        changes=_worded(CHANGES[:3], visit.language),
        base_url=settings().base_url,
    )


@routes.shows("/developers/changes")
def show_changes(visit: Visit) -> Response[str]:
    """Show every change of the APIs, newest first."""
    return page(
        "developers/changes.html",
        visit,
        changes=_worded(CHANGES, visit.language),
    )


@routes.shows("/developers/reference/<api>")
def show_reference(visit: Visit, api: str) -> Response[str]:
    """Show the interactive reference of an API: its description, read by Swagger UI from this very site."""
    found = next((each for each in APIS if each.name == api and each.description), None)
    if found is None:
        raise NotFoundError(kind="api", id=api)
    viewer = {name: file.address for name, file in viewer_files().items()}
    return with_drawings(page("developers/reference.html", visit, api=found, viewer=viewer))


def _worded(changes: Iterable[Change], language: str) -> list[tuple[Change, str]]:
    return [(change, translate("api-changes", change.text, language)) for change in changes]
