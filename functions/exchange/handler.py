"""Status events from the exchange queue: the partners concerned get their files."""

from __future__ import annotations

import json
from typing import Any

from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from choriste.application.exchange.tell_partners import tell_partners
from choriste.application.shared.messages import known
from choriste.domain.shared.ids import InvoiceId
from choriste.runtime.messages import take_messages
from choriste.runtime.observability import logger
from choriste.runtime.ports import platform_ports
from choriste.runtime.settings import settings

settings()  # a missing variable stops the start


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: LambdaContext) -> PartialItemFailureResponse:
    """Take in a batch of SQS messages; `batchItemFailures` names those to deliver again."""
    return take_messages(event, context, _tell, queue=settings().exchange_queue_url)


def _tell(record: SQSRecord) -> None:
    detail = known(json.loads(record.body)["detail"])
    invoice_id, version = InvoiceId(int(detail["invoice_id"])), int(detail["version"])
    tell_partners(platform_ports(), invoice_id, version)
