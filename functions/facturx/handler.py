"""Second step of the intake machine: make the readable duplicate."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from choriste.application.make_duplicate import make_duplicate
from choriste.application.read_flows import invoice_of
from choriste.domain.ids import FlowId
from choriste.runtime.workshop import workshop


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Return `outcome` and the description of the duplicate, which the next step attaches."""
    shop = workshop()
    invoice_id = invoice_of(shop, FlowId(event["flow_id"]), int(event["document"]))
    return {"outcome": "made", "duplicate": asdict(make_duplicate(shop, invoice_id))}
