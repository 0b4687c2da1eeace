"""A new password on a form: typed twice, and refused with the reason."""

from __future__ import annotations

from choriste.application.shared.problems import problem_text
from choriste.domain.access.errors import WeakPasswordError
from functions.console.web.forms import Form
from functions.console.web.rendering import text
from functions.console.web.visit import Visit


class UnlikePasswordsError(Exception):
    """The two entries of a new password are not the same."""


PASSWORD_REFUSALS = (UnlikePasswordsError, WeakPasswordError)
"""What keeps a new password from being taken."""


def new_password_of(form: Form) -> str:
    """Return the password that was typed twice, spaces and all; raises `UnlikePasswordsError`."""
    password = form.fields.get("new_password", "")
    if form.fields.get("new_password_again", "") != password:
        raise UnlikePasswordsError
    return password


def password_refusal(error: UnlikePasswordsError | WeakPasswordError, visit: Visit) -> str:
    """Return what the visitor is told of a password that was not taken."""
    if isinstance(error, UnlikePasswordsError):
        return text("password.unlike", language=visit.language)
    return problem_text(error.code, error.parameters).detail.in_language(visit.language)
