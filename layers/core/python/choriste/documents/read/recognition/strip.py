"""A strip of text as an engine finds it on a picture, in the form in which it travels between functions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Strip:
    """One stretch of text.

    `corners` are x, y of its top left, top right, bottom right and bottom left, in pixels; `width` and
    `height` are those of the whole picture, upright.
    """

    text: str
    corners: tuple[float, ...]
    width: int
    height: int

    def as_json(self) -> list[Any]:
        """Return the form in which it travels."""
        return [self.text, list(self.corners), self.width, self.height]

    @classmethod
    def from_json(cls, made: Sequence[Any]) -> Strip:
        """Return what `as_json` gave."""
        text, corners, width, height = made
        return cls(text, tuple(map(float, corners)), width, height)
