"""Publish status changes from the outbox to the bus, each at least once.

Events carry no personal data: who acted stays in the history, which only entitled people may read.
"""

from __future__ import annotations

from choriste.application.ports import Workshop
from choriste.domain.head import StatusChange

BATCH = 100


def publish_changes(shop: Workshop) -> int:
    """Publish what waits in the outbox and return how many changes went out."""
    published = 0
    while changes := shop.outbox.pending(limit=BATCH):
        shop.bus.publish([event_of(change) for change in changes])
        shop.outbox.mark_published(changes)
        published += len(changes)
        if len(changes) < BATCH:
            break
    return published


def event_of(change: StatusChange) -> dict[str, object]:
    """Return the public event of a status change (schemas/invoice-status-changed.json)."""
    return {
        "id": change.id,
        "invoice_id": change.invoice_id,
        "version": change.version,
        "at": change.at.isoformat(),
        "transition": change.transition,
        "before": change.before.value if change.before is not None else None,
        "after": change.after.value,
        "reason_code": change.reason_code.value if change.reason_code is not None else None,
    }
