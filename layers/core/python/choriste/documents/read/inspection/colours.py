"""Whether pages paint with device colours, which PDF/A admits only under an output intent.

A colour space `DefaultGray`, `DefaultRGB` or `DefaultCMYK` in the resources stands in for the device's
(ISO 32000-1, 8.6.5.6), so such pages need no intent.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

import pikepdf

from choriste.documents.read.inspection.objects import (
    UNREADABLE,
    ExpansionError,
    entry,
    items,
    stream_bytes,
    text,
)
from choriste.documents.read.inspection.pages import inherited

MAX_CONTENT: Final = 4 << 20
"""Bytes of one page's content that are looked at."""

_MAX_PAGES: Final = 40
_OPERATORS: Final[dict[str, str]] = {
    "g": "/DefaultGray",
    "G": "/DefaultGray",
    "rg": "/DefaultRGB",
    "RG": "/DefaultRGB",
    "k": "/DefaultCMYK",
    "K": "/DefaultCMYK",
}
_NAMES: Final[dict[str, str]] = {
    "DeviceGray": "/DefaultGray",
    "DeviceRGB": "/DefaultRGB",
    "DeviceCMYK": "/DefaultCMYK",
}
_PAINTING: Final = "Tj TJ ' \" f F f* B B* b b* S s"
_SETTING: Final = "g G rg RG k K cs CS"


def paints_with_device_colours(pages: Iterable[pikepdf.Object]) -> bool:
    """Return whether one of the first pages paints with a device colour that nothing stands in for."""
    for page, _ in zip(pages, range(_MAX_PAGES), strict=False):
        resources = inherited(page, "/Resources")
        if any(
            entry(resources, "/ColorSpace", default) is None for default in _needed_defaults(page, resources)
        ):
            return True
    return False


def _needed_defaults(page: pikepdf.Object, resources: object) -> Iterator[str]:
    yield from _by_content(page)
    images = entry(resources, "/XObject")
    for key in images.keys() if isinstance(images, pikepdf.Dictionary) else ():
        space = text(entry(images, key, "/ColorSpace"))
        if space in _NAMES:
            yield _NAMES[space]


def _by_content(page: pikepdf.Object) -> Iterator[str]:
    if not _is_measured(page):
        return
    try:
        operators = [
            str(each.operator) for each in pikepdf.parse_content_stream(page, f"{_PAINTING} {_SETTING}")
        ]
    except UNREADABLE:
        return
    yield from {_OPERATORS[operator] for operator in operators if operator in _OPERATORS}
    if operators and operators[0] in _PAINTING.split():
        yield "/DefaultGray"  # the colour that a page begins with is the device's black


def _is_measured(page: pikepdf.Object) -> bool:
    try:
        return all(stream_bytes(part, MAX_CONTENT) is not None for part in items(entry(page, "/Contents")))
    except (*UNREADABLE, ExpansionError):
        return False
