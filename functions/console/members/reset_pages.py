"""Factor resets that wait for me: of the members of the structure that I manage, or for the operator."""

from __future__ import annotations

from typing import Final

from aws_lambda_powertools.event_handler import Response

from choriste.application.access.reset_factors import (
    grant_factor_reset,
    list_factor_resets,
    refuse_factor_reset,
)
from choriste.domain.shared.errors import BadRequestError
from choriste.runtime import identity
from functions.console.web.forms import Form
from functions.console.web.problems import explained
from functions.console.web.rendering import page, text
from functions.console.web.routes import Routes
from functions.console.web.told import tell, told
from functions.console.web.visit import Visit

routes = Routes()

_DONE: Final = {"granted": "resets.done.granted", "refused": "resets.done.refused"}


@routes.shows("/factor-resets")
def show_resets(visit: Visit) -> Response[str]:
    """Show who has lost every factor, and the buttons."""
    return _page(visit)


@routes.acts("/factor-resets/<user>/grant")
def grant(visit: Visit, form: Form, user: str) -> Response[str]:
    """Let the factors be reset after the delay."""
    del form
    grant_factor_reset(visit.user.principal, user, access=identity.access_ports())
    return tell(visit, "/factor-resets", "granted")


@routes.acts("/factor-resets/<user>/refuse")
def refuse(visit: Visit, form: Form, user: str) -> Response[str]:
    """Refuse with a reason."""
    try:
        refuse_factor_reset(
            visit.user.principal, user, reason=form.text("reason"), access=identity.access_ports()
        )
    except BadRequestError as error:
        return _page(visit, problem=error)
    return tell(visit, "/factor-resets", "refused")


def _page(visit: Visit, *, problem: BadRequestError | None = None) -> Response[str]:
    access = identity.access_ports()
    said, status = explained(problem, language=visit.language)
    done = _DONE.get(told(visit))
    return page(
        "members/factor_resets.html",
        visit,
        status=status,
        rows=list_factor_resets(visit.user.principal, access=access),
        hours=int(access.factor_reset_delay.total_seconds() // 3600),
        problem=said,
        done=text(done, language=visit.language) if done is not None else None,
    )
