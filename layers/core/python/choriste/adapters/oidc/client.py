"""Organisations' providers: discovery, keys, codes and claims (OpenID Connect Core and Discovery 1.0)."""

from __future__ import annotations

import base64
import json
import threading
import time
from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Any, Final
from urllib.parse import quote, urlencode, urlsplit

from choriste.adapters.oidc.guarded import UnreachableError, ask, hurried
from choriste.application.access.organisation_ports import Provider, Redemption, Tokens
from choriste.domain.access.organisation_errors import OrganisationRefusedError, OrganisationUnavailableError

_WELL_KNOWN: Final = "/.well-known/openid-configuration"
_OK: Final = 200
_REFUSED: Final = frozenset({400, 401, 403})
_KEPT: Final = 600.0
"""Seconds for which what a provider published is taken as it was read."""
_PAUSE: Final = 10.0
"""Seconds between two readings of keys that are asked for anew: forged tokens fetch nothing more often."""
_MOST_KEPT: Final = 200

Json = dict[str, Any]


class OidcProviders:
    """Implements `choriste.application.access.organisation_ports.Providers`.

    `local` is for a platform on one machine, whose provider is there too.
    """

    def __init__(self, *, local: bool) -> None:
        self._local = local
        self._lock = threading.Lock()
        self._read: dict[str, tuple[float, Json]] = {}

    def hurried(self) -> AbstractContextManager[None]:
        """Hold all that is asked within to a few seconds together."""
        return hurried()

    def discover(self, issuer: str) -> Provider:
        """Return where a provider answers; it must call itself by the address that it was asked at."""
        told = self._published(issuer.rstrip("/") + _WELL_KNOWN, younger_than=_KEPT)
        if told.get("issuer") != issuer:
            raise OrganisationUnavailableError("another issuer")
        try:
            return _provider(told, local=self._local)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise OrganisationUnavailableError("discovery") from error

    def keys(self, provider: Provider, *, anew: bool = False) -> Mapping[str, Any]:
        """Return a provider's public keys."""
        found = self._published(provider.keys, younger_than=_PAUSE if anew else _KEPT)
        keys = found.get("keys")
        if not isinstance(keys, list) or not all(isinstance(key, dict) for key in keys):
            raise OrganisationUnavailableError("keys")
        return found

    def redeem(self, provider: Provider, redemption: Redemption) -> Tokens:
        """Redeem a code."""
        form = {
            "grant_type": "authorization_code",
            "code": redemption.code,
            "redirect_uri": redemption.return_address,
            "code_verifier": redemption.verifier,
            "client_id": redemption.client_id,
        }
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
        if provider.posts_secret:
            form["client_secret"] = redemption.secret
        else:
            headers["Authorization"] = _basic(redemption.client_id, redemption.secret)
        told = self._ask(provider.token, body=urlencode(form).encode(), headers=headers)
        id_token, access_token = told.get("id_token"), told.get("access_token")
        if not isinstance(id_token, str) or not isinstance(access_token, str):
            raise OrganisationRefusedError("no tokens")
        return Tokens(id_token, access_token)

    def user_info(self, provider: Provider, access_token: str) -> str:
        """Return what a provider says of a person."""
        reply = self._reply(provider.user_info, headers={"Authorization": f"Bearer {access_token}"})
        return reply.strip()

    def _published(self, address: str, *, younger_than: float) -> Json:
        now = time.monotonic()
        with self._lock:
            at, known = self._read.get(address, (0.0, None))
        if known is not None and now - at < younger_than:
            return known
        found = self._ask(address)
        with self._lock:
            if len(self._read) >= _MOST_KEPT:
                self._read.clear()
            self._read[address] = (now, found)
        return found

    def _ask(
        self, address: str, *, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> Json:
        try:
            found = json.loads(self._reply(address, body=body, headers=headers))
        except ValueError as error:
            raise OrganisationUnavailableError("no JSON") from error
        if not isinstance(found, dict):
            raise OrganisationUnavailableError("no object")
        return found

    def _reply(
        self, address: str, *, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> str:
        try:
            reply = ask(address, body=body, headers=headers, local=self._local)
        except UnreachableError as error:
            raise OrganisationUnavailableError(str(error)) from error
        if body is not None and reply.status in _REFUSED:
            raise OrganisationRefusedError("code not taken")
        if reply.status != _OK:
            raise OrganisationUnavailableError(f"HTTP {reply.status}")
        return reply.text


def _provider(told: Json, *, local: bool) -> Provider:
    methods = told.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
    end = told.get("end_session_endpoint") or ""
    return Provider(
        issuer=told["issuer"],
        authorization=_page(told["authorization_endpoint"], local=local),
        token=str(told["token_endpoint"]),
        keys=str(told["jwks_uri"]),
        user_info=str(told.get("userinfo_endpoint") or ""),
        end_session=_page(end, local=local) if end else "",
        scopes=frozenset(map(str, told.get("scopes_supported") or ())),
        posts_secret="client_secret_post" in methods,
        names_itself=told.get("authorization_response_iss_parameter_supported") is True,
    )


def _page(address: str, *, local: bool) -> str:
    """Return an address that a browser is sent to; raises ValueError for what is none."""
    parts = urlsplit(address)
    if not parts.hostname or parts.scheme not in ({"https", "http"} if local else {"https"}):
        raise ValueError(parts.scheme)
    if not address.isprintable() or " " in address:
        raise ValueError("odd characters")
    return address


def _basic(client_id: str, secret: str) -> str:
    """Return the header of HTTP Basic, each part encoded first (RFC 6749, 2.3.1)."""
    pair = f"{quote(client_id, safe='')}:{quote(secret, safe='')}"
    return "Basic " + base64.b64encode(pair.encode()).decode()
