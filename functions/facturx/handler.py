"""What needs the typesetter: the readable duplicate, a step of the intake machine, and sheets on request."""

from __future__ import annotations

import base64
from dataclasses import asdict
from typing import Any

from choriste.application.drafts.prefill_pdf import prefill_pdf
from choriste.application.printouts.render_printout import make_sheet
from choriste.application.printouts.render_readable_copy import make_duplicate
from choriste.domain.printouts.printout import SheetOrder
from choriste.domain.shared.ids import InvoiceId
from choriste.runtime.ports import platform_ports


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Answer an order of a sheet with its `size`, the machine with the `duplicate` that it then attaches.

    A PDF to `prefill` a draft from is answered with what its pages say.
    """
    if "prefill" in event:
        content = base64.b64decode(event["prefill"])
        return prefill_pdf(content, filename=event["filename"]).as_json()
    ports = platform_ports()
    if "sheet" in event:
        return {"size": make_sheet(ports, SheetOrder.from_json(event))}
    invoice_id = InvoiceId(int(event["invoice_id"]))
    return {"outcome": "made", "duplicate": asdict(make_duplicate(ports, invoice_id))}
