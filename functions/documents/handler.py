"""What needs the documents layer: readable copies for the intake machine, printouts, and PDFs to read."""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from choriste.application.drafts.prefill_pdf import prefill_pdf
from choriste.application.printouts.render_printout import render_printout
from choriste.application.printouts.render_readable_copy import render_readable_copy
from choriste.application.shared.messages import known
from choriste.domain.printouts.printout import PrintoutRequest
from choriste.domain.shared.ids import InvoiceId
from choriste.runtime.observability import logger
from choriste.runtime.ports import platform_ports
from choriste.runtime.recognition import recogniser
from choriste.runtime.settings import settings

settings()  # a missing variable stops the start

Answer = dict[str, Any]


@logger.inject_lambda_context
def handler(event: dict[str, Any], _context: LambdaContext) -> Answer:
    """Do what `action` names: `render_copy`, `printout` or `prefill`."""
    return _ACTIONS[event["action"]](known(event))


def _render_copy(event: dict[str, Any]) -> Answer:
    """Make the readable copy of an accepted invoice; the machine's next step attaches it."""
    invoice_id = InvoiceId(int(event["invoice_id"]))
    return {"outcome": "made", "readable_copy": asdict(render_readable_copy(platform_ports(), invoice_id))}


def _printout(event: dict[str, Any]) -> Answer:
    """Make a printout where its order says, and return its `size` in bytes."""
    return {"size": render_printout(platform_ports(), PrintoutRequest.from_json(event["order"]))}


def _prefill(event: dict[str, Any]) -> Answer:
    """Return what the pages of a PDF (`content`, base64) say, for a draft of the `depositor` (SIRET)."""
    content = base64.b64decode(event["content"])
    return prefill_pdf(
        content, filename=event["filename"], depositor=event["depositor"], recogniser=recogniser()
    ).as_json()


_ACTIONS: dict[str, Callable[[dict[str, Any]], Answer]] = {
    "render_copy": _render_copy,
    "printout": _printout,
    "prefill": _prefill,
}
