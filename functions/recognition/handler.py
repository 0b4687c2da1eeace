"""Text recognised on one picture. It stands on the core and its own libraries, and has no rights at all."""

from __future__ import annotations

import base64
from typing import Any

from choriste.application.shared.messages import known
from choriste.documents.read.recognition.engine import recognise


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Return the strips of text on `picture` (a JPEG in base64)."""
    picture = base64.b64decode(known(event)["picture"])
    return {"strips": [strip.as_json() for strip in recognise(picture)]}
