"""Asks Lambda authorizers with simple responses, and keeps their decisions as long as the template says."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import parse_qs

from choriste.application.shared.clock import Clock
from choriste.local.gateway.events import (
    STAGE,
    Answer,
    Request,
    joined_headers,
    message_answer,
    request_event,
)
from choriste.local.gateway.routes import AuthorizerSpec, Match
from choriste.local.platform.hosting import Outcome
from choriste.local.platform.settings import ACCOUNT, PARTITION, REGION
from choriste.local.platform.shapes import Json

Invoke = Callable[[str, Json], Outcome]

_MOST_CACHED: Final = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What an authorizer said: whether to let pass, and the context for the function."""

    allowed: bool
    context: Json


class Authorization:
    """Authorizes requests; decisions are cached by authorizer and identity sources."""

    def __init__(self, invoke: Invoke, clock: Clock) -> None:
        self._invoke = invoke
        self._clock = clock
        self._cache: dict[tuple[str, ...], tuple[datetime, Decision]] = {}
        self._lock = threading.Lock()

    def authorize(self, request: Request, match: Match) -> Json | Answer:
        """The context for the function, or the answer that refuses the request (401, 403 or 500)."""
        authorizer = match.route.authorizer
        if authorizer is None:
            return None
        identity = [_identity(source, request, match) for source in authorizer.identity_sources]
        if None in identity:
            return message_answer(401, "Unauthorized")
        key = (authorizer.name, *[str(value) for value in identity])
        decision = self._cached(key) or self._ask(authorizer, request, match, identity)
        if decision is None:
            return message_answer(500, "Internal Server Error")
        self._remember(key, decision, authorizer.ttl)
        return decision.context if decision.allowed else message_answer(403, "Forbidden")

    def _cached(self, key: tuple[str, ...]) -> Decision | None:
        with self._lock:
            until, decision = self._cache.get(key, (None, None))
        return decision if until is not None and self._clock.now() < until else None

    def _remember(self, key: tuple[str, ...], decision: Decision, ttl: int) -> None:
        if ttl <= 0:
            return
        with self._lock:
            if key not in self._cache or self._cache[key][0] <= self._clock.now():
                while len(self._cache) >= _MOST_CACHED:
                    self._cache.pop(next(iter(self._cache)))
                self._cache[key] = (self._clock.now() + timedelta(seconds=ttl), decision)

    def _ask(
        self, authorizer: AuthorizerSpec, request: Request, match: Match, identity: list[str | None]
    ) -> Decision | None:
        event = request_event(request, match, now=self._clock.now())
        method, path = request.method, event["rawPath"]
        event["type"] = "REQUEST"
        event["identitySource"] = identity
        event["routeArn"] = f"arn:{PARTITION}:execute-api:{REGION}:{ACCOUNT}:local/$default/{method}{path}"
        outcome = self._invoke(authorizer.function, event)
        if outcome.failed:
            return None
        answer = json.loads(outcome.payload)
        if not isinstance(answer, dict) or not isinstance(answer.get("isAuthorized"), bool):
            return None
        return Decision(allowed=answer["isAuthorized"], context=answer.get("context") or {})


def _identity(source: str, request: Request, match: Match) -> str | None:
    """The value of an identity source (`$request.header.Authorization` …), None if the request lacks it."""
    kind, _, name = source.removeprefix("$").rpartition(".")
    if kind == "request.header":
        return joined_headers(request.headers).get(name.lower())
    if kind == "request.querystring":
        values = parse_qs(request.raw_query).get(name)
        return ",".join(values) if values else None
    return match.route.key if source == "$context.routeKey" else STAGE
