"""The files attached to a PDF: the names tree, the associated files of the catalogue, the annotations."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pikepdf

from choriste.documents.read.inspection import limits
from choriste.documents.read.inspection.model import AttachedFile
from choriste.documents.read.inspection.objects import (
    TreeError,
    dictionary,
    entry,
    items,
    stream_bytes,
    text,
    walk,
)


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file specification and its stream; the content is decompressed only on demand."""

    facts: AttachedFile
    stream: pikepdf.Stream | None

    def content(self) -> bytes | None:
        """Return the file's bytes, None where they cannot be decoded.

        Raises:
            ExpansionError: it holds more than `limits.MAX_XML` bytes.
        """
        return stream_bytes(self.stream, limits.MAX_XML)


def attachments_of(pdf: pikepdf.Pdf) -> tuple[Attachment, ...]:
    """List the attached files, each once, in the order of the names tree.

    Raises:
        TreeError: the names tree loops or there are more files than any honest invoice has.
    """
    found: list[Attachment] = []
    seen: set[tuple[int, int]] = set()
    for name, specification in _specifications(pdf):
        stream = _embedded_stream(specification)
        if stream is not None and stream.objgen in seen:
            continue
        if stream is not None:
            seen.add(stream.objgen)
        found.append(Attachment(_facts(name, specification, stream), stream))
        if len(found) > limits.MAX_ATTACHMENTS:
            raise TreeError
    return tuple(found)


def _specifications(pdf: pikepdf.Pdf) -> Iterator[tuple[str | None, pikepdf.Object]]:
    tree = entry(pdf.Root, "/Names", "/EmbeddedFiles")
    for node in walk([tree], lambda node: items(entry(node, "/Kids"))):
        names = items(entry(node, "/Names"))
        for key, value in zip(names[::2], names[1::2], strict=False):
            if (specification := dictionary(value)) is not None:
                yield text(key), specification
    for value in items(entry(pdf.Root, "/AF")):
        if (specification := dictionary(value)) is not None:
            yield None, specification


def _embedded_stream(specification: pikepdf.Object) -> pikepdf.Stream | None:
    for key in ("/UF", "/F", "/Unix", "/DOS", "/Mac"):
        stream = entry(specification, "/EF", key)
        if isinstance(stream, pikepdf.Stream):
            return stream
    return None


def _facts(name: str | None, specification: pikepdf.Object, stream: pikepdf.Stream | None) -> AttachedFile:
    size = entry(stream, "/Params", "/Size")
    stored = entry(stream, "/Length")
    return AttachedFile(
        name=text(entry(specification, "/UF")) or text(entry(specification, "/F")) or name or "",
        mime_type=text(entry(stream, "/Subtype")),
        size=size if isinstance(size, int) else None,
        stored_size=stored if isinstance(stored, int) else 0,
        relationship=text(entry(specification, "/AFRelationship")),
        description=text(entry(specification, "/Desc")),
    )
