"""SQS: one change of a queue at a time, and word of what it takes and gives up before the answer leaves.

moto deletes by putting a new list in the place of the old one: a message that arrives meanwhile is lost. For
each message it also asks a queue for all its attributes, three counts of all messages among them, where it
needs one that is fixed; and it computes the time as the difference of two dates.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from moto.sqs import models
from moto.sqs.models import Message, Queue, SQSBackend, sqs_backends

from choriste.local.moto_patches.replacing import Uninstall, replace
from choriste.local.platform.settings import ACCOUNT, REGION
from choriste.local.platform.shapes import MotoObject

_QUEUE_LOCK: Final = threading.RLock()


@dataclass(frozen=True, slots=True, kw_only=True)
class QueuedMessage:
    """A message by its id: the queue that has it and its body, or no body once it was deleted."""

    id: str
    queue: str
    body: str | None


OnMessage = Callable[[QueuedMessage], None]


def install_messages(on_message: OnMessage) -> Sequence[Uninstall]:
    """Make queues safe; `on_message` hears of each message before it is there, and when it is gone.

    A message that moves to a dead-letter queue is one that this queue takes.
    """
    add, delete = Queue.add_message, Queue.delete_message

    def add_message(queue: MotoObject, message: MotoObject) -> None:
        with _QUEUE_LOCK:
            on_message(QueuedMessage(id=message.id, queue=queue.name, body=message.body))
            add(queue, message)

    def delete_message(queue: MotoObject, receipt_handle: str) -> None:
        with _QUEUE_LOCK:
            gone = [one.id for one in queue._messages if one.had_receipt_handle(receipt_handle)]  # noqa: SLF001 - the seam
            delete(queue, receipt_handle)
            for identifier in gone:
                on_message(QueuedMessage(id=identifier, queue=queue.name, body=None))

    return (
        replace(Queue, "add_message", add_message),
        replace(Queue, "delete_message", delete_message),
        replace(SQSBackend, "is_message_valid_based_on_retention_period", _is_kept),
        replace(models, "unix_time", time.time),
        replace(models, "unix_time_millis", lambda: time.time() * 1000),
    )


def _is_kept(backend: MotoObject, queue_name: str, message: MotoObject) -> bool:
    """Whether a message is younger than its queue keeps messages (seconds)."""
    kept: int = backend.get_queue(queue_name).message_retention_period
    return bool(kept + message.sent_timestamp / 1000 > time.time())


def queued_messages() -> Iterator[QueuedMessage]:
    """Every message of every queue, those in flight included."""
    for name, queue in list(sqs_backends[ACCOUNT][REGION].queues.items()):
        for message in list(queue._messages):  # noqa: SLF001 - the public list leaves messages in flight out
            yield QueuedMessage(id=message.id, queue=name, body=message.body)


def restore_message(kept: QueuedMessage) -> None:
    """Put a message back in its queue, ready to be received; nothing where the queue is no more."""
    queue: MotoObject = sqs_backends[ACCOUNT][REGION].queues.get(kept.queue)
    if queue is not None and kept.body is not None:
        message: MotoObject = Message(kept.id, kept.body)
        message.mark_sent(delay_seconds=0)
        queue.add_message(message)
