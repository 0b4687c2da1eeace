"""Replaces a method of moto and puts it back."""

from __future__ import annotations

from collections.abc import Callable

from choriste.local.platform.shapes import MotoObject

Uninstall = Callable[[], None]


def replace(holder: MotoObject, name: str, replacement: object) -> Uninstall:
    """Put `replacement` in the place of an attribute; the answer puts the original back."""
    original = getattr(holder, name)
    setattr(holder, name, replacement)
    return lambda: setattr(holder, name, original)
