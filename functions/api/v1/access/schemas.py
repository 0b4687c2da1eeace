"""What the token endpoint and technical accounts are asked and answered with."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from choriste.application.access.create_technical_account import IssuedAccount
from functions.api.http.models import Answer, Body, Moment


class TechnicalAccountRequest(Body):
    """A technical account to create: a name by which people recognise it."""

    name: str = Field(min_length=1, max_length=100)
    structure: str | None = None


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


class AccountPassword(Answer):
    """A technical account with its password, which is shown this once."""

    login: str
    password: str
    structure: str
    name: str
    expires_at: Moment


def account_out(issued: IssuedAccount) -> AccountPassword:
    """Return an account that was just created or reset, with its password."""
    account = issued.account
    return AccountPassword(
        login=account.login,
        password=issued.secret,
        structure=account.structure,
        name=account.name,
        expires_at=account.expires_at,
    )
