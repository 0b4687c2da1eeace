"""Orders from the admission queue: documents enter the intake, so many at a time."""

from __future__ import annotations

import json
import time
from typing import Any, Final

from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from choriste.application.deposits.admit_documents import admit_documents
from choriste.application.shared.messages import known
from choriste.domain.shared.ids import FlowId
from choriste.runtime.messages import take_messages, time_left
from choriste.runtime.observability import logger
from choriste.runtime.ports import platform_ports
from choriste.runtime.settings import settings

settings()  # a missing variable stops the start

PAUSE_SECONDS: Final = 0.25
"""Between two looks at a flow: each is one read."""


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: LambdaContext) -> PartialItemFailureResponse:
    """Take in SQS messages; `batchItemFailures` names those to deliver again."""
    has_time = time_left(context)

    def pause() -> bool:
        time.sleep(PAUSE_SECONDS)
        return has_time()

    def admit(record: SQSRecord) -> None:
        order = known(json.loads(record.body))
        admit_documents(
            platform_ports(),
            FlowId(order["flow_id"]),
            [int(position) for position in order["documents"]],
            attempt=int(order["attempt"]),
            at_once=int(settings().intake_at_once),
            pause=pause,
        )

    return take_messages(event, context, admit, queue=settings().admission_queue_url)
