"""A file that is deposited, wherever its bytes are: in a request, or in the inbox, as large as it is."""

from __future__ import annotations

import hashlib
import io
import mimetypes
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO, Final

from choriste.application.shared.ports import Bucket, Files
from choriste.formats.archives import is_archive

_PIECE: Final = 1024 * 1024
_UNSAFE: Final = re.compile(r"[^\w.\- ]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class DepositedFile:
    """What a deposit needs to know of its file; `keep` puts the bytes in the archive under a key.

    `size` is in bytes, `sha256` in hexadecimal.
    """

    size: int
    sha256: str
    is_archive: bool
    keep: Callable[[str], None]


def sent_file(files: Files, content: bytes) -> DepositedFile:
    """Return a file whose bytes came with a request."""

    def keep(key: str) -> None:
        files.put(Bucket.ARCHIVE, key, content, mime_type=mime_type_of(key))

    return _described(io.BytesIO(content), keep)


def dropped_file(files: Files, key: str) -> DepositedFile:
    """Return a file that lies in the inbox: it is read once, in pieces, and the store copies it by itself.

    Raises `NotFoundError` when it has gone, or is replaced while it is read: that has an event of its own.
    """
    source = files.open(Bucket.INBOX, key)

    def keep(kept: str) -> None:
        files.keep_dropped(source, kept, mime_type=mime_type_of(kept))

    return _described(source, keep)


def _described(source: BinaryIO, keep: Callable[[str], None]) -> DepositedFile:
    size = source.seek(0, io.SEEK_END)
    source.seek(0)
    digest = hashlib.sha256()
    while piece := source.read(_PIECE):
        digest.update(piece)
    return DepositedFile(size=size, sha256=digest.hexdigest(), is_archive=is_archive(source), keep=keep)


def clean_filename(filename: str) -> str:
    """Return the last part of a file name, safe in paths and headers, at most 200 characters.

    A name of which nothing is left (dots, spaces) becomes `file`: its content may be an invoice all the same.
    """
    last = filename.replace("\\", "/").rsplit("/", 1)[-1]
    cleaned = _UNSAFE.sub("_", last).strip(" .")
    if not cleaned:
        return "file"
    stem, dot, suffix = cleaned.rpartition(".")
    return cleaned if len(cleaned) <= 200 else f"{(stem or suffix)[:180]}{dot}{suffix[:19]}"  # noqa: PLR2004


def mime_type_of(filename: str) -> str:
    """Return the media type that a file's name suggests."""
    return mimetypes.guess_type(filename)[0] or "application/octet-stream"
