"""The formats of the journal: how a record of an older one becomes a record of the present one.

Format 1 had no header, and its queues had the names of the functions of its time. Items keep the schemas in
which they were written: the stores read older ones anyway.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from choriste.local.platform.shapes import Json

Upcaster = Callable[[Json], Json]

_QUEUES_OF_FORMAT_1: Final = {
    "choriste-deposit": "choriste-inbox",
    "choriste-deposit-dlq": "choriste-inbox-dlq",
}


def _of_format_1(record: Json) -> Json:
    """Return a record with the queue of its message under the name that it has from format 2 on."""
    if "message" not in record:
        return record
    identifier, queue, body = record["message"]
    return {**record, "message": [identifier, _QUEUES_OF_FORMAT_1.get(queue, queue), body]}


_UPCASTERS: Final[tuple[Upcaster, ...]] = (_of_format_1,)
"""`_UPCASTERS[n]` makes a record of format n + 1 one of format n + 2."""

FORMAT: Final = len(_UPCASTERS) + 1
"""The format that is written."""


def upcast(record: Json, *, written: int) -> Json:
    """Return a record of the present format from one that was written in an older one."""
    for step in _UPCASTERS[written - 1 :]:
        record = step(record)
    return record
