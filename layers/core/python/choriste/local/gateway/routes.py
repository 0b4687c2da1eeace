"""Which function answers a request: the routes of the template, chosen as an API Gateway HTTP API does."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import unquote

DEFAULT_ROUTE = "$default"


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One route: its key (`GET /v1/invoices/{id}`, `$default`) and the function."""

    key: str
    function: str

    @property
    def method(self) -> str:
        """The HTTP method, `ANY` for all."""
        return "ANY" if self.key == DEFAULT_ROUTE else self.key.split(" ", 1)[0]

    @property
    def segments(self) -> tuple[str, ...]:
        """The segments of the path; empty for the default route."""
        return () if self.key == DEFAULT_ROUTE else _segments(self.key.split(" ", 1)[1])


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """A chosen route and the decoded path parameters."""

    route: Route
    path_parameters: Mapping[str, str]


class RouteTable:
    """The routes of one API: literal segments win, then variables, then greedy paths, then `$default`."""

    def __init__(self, routes: Iterable[Route]) -> None:
        self._default: Route | None = None
        self._routes: list[Route] = []
        for route in routes:
            if route.key == DEFAULT_ROUTE:
                self._default = route
            else:
                self._routes.append(route)
        self._routes.sort(key=_specificity)

    def match(self, method: str, raw_path: str) -> Match | None:
        """The route for a method and an undecoded path, or None: API Gateway then answers 404."""
        segments = _segments(raw_path)
        for route in self._routes:
            if route.method in {method, "ANY"}:
                parameters = _parameters(route.segments, segments)
                if parameters is not None:
                    return Match(route=route, path_parameters=parameters)
        return Match(route=self._default, path_parameters={}) if self._default else None


def _segments(path: str) -> tuple[str, ...]:
    stripped = path.strip("/")
    return tuple(stripped.split("/")) if stripped else ()


def _specificity(route: Route) -> tuple[list[int], bool]:
    return [_rank(segment) for segment in route.segments], route.method == "ANY"


def _rank(segment: str) -> int:
    if segment.endswith("+}"):
        return 2
    return 1 if segment.startswith("{") else 0


def _parameters(pattern: tuple[str, ...], segments: tuple[str, ...]) -> Mapping[str, str] | None:
    parameters: dict[str, str] = {}
    for position, expected in enumerate(pattern):
        if expected.endswith("+}"):
            rest = segments[position:]
            parameters[expected[1:-2]] = unquote("/".join(rest))
            return parameters if rest else None
        if position >= len(segments):
            return None
        if expected.startswith("{"):
            parameters[expected[1:-1]] = unquote(segments[position])
        elif expected != unquote(segments[position]):
            return None
    return parameters if len(pattern) == len(segments) else None
