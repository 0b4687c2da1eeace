"""Write the files derived from the table: `python -m choriste.domain.lifecycle.publish [ROOT]`."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from choriste.domain.lifecycle.artefacts import lifecycle_json
from choriste.domain.lifecycle.diagrams import lifecycle_page

DERIVED: dict[str, Callable[[], str]] = {
    "schemas/lifecycle.json": lifecycle_json,
    "docs/lifecycle.md": lifecycle_page,
}
"""Every derived file, by its path from the root of the repository."""


def publish(root: Path) -> None:
    """Write every derived file under the root of the repository."""
    for name, render in DERIVED.items():
        target = root / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(render(), encoding="utf-8")


if __name__ == "__main__":
    publish(Path(sys.argv[1] if len(sys.argv) > 1 else "."))
