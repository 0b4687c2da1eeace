"""Issue an OAuth2 access token for client credentials (RFC 6749, section 4.4).

What Chorus Pro clients depend on: `token_type` is exactly `Bearer`, `expires_in` a JSON integer that
fits in 16 bits, and every scope is accepted (docs/reference/chorus-pro.md#token-endpoint).
"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
from dataclasses import dataclass
from typing import Final

from choriste.application.access.hashing import (
    GENERATED_COST,
    decoy_hash,
    fingerprint,
    is_secret,
    new_secret,
)
from choriste.application.access.ports import AccessPorts
from choriste.application.access.records import AccessToken, ApiClient
from choriste.domain.access.errors import InvalidClientError, UnsupportedGrantError

TOKEN_SECONDS: Final = 3600
_DECOY: Final = decoy_hash(GENERATED_COST)


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenRequest:
    """The form of a token request, and the Authorization header where the client used HTTP Basic."""

    grant_type: str | None
    scope: str | None = None
    client_id: str | None = None
    client_secret: str | None = None
    authorization: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuedToken:
    """A token in clear, on its way to the client: opaque, URL-safe."""

    access_token: str
    scope: str
    expires_in: int = TOKEN_SECONDS

    def as_json(self) -> dict[str, str | int]:
        """Return the answer of the token endpoint."""
        return {
            "access_token": self.access_token,
            "token_type": "Bearer",
            "expires_in": self.expires_in,
            "scope": self.scope,
        }


def issue_token(request: TokenRequest, *, access: AccessPorts) -> IssuedToken:
    """Check the client and give it a token of one hour.

    Raises `UnsupportedGrantError` or `InvalidClientError`.
    """
    if request.grant_type != "client_credentials":
        raise UnsupportedGrantError(grant_type=request.grant_type)
    client = _authenticated_client(request, access=access)
    token = new_secret()
    access.sessions.save_token(
        AccessToken(
            token_hash=fingerprint(token),
            client_id=client.client_id,
            client_version=client.version,
            expires_at=access.clock.now() + dt.timedelta(seconds=TOKEN_SECONDS),
        )
    )
    access.connections.count_token(client.client_id, access.clock.now().date())
    return IssuedToken(access_token=token, scope=request.scope or "openid")


def _authenticated_client(request: TokenRequest, *, access: AccessPorts) -> ApiClient:
    client_id, secret = _client_credentials(request)
    client = access.accounts.api_client(client_id) if client_id else None
    genuine = is_secret(secret, client.secret_hash if client else _DECOY)
    if client is None or not genuine or not client.active:
        raise InvalidClientError
    return client


def _client_credentials(request: TokenRequest) -> tuple[str, str]:
    """Return id and secret from the Basic header where there is one, else from the form."""
    scheme, _, value = (request.authorization or "").partition(" ")
    if scheme.lower() == "basic":
        return decoded_pair(value) or ("", "")
    return request.client_id or "", request.client_secret or ""


def decoded_pair(value: str) -> tuple[str, str] | None:
    """Return the two halves of base64("name:password"), or None when it is nothing of the kind."""
    try:
        name, colon, password = base64.b64decode(value.strip(), validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    return (name, password) if colon else None
