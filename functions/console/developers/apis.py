"""The APIs of the platform: what developers find in the catalogue, and what changed in them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Api:
    """An API; `description` is the address of its OpenAPI description, None while it is yet to come."""

    name: str
    version: str
    address: str
    description: str | None


@dataclass(frozen=True, slots=True)
class Change:
    """A change that clients of an API may notice; `text` is its code in the room `api-changes`."""

    on: dt.date
    api: str
    text: str


APIS: Final = (
    Api("v1", "1", "/v1", "/v1/openapi.json"),
    Api("cpro", "1", "/cpro", "/cpro/openapi.json"),
    Api("afnor", "1.3.0", "/afnor-flow", None),
)
"""Every API. Within a version fields and operations are added; none is taken away or changes its meaning."""

CHANGES: Final = (
    Change(dt.date(2026, 11, 29), "v1", "sandbox"),
    Change(dt.date(2026, 11, 29), "cpro", "switches"),
    Change(dt.date(2026, 11, 29), "cpro", "described"),
    Change(dt.date(2026, 11, 28), "cpro", "cpro"),
    Change(dt.date(2026, 11, 28), "v1", "connections"),
    Change(dt.date(2026, 11, 23), "v1", "v1"),
)
"""Every change, newest first; docs/api-changes.md is made from it."""
