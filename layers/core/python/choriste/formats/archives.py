"""Archives of invoices: tar, tar.gz, zip and gz, opened without trusting a byte of them.

Nothing is written to disk, and an archive is read where it is: no more than one member of it is in memory.
Names are checked before contents are read, contents are read in pieces against the limits, and what is
neither a plain file nor a folder is refused: a partner's drop of a hundred invoices needs no links. Every
refusal is one finding with a stable `ARCHIVE-…` code.
"""

from __future__ import annotations

import gzip
import io
import posixpath
import re
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import BinaryIO, Final, Protocol

from choriste.formats.errors import unreadable
from choriste.formats.magic import is_office_file
from choriste.formats.wording import excerpt

_PIECE: Final = 65_536
_SMALL: Final = 1024 * 1024
_BLOCK: Final = 512
_ENCRYPTED: Final = 0x1
_SYMLINK: Final = 0o120000
_FILE_TYPES: Final = 0o170000
_DRIVE: Final = re.compile(r"[A-Za-z]:")
_NESTED: Final = (".zip", ".tar", ".tar.gz", ".tgz", ".gz", ".bz2", ".xz", ".7z", ".rar")
_FOLDERS: Final = 5_000
_BROKEN: Final = (
    tarfile.TarError,
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    OSError,
    ValueError,
    OverflowError,
    LookupError,
    RuntimeError,
)
"""What the standard library's readers raise on damaged headers and contents."""


class _Readable(Protocol):
    """What is read in pieces."""

    def read(self, size: int = ..., /) -> bytes: ...


_ZIPS: Final = (b"PK\x03\x04", b"PK\x05\x06")
_GZIP: Final = b"\x1f\x8b"
_Stream = BinaryIO | gzip.GzipFile


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What an archive may hold: bytes of all members together, bytes of one, members, and expansion.

    The defaults are those of an EDI drop: 1 GB and 500 invoices a flow, 100 MB a file. `ratio` is how
    many times larger than the archive its content may be, once it exceeds one megabyte.
    """

    total: int = 1_000_000_000
    member: int = 100 * 1024 * 1024
    members: int = 500
    ratio: int = 200


@dataclass(frozen=True, slots=True)
class Member:
    """One file of an archive: its path with forward slashes, and its bytes."""

    name: str
    data: bytes


def unpack(source: BinaryIO, filename: str, limits: Limits | None = None) -> Iterator[Member]:
    """Yield the files of an archive, in its own order, each read when it is asked for.

    A fault may show behind good members: go through an archive once before you keep any of it. The first
    bytes show the kind; `filename` names the content of a bare gzip file and appears in the messages.
    Raises UnreadableError: `ARCHIVE-EMPTY`, `ARCHIVE-UNKNOWN`, `ARCHIVE-BROKEN`,
    `ARCHIVE-PATH`, `ARCHIVE-LINK`, `ARCHIVE-SPECIAL`, `ARCHIVE-ENCRYPTED`, `ARCHIVE-NESTED`,
    `ARCHIVE-DUPLICATE`, `ARCHIVE-TOO-MANY`, `ARCHIVE-TOO-LARGE`, `ARCHIVE-MEMBER-TOO-LARGE` or
    `ARCHIVE-BOMB`.
    """
    guard = _Guard(limits or Limits(), source.seek(0, io.SEEK_END))
    is_empty = True
    try:
        for member in _members(source, filename, guard):
            is_empty = False
            yield member
    except _BROKEN as error:
        raise unreadable("ARCHIVE-BROKEN", found=excerpt(filename), expected=excerpt(str(error))) from None
    if is_empty:
        raise unreadable("ARCHIVE-EMPTY", found=excerpt(filename))


def is_archive(source: BinaryIO) -> bool:
    """Return whether a file begins as a tar, zip or gzip file, and is no office document in a zip."""
    begins = _begin(source)
    if begins.startswith(_ZIPS):
        return not is_office_file(source)
    return begins.startswith(_GZIP) or _is_tar(begins)


def _begin(source: BinaryIO) -> bytes:
    source.seek(0)
    return source.read(_BLOCK)


def _is_tar(begins: bytes) -> bool:
    return begins[257:262] == b"ustar"


def _members(source: BinaryIO, filename: str, guard: _Guard) -> Iterator[Member]:
    begins = _begin(source)
    source.seek(0)
    if begins.startswith(_ZIPS):
        return _zip_members(source, guard)
    if _is_tar(begins):
        return _tar_members(source, guard)
    if begins.startswith(_GZIP):
        return _gzip_members(source, filename, guard)
    raise unreadable("ARCHIVE-UNKNOWN" if begins else "ARCHIVE-EMPTY", found=excerpt(filename))


class _Guard:
    """Counts what comes out of one archive, and refuses what no honest archive holds."""

    def __init__(self, limits: Limits, size: int) -> None:
        self._limits = limits
        self._size = size
        self._total = 0
        self._folders = 0
        self._names: set[str] = set()

    @property
    def stream_limit(self) -> int:
        """Bytes that one read of a compressed tar may ask for: no header needs more."""
        return max(self._limits.member, _SMALL)

    def for_stream(self) -> _Guard:
        """Return a guard for the tar stream itself, whose headers and padding come on top."""
        overhead = (self._limits.members + _FOLDERS) * 4 * _BLOCK + _SMALL
        return _Guard(replace(self._limits, total=self._limits.total + overhead), self._size)

    def pass_folder(self, name: str) -> None:
        """Check the name of a folder, which is not unpacked; refuse floods of them."""
        _clean(name)
        self._folders += 1
        if self._folders > _FOLDERS:
            raise unreadable("ARCHIVE-TOO-MANY", expected=self._limits.members)

    def admit(self, name: str) -> str:
        """Return the member's clean name; refuse a name that leads outside, repeats, or is one too many."""
        clean = _clean(name)
        if clean.casefold() in self._names:
            raise unreadable("ARCHIVE-DUPLICATE", found=excerpt(name))
        if len(self._names) >= self._limits.members:
            raise unreadable("ARCHIVE-TOO-MANY", expected=self._limits.members)
        if clean.lower().endswith(_NESTED):
            raise unreadable("ARCHIVE-NESTED", found=excerpt(name))
        self._names.add(clean.casefold())
        return clean

    def read(self, stream: _Readable, name: str) -> bytes:
        """Read a member to its end, in pieces, while the limits hold."""
        pieces = []
        size = 0
        while piece := stream.read(_PIECE):
            size += len(piece)
            self.count(len(piece))
            if size > self._limits.member:
                raise unreadable(
                    "ARCHIVE-MEMBER-TOO-LARGE", found=excerpt(name), expected=self._limits.member
                )
            pieces.append(piece)
        return b"".join(pieces)

    def count(self, size: int) -> None:
        """Add bytes that came out of the archive."""
        self._total += size
        if self._total > self._limits.total:
            raise unreadable("ARCHIVE-TOO-LARGE", expected=self._limits.total)
        if self._total > _SMALL and self._total > self._size * self._limits.ratio:
            raise unreadable("ARCHIVE-BOMB", expected=self._limits.ratio)


