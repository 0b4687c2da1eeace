"""What kind a file is by its first bytes: the name and the declared type are never believed."""

from __future__ import annotations

import re
from typing import Final

from choriste.documents.read.inspection.model import FileKind
from choriste.formats.magic import looks_like_xml, office_name, pdf_offset, picture_name

_TAR_MAGIC_AT: Final = 257
_ARCHIVES: Final[tuple[tuple[bytes, FileKind], ...]] = (
    (b"PK\x03\x04", FileKind.ZIP),
    (b"PK\x05\x06", FileKind.ZIP),
    (b"\x1f\x8b", FileKind.GZIP),
)
_EXECUTABLES: Final = (b"MZ", b"\x7fELF", b"#!", b"\xca\xfe\xba\xbe")
_TAG: Final = re.compile(rb"<\s*([!?/]?\s*[A-Za-z]*)([^>]*)")
_MESSAGE_TAGS: Final = frozenset(
    b"br b i p pre code font span div small strong em hr table tbody thead tr td th".split()
)
"""Tags in which PHP and its debuggers set the warnings that they print before a download."""


def kind_by_magic(data: bytes) -> FileKind:
    """Return a file's kind by its bytes; every PDF is `FileKind.PDF` at this stage."""
    if not data:
        return FileKind.EMPTY
    if pdf_offset(data) is not None:
        return FileKind.PDF
    if office_name(data) is not None:
        return FileKind.OFFICE
    return FileKind.IMAGE if picture_name(data) is not None else _archive_or_text(data)


def _archive_or_text(data: bytes) -> FileKind:
    for signature, kind in _ARCHIVES:
        if data.startswith(signature):
            return kind
    if data[_TAR_MAGIC_AT : _TAR_MAGIC_AT + 5] == b"ustar":
        return FileKind.TAR
    return FileKind.XML if looks_like_xml(data) else FileKind.UNKNOWN


def is_polyglot(data: bytes) -> bool:
    """Return whether a PDF is another type of file too: a foreign start, or a zip directory at its end.

    The warnings of a web server before it are noise, not a page of their own.
    """
    prefix = data[: pdf_offset(data) or 0].lstrip()
    foreign = (*(signature for signature, _ in _ARCHIVES), *_EXECUTABLES)
    if prefix.startswith(foreign) or picture_name(prefix) is not None:
        return True
    if looks_like_xml(prefix) and not _is_message(prefix):
        return True
    tail = data[-65_557:]  # the longest end-of-central-directory record of a zip, comment included
    return tail.rfind(b"PK\x05\x06") > tail.rfind(b"%%EOF")


def _is_message(prefix: bytes) -> bool:
    tags = _TAG.findall(prefix)
    return all(
        name.lstrip(b"/ ").lower() in _MESSAGE_TAGS and not re.search(rb"\bon\w+\s*=", attributes)
        for name, attributes in tags
    )
