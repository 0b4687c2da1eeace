"""The routes of one feature, and what every page needs before it shows or does anything."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter

from functions.console.web.visit import Visit, form_of, visit_of

Page = TypeVar("Page", bound=Callable[..., Response[Any]])


class Routes:
    """The pages of one feature by address.

    They are for signed-in people unless `open_to_all`. What changes something is given the form, which is
    refused unless this browser was given it.
    """

    def __init__(self, *, open_to_all: bool = False) -> None:
        self.router = APIGatewayHttpRouter()
        self._open_to_all = open_to_all

    def shows(self, address: str) -> Callable[[Page], Page]:
        """Register a page that shows something: it gets the visit, and the parts of its address by name."""

        def register(page: Page) -> Page:
            def route(**parts: str) -> Response[Any]:
                return page(self._visit(), **parts)

            self.router.get(address)(route)
            return page

        return register

    def acts(self, address: str) -> Callable[[Page], Page]:
        """Register what a form does: it gets the visit, the form, and the parts of its address by name."""

        def register(page: Page) -> Page:
            def route(**parts: str) -> Response[Any]:
                visit = self._visit()
                return page(visit, form_of(self._event, visit), **parts)

            self.router.post(address)(route)
            return page

        return register

    @property
    def _event(self) -> Mapping[str, Any]:
        return self.router.current_event.raw_event

    def _visit(self) -> Visit:
        """Return the visit; raises `SignInNeededError` for a stranger where the feature is not for all."""
        visit = visit_of(self._event)
        if not self._open_to_all:
            _ = visit.user
        return visit