def _clean(name: str) -> str:
    slashed = name.replace("\\", "/")
    parts = slashed.split("/")
    if slashed.startswith("/") or _DRIVE.match(slashed) or ".." in parts or "\x00" in name:
        raise unreadable("ARCHIVE-PATH", found=excerpt(name))
    return posixpath.normpath(slashed)


def _zip_members(source: BinaryIO, guard: _Guard) -> Iterator[Member]:
    with zipfile.ZipFile(source) as archive:
        for entry in archive.infolist():
            kind = (entry.external_attr >> 16) & _FILE_TYPES
            if kind == _SYMLINK:
                raise unreadable("ARCHIVE-LINK", found=excerpt(entry.filename))
            if entry.is_dir():
                guard.pass_folder(entry.filename)
                continue
            if entry.flag_bits & _ENCRYPTED:
                raise unreadable("ARCHIVE-ENCRYPTED", found=excerpt(entry.filename))
            name = guard.admit(entry.filename)
            with archive.open(entry) as stream:
                yield Member(name, guard.read(stream, name))


def _tar_members(stream: _Stream, guard: _Guard) -> Iterator[Member]:
    with tarfile.open(fileobj=stream, mode="r:") as archive:
        for entry in archive:
            if entry.issym() or entry.islnk():
                raise unreadable("ARCHIVE-LINK", found=excerpt(entry.name))
            if entry.isdir():
                guard.pass_folder(entry.name)
                continue
            if not entry.isfile() or entry.issparse():
                raise unreadable("ARCHIVE-SPECIAL", found=excerpt(entry.name))
            name = guard.admit(entry.name)
            content = archive.extractfile(entry)
            yield Member(name, guard.read(content, name) if content else b"")
        _refuse_a_lost_end(stream, archive.offset)


def _refuse_a_lost_end(stream: _Stream, offset: int) -> None:
    """Demand the zero block that ends a tar, and nothing but zeros after it.

    Without it the file was cut between two members; with data behind it, a second archive was appended
    that tar readers ignore. Either way invoices would be lost without a word.
    """
    stream.seek(offset)
    size = 0
    while piece := stream.read(_PIECE):
        size += len(piece)
        if piece.strip(b"\x00"):
            raise tarfile.ReadError("data after the end of the archive")
    if size < _BLOCK and offset:
        raise tarfile.ReadError("the end of the archive is missing")


def _gzip_members(source: BinaryIO, filename: str, guard: _Guard) -> Iterator[Member]:
    with gzip.GzipFile(fileobj=source) as stream:
        is_tar = _is_tar(stream.read(_BLOCK))
    source.seek(0)
    if is_tar:
        with _CountedGzip(source, guard.for_stream()) as counted:
            yield from _tar_members(counted, guard)
        return
    name = guard.admit(re.sub(r"\.gz$", "", posixpath.basename(filename), flags=re.IGNORECASE) or "content")
    with gzip.GzipFile(fileobj=source) as stream:
        yield Member(name, guard.read(stream, name))


class _CountedGzip(gzip.GzipFile):
    """A gzip stream whose bytes are counted as they are read, headers and padding included."""

    def __init__(self, source: BinaryIO, guard: _Guard) -> None:
        super().__init__(fileobj=source)
        self._guard = guard

    def read(self, size: int | None = -1) -> bytes:
        """Read and count; refuse to inflate in one go what no header needs."""
        if size is None or not 0 <= size <= self._guard.stream_limit:
            raise unreadable("ARCHIVE-BOMB", expected=size)
        piece = super().read(size)
        self._guard.count(len(piece))
        return piece
