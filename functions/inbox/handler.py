"""S3 events from the inbox queue: each object becomes a flow or an attachment; a failing one comes again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote_plus

from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from choriste.application.deposits.receive_inbox_object import receive_inbox_object
from choriste.application.exchange.receive_partner_file import partner_code_of, receive_partner_file
from choriste.application.invoices.upload_attachment import ATTACHMENTS, receive_attachment
from choriste.application.shared.messages import S3_EVENTS, known_record
from choriste.domain.shared.errors import NotFoundError
from choriste.runtime.messages import take_messages
from choriste.runtime.observability import logger
from choriste.runtime.ports import platform_ports
from choriste.runtime.settings import settings

settings()  # a missing variable stops the start


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: LambdaContext) -> PartialItemFailureResponse:
    """Take in SQS messages; `batchItemFailures` names those to deliver again."""
    return take_messages(event, context, _take_in_message, queue=settings().inbox_queue_url)


def _take_in_message(record: SQSRecord) -> None:
    for key, delivery in _objects(json.loads(record.body)):
        _take_in(key, delivery)


def _objects(body: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield key and delivery of each object; S3's own test message has no records."""
    for record in body.get("Records", ()):
        described = known_record(record, major=S3_EVENTS)["s3"]["object"]
        delivery = described.get("versionId") or f"{described.get('eTag')}-{described.get('sequencer')}"
        yield unquote_plus(described["key"]), delivery


def _take_in(key: str, delivery: str) -> None:
    try:
        if key.startswith(ATTACHMENTS):
            _attach(key)
            return
        receive = receive_inbox_object if partner_code_of(key) is None else receive_partner_file
        receipt = receive(platform_ports(), key, delivery=delivery)
    except NotFoundError as missing:
        if missing.parameters.get("kind") != "file":
            raise
        logger.warning("inbox object has gone", extra={"key": key})
        return
    if receipt is None:
        logger.warning("inbox object belongs to no account", extra={"key": key})
        return
    logger.info("deposited", extra={"flow_id": receipt.flow.id, "is_new": receipt.is_new})


def _attach(key: str) -> None:
    found = receive_attachment(platform_ports(), key)
    if found is None:
        logger.warning("inbox object belongs to no account", extra={"key": key})
        return
    logger.info("attachment arrived", extra={"invoice_id": found.invoice_id, "refused": found.code})
