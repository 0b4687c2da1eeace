"""What waits for its turn in SQS: archives to be opened, and the portions of their documents."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from choriste.application.deposits.admit_documents import PORTION
from choriste.application.shared.messages import SCHEMA
from choriste.domain.shared.errors import BusyError
from choriste.domain.shared.ids import FlowId

if TYPE_CHECKING:
    from mypy_boto3_sqs.client import SQSClient
    from mypy_boto3_sqs.type_defs import SendMessageBatchRequestEntryTypeDef

_BATCH: Final = 10
_WAITING: Final = "ApproximateNumberOfMessages"


class SqsBacklog:
    """Implements `application.deposits.ports.Backlog`; `opening` and `admission` are addresses of queues."""

    def __init__(self, client: SQSClient, *, opening: str, admission: str) -> None:
        self._client = client
        self._opening = opening
        self._admission = admission

    def open_later(self, flow_id: FlowId) -> None:
        """Send the order to open a flow's file."""
        body = json.dumps({"schema": SCHEMA, "flow_id": flow_id})
        self._client.send_message(QueueUrl=self._opening, MessageBody=body)

    def admit_later(self, flow_id: FlowId, positions: Sequence[int], *, attempt: int = 0) -> None:
        """Send the documents on in portions, ten portions a request."""
        portions = [positions[start : start + PORTION] for start in range(0, len(positions), PORTION)]
        for start in range(0, len(portions), _BATCH):
            self._send([_order(flow_id, portion, attempt) for portion in portions[start : start + _BATCH]])

    def is_waiting(self) -> bool:
        """Say whether messages wait that nobody works on; SQS counts them roughly, and a minute late."""
        return any(self._depth(queue) for queue in (self._opening, self._admission))

    def _send(self, orders: Sequence[str]) -> None:
        """Send a batch; a repeat of the whole step is harmless, so one refused message fails it."""
        entries: list[SendMessageBatchRequestEntryTypeDef] = [
            {"Id": str(n), "MessageBody": order} for n, order in enumerate(orders)
        ]
        if self._client.send_message_batch(QueueUrl=self._admission, Entries=entries).get("Failed"):
            raise BusyError(seconds=1)

    def _depth(self, queue: str) -> int:
        answer = self._client.get_queue_attributes(QueueUrl=queue, AttributeNames=[_WAITING])
        return int(answer["Attributes"][_WAITING])


def _order(flow_id: FlowId, portion: Sequence[int], attempt: int) -> str:
    return json.dumps({"schema": SCHEMA, "flow_id": flow_id, "documents": list(portion), "attempt": attempt})
