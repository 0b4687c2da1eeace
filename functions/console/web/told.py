"""One-time messages: what a form has just brought about, told once on the page that follows.

The message travels in a cookie, sealed with the session's own secret for one page: no address can make the
platform say that something was done, and reloading or keeping the page repeats nothing.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import Final
from urllib.parse import urlsplit

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.shared.cookies import Cookie, SameSite

from functions.console.web.rendering import redirect
from functions.console.web.visit import TOLD_COOKIE, Visit, is_secure

_SECONDS: Final = 60
"""How long a browser may take to follow."""


def tell(visit: Visit, place: str, word: str, *, cookies: list[Cookie] | None = None) -> Response[str]:
    """Return the answer to a form: go to a page of this site, which then tells the word once."""
    value = f"{word}.{_seal(visit.token, urlsplit(place).path, word)}"
    cookie = Cookie(
        TOLD_COOKIE,
        value,
        path="/",
        secure=is_secure(),
        http_only=True,
        max_age=_SECONDS,
        same_site=SameSite.STRICT_MODE,
    )
    return redirect(place, cookies=[*(cookies or []), cookie])


def told(visit: Visit) -> str:
    """Return the word that this page was told for this session, empty without one."""
    word, _, seal = visit.sealed.rpartition(".")
    genuine = hmac.compare_digest(seal.encode(), _seal(visit.token, visit.path, word).encode())
    return word if genuine else ""


def _seal(token: str, path: str, word: str) -> str:
    return hmac.new(f"told:{token}".encode(), f"{path} {word}".encode(), hashlib.sha256).hexdigest()
