"""What a visitor is told when a password or a code was not taken."""

from __future__ import annotations

from typing import Final

from choriste.domain.access.errors import (
    AccountLockedError,
    CodeOutOfDateError,
    WrongCodeError,
    WrongCredentialsError,
)
from choriste.domain.shared.errors import ChoristeError
from choriste.i18n.formats import moment_text
from functions.console.web.rendering import text
from functions.console.web.visit import Visit

STATUSES: Final[dict[type[ChoristeError], int]] = {
    AccountLockedError: 429,
    WrongCredentialsError: 403,
    WrongCodeError: 403,
    CodeOutOfDateError: 403,
}
CODE_REFUSALS: Final = (WrongCodeError, CodeOutOfDateError, AccountLockedError)


def refusal_text(error: ChoristeError, visit: Visit, *, step: str) -> str:
    """Return what the visitor is told at a step; a lock says exactly when it ends."""
    until = getattr(error, "until", None)
    values = {"until": moment_text(until, language=visit.language)} if until is not None else {}
    return text(f"{step}.{error.code}", language=visit.language, **values)
