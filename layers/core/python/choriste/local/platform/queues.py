"""Feeds functions from their queues: the event source mappings of AWS Lambda.

Kept from AWS: batch size, `batchItemFailures`, redrive to the dead-letter queue after the receives its
policy allows, the event's shape. A failed message comes back after `retry_delay` rather than after its whole
visibility timeout, which is minutes; and batches leave at once, without waiting for a batching window, unless
the sources that have one are held.
"""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable, Iterable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Final

import boto3

from choriste.local.platform.hosting import Outcome
from choriste.local.platform.settings import REGION
from choriste.local.platform.shapes import AwsClient, Json

logger: Final = logging.getLogger("choriste.local.platform.queues")

_WAIT_SECONDS: Final = 1
_HELD_SECONDS: Final = 0.02

Invoke = Callable[[str, Json], Outcome]


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueSource:
    """One event source mapping: which queue feeds which function."""

    queue_name: str
    queue_arn: str
    function: str
    batch_size: int = 10
    window: int = 0
    reports_item_failures: bool = False


class QueuePoller:
    """One thread per event source mapping, receiving and invoking until stopped."""

    def __init__(self, sources: Iterable[QueueSource], invoke: Invoke, *, retry_delay: int = 1) -> None:
        self._sources = tuple(sources)
        self._invoke = invoke
        self._retry_delay = retry_delay
        self._stopping = threading.Event()
        self._threads: list[threading.Thread] = []
        self._gates = {source: threading.Lock() for source in self._sources if source.window}
        self._held = False

    @property
    def queue_names(self) -> tuple[str, ...]:
        """The queues that are polled, without those that are held."""
        return tuple(source.queue_name for source in self._sources if not (self._held and source.window))

    def hold(self) -> None:
        """Leave messages in the queues whose source has a batching window, until `release`.

        A batch under way is done on return: the receive of each such source is waited for.
        """
        self._held = True
        for gate in self._gates.values():
            with gate:
                pass

    def release(self) -> None:
        """Receive what was held, in batches as full as can be."""
        self._held = False

    def start(self) -> None:
        """Start polling."""
        for source in self._sources:
            thread = threading.Thread(
                target=self._poll, args=(source,), name=f"queue:{source.queue_name}", daemon=True
            )
            self._threads.append(thread)
            thread.start()

    def stop(self) -> None:
        """Stop polling once the batches under way are done."""
        self._stopping.set()
        for thread in self._threads:
            thread.join()

    def _poll(self, source: QueueSource) -> None:
        client: AwsClient = boto3.client("sqs", region_name=REGION)
        url = client.get_queue_url(QueueName=source.queue_name)["QueueUrl"]
        while not self._stopping.is_set():
            try:
                self._receive_unless_held(client, url, source)
            except Exception:
                logger.exception("queue %s could not be read", source.queue_name)
                self._stopping.wait(_WAIT_SECONDS)

    def _receive_unless_held(self, client: AwsClient, url: str, source: QueueSource) -> None:
        with self._gates.get(source, nullcontext()):
            held = self._held and source.window > 0
            if not held:
                self._receive(client, url, source)
        if held:
            self._stopping.wait(_HELD_SECONDS)

    def _receive(self, client: AwsClient, url: str, source: QueueSource) -> None:
        answer = client.receive_message(
            QueueUrl=url,
            MaxNumberOfMessages=min(10, source.batch_size),
            WaitTimeSeconds=_WAIT_SECONDS,
            AttributeNames=["All"],
            MessageAttributeNames=["All"],
        )
        messages = answer.get("Messages", [])
        if messages:
            self._deliver(client, url, source, messages)

    def _deliver(
        self, client: AwsClient, url: str, source: QueueSource, messages: list[Mapping[str, Json]]
    ) -> None:
        outcome = self._invoke(source.function, {"Records": [_record(one, source) for one in messages]})
        failed = _failed_ids(outcome, messages, reports=source.reports_item_failures)
        for message in messages:
            if message["MessageId"] in failed:
                client.change_message_visibility(
                    QueueUrl=url,
                    ReceiptHandle=message["ReceiptHandle"],
                    VisibilityTimeout=self._retry_delay,
                )
        done = [
            {"Id": message["MessageId"], "ReceiptHandle": message["ReceiptHandle"]}
            for message in messages
            if message["MessageId"] not in failed
        ]
        if done:
            client.delete_message_batch(QueueUrl=url, Entries=done)


def _record(message: Mapping[str, Json], source: QueueSource) -> Json:
    return {
        "messageId": message["MessageId"],
        "receiptHandle": message["ReceiptHandle"],
        "body": message["Body"],
        "attributes": message.get("Attributes", {}),
        "messageAttributes": {
            name: _message_attribute(value) for name, value in message.get("MessageAttributes", {}).items()
        },
        "md5OfBody": message["MD5OfBody"],
        "eventSource": "aws:sqs",
        "eventSourceARN": source.queue_arn,
        "awsRegion": REGION,
    }


def _message_attribute(value: Mapping[str, Json]) -> Json:
    return {
        "stringValue": value.get("StringValue"),
        "stringListValues": [],
        "binaryListValues": [],
        "dataType": value["DataType"],
    }


def _failed_ids(outcome: Outcome, messages: list[Mapping[str, Json]], *, reports: bool) -> frozenset[str]:
    """The messages to give back: all of them after an error or an unknown identifier, as AWS does."""
    everything = frozenset(str(message["MessageId"]) for message in messages)
    if outcome.failed:
        return everything
    if not reports:
        return frozenset()
    answer = json.loads(outcome.payload)
    failures = (answer or {}).get("batchItemFailures") or []
    identifiers = frozenset(str(failure.get("itemIdentifier")) for failure in failures)
    return min(identifiers, everything)
