"""The page of what changed in the APIs, made from the list that the console shows to developers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from choriste.i18n.catalogue import message
from functions.console.developers.apis import CHANGES

_HEAD: Final = """\
# Changelog of the APIs

Made from `functions/console/developers/apis.py`; do not edit. The console shows it at `/developers/changes`.
Within a version, fields and operations are added; none disappears or changes its meaning.

| date | API | English | français |
|---|---|---|---|
"""


def changes_page() -> str:
    """Return the page of the changes, newest first."""
    rows = []
    for change in CHANGES:
        said = message("api-changes", change.text)
        rows.append(f"| {change.on.isoformat()} | `/{change.api}` | {said.en} | {said.fr} |\n")
    return _HEAD + "".join(rows)


DERIVED: Final[dict[str, Callable[[], str]]] = {"docs/api-changes.md": changes_page}
