"""What needs the typesetter: the readable duplicate, a step of the intake machine, and sheets on request."""

from __future__ import annotations

import base64
from dataclasses import asdict
from typing import Any

from choriste.application.make_duplicate import make_duplicate
from choriste.application.make_sheet import make_sheet
from choriste.application.prefill_pdf import prefill_pdf
from choriste.application.read_flows import invoice_of
from choriste.domain.ids import FlowId
from choriste.domain.sheets import SheetOrder
from choriste.runtime.workshop import workshop


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Answer an order of a sheet with its `size`, the machine with the `duplicate` that it then attaches.

    A PDF to `prefill` a draft from is answered with what its pages say.
    """
    if "prefill" in event:
        content = base64.b64decode(event["prefill"])
        return prefill_pdf(content, filename=event["filename"]).as_json()
    shop = workshop()
    if "sheet" in event:
        return {"size": make_sheet(shop, SheetOrder.from_json(event))}
    invoice_id = invoice_of(shop, FlowId(event["flow_id"]), int(event["document"]))
    return {"outcome": "made", "duplicate": asdict(make_duplicate(shop, invoice_id))}
