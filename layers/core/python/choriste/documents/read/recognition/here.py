"""The engine on this machine, in a child process: a picture can take its time and memory, and no more."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from typing import Final

from choriste.documents.read.inspection.child import ChildError, Failure, run_child
from choriste.documents.read.inspection.wording import finding
from choriste.documents.read.recognition.strip import Strip
from choriste.formats.errors import UnreadableError

_MEMORY: Final = 3 << 30
"""Address space in bytes; the engine holds 0.9 GB of it, and reserves 1.4."""

_LOADING: Final = 5.0
_SECONDS: Final = 17.0
"""By the wall clock, after loading: somebody waits, and the callers of a function wait 25 seconds."""


class HereRecogniser:
    """Implements `documents.read.recognition.reading.Recogniser` with the libraries installed here."""

    def __init__(self, *, seconds: float = _SECONDS) -> None:
        self._seconds = seconds

    def read(self, pictures: Sequence[bytes]) -> tuple[tuple[Strip, ...] | None, ...]:
        """Return the strips of each picture, None where the time was over; raises `UnreadableError`."""
        asked = json.dumps([base64.b64encode(picture).decode() for picture in pictures]).encode()
        most = self._seconds + _LOADING
        try:
            pages = run_child(
                "recognise.py", asked, str(self._seconds), memory=_MEMORY, cpu=2 * most, timeout=most
            )
        except ChildError as error:
            code = "PDF-TEXT-TIMEOUT" if error.failure is Failure.TIMEOUT else "PICTURE-UNREADABLE"
            raise UnreadableError(finding(code)) from error
        return tuple(tuple(map(Strip.from_json, strips)) if strips is not None else None for strips in pages)
