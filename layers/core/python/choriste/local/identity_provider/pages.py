"""The pages and answers of the local provider under `/local/identity-provider`: who is it, code, tokens.

Its key is made at each start, so a restart is a rotation. It checks what a provider must: the client and its
secret, the address of return, PKCE, and that a code is redeemed once. Deliberately absent: passwords.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from html import escape
from importlib.resources import files
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode, urlsplit

from joserfc import jwk, jwt

from choriste.local.gateway.events import Answer, Request
from choriste.runtime.clock import MovableClock

PREFIX: Final = "/local/identity-provider"
CLIENT: Final = "choriste"
SECRET: Final = "choriste-on-one-machine"  # noqa: S105 - of a provider that knows invented people only
_RETURN: Final = "/sign-in/organisation/return/"
_LIFETIME: Final = 300
_NO_STORE: Final = ("cache-control", "no-store")

Form = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Grant:
    """What a code or an access token stands for: a person, and the request that asked for them."""

    person: Mapping[str, Any]
    asked: Form


def people() -> tuple[dict[str, Any], ...]:
    """Return the sample people, with a note for whoever chooses among them."""
    text = (files("choriste.local.identity_provider") / "people.json").read_text(encoding="utf-8")
    return tuple(json.loads(text))


class IdentityProvider:
    """Answers what is under its prefix; its issuer is the address at which it is asked."""

    def __init__(self, clock: MovableClock) -> None:
        self._clock = clock
        self._grants: dict[str, _Grant] = {}
        self._people = {person["sub"]: person for person in people()}
        self._pages = {
            ("GET", "/.well-known/openid-configuration"): self._discovery,
            ("GET", "/keys"): self._keys,
            ("GET", "/authorize"): self._ask_who,
            ("GET", "/choose"): self._choose,
            ("POST", "/token"): self._tokens,
            ("GET", "/userinfo"): self._user_info,
            ("GET", "/logout"): self._leave,
        }

    def __call__(self, request: Request) -> Answer | None:
        """Return the answer to a request, None where it is not for the provider."""
        if not request.raw_path.startswith(PREFIX + "/"):
            return None
        page = self._pages.get((request.method, request.raw_path.removeprefix(PREFIX)))
        return page(request) if page is not None else _json({"error": "not_found"}, status=404)

    @cached_property
    def _key(self) -> jwk.RSAKey:
        name = secrets.token_hex(4)
        return jwk.RSAKey.generate_key(2048, parameters={"kid": name, "use": "sig"}, private=True)

    def _discovery(self, request: Request) -> Answer:
        issuer = _issuer(request)
        return _json(
            {
                "issuer": issuer,
                "authorization_endpoint": f"{issuer}/authorize",
                "token_endpoint": f"{issuer}/token",
                "userinfo_endpoint": f"{issuer}/userinfo",
                "jwks_uri": f"{issuer}/keys",
                "end_session_endpoint": f"{issuer}/logout",
                "scopes_supported": ["openid", "email", "given_name", "usual_name", "siret"],
                "token_endpoint_auth_methods_supported": ["client_secret_post"],
                "response_types_supported": ["code"],
                "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": ["RS256"],
                "code_challenge_methods_supported": ["S256"],
                "authorization_response_iss_parameter_supported": True,
            }
        )

    def _keys(self, request: Request) -> Answer:
        del request
        return _json({"keys": [self._key.as_dict(private=False)]})

    def _ask_who(self, request: Request) -> Answer:
        asked = _query(request)
        back = urlsplit(asked.get("redirect_uri", "")).path
        if asked.get("client_id") != CLIENT or not back.startswith(_RETURN):
            return _page("<h1>Unknown client</h1>", status=400)
        rows = "".join(
            f'<p><a href="{PREFIX}/choose?{escape(urlencode({**asked, "person": subject}))}">'
            f"{escape(person['given_name'])} {escape(person['usual_name'])}</a>"
            f" – {escape(person['note'])}</p>"
            for subject, person in self._people.items()
        )
        return _page(f"<h1>Fournisseur d’identité local – Local identity provider</h1>{rows}")

    def _choose(self, request: Request) -> Answer:
        asked = _query(request)
        person = self._people.get(asked.get("person", ""))
        if person is None or asked.get("code_challenge_method") != "S256":
            return _page("<h1>Unknown person</h1>", status=400)
        code = self._grant(person, asked)
        back = {"code": code, "state": asked.get("state", ""), "iss": _issuer(request)}
        return _redirect(f"{asked['redirect_uri']}?{urlencode(back)}")

    def _tokens(self, request: Request) -> Answer:
        form = dict(parse_qsl(request.body.decode(errors="replace")))
        if (form.get("client_id"), form.get("client_secret")) != (CLIENT, SECRET):
            return _json({"error": "invalid_client"}, status=401)
        grant = self._grants.pop(form.get("code", ""), None)
        if grant is None or not _is_asker(grant.asked, form):
            return _json({"error": "invalid_grant"}, status=400)
        now = int(self._clock.now().timestamp())
        claims = {
            "iss": _issuer(request),
            "aud": CLIENT,
            "sub": grant.person["sub"],
            "iat": now,
            "exp": now + _LIFETIME,
            "nonce": grant.asked.get("nonce", ""),
            "amr": grant.person["amr"],
        }
        id_token = jwt.encode({"alg": "RS256", "kid": self._key.kid}, claims, self._key)
        access_token = self._grant(grant.person, grant.asked)
        return _json({"token_type": "Bearer", "id_token": id_token, "access_token": access_token})

    def _user_info(self, request: Request) -> Answer:
        grant = self._grants.get((request.header("authorization") or "").removeprefix("Bearer "))
        if grant is None:
            return _json({"error": "invalid_token"}, status=401)
        return _json({name: value for name, value in grant.person.items() if name not in {"amr", "note"}})

    def _leave(self, request: Request) -> Answer:
        back = urlsplit(_query(request).get("post_logout_redirect_uri", ""))
        return _redirect(f"{back.path or '/'}{'?' + back.query if back.query else ''}")

    def _grant(self, person: Mapping[str, Any], asked: Form) -> str:
        name = secrets.token_urlsafe(16)
        self._grants[name] = _Grant(person, dict(asked))
        return name


def _is_asker(asked: Form, form: Form) -> bool:
    """Say whether who redeems a code is who asked for it (RFC 7636, 4.6)."""
    digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
    challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
    same = form.get("redirect_uri") == asked.get("redirect_uri")
    return same and hmac.compare_digest(challenge, asked.get("code_challenge", ""))


def _issuer(request: Request) -> str:
    return f"http://{request.header('host')}{PREFIX}"


def _query(request: Request) -> dict[str, str]:
    return dict(parse_qsl(request.raw_query))


def _json(document: Mapping[str, Any], *, status: int = 200) -> Answer:
    headers = (("content-type", "application/json"), _NO_STORE)
    return Answer(status=status, headers=headers, body=json.dumps(document, ensure_ascii=False).encode())


def _page(body: str, *, status: int = 200) -> Answer:
    head = '<!doctype html><html lang="fr"><meta charset="utf-8"><title>Fournisseur local</title>'
    view = '<meta name="viewport" content="width=device-width, initial-scale=1">'
    headers = (("content-type", "text/html; charset=utf-8"), _NO_STORE)
    return Answer(status=status, headers=headers, body=f"{head}{view}<main>{body}</main></html>".encode())


def _redirect(place: str) -> Answer:
    return Answer(status=303, headers=(("location", place), _NO_STORE), body=b"")
