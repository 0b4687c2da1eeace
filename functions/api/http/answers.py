"""What an operation declares that it answers: its models by status, and its problems by code."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from itertools import groupby
from typing import Any, Final

from aws_lambda_powertools.event_handler import content_types

from choriste.domain.lifecycle.errors import RefusalCode
from choriste.runtime.http import CHALLENGE, PROBLEM_TYPE, STATUSES

Declared = dict[int, Any]
"""By HTTP status, what Powertools describes of an answer."""

SECURED: Final[list[dict[str, list[str]]]] = [
    {"oauth2": []},
    {"oauth2": [], "technicalAccount": []},
]
"""A bearer token, alone or with the technical account that acts."""

PERSONAL: Final[list[dict[str, list[str]]]] = [{"session": []}]
"""The token of a person's session, or of a step of the sign-in."""

PROBLEM: Final = {"$ref": "#/components/schemas/Problem"}
TRANSITION_PROBLEMS: Final = tuple(code.value for code in RefusalCode)


def _header(description: str, **schema: object) -> dict[str, object]:
    return {"description": description, "schema": {"type": "string", **schema}}


LOCATION: Final = {"Location": _header("Address of the flow", pattern="^/v1/deposits/")}
DOWNLOAD: Final = {"Location": _header("Address to download from, valid for five minutes")}
ETAG: Final = {"ETag": _header("Version, for If-Match", pattern='^"[0-9]+"$')}
NO_STORE: Final = {"Cache-Control": _header("Never cached", enum=["no-store"])}
_LANGUAGE: Final = {"Content-Language": _header("Language of the texts", enum=["fr", "en"])}
_FURTHER: Final[Mapping[HTTPStatus, Mapping[str, object]]] = {
    HTTPStatus.UNAUTHORIZED: {"WWW-Authenticate": _header("How to authenticate", enum=[CHALLENGE])},
    HTTPStatus.SERVICE_UNAVAILABLE: {"Retry-After": _header("Seconds to wait", pattern="^[0-9]+$")},
}


@dataclass(frozen=True, slots=True)
class Success:
    """An answer of an operation that went well: its model, None where there is no body.

    `also` are further content types of the same status, with their schemas.
    """

    model: Any
    description: str
    status: HTTPStatus = HTTPStatus.OK
    headers: Mapping[str, object] = field(default_factory=dict)
    also: Mapping[str, object] = field(default_factory=dict)

    def declared(self) -> dict[str, Any]:
        """Return the answer as Powertools describes it."""
        content: dict[str, Any] = (
            {content_types.APPLICATION_JSON: {"model": self.model}} if self.model is not None else {}
        )
        content |= {kind: {"schema": schema} for kind, schema in self.also.items()}
        return {"description": self.description, "headers": dict(self.headers), "content": content}


def answers(*successes: Success, problems: Iterable[str] = (), secured: bool = True) -> Declared:
    """Return all that an operation answers.

    `problems` are its own codes; `busy`, `internal`, and `unauthenticated` where it is `secured`, come with
    each. An address with a name in it may also be none of ours: whatever may be `not-found` may be
    `route-not-found`.
    """
    own = {*problems, "busy", "internal", *(("unauthenticated",) if secured else ())}
    own |= {"route-not-found"} if "not-found" in own else set()
    found: Declared = {int(each.status): each.declared() for each in successes}
    found.update(_problems(own))
    return dict(sorted(found.items()))


def _problems(codes: Iterable[str]) -> Iterator[tuple[int, dict[str, Any]]]:
    ordered = sorted(codes, key=lambda code: (STATUSES[code], code))
    for status, group in groupby(ordered, key=lambda code: STATUSES[code]):
        yield int(status), _problem(status, list(group))


def _problem(status: HTTPStatus, codes: list[str]) -> dict[str, Any]:
    named = {"properties": {"code": {"enum": codes}, "status": {"const": int(status)}}}
    further = _FURTHER.get(status, {})
    return {
        "description": ", ".join(f"`{code}`" for code in codes),
        "headers": {**_LANGUAGE, **further},
        "content": {PROBLEM_TYPE: {"schema": {"allOf": [PROBLEM, named]}}},
    }
