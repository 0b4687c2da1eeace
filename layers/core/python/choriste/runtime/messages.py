"""What the functions behind queues share: one message after the other; one that must wait loses no life."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from typing import Any, Final

from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from choriste.domain.shared.errors import BusyError
from choriste.runtime import aws
from choriste.runtime.observability import logger

FIRST: Final = "first"
"""The attribute of a message put back that says which message it was at first."""

DELAY_SECONDS: Final = (20, 60)
"""How long a message that met a busy platform waits, at least and at most: not all come back at once."""

RESERVE_MILLISECONDS: Final = 20_000
"""What a function keeps of its time to finish what it began."""


def take_messages(
    event: dict[str, Any], context: LambdaContext, work: Callable[[SQSRecord], None], *, queue: str
) -> PartialItemFailureResponse:
    """Work on the messages of an event, and return those to deliver again.

    A fault costs a message one of its lives. Where the platform was merely busy, the message goes back to the
    end of its queue as a new one: `queue` is the queue's address.
    """

    def handle(record: SQSRecord) -> None:
        try:
            work(record)
        except Exception as error:
            if not all(isinstance(each, BusyError) for each in _causes(error)):
                logger.exception("message failed", extra={"message_id": record.message_id})
                raise
            _put_back(record, queue)

    processor = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)
    return process_partial_response(event, handle, processor, context)


def name_of(record: SQSRecord) -> str:
    """Return what a message is called, the same after it was put back."""
    first = record.raw_event.get("messageAttributes", {}).get(FIRST, {})
    return str(first.get("stringValue") or record.message_id)


def time_left(context: LambdaContext) -> Callable[[], bool]:
    """Return what says whether a function has time to begin something more."""
    return lambda: context.get_remaining_time_in_millis() > RESERVE_MILLISECONDS


def _put_back(record: SQSRecord, queue: str) -> None:
    aws.sqs().send_message(
        QueueUrl=queue,
        MessageBody=record.body,
        DelaySeconds=random.randint(*DELAY_SECONDS),  # noqa: S311 - a wait, no secret
        MessageAttributes={FIRST: {"DataType": "String", "StringValue": name_of(record)}},
    )
    logger.info("message waits", extra={"message_id": record.message_id})


def _causes(error: Exception) -> Iterator[Exception]:
    """Yield what went wrong: the error, or the single failures of a group."""
    if isinstance(error, ExceptionGroup):
        for each in error.exceptions:
            yield from _causes(each)
    else:
        yield error
