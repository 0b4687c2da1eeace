"""Status changes announced on an EventBridge bus."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mypy_boto3_events.client import EventBridgeClient

SOURCE = "choriste.lifecycle"
DETAIL_TYPE = "InvoiceStatusChanged"
_BATCH = 10


class PublishingError(Exception):
    """EventBridge refused some of the events; the publisher tries the whole batch again."""


class EventBridgeBus:
    """Implements `choriste.application.notices.ports.Bus`."""

    def __init__(self, client: EventBridgeClient, *, name: str) -> None:
        self._client = client
        self._name = name

    def publish(self, events: Sequence[dict[str, object]]) -> None:
        """Publish events in batches of ten; raises `PublishingError` if any was refused."""
        entries: list[Any] = [
            {
                "Source": SOURCE,
                "DetailType": DETAIL_TYPE,
                "Detail": json.dumps(event, ensure_ascii=False),
                "EventBusName": self._name,
            }
            for event in events
        ]
        for start in range(0, len(entries), _BATCH):
            answer = self._client.put_events(Entries=entries[start : start + _BATCH])
            if answer["FailedEntryCount"]:
                raise PublishingError(answer["Entries"])
