"""The files derived from the transition table."""

from __future__ import annotations

from collections.abc import Callable

from tests.derived.artefacts import lifecycle_json
from tests.derived.diagrams import lifecycle_page

DERIVED: dict[str, Callable[[], str]] = {
    "schemas/lifecycle.json": lifecycle_json,
    "docs/lifecycle.md": lifecycle_page,
}
"""Every derived file, by its path from the root of the repository."""
