"""The texts of problems (RFC 9457 `title` and `detail`) by error code."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from choriste.domain.lifecycle.labels import Kind, find_label
from choriste.domain.shared.findings import Finding
from choriste.i18n.catalogue import fill, message, template
from choriste.i18n.message import Message

_ROOM = "problem"
_FALLBACKS = {"transition-": "transition-refused", "reason-": "reason-not-allowed"}


@dataclass(frozen=True, slots=True)
class Problem:
    """What a person reads about a refused request."""

    title: Message
    detail: Message


def problem_text(code: str, parameters: Mapping[str, object]) -> Problem:
    """Return the texts of an error code, its parameters filled in; an unknown code has the internal text.

    A parameter may be a `Message`, shown in each language; a missing one is left blank.
    """
    known, reasons = _known(code), explained(parameters)
    values = defaultdict(str, {**parameters, "explained": reasons, "name": _name(parameters)})
    return Problem(title=message(_ROOM, f"{known}.title"), detail=fill(_detail(code, parameters), values))


def has_texts(code: str) -> bool:
    """Say whether an error code has texts of its own."""
    return template(_ROOM, f"{code}.title") is not None


def _detail(code: str, parameters: Mapping[str, object]) -> Message:
    """Return the sentence of a problem that its parameters ask for, else the one for all of its code."""
    known, case = _known(code), _case(code, parameters)
    found = template(_ROOM, f"{code}.{case}") or template(_ROOM, f"{known}.{case}")
    return found or _template(f"{known}.detail")


def _template(code: str) -> Message:
    found = template(_ROOM, code)
    if found is None:
        raise KeyError(code)
    return found


def _case(code: str, parameters: Mapping[str, object]) -> str | None:
    """Return which sentence of a problem its parameters ask for, None for the general one."""
    if explained(parameters) is not None:
        return "explained"
    chosen = _CASES.get("transition" if code.startswith("transition-") else code)
    return chosen(parameters) if chosen is not None else None


def _misunderstood(parameters: Mapping[str, object]) -> str | None:
    """Return the sentence for a fault of a request: by where it is, and by what is wrong there."""
    place = next((known for start, known in _PLACES.items() if _field(parameters).startswith(start)), None)
    fault = parameters.get("fault")
    if fault is None:
        return "body" if _field(parameters) == "/body" else place
    return f"{place}-{fault}" if place is not None else str(fault)


def _field(parameters: Mapping[str, object]) -> str:
    return str(parameters.get("field", ""))


def _name(parameters: Mapping[str, object]) -> object:
    """Return the name of what a problem is about: of a right in words, of a field without its place."""
    right = str(parameters.get("right", ""))
    if right:
        return template("right", f"right.{right}") or find_label(Kind.ACT, right) or right
    field = _field(parameters)
    start = next((start for start in (*_PLACES, "/body/") if field.startswith(start)), "")
    return field.removeprefix(start)


_PLACES: Final[Mapping[str, str]] = {
    "/query/": "parameter",
    "/path/": "address",
    "/header/": "header",
}
"""Outside the body, where a fault may be: the start of its pointer, and the case of its sentence."""

_CASES: Final[Mapping[str, Callable[[Mapping[str, object]], str | None]]] = {
    "bad-request": _misunderstood,
    "not-found": lambda given: str(given.get("kind", "")).replace(" ", "-"),
    "already-exists": lambda given: str(given.get("kind", "")),
    "stale-version": lambda given: "read" if given.get("read") else None,
    "transition": lambda given: None if given.get("allowed", "unknown") else "closed",
    "forbidden": lambda given: "operator" if given.get("right") == "operator" else None,
    "unauthenticated": lambda given: str(given.get("what", "")),
    "weak-password": lambda given: str(given.get("weakness", "detail")),
}
"""What chooses among several sentences of a problem, by its code."""


def _known(code: str) -> str:
    if has_texts(code):
        return code
    return next((known for start, known in _FALLBACKS.items() if code.startswith(start)), "internal")


def explained(parameters: Mapping[str, object]) -> Message | None:
    """Return the sentences of the findings that an error carries, None where it carries none."""
    known = parameters.get("explained")
    if isinstance(known, Message):
        return known
    found = parameters.get("findings")
    rows = found if isinstance(found, (list, tuple)) else ()
    sentences = [each.message for each in rows if isinstance(each, Finding)]
    if not sentences:
        return None
    return Message(fr=" ".join(each.fr for each in sentences), en=" ".join(each.en for each in sentences))
