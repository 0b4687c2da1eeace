"""Embedded files and Factur-X metadata, added to a rendered page by one incremental update.

The rendered bytes stay as they are; what follows them is a second revision: the embedded files
(ISO 32000-1, 7.11.4, and ISO 19005-3, 6.8), the catalogue that names them, and the XMP packet completed
with the Factur-X properties. It needs no PDF library, because it only reads what our own renderer wrote:
a classic cross-reference table and an XMP packet in clear. Anything else raises AssemblyError.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from choriste.documents.errors import AssemblyError
from choriste.documents.issue.xmp import with_facturx

_TRAILER = re.compile(rb"trailer\s*<<(?P<entries>.*?)>>\s*startxref\s+(?P<xref>\d+)\s+%%EOF\s*\Z", re.DOTALL)
_ENTRY = re.compile(rb"/(?P<key>Size|Root|Info) (?P<number>\d+)")
_ID = re.compile(rb"/ID\[\((?P<first>[^)]*)\)")
_METADATA = re.compile(rb"/Metadata (\d+) 0 R")
_PACKET = re.compile(rb"<\?xpacket begin.*?<\?xpacket end=.{0,10}\?>", re.DOTALL)
_MIME_TYPE = re.compile(r"[A-Za-z0-9!#$&^_.+-]+/[A-Za-z0-9!#$&^_.+-]+")
_XREF_ENTRY = 20


class Relationship(StrEnum):
    """How an embedded file relates to the page (`AFRelationship`, ISO 19005-3, 6.8)."""

    SOURCE = "Source"
    DATA = "Data"
    ALTERNATIVE = "Alternative"
    SUPPLEMENT = "Supplement"
    UNSPECIFIED = "Unspecified"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file that travels inside a PDF: its bytes, unaltered, and what they are.

    `mime_type` is a media type such as `text/xml`; `description` is a short text for readers.
    """

    name: str
    content: bytes
    mime_type: str
    relationship: Relationship = Relationship.SUPPLEMENT
    description: str = ""


@dataclass(frozen=True, slots=True)
class _Trailer:
    size: int
    root: int
    info: int
    first_id: bytes
    xref: int


def assemble(
    pdf: bytes, *, attachments: Sequence[Attachment], modified: dt.datetime, conformance: str | None = None
) -> bytes:
    """Return `pdf`, as our renderer wrote it, with `attachments` embedded.

    `conformance` is the Factur-X level (`EN 16931` …); None writes no Factur-X metadata. `modified` is
    the date that the embedded files bear. Raises AssemblyError.
    """
    trailer = _read_trailer(pdf)
    catalogue = _object(pdf, trailer.root, trailer)
    objects: dict[int, bytes] = {}
    if attachments:
        named = _with_distinct_names(attachments)
        for index, attachment in enumerate(named):
            number = trailer.size + 2 * index
            objects[number] = _embedded_file(attachment, modified)
            objects[number + 1] = _file_specification(attachment, number)
        objects[trailer.root] = _with_files(catalogue, named, trailer.size)
    if conformance is not None:
        number = _metadata_number(catalogue)
        objects[number] = _metadata(_object(pdf, number, trailer), conformance)
    if not objects:
        return pdf
    ended = pdf if pdf.endswith(b"\n") else pdf + b"\n"
    return ended + _revision(objects, trailer, start=len(ended))


def is_media_type(text: str) -> bool:
    """Whether a text is a bare media type, such as `text/xml`: what an embedded file may be called."""
    return _MIME_TYPE.fullmatch(text) is not None


def _read_trailer(pdf: bytes) -> _Trailer:
    found = _TRAILER.search(pdf, max(0, len(pdf) - 2048))
    if found is None:
        raise AssemblyError("no classic trailer at the end of the file")
    entries = {m["key"]: int(m["number"]) for m in _ENTRY.finditer(found["entries"])}
    identity = _ID.search(found["entries"])
    if identity is None or len(entries) != len((b"Size", b"Root", b"Info")):
        raise AssemblyError("the trailer lacks Size, Root, Info or ID")
    return _Trailer(
        entries[b"Size"], entries[b"Root"], entries[b"Info"], identity["first"], int(found["xref"])
    )


def _object(pdf: bytes, number: int, trailer: _Trailer) -> bytes:
    """Return what stands between `obj` and `endobj` of one object."""
    head = f"xref\n0 {trailer.size}\n".encode()
    if pdf[trailer.xref : trailer.xref + len(head)] != head:
        raise AssemblyError("the cross-reference table is not in one section")
    entry = trailer.xref + len(head) + _XREF_ENTRY * number
    start = int(pdf[entry : entry + 10])
    opening = f"{number} 0 obj\n".encode()
    end = pdf.find(b"\nendobj", start)
    if not pdf.startswith(opening, start) or end < 0:
        raise AssemblyError(f"object {number} is not where the cross-reference table says")
    return pdf[start + len(opening) : end]


def _metadata_number(catalogue: bytes) -> int:
    found = _METADATA.search(catalogue)
    if found is None:
        raise AssemblyError("the catalogue names no metadata")
    return int(found[1])


