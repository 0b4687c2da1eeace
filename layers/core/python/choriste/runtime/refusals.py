"""What API clients were refused, kept for their developers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

from choriste.application.access.records import Refusal
from choriste.runtime.identity import Event, access_ports
from choriste.runtime.observability import logger

_LONGEST_OPERATION: Final = 200
"""Characters kept of the operation that was refused."""


def note_refused(event: Event, answer: Mapping[str, Any], *, client_id: str | None) -> None:
    """Keep what an API client was refused, so that its developers find it; nothing where it went well.

    Failing to keep it fails no request.
    """
    status = int(answer["statusCode"])
    if client_id is None or status < HTTPStatus.BAD_REQUEST:
        return
    access = access_ports()
    operation = f"{event['requestContext']['http']['method']} {event['rawPath']}"[:_LONGEST_OPERATION]
    refusal = Refusal(at=access.clock.now(), operation=operation, status=status, code=_code_of(answer))
    try:
        access.connections.note_refusal(client_id, refusal)
    except Exception as error:  # noqa: BLE001 - the client gets its answer whatever becomes of the note
        logger.warning("a refusal could not be kept", exc_info=error)


def _code_of(answer: Mapping[str, Any]) -> str:
    """Return the code of a problem document, or of an answer in the form of Chorus Pro."""
    body = answer.get("body") or ""
    try:
        document = json.loads(body)
    except ValueError:
        return ""
    found = document.get("code", document.get("codeRetour", "")) if isinstance(document, dict) else ""
    return str(found)
