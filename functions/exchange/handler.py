"""Status events from the exchange queue: the partners concerned get their files."""

from __future__ import annotations

import json
from typing import Any

from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from choriste.application.exchange.tell_partners import tell_partners
from choriste.application.shared.messages import known
from choriste.domain.shared.ids import InvoiceId
from choriste.runtime.observability import logger
from choriste.runtime.ports import platform_ports
from choriste.runtime.settings import settings

settings()  # a missing variable stops the start

_processor = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: LambdaContext) -> PartialItemFailureResponse:
    """Take in a batch of SQS messages; `batchItemFailures` names those to deliver again."""
    return process_partial_response(event, _tell, _processor, context)


def _tell(record: SQSRecord) -> None:
    try:
        detail = known(json.loads(record.body)["detail"])
        invoice_id, version = InvoiceId(int(detail["invoice_id"])), int(detail["version"])
        tell_partners(platform_ports(), invoice_id, version)
    except Exception:
        logger.exception("exchange failed", extra={"message_id": record.message_id})
        raise
