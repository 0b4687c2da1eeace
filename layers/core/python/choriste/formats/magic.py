"""What a file is by its bytes, whatever its name says: PDF, markup, an office document, a picture.

A zip that is a Word document is told apart from an archive of invoices here, so that no reader unpacks it.
"""

from __future__ import annotations

import io
import re
import struct
import zipfile
from typing import BinaryIO, Final

HEADER_WITHIN: Final = 1024
"""PDF readers accept the header anywhere in the first kilobyte (ISO 32000-1, annex H, note 13)."""

_NOISE: Final = 1 << 16
"""Bytes of a web server's messages that may stand before a whole PDF."""

_TAIL: Final = 2048
_CONTROL: Final = re.compile(rb"[\x00-\x08\x0e-\x1f]")
_HEADER: Final = re.compile(rb"%PDF-\d\.\d")
_BYTE_ORDER_MARKS: Final = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
_PICTURES: Final[tuple[tuple[int, bytes, str], ...]] = (
    (0, b"\x89PNG\r\n\x1a\n", "PNG"),
    (0, b"\xff\xd8\xff", "JPEG"),
    (0, b"GIF8", "GIF"),
    (0, b"II*\x00", "TIFF"),
    (0, b"MM\x00*", "TIFF"),
    (8, b"WEBP", "WebP"),
    (0, b"\x00\x00\x00\x0cjP  \r\n", "JPEG 2000"),
    (0, b"\xffO\xffQ", "JPEG 2000"),
    (0, b"\x00\x00\x00\x0cJXL \r\n", "JPEG XL"),
    (0, b"8BPS", "Photoshop"),
    (0, b"AT&TFORM", "DjVu"),
)
_BRANDS: Final = {
    b"heic": "HEIC",
    b"heix": "HEIC",
    b"heim": "HEIC",
    b"heis": "HEIC",
    b"hevc": "HEIC",
    b"hevx": "HEIC",
    b"mif1": "HEIF",
    b"msf1": "HEIF",
    b"avif": "AVIF",
    b"avis": "AVIF",
}
READABLE_PICTURES: Final = frozenset({"JPEG", "PNG", "TIFF"})
"""Pictures whose text can be recognised; a phone saves its HEIC photographs as JPEG when it is asked to."""

_BITMAP_HEADERS: Final = frozenset({12, 40, 52, 56, 64, 108, 124})
"""Sizes of the second header of a BMP: the two letters of the first alone prove nothing."""

_ZIP: Final = b"PK\x03\x04"
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OFFICE_PARTS: Final = (("word/", "Word (.docx)"), ("xl/", "Excel (.xlsx)"), ("ppt/", "PowerPoint (.pptx)"))
_OPEN_DOCUMENTS: Final = {
    b"text": "OpenDocument (.odt)",
    b"spreadsheet": "OpenDocument (.ods)",
    b"presentation": "OpenDocument (.odp)",
    b"graphics": "OpenDocument (.odg)",
}
_MIME_MEMBER: Final = re.compile(rb"mimetypeapplication/vnd\.oasis\.opendocument\.([a-z]+)")
_UNREADABLE: Final = (
    zipfile.BadZipFile,
    ValueError,
    LookupError,
    EOFError,
    OSError,
    RuntimeError,
    struct.error,
)
"""What the standard library's reader raises on a damaged zip."""


def pdf_offset(data: bytes) -> int | None:
    """Return where a PDF begins: at its header, which foreign bytes may precede; None where it is no PDF.

    Text that merely quotes a header (an XML, an HTML page) is not a PDF; the messages that a web server
    prints before one do not hide it, because the end of the file is that of a PDF.
    """
    if data.startswith(b"%PDF-"):
        return 0
    is_whole = b"startxref" in data[-_TAIL:]
    head = data[: _NOISE if is_whole else HEADER_WITHIN]
    found = _HEADER.search(head)
    if found is None:
        at = head[:HEADER_WITHIN].find(b"%PDF-")
        return at if at > 0 and not looks_like_xml(data) else None
    if found.start() > HEADER_WITHIN and _CONTROL.search(head, 0, found.start()):
        return None
    return found.start() if is_whole or not looks_like_xml(data) else None


def looks_like_xml(data: bytes) -> bool:
    """Return whether the bytes begin as XML, with or without a byte-order mark, in UTF-8 or UTF-16."""
    head = data[:HEADER_WITHIN]
    for mark in _BYTE_ORDER_MARKS:
        head = head.removeprefix(mark)
    head = head.replace(b"\x00", b"").lstrip()
    return head[:1] == b"<" and (head[1:2] in b"?!" or head[1:2].isalpha())


def picture_name(data: bytes) -> str | None:
    """Return the usual name of a picture's format (`JPEG`, `HEIC` …), None where the file is no picture."""
    for at, signature, name in _PICTURES:
        if data.startswith(signature, at):
            return name
    if data[4:8] == b"ftyp":
        brands = [data[8:12], *(data[at : at + 4] for at in range(16, min(len(data), 64), 4))]
        return next((_BRANDS[brand] for brand in brands if brand in _BRANDS), None)
    is_bitmap = data.startswith(b"BM") and int.from_bytes(data[14:18], "little") in _BITMAP_HEADERS
    return "BMP" if is_bitmap else None


def office_name(data: bytes) -> str | None:
    """Return the usual name of an office document's format, None where the file is none.

    Word, Excel, PowerPoint (since 1997), OpenDocument, iWork and RTF.
    """
    if data.startswith(_OLE):
        return "Word, Excel (.doc, .xls)"
    if data.startswith(b"{\\rtf"):
        return "RTF (.rtf)"
    return _zipped_office_name(io.BytesIO(data)) if data.startswith(_ZIP) else None


def is_office_file(source: BinaryIO) -> bool:
    """Say whether a zip, read where it is, is an office document."""
    return _zipped_office_name(source) is not None


def _zipped_office_name(source: BinaryIO) -> str | None:
    source.seek(0)
    declared = _MIME_MEMBER.search(source.read(256))
    if declared is not None:
        return _OPEN_DOCUMENTS.get(declared[1], "OpenDocument")
    try:
        with zipfile.ZipFile(source) as package:
            names = package.namelist()
    except _UNREADABLE:
        return None
    if "[Content_Types].xml" in names:
        return next((name for part, name in _OFFICE_PARTS if any(n.startswith(part) for n in names)), None)
    return (
        "Pages, Numbers (iWork)"
        if any(n.startswith("Index/") and n.endswith(".iwa") for n in names)
        else None
    )


def is_zip(data: bytes) -> bool:
    """Say whether data begin as a zip does; a workbook of Excel is one."""
    return data.startswith(_ZIP)
