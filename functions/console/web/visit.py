"""One request of a browser: its session, its language, its form, and the token that proves the form ours.

The only state a browser holds is one random value in a cookie. Before sign-in it belongs to nobody and
serves to bind forms; sign-in replaces it, so what an earlier visitor of the same browser held opens nothing.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

from choriste.application.access.hashing import new_secret
from choriste.application.access.policy import administered_structures, operates, own_sandbox
from choriste.application.access.resume_session import SignedIn, resume_session
from choriste.application.access.sessions import Visitor
from choriste.application.members.decide_request import count_waiting
from choriste.domain.access.principal import PrincipalKind
from choriste.domain.access.user import Language, Level, Space
from choriste.runtime import identity
from choriste.runtime.ports import platform_ports
from choriste.runtime.settings import settings
from functions.console.web.forms import Form, read_form

LANGUAGE_COOKIE: Final = "choriste-language"
TOLD_COOKIE: Final = "choriste-told"


class SignInNeededError(Exception):
    """The page is for signed-in people; `place` is where the visitor wanted to go."""

    def __init__(self, place: str) -> None:
        super().__init__(place)
        self.place = place


class ForgedFormError(Exception):
    """The form was not given out to this browser, or too long ago."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """What a page needs to know of its visitor.

    `token` is the cookie's value; `is_new` says that this answer must set it. `chosen` is the language
    that the visitor picks with this very request.
    """

    path: str
    query: Mapping[str, str]
    token: str
    is_new: bool
    language: str
    chosen: str | None
    signed_in: SignedIn | None
    device: str = ""
    """The token by which accounts know this browser, empty in one that never signed in."""
    browser: str = ""
    """What the browser says it is."""
    from_elsewhere: bool = False
    """Whether a link of another site led here."""
    sealed: str = ""
    """The one-time message that the browser brings along, as it was sealed."""

    @property
    def needs_return(self) -> bool:
        """Whether the browser may have kept its strict cookie back, as after a link of another site.

        One more hop, from our own page, lets it show the session that may well exist.
        """
        return self.is_new and self.from_elsewhere

    @property
    def visitor(self) -> Visitor:
        """What signing in wants to know of the browser."""
        return Visitor(device=self.device, browser=self.browser)

    @property
    def csrf(self) -> str:
        """The token that this visitor's forms carry; it does not disclose the cookie."""
        return hashlib.sha256(f"form:{self.token}".encode()).hexdigest()

    @property
    def user(self) -> SignedIn:
        """The signed-in user; raises `SignInNeededError`."""
        if self.signed_in is None:
            raise SignInNeededError(self.address())
        return self.signed_in

    @property
    def places(self) -> tuple[str, ...]:
        """The entries of the main navigation: the places where the visitor has something to see or do."""
        principal = self.user.principal
        if principal.kind is PrincipalKind.OPERATOR:
            return "invoices", "stuck", "structures", "members"
        places = ["invoices"]
        if principal.structures_with(Space.ISSUE, Level.CONSULT):
            places += ["drafts", "flows"]
        if principal.structures_with(Space.ISSUE, Level.MODIFY):
            places.append("deposit")
        if principal.structures_with(Space.API, Level.MODIFY):
            places.append("connections")
        places.append("structures")
        if administered_structures(principal):
            places.append("members")
        places.append("approvals")
        if own_sandbox(principal) is not None:
            places.append("developers/sandbox")
        return tuple(places)

    @property
    def is_operator(self) -> bool:
        """Whether the visitor works for the operator."""
        return operates(self.user.principal)

    @property
    def waiting(self) -> int:
        """How many requests for access wait for the visitor's decision."""
        return count_waiting(platform_ports(), self.user.principal)

    def address(self, **changes: str | None) -> str:
        """Return the address of this page with some query parameters changed; None removes one."""
        query = {key: value for key, value in {**self.query, **changes}.items() if value}
        return f"{self.path}?{urlencode(query)}" if query else self.path


def is_secure() -> bool:
    """Say whether the platform is reached over TLS; only a local one is not."""
    return settings().base_url.startswith("https")


def session_cookie() -> str:
    """Return the name of the session cookie: `__Host-` binds it to this host wherever there is TLS."""
    return "__Host-choriste" if is_secure() else "choriste"


def device_cookie() -> str:
    """Return the name of the cookie by which accounts know a browser."""
    return "__Host-choriste-device" if is_secure() else "choriste-device"


def visit_of(event: Mapping[str, Any]) -> Visit:
    """Read who visits from an HTTP API event."""
    cookies = _cookies(event)
    token = cookies.get(session_cookie(), "")
    query = dict(event.get("queryStringParameters") or {})
    chosen = _known(query.pop("lang", None))
    signed_in = resume_session(token, access=identity.access_ports()) if token else None
    return Visit(
        path=str(event.get("rawPath", "/")),
        query=query,
        token=token or new_secret(),
        is_new=not token,
        language=chosen or _language(event, cookies, signed_in),
        chosen=chosen,
        signed_in=signed_in,
        device=cookies.get(device_cookie(), ""),
        browser=identity.header(event, "user-agent") or "",
        from_elsewhere=_comes_from_elsewhere(event),
        sealed=cookies.get(TOLD_COOKIE, ""),
    )


def stranger_of(event: Mapping[str, Any]) -> Visit:
    """Read a visit without asking for its session: for the page that says that something failed."""
    return Visit(
        path=str(event.get("rawPath", "/")),
        query={},
        token="",
        is_new=False,
        language=_language(event, _cookies(event), None),
        chosen=None,
        signed_in=None,
    )


def form_of(event: Mapping[str, Any], visit: Visit) -> Form:
    """Return the submitted form; raises `ForgedFormError` unless this browser was given it."""
    body = str(event.get("body") or "")
    raw = base64.b64decode(body) if event.get("isBase64Encoded") else body.encode()
    form = read_form(raw, content_type=identity.header(event, "content-type") or "")
    genuine = hmac.compare_digest(form.text("csrf").encode(), visit.csrf.encode())
    if visit.is_new or not genuine or visit.from_elsewhere:
        raise ForgedFormError
    return form


def safe_place(place: str) -> str:
    """Return a path of this site to go on to; anything else becomes the list of invoices."""
    is_path = place.startswith("/") and not place.startswith(("//", "/\\"))
    return place if is_path and place.isprintable() else "/invoices"


def place_before(event: Mapping[str, Any]) -> str:
    """Return the path of the page whose form was sent, the account's where the browser does not say."""
    before = urlsplit(identity.header(event, "referer") or "")
    return before.path if f"{before.scheme}://{before.netloc}" == settings().base_url else "/account"


def _comes_from_elsewhere(event: Mapping[str, Any]) -> bool:
    return identity.header(event, "sec-fetch-site") == "cross-site"


def _cookies(event: Mapping[str, Any]) -> dict[str, str]:
    pairs = (str(cookie).partition("=") for cookie in event.get("cookies") or [])
    return {name.strip(): value.strip() for name, _, value in pairs}


def _known(language: str | None) -> str | None:
    return language if language in set(Language) else None


def _language(event: Mapping[str, Any], cookies: Mapping[str, str], signed_in: SignedIn | None) -> str:
    """Return the language picked before, else the user's own, else the first the browser asks for."""
    picked = _known(cookies.get(LANGUAGE_COOKIE))
    if picked is not None:
        return picked
    if signed_in is not None:
        return signed_in.user.language.value
    wanted = (identity.header(event, "accept-language") or "").lower().split(",")
    known = (_known(entry.strip()[:2]) for entry in wanted)
    return next((language for language in known if language), Language.FRENCH.value)
