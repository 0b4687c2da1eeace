"""The pages under `/local/`, which exist on one machine only: mailbox, clock, health, queues, provider."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Final
from urllib.parse import urlsplit

from choriste.local.gateway.events import Answer, Request
from choriste.local.identity_provider.pages import IdentityProvider
from choriste.local.moto_patches.activity import queue_depths
from choriste.local.platform.mailbox import PAGE_HEADERS, mailbox_document, mailbox_page
from choriste.local.platform.shapes import Json
from choriste.runtime.clock import MovableClock

PREFIX: Final = "/local/"

_LONGEST_STEP_SECONDS: Final = 20 * 366 * 86_400


class ControlPages:
    """Answers the local pages."""

    def __init__(self, clock: MovableClock) -> None:
        self._clock = clock
        self._provider = IdentityProvider(clock)
        self._pages: Mapping[tuple[str, str], Callable[[Request], Answer]] = {
            ("GET", "/local/mailbox"): lambda _request: _page(mailbox_page()),
            ("GET", "/local/mailbox.json"): lambda _request: _json(mailbox_document()),
            ("GET", "/local/clock"): lambda _request: _json(self._clock_document()),
            ("POST", "/local/clock"): self._move_clock,
            ("GET", "/local/health"): lambda _request: _json({"status": "ready"}),
            ("GET", "/local/queues"): lambda _request: _json(_queues_document()),
        }

    def __call__(self, request: Request) -> Answer | None:
        """The page for a request, or None if its path is not a local one."""
        if not request.raw_path.startswith(PREFIX):
            return None
        provided = self._provider(request)
        if provided is not None:
            return provided
        page = self._pages.get((request.method, request.raw_path))
        return page(request) if page else _json({"message": "Not Found"}, status=404)

    def _clock_document(self) -> Json:
        return {"now": self._clock.now().isoformat(), "offset_seconds": self._clock.offset.total_seconds()}

    def _move_clock(self, request: Request) -> Answer:
        if _is_foreign(request):
            return _json({"message": "Forbidden"}, status=403)
        step = _step(request.body)
        if step is None:
            return _json({"message": 'send {"advance_seconds": <number>}'}, status=400)
        self._clock.advance(seconds=step)
        return _json(self._clock_document())


def _is_foreign(request: Request) -> bool:
    """Whether a browser sent this from another site's page."""
    origin = request.header("origin")
    return origin is not None and urlsplit(origin).netloc != request.header("host")


def _step(body: bytes) -> float | None:
    try:
        step = json.loads(body)["advance_seconds"]
    except (ValueError, KeyError, TypeError):
        return None
    if isinstance(step, bool) or not isinstance(step, int | float) or not abs(step) <= _LONGEST_STEP_SECONDS:
        return None
    return float(step)


def _queues_document() -> Json:
    return {
        "queues": {
            name: {"ready": depth.ready, "in_flight": depth.in_flight}
            for name, depth in sorted(queue_depths().items())
        }
    }


def _json(document: Json, *, status: int = 200) -> Answer:
    headers = (("content-type", "application/json"), ("cache-control", "no-store"))
    return Answer(status=status, headers=headers, body=json.dumps(document, ensure_ascii=False).encode())


def _page(text: str) -> Answer:
    return Answer(status=200, headers=PAGE_HEADERS, body=text.encode())
