"""Orders from the opening queue: an archive's members are kept, and sent on to the admission."""

from __future__ import annotations

import json
from typing import Any

from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from choriste.application.deposits.open_flow import open_flow
from choriste.application.exchange.report_flow import report_flow
from choriste.application.shared.messages import known
from choriste.domain.shared.ids import FlowId
from choriste.runtime.messages import take_messages
from choriste.runtime.observability import logger
from choriste.runtime.ports import platform_ports
from choriste.runtime.settings import settings

settings()  # a missing variable stops the start


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: LambdaContext) -> PartialItemFailureResponse:
    """Take in SQS messages; `batchItemFailures` names those to deliver again."""
    return take_messages(event, context, _open, queue=settings().opening_queue_url)


def _open(record: SQSRecord) -> None:
    flow_id = FlowId(known(json.loads(record.body))["flow_id"])
    ports = platform_ports()
    flow = open_flow(ports, flow_id)
    report_flow(ports, flow_id)  # to the partner that dropped it, where it is refused as a whole
    logger.info("opened", extra={"flow_id": flow_id, "documents": flow.documents if flow else None})
