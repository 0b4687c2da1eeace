"""Nudges the functions fed by a table's stream when an unpublished outbox row was written.

The nudge carries keys only, as the KEYS_ONLY stream does: the outbox rows are the truth, so a lost or
repeated nudge changes nothing and the sweep finds what was missed. Nudges leave at once unless they are held.
"""

from __future__ import annotations

import logging
import threading
import time
import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from choriste.local.platform.hosting import Outcome
from choriste.local.platform.settings import REGION
from choriste.local.platform.shapes import Json

logger: Final = logging.getLogger("choriste.local.platform.nudging")

ATTEMPTS: Final = 3
OUTBOX_ATTRIBUTE: Final = "outbox_shard"

Invoke = Callable[[str, Json], Outcome]
Keys = Mapping[str, Json]


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamSource:
    """One event source mapping: the function that the stream of a table feeds."""

    table: str
    stream_arn: str
    function: str
    batch_size: int = 100
    window: int = 0


class OutboxNudger:
    """Collects the keys of written outbox rows and hands them to the publisher in one thread."""

    def __init__(self, sources: Iterable[StreamSource], invoke: Invoke, *, retry_delay: float = 0.2) -> None:
        self._sources = {source.table: source for source in sources}
        self._invoke = invoke
        self._retry_delay = retry_delay
        self._waiting: list[tuple[StreamSource, Keys]] = []
        self._changed = threading.Condition()
        self._delivering = False
        self._held = False
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="outbox", daemon=True)

    @property
    def busy(self) -> bool:
        """Whether nudges are being delivered, or waiting without being held."""
        with self._changed:
            return self._delivering or self._ready() is not None

    def hold(self) -> None:
        """Keep nudges back whose source has a batching window, until `release`."""
        with self._changed:
            self._held = True

    def release(self) -> None:
        """Deliver what was held, in batches as full as can be."""
        with self._changed:
            self._held = False
            self._changed.notify_all()

    def start(self) -> None:
        """Start delivering."""
        self._thread.start()

    def stop(self) -> None:
        """Stop once the nudge under way is delivered."""
        with self._changed:
            self._stopping = True
            self._changed.notify_all()
        self._thread.join()

    def written(self, table: str, keys: Keys) -> None:
        """Take note that an outbox row of `table` was written; `keys` are its keys in DynamoDB JSON."""
        source = self._sources.get(table)
        if source is None:
            return
        with self._changed:
            self._waiting.append((source, keys))
            self._changed.notify_all()

    def _run(self) -> None:
        while (batch := self._next_batch()) is not None:
            source, keys = batch
            try:
                self._deliver(source, keys)
            except Exception:
                logger.exception("the outbox could not call %s", source.function)
            finally:
                with self._changed:
                    self._delivering = False

    def _next_batch(self) -> tuple[StreamSource, list[Keys]] | None:
        with self._changed:
            while (source := self._ready()) is None and not self._stopping:
                self._changed.wait()
            if source is None or self._stopping:
                return None
            self._delivering = True
            return self._take(source)

    def _ready(self) -> StreamSource | None:
        """Return the first source whose nudges may leave now."""
        return next((source for source, _ in self._waiting if not (self._held and source.window)), None)

    def _take(self, source: StreamSource) -> tuple[StreamSource, list[Keys]]:
        batch: list[Keys] = []
        others: list[tuple[StreamSource, Keys]] = []
        for entry in self._waiting:
            if entry[0] is source and len(batch) < source.batch_size:
                batch.append(entry[1])
            else:
                others.append(entry)
        self._waiting = others
        return source, batch

    def _deliver(self, source: StreamSource, keys: list[Keys]) -> None:
        event = {"Records": [_record(source, one) for one in keys]}
        for attempt in range(ATTEMPTS):
            if not self._invoke(source.function, event).failed:
                return
            time.sleep(self._retry_delay * (attempt + 1))
        logger.error("%s failed %d times; the sweep will publish what is left", source.function, ATTEMPTS)


def _record(source: StreamSource, keys: Keys) -> Json:
    return {
        "eventID": uuid.uuid4().hex,
        "eventName": "INSERT",
        "eventVersion": "1.1",
        "eventSource": "aws:dynamodb",
        "awsRegion": REGION,
        "eventSourceARN": source.stream_arn,
        "dynamodb": {
            "ApproximateCreationDateTime": int(time.time()),
            "Keys": keys,
            "SequenceNumber": str(time.time_ns()),
            "SizeBytes": 64,
            "StreamViewType": "KEYS_ONLY",
        },
    }
