"""An operation as a row of a table: what it reads, what it does, what it tells.

`asks` maps our names to the fields of the request, `act` does the work with the use cases of the platform,
and `tells` maps the fields of the answer to what they are filled with. A newcomer adds an operation by adding
a row to the table of its family (docs/how-to/add-a-chorus-operation.md).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import Enum
from typing import Any, Final
from zoneinfo import ZoneInfo

from choriste.domain.access.principal import Principal
from choriste.runtime.ports import PlatformPorts
from functions.chorus.reading import Field
from functions.chorus.returns import Return

PARIS: Final = ZoneInfo("Europe/Paris")

Tell = Callable[[Any], object]
"""What fills one field of an answer, from what the operation did."""

Tells = Mapping[str, Any]
"""The fields of an answer: each a `Tell`, or the fields of an object."""


@dataclass(frozen=True, slots=True)
class Call:
    """One request to an operation: who asks, in which language, and what was asked under our names."""

    principal: Principal
    ports: PlatformPorts
    language: str
    asked: Mapping[str, Any] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Any:  # noqa: ANN401 - what its reader gave
        return self.asked[name]


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One operation.

    `path` is its address under `/cpro/`, `name` the official name of the method. `renames` gives a return
    that this operation has another name for.
    """

    path: str
    name: str
    act: Callable[[Call], Any]
    asks: Mapping[str, Field] = field(default_factory=dict)
    tells: Tells = field(default_factory=dict)
    method: str = "POST"
    done: Return = Return.DONE
    renames: Mapping[Return, Return] = field(default_factory=dict)
    bare: bool = False
    """Whether its answer carries no `codeRetour`."""
    none: Return | None = None
    """What a search says that found no `rows`."""


def told(tells: Tells, source: object) -> dict[str, object]:
    """Return the fields of an answer, without those that have no value: the official models know no null."""
    found = {name: _filled(how, source) for name, how in tells.items()}
    return {name: value for name, value in found.items() if value is not None}


@dataclass(frozen=True, slots=True)
class Rows:
    """What fills a list of objects."""

    how: Callable[[Any], Iterable[Any]]
    tells: Tells

    def __call__(self, source: object) -> list[dict[str, object]]:
        """Return the list."""
        return [told(self.tells, row) for row in self.how(source)]


@dataclass(frozen=True, slots=True)
class Within:
    """What fills an object from a part of the source, and leaves it out where there is none."""

    how: Callable[[Any], Any]
    tells: Tells

    def __call__(self, source: object) -> dict[str, object] | None:
        """Return the object, or None."""
        part = self.how(source)
        return told(self.tells, part) if part is not None else None


def date_text(moment: dt.datetime | dt.date | None) -> str | None:
    """Return a day as clients read it: `2026-11-21`, in Paris; one parses nothing longer."""
    if isinstance(moment, dt.datetime):
        moment = moment.astimezone(PARIS).date()
    return moment.isoformat() if moment is not None else None


def moment_text(moment: dt.datetime | None) -> str | None:
    """Return a moment with its offset, in milliseconds: `2018-02-16T15:10:25.536+01:00`."""
    return moment.astimezone(PARIS).isoformat(timespec="milliseconds") if moment is not None else None


def minute_text(moment: dt.datetime | None) -> str | None:
    """Return a moment as histories show it: `2016-12-28 08:30`."""
    return moment.astimezone(PARIS).strftime("%Y-%m-%d %H:%M") if moment is not None else None


def plain(value: object) -> object:
    """Return a value as JSON holds it; an exact amount becomes a number."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value


def _filled(how: Tell | Tells, source: object) -> object:
    return plain(told(how, source) if isinstance(how, Mapping) else how(source))
