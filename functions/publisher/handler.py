"""Publish the outbox: what the core table's stream names, and on a schedule what a nudge missed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from choriste.adapters.aws.dynamodb.outbox import event_of_key
from choriste.application.notices.publish_changes import publish_changes, publish_named
from choriste.application.shared.messages import STREAM_RECORDS, known_record
from choriste.domain.shared.ids import EventId
from choriste.runtime.messages import time_left
from choriste.runtime.observability import logger
from choriste.runtime.ports import platform_ports
from choriste.runtime.settings import settings

settings()  # a missing variable stops the start


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Publish; a failure is raised, so that the nudge is repeated."""
    records = event.get("Records")
    ports = platform_ports()
    if records is not None:
        published = publish_named(ports, list(_named(records)))
    else:
        published = publish_changes(ports, by=context.aws_request_id, has_time=time_left(context))
    return {"published": published, "batchItemFailures": []}


def _named(records: list[dict[str, Any]]) -> Iterator[EventId]:
    """Yield the history rows among the keys of stream records."""
    for record in records:
        keys = known_record(record, major=STREAM_RECORDS)["dynamodb"]["Keys"]
        named = event_of_key(keys["pk"]["S"], keys["sk"]["S"])
        if named is not None:
            yield named
