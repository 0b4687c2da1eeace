"""The way from a deposit to its report."""

from __future__ import annotations

import time
from typing import Final

from aws_lambda_powertools.event_handler import Response

from choriste.domain.shared.ids import FlowId
from choriste.runtime.ports import platform_ports
from functions.console.web.rendering import redirect

PATIENCE_SECONDS: Final = 3.0
"""How long a deposit waits for its report: most take less, and nobody then has to look again."""


def report_of(flow: FlowId, *, is_new: bool = True) -> Response[str]:
    """Lead to the report of a deposit once it is complete, or after `PATIENCE_SECONDS` as it then is."""
    ends = time.monotonic() + PATIENCE_SECONDS
    while not _is_complete(flow) and time.monotonic() < ends:
        time.sleep(0.1)
    return redirect(f"/flows/{flow}{'' if is_new else '?repeated=1'}")


def _is_complete(flow: FlowId) -> bool:
    found = platform_ports().flows.get(flow)
    return found is not None and found.state.is_final
