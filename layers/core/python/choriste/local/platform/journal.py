"""An append-only journal of records, one a line, that survives being killed in the middle of a line.

A line is the CRC-32 of the record in eight hexadecimal digits, a space, the record as JSON, a newline. The
first record is the header, `{"format": 2}`; a journal without one has format 1. An older journal is brought
up to date when it is opened, a newer one is refused. Whatever follows the last good line of the file was
never answered and is cut off by the replay.
"""

from __future__ import annotations

import fcntl
import json
import os
import threading
import zlib
from base64 import b64decode, b64encode
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from choriste.local.platform.journal_formats import FORMAT, upcast
from choriste.local.platform.shapes import Json

FILE_NAME: Final = "journal.jsonl"
_LOCK_NAME: Final = "lock"
_DIGITS: Final = 8
_BYTES: Final = "$bytes"
_HEADER: Final = "format"


class DataDirTakenError(OSError):
    """Another platform works on the same data directory."""

    code = "LOCAL-DATA-TAKEN"

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        super().__init__(f"{folder} is used by another running platform")


class DataDirNewerError(OSError):
    """A newer release wrote this data directory, in a format that this one cannot read."""

    code = "LOCAL-DATA-NEWER"

    def __init__(self, folder: Path, written: object) -> None:
        super().__init__(
            f"{folder} was written by a newer release (format {written}; this one reads 1 to {FORMAT}): "
            "start it with that release or take another folder"
        )


class Journal:
    """The journal of a data directory, which it locks for as long as it is open.

    With `fsync` a record is on the disk before `append` returns; without, it is with the operating system,
    which outlives the process but not a loss of power. Raises DataDirTakenError and DataDirNewerError.
    """

    def __init__(self, folder: Path, *, fsync: bool = False) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._path = folder / FILE_NAME
        self._fsync = fsync
        self._lock = threading.Lock()
        self._guard = os.open(folder / _LOCK_NAME, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(self._guard, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(self._guard)
            raise DataDirTakenError(folder) from error
        try:
            self._bring_up_to_date()
        except DataDirNewerError:
            os.close(self._guard)
            raise
        self._file = self._open()

    def replay(self) -> Iterator[Json]:
        """The good records from the first to the last; what follows them is then cut off."""
        good = 0
        for line, record in self._lines():
            good += len(line)
            if _HEADER not in record:
                yield record
        os.ftruncate(self._file, good)

    def append(self, record: Json) -> None:
        """Add a record; an error means that it may not be there and nothing may be answered."""
        line = _line(record)
        with self._lock:
            self._write(line)

    def rewrite(self, records: Iterable[Json]) -> None:
        """Put `records` in the place of everything, at once or, if the process dies, not at all."""
        replacement = self._written(records)
        with self._lock:
            replacement.replace(self._path)
            os.close(self._file)
            self._file = self._open()

    def close(self) -> None:
        """Close the journal and give the data directory free."""
        with self._lock:
            os.close(self._file)
            os.close(self._guard)

    def _bring_up_to_date(self) -> None:
        """Give a new journal its header, and an older one its header and the present form of its records."""
        first = next((record for _, record in self._lines()), None)
        if first is None:
            self._written(()).replace(self._path)
            return
        written = first.get(_HEADER, 1)
        if not isinstance(written, int) or written > FORMAT:
            raise DataDirNewerError(self._folder, written)
        if written < FORMAT:
            kept = (record for _, record in self._lines() if _HEADER not in record)
            self._written(upcast(record, written=written) for record in kept).replace(self._path)

    def _lines(self) -> Iterator[tuple[bytes, Json]]:
        """Yield the good lines from the first to the last, each with its record."""
        if not self._path.exists():
            return
        with self._path.open("rb") as lines:
            for line in lines:
                record = _parse(line)
                if record is None:
                    return
                yield line, record

    def _written(self, records: Iterable[Json]) -> Path:
        """Write a complete journal next to the current one and return its path."""
        replacement = self._path.with_suffix(".new")
        with replacement.open("wb") as file:
            file.write(_line({_HEADER: FORMAT}))
            file.writelines(_line(record) for record in records)
            file.flush()
            os.fsync(file.fileno())
        replacement.chmod(0o600)
        return replacement

    def _open(self) -> int:
        return os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)

    def _write(self, line: bytes) -> None:
        left = memoryview(line)
        while left:
            left = left[os.write(self._file, left) :]
        if self._fsync:
            os.fsync(self._file)


def _line(record: Json) -> bytes:
    text = json.dumps(record, ensure_ascii=False, separators=(",", ":"), default=_from_bytes).encode()
    return b"%08x %b\n" % (zlib.crc32(text), text)


def _parse(line: bytes) -> Json | None:
    checksum, text = line[:_DIGITS], line[_DIGITS + 1 : -1]
    if not line.endswith(b"\n") or checksum != b"%08x" % zlib.crc32(text):
        return None
    return json.loads(text, object_hook=_to_bytes)


def _from_bytes(value: object) -> Json:
    if isinstance(value, bytes):
        return {_BYTES: b64encode(value).decode("ascii")}
    raise TypeError(f"{type(value).__name__} cannot be kept in the journal")


def _to_bytes(document: dict[str, Json]) -> Json:
    return b64decode(document[_BYTES]) if set(document) == {_BYTES} else document
