"""The fields of a form that name the parties of a deposit."""

from __future__ import annotations

from typing import Final

PARTY_FIELDS: Final = (
    "frame",
    "validator",
    "validator2",
    "moe",
    "moe_service",
    "moa",
    "previous",
    "adjust",
)
"""The fields that name what no invoice file can, under the names of the API."""
