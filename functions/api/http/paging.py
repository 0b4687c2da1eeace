"""Pages of lists: how many rows, and where the one before ended."""

from __future__ import annotations

import datetime as dt
import re
from typing import Annotated, Final

from aws_lambda_powertools.event_handler.openapi.params import Query

from choriste.domain.shared.errors import BadRequestError
from choriste.i18n.catalogue import message

CURSOR_PATTERN: Final = (
    r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}\+00:00#[0-9A-Z]{1,40}$"
)

Cursor = Annotated[
    str | None, Query(description="`next` of the page before", json_schema_extra={"pattern": CURSOR_PATTERN})
]
Limit = Annotated[int, Query(ge=1, le=200, description="Rows of a page, at most")]


def checked(after: str | None) -> str | None:
    """Return a cursor that a page may have ended with; raises `BadRequestError` for any other.

    A cursor is the place of a row in a list that the caller may read whole, so it needs no signature: one
    that was made up leads to another place of the same list.
    """
    if after is None:
        return None
    moment = after.partition("#")[0]
    if re.fullmatch(CURSOR_PATTERN, after) is None or not _is_moment(moment):
        raise BadRequestError(field="/query/after", expected=message("expected", "cursor"))
    return after


def checked_place(after: str | None) -> str | None:
    """Return a cursor of a list that may be sorted: a place, behind a day perhaps, or the number of a row.

    Raises `BadRequestError` for any other.
    """
    if after is None or re.fullmatch(r"[0-9]{1,4}", after) is not None:
        return after
    day, _, place = after.partition("#")
    if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", day) is not None:
        checked(place)
        return after
    return checked(after)


def _is_moment(text: str) -> bool:
    try:
        dt.datetime.fromisoformat(text)
    except ValueError:
        return False
    return True
