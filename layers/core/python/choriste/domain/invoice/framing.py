"""Which billing frame (*cadre de facturation*) an invoice announces in BT-23, the business process.

Chorus Pro's codes (`A1` … `A25`, alone or as the long API names) stand for themselves. The reform's codes
(B1, S1, M1 …) become A1, those of a paid invoice (B2, S2, M2) A2; an absent or foreign process is A1
(the national portal's CII from real clients has an empty context).
"""

from __future__ import annotations

from choriste.domain.invoice.model import Invoice
from choriste.domain.lifecycle import Frame

_BY_CODE = {frame.value.split("_", 1)[0]: frame for frame in Frame if frame.value.startswith("A")}
_PAID_PROCESSES = frozenset({"B2", "S2", "M2"})


def announced_frame(invoice: Invoice) -> Frame:
    """Return the frame of an invoice."""
    process = (invoice.business_process or "").strip().upper()
    if process in _PAID_PROCESSES:
        return _BY_CODE["A2"]
    return _BY_CODE.get(process.split("_", 1)[0], _BY_CODE["A1"])
