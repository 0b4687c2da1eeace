"""The texts of problems (RFC 9457 `title` and `detail`) by error code."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

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
    detail = template(_ROOM, f"{known}.explained") if reasons is not None else None
    values = defaultdict(str, {**parameters, "explained": reasons})
    return Problem(
        title=message(_ROOM, f"{known}.title"),
        detail=fill(detail or _template(f"{known}.detail"), values),
    )


def has_texts(code: str) -> bool:
    """Say whether an error code has texts of its own."""
    return template(_ROOM, f"{code}.title") is not None


def _template(code: str) -> Message:
    found = template(_ROOM, code)
    if found is None:
        raise KeyError(code)
    return found


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
