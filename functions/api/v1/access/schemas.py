"""What the token endpoint answers."""

from __future__ import annotations

from typing import Literal

from functions.api.http.models import Answer


class Token(Answer):
    """An access token (RFC 6749, 5.1); `expires_in` counts seconds."""

    access_token: str
    token_type: Literal["Bearer"]
    expires_in: int
    scope: str


class TokenError(Answer):
    """Why no token was issued (RFC 6749, 5.2)."""

    error: Literal["invalid_client", "unsupported_grant_type"]
    error_description: str
