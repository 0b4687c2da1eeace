"""What a file is by its first bytes: the name and the declared type are never believed."""

from __future__ import annotations

from typing import Final

from choriste.documents.read.inspection.model import FileKind

PDF_HEADER_WITHIN: Final = 1024
"""PDF readers accept the header anywhere in the first kilobyte (ISO 32000-1, annex H, note 13)."""

_TAR_MAGIC_AT: Final = 257
_SIGNATURES: Final[tuple[tuple[bytes, FileKind], ...]] = (
    (b"PK\x03\x04", FileKind.ZIP),
    (b"PK\x05\x06", FileKind.ZIP),
    (b"\x1f\x8b", FileKind.GZIP),
    (b"\x89PNG\r\n\x1a\n", FileKind.IMAGE),
    (b"\xff\xd8\xff", FileKind.IMAGE),
    (b"GIF8", FileKind.IMAGE),
    (b"II*\x00", FileKind.IMAGE),
    (b"MM\x00*", FileKind.IMAGE),
    (b"RIFF", FileKind.IMAGE),
)
_BYTE_ORDER_MARKS: Final = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
_EXECUTABLES: Final = (b"MZ", b"\x7fELF", b"#!", b"\xca\xfe\xba\xbe")


def kind_by_magic(data: bytes) -> FileKind:
    """Return a file's kind by its bytes; every PDF is `FileKind.PDF` at this stage."""
    if not data:
        return FileKind.EMPTY
    if pdf_offset(data) is not None:
        return FileKind.PDF
    for signature, kind in _SIGNATURES:
        if data.startswith(signature):
            return kind
    if data[_TAR_MAGIC_AT : _TAR_MAGIC_AT + 5] == b"ustar":
        return FileKind.TAR
    return FileKind.XML if looks_like_xml(data) else FileKind.UNKNOWN


def pdf_offset(data: bytes) -> int | None:
    """Return where the PDF header stands, None where there is none in the first kilobyte.

    Text that merely quotes a header (an XML, an HTML page) is not a PDF: the header must begin a line.
    """
    head = data[:PDF_HEADER_WITHIN]
    at = head.find(b"%PDF-")
    return at if at == 0 or (at > 0 and not looks_like_xml(data)) else None


def looks_like_xml(data: bytes) -> bool:
    """Return whether the bytes begin as XML, with or without a byte-order mark, in UTF-8 or UTF-16."""
    head = data[:PDF_HEADER_WITHIN]
    for mark in _BYTE_ORDER_MARKS:
        head = head.removeprefix(mark)
    head = head.replace(b"\x00", b"").lstrip()
    return head[:1] == b"<" and (head[1:2] in b"?!" or head[1:2].isalpha())


def is_polyglot(data: bytes) -> bool:
    """Return whether a PDF is another type of file too: a foreign start, or a zip directory at its end."""
    prefix = data[: pdf_offset(data) or 0].lstrip()
    foreign = (*(signature for signature, _ in _SIGNATURES), *_EXECUTABLES)
    if prefix.startswith(foreign) or looks_like_xml(prefix):
        return True
    tail = data[-65_557:]  # the longest end-of-central-directory record of a zip, comment included
    return tail.rfind(b"PK\x05\x06") > tail.rfind(b"%%EOF")
