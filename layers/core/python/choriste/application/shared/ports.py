"""The ports that several capabilities share: pages of lists, bytes, mail, and what was done already.

Every write either happens wholly or raises, and may be repeated with the same arguments.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import BinaryIO, Generic, Protocol, TypeVar

Row_co = TypeVar("Row_co", covariant=True)


@dataclass(frozen=True, slots=True)
class Page(Generic[Row_co]):
    """A page of a list; `after` is the place to go on from, None at the end."""

    rows: tuple[Row_co, ...]
    after: str | None


class Bucket(StrEnum):
    """The buckets of the platform: `archive` is write-once, `documents` can be made again.

    Partners write to `inbox` and fetch from `outbox`, each in a folder of its own.
    """

    INBOX = "inbox"
    OUTBOX = "outbox"
    ARCHIVE = "archive"
    DOCUMENTS = "documents"


class Files(Protocol):
    """Bytes kept in the platform's buckets."""

    def put(self, bucket: Bucket, key: str, content: bytes, *, mime_type: str) -> None:
        """Keep bytes under a key."""
        ...

    def get(self, bucket: Bucket, key: str) -> bytes:
        """Return the bytes under a key; raises `NotFoundError`."""
        ...

    def open(self, bucket: Bucket, key: str) -> BinaryIO:
        """Return what is under a key as a file that can be sought, read in pieces; raises `NotFoundError`."""
        ...

    def keep_dropped(self, dropped: BinaryIO, key: str, *, mime_type: str) -> None:
        """Copy an opened inbox object into the archive; raises `NotFoundError` if it was replaced."""
        ...

    def size(self, bucket: Bucket, key: str) -> int:
        """Return the size in bytes of what is under a key; raises `NotFoundError`."""
        ...

    def metadata(self, bucket: Bucket, key: str) -> Mapping[str, str]:
        """Return the metadata that came with an object, names in lower case; raises `NotFoundError`."""
        ...

    def upload_address(self, key: str, *, seconds: int) -> str:
        """Return an address to PUT an inbox object to, valid for that long."""
        ...

    def download_address(self, bucket: Bucket, key: str, *, filename: str, seconds: int) -> str:
        """Return an address to GET an object from, saved under that file name."""
        ...


class Acquisition(StrEnum):
    """What asking for a piece of work was answered: do it, another holds it, or it was done."""

    ACQUIRED = "acquired"
    HELD = "held"
    DONE = "done"


class IdempotencyStore(Protocol):
    """Keeps what was done, for a time, so that it is not done twice."""

    def acquire(self, key: str, *, by: str, until: dt.datetime) -> Acquisition:
        """Acquire a piece of work for a holder, until a moment at most.

        The holder gets it again: a holder that asks again was interrupted. Others get it once `until` has
        passed. Nobody gets what was completed.
        """
        ...

    def complete(self, key: str, *, until: dt.datetime) -> None:
        """Keep until then that an acquired piece of work is done."""
        ...

    def get(self, key: str) -> str | None:
        """Return the value kept under a key."""
        ...

    def put(self, key: str, value: str, *, until: dt.datetime) -> None:
        """Keep a value under a key, in place of an earlier one."""
        ...

    def put_if_absent(self, key: str, value: str, *, until: dt.datetime) -> str:
        """Keep a value under a key and return the one that counts: the first."""
        ...


class Mailer(Protocol):
    """E-mail."""

    def send(self, *, to: str, subject: str, text: str, html: str) -> None:
        """Send one message."""
        ...
