"""The files attached to a PDF: the names tree, the associated files, the annotations."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain

import pikepdf

from choriste.documents.read.inspection import limits
from choriste.documents.read.inspection.model import AttachedFile, AttachedTo
from choriste.documents.read.inspection.objects import (
    Repeats,
    TreeError,
    dictionary,
    entry,
    items,
    stream_bytes,
    text,
    walk,
)
from choriste.documents.read.inspection.pages import annotations_of


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file specification and its stream; the content is decompressed only on demand.

    `listed` says whether the names tree has it, `associated` whether the catalogue's /AF has: Factur-X asks
    for both. `named` says whether both of its names (/F and /UF) are there, as PDF/A-3 asks.
    """

    facts: AttachedFile
    stream: pikepdf.Stream | None
    listed: bool = True
    associated: bool = True
    named: bool = True

    def content(self, limit: int = limits.MAX_XML) -> bytes | None:
        """Return the file's bytes, None where they cannot be decoded.

        Raises:
            ExpansionError: it holds more than the limit, in bytes.
        """
        return stream_bytes(self.stream, limit)


@dataclass(frozen=True, slots=True)
class _Found:
    """A file specification and where it was met."""

    specification: pikepdf.Object
    name: str | None = None
    attached_to: AttachedTo = AttachedTo.DOCUMENT
    listed: bool = False


def attachments_of(pdf: pikepdf.Pdf, pages: Iterable[pikepdf.Object]) -> tuple[Attachment, ...]:
    """List the attached files, each once: those of the document first, then those of its pages.

    Raises:
        TreeError: the names tree is too large or there are more files than any honest invoice has.
    """
    found: list[Attachment] = []
    seen: set[tuple[int, int]] = set()
    associated = {s.objgen for s in map(_embedded_stream, _associated(pdf.Root)) if s is not None}
    for each in chain(_of_document(pdf), _of_pages(pages)):
        stream = _embedded_stream(each.specification)
        if stream is not None and stream.objgen in seen:
            continue
        if stream is not None:
            seen.add(stream.objgen)
        is_associated = stream is not None and stream.objgen in associated
        found.append(_attachment(each, stream, associated=is_associated))
        if len(found) > limits.MAX_ATTACHMENTS:
            raise TreeError
    return tuple(found)


def _of_document(pdf: pikepdf.Pdf) -> Iterator[_Found]:
    tree = entry(pdf.Root, "/Names", "/EmbeddedFiles")
    for node in walk([tree], lambda node: items(entry(node, "/Kids")), repeats=Repeats.SKIPPED):
        names = items(entry(node, "/Names"))
        for key, value in zip(names[::2], names[1::2], strict=False):
            if (specification := dictionary(value)) is not None:
                yield _Found(specification, text(key), listed=True)
    for specification in _associated(pdf.Root):
        yield _Found(specification)


def _of_pages(pages: Iterable[pikepdf.Object]) -> Iterator[_Found]:
    for page in pages:
        for specification in _associated(page):
            yield _Found(specification, attached_to=AttachedTo.PAGE)
        for annotation in annotations_of(page):
            file = dictionary(entry(annotation, "/FS"))
            for specification in (*([] if file is None else [file]), *_associated(annotation)):
                yield _Found(specification, attached_to=AttachedTo.ANNOTATION)


def _associated(holder: object) -> Iterator[pikepdf.Object]:
    for value in items(entry(holder, "/AF")):
        if (specification := dictionary(value)) is not None:
            yield specification


def _embedded_stream(specification: pikepdf.Object) -> pikepdf.Stream | None:
    for key in ("/UF", "/F", "/Unix", "/DOS", "/Mac"):
        stream = entry(specification, "/EF", key)
        if isinstance(stream, pikepdf.Stream):
            return stream
    return None


def _attachment(found: _Found, stream: pikepdf.Stream | None, *, associated: bool) -> Attachment:
    specification = found.specification
    size = entry(stream, "/Params", "/Size")
    stored = entry(stream, "/Length")
    names = [text(entry(specification, key)) for key in ("/UF", "/F")]
    facts = AttachedFile(
        name=names[0] or names[1] or found.name or "",
        mime_type=text(entry(stream, "/Subtype")),
        size=size if isinstance(size, int) else None,
        stored_size=stored if isinstance(stored, int) else 0,
        relationship=text(entry(specification, "/AFRelationship")),
        description=text(entry(specification, "/Desc")),
        attached_to=found.attached_to,
    )
    return Attachment(facts, stream, listed=found.listed, associated=associated, named=all(names))