def _metadata(stream: bytes, conformance: str) -> bytes:
    found = _PACKET.search(stream)
    if found is None:
        raise AssemblyError("the XMP packet is not in clear")
    packet = with_facturx(found.group().decode(), conformance).encode()
    return b"<</Length %d/Type/Metadata/Subtype/XML>>\nstream\n%b\nendstream" % (len(packet), packet)


def _embedded_file(attachment: Attachment, modified: dt.datetime) -> bytes:
    if not is_media_type(attachment.mime_type):
        raise AssemblyError(f"not a media type: {attachment.mime_type!r}")
    content = attachment.content
    packed = zlib.compress(content, 6)
    body, filtered = (packed, b"/Filter/FlateDecode") if len(packed) < len(content) else (content, b"")
    checksum = hashlib.md5(content, usedforsecurity=False).hexdigest().encode()
    parameters = b"<</Size %d/ModDate%b/CheckSum<%b>>>" % (len(content), _date(modified), checksum)
    entries = b"/Length %d%b/Type/EmbeddedFile/Subtype%b/Params%b" % (
        len(body),
        filtered,
        _name(attachment.mime_type),
        parameters,
    )
    return b"<<%b>>\nstream\n%b\nendstream" % (entries, body)


def _file_specification(attachment: Attachment, embedded: int) -> bytes:
    name = _text(attachment.name)
    return b"<</Type/Filespec/F%b/UF%b/EF<</F %d 0 R/UF %d 0 R>>/AFRelationship/%b/Desc%b>>" % (
        name,
        name,
        embedded,
        embedded,
        attachment.relationship.value.encode(),
        _text(attachment.description or attachment.name),
    )


def _with_files(catalogue: bytes, attachments: Sequence[Attachment], first: int) -> bytes:
    if b"/Names" in catalogue or b"/AF[" in catalogue or not catalogue.endswith(b">>"):
        raise AssemblyError("the catalogue names files already")
    references = [b"%d 0 R" % (first + 2 * index + 1) for index in range(len(attachments))]
    names = sorted((_key(a.name), r) for a, r in zip(attachments, references, strict=True))
    tree = b"".join(b"<%b>%b" % (key, reference) for key, reference in names)
    return catalogue[:-2] + b"/Names<</EmbeddedFiles<</Names[%b]>>>>/AF[%b]>>" % (tree, b" ".join(references))


def _with_distinct_names(attachments: Sequence[Attachment]) -> list[Attachment]:
    """Return the attachments, the second of a name called `name (2).ext`: a names tree needs unique keys."""
    taken: set[str] = set()
    named = []
    for attachment in attachments:
        name, stem, dot, suffix = attachment.name, *attachment.name.rpartition(".")
        copy = 1
        while name in taken:
            copy += 1
            name = f"{stem} ({copy}).{suffix}" if dot else f"{suffix} ({copy})"
        taken.add(name)
        named.append(replace(attachment, name=name))
    return named


def _revision(objects: dict[int, bytes], trailer: _Trailer, *, start: int) -> bytes:
    """Return the bytes of the update: the objects, their cross-reference sections and a trailer."""
    parts: list[bytes] = []
    offsets: dict[int, int] = {}
    position = start
    for number, body in sorted(objects.items()):
        offsets[number] = position
        parts.append(b"%d 0 obj\n%b\nendobj\n" % (number, body))
        position += len(parts[-1])
    identity = hashlib.sha256(b"".join(parts)).hexdigest()[:32].encode()
    size = max(trailer.size, max(offsets) + 1)
    sections = b"".join(b"%d 1\n%010d 00000 n \n" % item for item in offsets.items())
    closing = (
        b"trailer\n<</Size %d/Root %d 0 R/Info %d 0 R/ID[(%b)<%b>]/Prev %d>>\nstartxref\n%d\n%%%%EOF\n"
        % (
            size,
            trailer.root,
            trailer.info,
            trailer.first_id,
            identity,
            trailer.xref,
            position,
        )
    )
    return b"".join(parts) + b"xref\n" + sections + closing


def _name(text: str) -> bytes:
    """Return a PDF name: `/text#2Fxml`."""
    return b"/" + "".join(c if c.isalnum() or c in "-._+" else f"#{ord(c):02X}" for c in text).encode()


def _key(text: str) -> bytes:
    """Return the hexadecimal digits of a text string: plain where ASCII, UTF-16 otherwise (7.9.2.2)."""
    plain = text.encode("ascii") if text.isascii() else b"\xfe\xff" + text.encode("utf-16-be", "replace")
    return plain.hex().upper().encode()


def _text(text: str) -> bytes:
    if text.isascii() and text.isprintable():
        return b"(" + re.sub(rb"([()\\])", rb"\\\1", text.encode()) + b")"
    return b"<" + _key(text) + b">"


def _date(moment: dt.datetime) -> bytes:
    return moment.astimezone(dt.UTC).strftime("(D:%Y%m%d%H%M%SZ)").encode()
