"""From a scan or a photograph to pages of words, by whatever engine there is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from choriste.documents.read.inspection.text import TextPage
from choriste.documents.read.recognition.layout import text_page
from choriste.documents.read.recognition.pictures import page_pictures
from choriste.documents.read.recognition.strip import Strip


class Recogniser(Protocol):
    """Where text is recognised on pictures."""

    def read(self, pictures: Sequence[bytes]) -> Sequence[Sequence[Strip] | None]:
        """Return the strips of text of each picture, None for one that there was no time for."""
        ...


def recognised_pages(data: bytes, recogniser: Recogniser) -> tuple[TextPage, ...]:
    """Return the words of the pages of a scan, a PDF or a picture; all are marked as recognised.

    Raises `UnreadableError`.
    """
    pictures, total = page_pictures(data)
    read = recogniser.read([picture.content for picture in pictures])
    pages = [
        text_page(strips, picture.number, total)
        for picture, strips in zip(pictures, read, strict=True)
        if strips is not None
    ]
    return tuple(sorted(pages, key=lambda page: page.number))
