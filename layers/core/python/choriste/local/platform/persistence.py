"""Keeps the state of the stores in a data directory, and brings it back at the next start.

Records of the journal, each with one key: `items` (written places of tables, one call a record), `object`
(bucket, key and all versions), `message` (id, queue, and its body or null once it was deleted), `mail` (one
that was sent), `clock` (seconds the clock is ahead). The rest of the platform is recreated from the template.
"""

from __future__ import annotations

import json
import logging
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import asdict, astuple, dataclass, field
from pathlib import Path
from typing import Final

from choriste.local.moto_patches.keeping import item_states, restore_item, write_state
from choriste.local.moto_patches.messages import QueuedMessage, queued_messages, restore_message
from choriste.local.moto_patches.objects import (
    OBJECT_LOCK,
    ObjectName,
    object_names,
    object_state,
    restore_object,
)
from choriste.local.moto_patches.tables import Write
from choriste.local.platform.blobs import Blobs
from choriste.local.platform.journal import Journal
from choriste.local.platform.mailbox import Mail, mail_of, mails, restore_mail
from choriste.local.platform.shapes import Json, MotoObject

logger: Final = logging.getLogger("choriste.local.platform.persistence")

_ITEMS_PER_RECORD: Final = 100
_FEW_RECORDS: Final = 1000
_SUPERSEDED_SHARE: Final = 0.5
_KEPT_MAILS: Final = 500


@dataclass(slots=True)
class _Kept:
    """The last state of everything recorded in the journal."""

    items: dict[str, Json] = field(default_factory=dict)
    objects: dict[ObjectName, Json] = field(default_factory=dict)
    messages: dict[str, QueuedMessage] = field(default_factory=dict)
    mails: deque[Mail] = field(default_factory=lambda: deque(maxlen=_KEPT_MAILS))
    clock: float = 0.0
    records: int = 0

    def take(self, record: Json) -> None:
        """Apply one record."""
        self.records += 1
        for state in record.get("items", ()):
            self.items[json.dumps(state[:2])] = state
        if "object" in record:
            bucket, key, versions = record["object"]
            self.objects[ObjectName(bucket, key)] = versions
        if "message" in record:
            identifier, queue, body = record["message"]
            self.messages.pop(identifier, None)
            if body is not None:
                self.messages[identifier] = QueuedMessage(id=identifier, queue=queue, body=body)
        if "mail" in record:
            self.mails.append(Mail(**{**record["mail"], "recipients": tuple(record["mail"]["recipients"])}))
        self.clock = record.get("clock", self.clock)

    def superseded_share(self) -> float:
        """About how much of the journal is history, from 0 to 1."""
        living = sum(state[2] is not None for state in self.items.values())
        living += len(self.objects) + len(self.messages) + len(self.mails)
        return 1 - living / max(living, self.records)


class Persistence:
    """The data directory of a running platform; close it at the end.

    Raises DataDirTakenError and DataDirNewerError.
    """

    def __init__(self, folder: Path, *, fsync: bool = False) -> None:
        self._journal = Journal(folder, fsync=fsync)
        self._blobs = Blobs(folder / "objects", fsync=fsync)
        self._kept = _Kept()
        self._recording = False
        for record in self._journal.replay():
            self._kept.take(record)
        self.has_state = self._kept.records > 0
        """Whether an earlier run left anything."""

    @property
    def clock_offset(self) -> float:
        """How many seconds the clock was ahead."""
        return self._kept.clock

    def restore(self) -> None:
        """Put everything back, drop what is superseded if it is much, and start recording."""
        for state in self._kept.items.values():
            restore_item(state)
        for name, versions in self._kept.objects.items():
            restore_object(name, versions, self._blobs.read)
        for message in self._kept.messages.values():
            restore_message(message)
        for mail in self._kept.mails:
            restore_mail(mail)
        if self._kept.records > _FEW_RECORDS and self._kept.superseded_share() > _SUPERSEDED_SHARE:
            self._compact()
        self._kept = _Kept(clock=self._kept.clock)
        self._recording = True

    def items_written(self, writes: Sequence[Write]) -> None:
        """Record the writes of one call."""
        if self._recording:
            self._journal.append({"items": [write_state(write) for write in writes]})

    def object_changed(self, name: ObjectName) -> None:
        """Record the state of one object."""
        if self._recording:
            with OBJECT_LOCK:
                self._journal.append(self._object_record(name))

    def message_changed(self, message: QueuedMessage) -> None:
        """Record a message that a queue takes or gave up."""
        if self._recording:
            self._journal.append({"message": list(astuple(message))})

    def mail_sent(self, message: MotoObject) -> None:
        """Record a mail."""
        if self._recording:
            self._journal.append({"mail": asdict(mail_of(message))})

    def clock_moved(self, offset: float) -> None:
        """Record how many seconds the clock is ahead."""
        if self._recording:
            self._journal.append({"clock": offset})

    def close(self) -> None:
        """Stop recording and give the data directory free."""
        self._recording = False
        self._journal.close()

    def _object_record(self, name: ObjectName) -> Json:
        return {"object": [name.bucket, name.key, object_state(name, self._blobs.keep)]}

    def _compact(self) -> None:
        names: set[str] = set()
        self._journal.rewrite(self._living_records(names))
        self._blobs.drop_others(names)

    def _living_records(self, contents: set[str]) -> Iterator[Json]:
        yield {"clock": self._kept.clock}
        for states in _batches(item_states(), _ITEMS_PER_RECORD):
            yield {"items": states}
        for message in queued_messages():
            yield {"message": list(astuple(message))}
        for mail in reversed(mails()):
            yield {"mail": asdict(mail)}
        for name in object_names():
            record = self._object_record(name)
            contents.update(version["content"] for version in record["object"][2] if "content" in version)
            yield record


def _batches(states: Iterator[Json], size: int) -> Iterator[list[Json]]:
    batch: list[Json] = []
    for state in states:
        batch.append(state)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch
