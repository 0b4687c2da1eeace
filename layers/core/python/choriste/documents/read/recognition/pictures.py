"""Small grey pictures of the pages of a scan or a photograph, made in a child process with limits."""

from __future__ import annotations

import base64
from typing import Final, NamedTuple

from choriste.documents.read.inspection.child import ChildError, run_child
from choriste.documents.read.inspection.wording import finding
from choriste.formats.errors import UnreadableError
from choriste.formats.magic import READABLE_PICTURES, picture_name

_MEMORY: Final = 800 << 20
"""Address space in bytes: a page that a scanner wrote at 600 dots an inch, in colours, fits."""

_GREY: Final = ("2400", "L")
_COLOURED: Final = ("1400", "RGB")
"""The longer side in pixels, and the colours."""

_CPU, _TIMEOUT = 8.0, 20.0
"""Seconds of processor time, and by the wall clock."""


class Picture(NamedTuple):
    """A picture of the page of a number, from 1, as a JPEG."""

    number: int
    content: bytes


def is_readable_picture(data: bytes) -> bool:
    """Return whether a file is a picture that can be read."""
    return picture_name(data) in READABLE_PICTURES


def page_pictures(data: bytes, *, for_people: bool = False) -> tuple[tuple[Picture, ...], int]:
    """Return pictures of the first, the last and the second page, and how many pages there are.

    They are grey and fine for recognition, smaller and in colours for people. Raises `UnreadableError` for a
    damaged picture, or one of too many pixels.
    """
    wanted = _COLOURED if for_people else _GREY
    try:
        made = run_child(
            "pictures.py",
            data,
            *wanted,
            memory=_MEMORY,
            cpu=_CPU,
            timeout=_TIMEOUT,
        )
    except ChildError as error:
        raise UnreadableError(finding("PICTURE-UNREADABLE")) from error
    pictures = (Picture(number, base64.b64decode(content)) for number, content in made["pictures"])
    return tuple(pictures), made["pages"]
