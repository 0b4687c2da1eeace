"""Status events from the notification queue: each concerned user is told."""

from __future__ import annotations

import json
from typing import Any

from choriste.application.notices.notify_users import notify_users
from choriste.domain.shared.ids import InvoiceId
from choriste.runtime.observability import logger
from choriste.runtime.ports import platform_ports


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Take in a batch of SQS messages; `batchItemFailures` names those to deliver again."""
    failures = [record["messageId"] for record in event["Records"] if not _notified(record)]
    return {"batchItemFailures": [{"itemIdentifier": message} for message in failures]}


def _notified(record: dict[str, Any]) -> bool:
    try:
        detail = json.loads(record["body"])["detail"]
        invoice_id, version = InvoiceId(int(detail["invoice_id"])), int(detail["version"])
        notify_users(platform_ports(), invoice_id, version, by=record["messageId"])
    except Exception:  # noqa: BLE001 - whatever it was, this message must come again
        logger.exception("notice failed", extra={"message_id": record["messageId"]})
        return False
    return True
