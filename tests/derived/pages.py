"""Files that are derived from the code: `python -m tests.derived --write` makes them again.

A test compares each with what the code gives now, so none can drift.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

from pydantic import TypeAdapter

from choriste.application.notices.publish_changes import StatusEvent
from choriste.local.scenarios.model import Expectation, Scenario, scenarios
from tests.builders.broken_invoices import REPORTS
from tests.builders.environment import name_settings
from tests.derived.apis import DERIVED as APIS
from tests.derived.chorus import DERIVED as CHORUS
from tests.derived.publish import DERIVED as LIFECYCLE
from tests.derived.rights import DERIVED as RIGHTS
from tests.derived.texts import DERIVED as TEXTS

ROOT = Path(__file__).parents[2]


def openapi() -> str:
    """Return the description of the REST API."""
    name_settings()
    from functions.api.handler import app  # noqa: PLC0415 - importing the API is slow
    from functions.api.http.openapi import openapi_text  # noqa: PLC0415

    return openapi_text(app)


def event_schema() -> str:
    """Return the JSON schema of the event of a status change."""
    schema = TypeAdapter(StatusEvent).json_schema()
    return json.dumps(schema, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def scenarios_page() -> str:
    """Return the page of the scenarios, in French and in English."""
    parts = ["# Scenarios\n", "Played by the tests and by `make demo`; made from the scenario files.\n"]
    parts.extend(map(_section, scenarios()))
    return "\n".join(parts)


def _section(scenario: Scenario) -> str:
    rows = "\n".join(
        f"| {n} | {step.says.fr} | {step.says.en} | {'<br>'.join(map(_expected, step.expect))} |"
        for n, step in enumerate(scenario.steps, start=1)
    )
    return (
        f"## {scenario.title.en}\n\n*{scenario.title.fr}*\n\n"
        f"| | français | English | then |\n|---|---|---|---|\n{rows}\n"
    )


def _expected(expectation: Expectation) -> str:
    told = (expectation.outcome, expectation.status, expectation.rule)
    return f"{expectation.number}: " + ", ".join(f"`{word}`" for word in told if word is not None)


DERIVED: dict[str, Callable[[], str | bytes]] = {
    **TEXTS,
    "schemas/openapi.json": openapi,
    "schemas/invoice-status-changed.json": event_schema,
    "docs/scenarios.md": scenarios_page,
    **LIFECYCLE,
    **APIS,
    **CHORUS,
    **REPORTS,
    **RIGHTS,
}


def content_of(path: str) -> bytes:
    """Return what the code gives for a derived file now."""
    made = DERIVED[path]()
    return made if isinstance(made, bytes) else made.encode()


def main() -> int:
    """Write the derived files, or say which are out of date; the texts come first, the others show them."""
    stale = [path for path in DERIVED if _is_stale(path, write="--write" in sys.argv)]
    sys.stdout.write("".join(f"{path}\n" for path in stale))
    return 0 if "--write" in sys.argv or not stale else 1


def _is_stale(path: str, *, write: bool) -> bool:
    file, content = ROOT / path, content_of(path)
    if file.exists() and file.read_bytes() == content:
        return False
    if write:
        file.write_bytes(content)
    return True
