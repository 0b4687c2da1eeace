"""What a reader finds in a PDF: its text, without the white space that layout puts in."""

from __future__ import annotations

import re

import pypdfium2

_WHITE_SPACE = re.compile(r"[\s\u200b\ufffe\xad]+")


def text_of(pdf: bytes) -> str:
    """Return the text of every page, white space and break opportunities removed."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        return squeezed("".join(page.get_textpage().get_text_range() for page in document))
    finally:
        document.close()


def squeezed(text: str) -> str:
    """Return a text without white space, to be looked for in `text_of`."""
    return _WHITE_SPACE.sub("", text)
