"""DynamoDB: moto's backend is not thread-safe, so one lock surrounds each of its calls."""

from __future__ import annotations

import threading
from typing import Final

from moto.dynamodb.responses import DynamoHandler

from choriste.local.seams.replacing import Uninstall, replace
from choriste.local.shapes import Json, MotoObject

TABLE_LOCK: Final = threading.RLock()


def install_table_lock() -> Uninstall:
    """Serialise DynamoDB calls."""
    original = DynamoHandler.call_action

    def call_action(handler: MotoObject) -> Json:
        with TABLE_LOCK:
            return original(handler)

    return replace(DynamoHandler, "call_action", call_action)
