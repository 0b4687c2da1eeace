"""The rest of the platform's surroundings in memory, for tests: agenda, files, bus, mail, intake, once."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from choriste.application.operations.ports import EVERY_KIND, DueItem, DueKind
from choriste.application.shared.clock import Clock
from choriste.application.shared.ports import Acquisition, Bucket
from choriste.domain.shared.errors import NotFoundError
from choriste.domain.shared.ids import FlowId
from tests.fakes.flows import MemoryFlows
from tests.fakes.invoices import MemoryInvoices
from tests.fakes.members import MemoryMembers

_EVER = dt.datetime.max.replace(tzinfo=dt.UTC)


class MemoryDueItems:
    """Implements the port `DueItems`: unfinished flows are due ten minutes after they came in."""

    WATCH = dt.timedelta(minutes=10)

    def __init__(self, flows: MemoryFlows, invoices: MemoryInvoices, members: MemoryMembers) -> None:
        self._flows = flows
        self._invoices = invoices
        self._members = members
        self._postponed: dict[tuple[str, str], dt.datetime] = {}

    def due_before(
        self, moment: dt.datetime, *, limit: int, kinds: frozenset[DueKind] = EVERY_KIND
    ) -> tuple[DueItem, ...]:
        """Return what of some kinds was due before a moment, oldest first."""
        items = [
            *(
                self._item(DueKind.FLOW, flow.id, flow.received_at + self.WATCH)
                for flow in self._flows.unfinished()
            ),
            *(
                self._item(DueKind.INVOICE, str(head.id), head.due_at)
                for head in self._invoices.every()
                if head.due_at is not None
            ),
            *(
                self._item(DueKind.REQUEST, request.id, request.due_at)
                for request in self._members.requests()
                if request.due_at is not None
            ),
            *(
                self._item(DueKind.TRANSFER, transfer.structure, transfer.settles_at)
                for transfer in self._members.transfers()
                if transfer.settles_at is not None
            ),
            *(
                self._item(DueKind.MERGER, merger.absorbed, merger.due_at)
                for merger in self._members.mergers()
                if merger.due_at is not None
            ),
        ]
        wanted = (item for item in items if item.kind in kinds)
        due = sorted((item for item in wanted if item.due_at < moment), key=lambda item: item.due_at)
        return tuple(due[:limit])

    def postpone(self, item: DueItem, until: dt.datetime) -> bool:
        """Look at an item again later, unless another call put it off already."""
        if item not in self.due_before(_EVER, limit=10_000):
            return False
        self._postponed[item.kind, item.id] = until
        return True

    def _item(self, kind: DueKind, identifier: str, due_at: dt.datetime) -> DueItem:
        return DueItem(kind, identifier, self._postponed.get((kind, identifier), due_at))


class MemoryFiles:
    """Implements the port `Files`."""

    def __init__(self) -> None:
        self._contents: dict[tuple[Bucket, str], bytes] = {}
        self.named: dict[tuple[Bucket, str], dict[str, str]] = {}
        """The metadata that a test gives objects."""

    def put(self, bucket: Bucket, key: str, content: bytes, *, mime_type: str) -> None:
        """Keep bytes under a key."""
        del mime_type  # only a real store answers with it
        if bucket is Bucket.ARCHIVE:
            self._contents.setdefault((bucket, key), content)
        else:
            self._contents[bucket, key] = content

    def get(self, bucket: Bucket, key: str) -> bytes:
        """Return the bytes under a key; raises `NotFoundError`."""
        if (bucket, key) not in self._contents:
            raise NotFoundError(kind="file", id=key)
        return self._contents[bucket, key]

    def open(self, bucket: Bucket, key: str) -> BinaryIO:
        """Return the bytes under a key as a file."""
        return io.BytesIO(self.get(bucket, key))

    def keep_dropped(self, dropped: BinaryIO, key: str, *, mime_type: str) -> None:
        """Copy what was opened into the archive."""
        dropped.seek(0)
        self.put(Bucket.ARCHIVE, key, dropped.read(), mime_type=mime_type)

    def size(self, bucket: Bucket, key: str) -> int:
        """Return the size in bytes of what is under a key."""
        return len(self.get(bucket, key))

    def metadata(self, bucket: Bucket, key: str) -> Mapping[str, str]:
        """Return the metadata that came with an object."""
        self.get(bucket, key)
        return self.named.get((bucket, key), {})

    def upload_address(self, key: str, *, seconds: int) -> str:
        """Return an address to PUT an inbox object to."""
        return f"memory://{Bucket.INBOX}/{key}?seconds={seconds}"

    def download_address(self, bucket: Bucket, key: str, *, filename: str, seconds: int) -> str:
        """Return an address to GET an object from."""
        return f"memory://{bucket}/{key}?filename={filename}&seconds={seconds}"


class MemoryIntake:
    """Implements the port `Intake`: remembers what was started."""

    def __init__(self) -> None:
        self.started: list[tuple[FlowId, int, int]] = []

    def start(self, flow_id: FlowId, position: int, *, attempt: int = 0) -> None:
        """Remember the start unless this attempt was started before."""
        if (flow_id, position, attempt) not in self.started:
            self.started.append((flow_id, position, attempt))


class MemoryBus:
    """Implements the port `Bus`: remembers what was published."""

    def __init__(self) -> None:
        self.events: list[dict[str, object]] = []

    def publish(self, events: Sequence[dict[str, object]]) -> None:
        """Remember events."""
        self.events.extend(events)


@dataclass(frozen=True, slots=True)
class SentMail:
    """A message that was sent."""

    to: str
    subject: str
    text: str
    html: str


class MemoryMailer:
    """Implements the port `Mailer`: remembers what was sent."""

    def __init__(self) -> None:
        self.sent: list[SentMail] = []

    def send(self, *, to: str, subject: str, text: str, html: str) -> None:
        """Remember a message."""
        self.sent.append(SentMail(to, subject, text, html))


class MemoryIdempotencyStore:
    """Implements the port `IdempotencyStore`."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._values: dict[str, tuple[str, dt.datetime]] = {}

    def acquire(self, key: str, *, by: str, until: dt.datetime) -> Acquisition:
        """Acquire a piece of work for a holder, who gets it again until it is completed."""
        if self._put(key, f"claim of {by}", until):
            return Acquisition.ACQUIRED
        return Acquisition.DONE if self.get(key) == "done" else Acquisition.HELD

    def complete(self, key: str, *, until: dt.datetime) -> None:
        """Remember until then that a claimed piece of work is done."""
        self._values[key] = ("done", until)

    def get(self, key: str) -> str | None:
        """Return the value kept under a key."""
        value, until = self._values.get(key, ("", self._clock.now()))
        return value if until > self._clock.now() else None

    def put(self, key: str, value: str, *, until: dt.datetime) -> None:
        """Keep a value under a key, in place of an earlier one."""
        self._values[key] = (value, until)

    def put_if_absent(self, key: str, value: str, *, until: dt.datetime) -> str:
        """Keep a value under a key and return the one that counts: the first."""
        return value if self._put(key, value, until) else self.get(key) or value

    def _put(self, key: str, value: str, until: dt.datetime) -> bool:
        if self.get(key) not in {None, value}:
            return False
        self._values[key] = (value, until)
        return True
