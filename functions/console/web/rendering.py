"""Pages: templates, texts in the visitor's language, and the headers that every answer carries."""

from __future__ import annotations

import hashlib
import json
import mimetypes
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache, partial
from importlib.resources import files
from typing import Final
from urllib.parse import quote

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.shared.cookies import Cookie, SameSite
from jinja2 import ChoiceLoader, Environment, PackageLoader, PrefixLoader, StrictUndefined, select_autoescape

from choriste.application.access.attempts import KNOWN_FOR
from choriste.application.shared.problems import problem_text
from choriste.i18n.catalogue import count, translate
from choriste.i18n.formats import amount_text, date_text, deadline_text, moment_text, size_text
from functions.console.web.visit import (
    LANGUAGE_COOKIE,
    TOLD_COOKIE,
    Visit,
    device_cookie,
    is_secure,
    session_cookie,
)

HTML: Final = "text/html; charset=utf-8"
_YEAR_SECONDS: Final = 31_536_000
_POLICY: Final = (
    "default-src 'none'; style-src 'self'; img-src 'self'; frame-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_SCRIPTED: Final = f"{_POLICY}; script-src 'self'; connect-src 'self'"
"""Of pages that run our own static scripts: those that offer structures, or ask for a security key."""
_SAFETY: Final = {
    "Content-Security-Policy": _POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


@dataclass(frozen=True, slots=True)
class StaticFile:
    """A file served under an address that holds its hash, so that browsers may keep it for ever."""

    address: str
    content: bytes
    content_type: str


@cache
def static_files() -> dict[str, StaticFile]:
    """Return the static files by name."""
    entries = (files("functions.console") / "static").iterdir()
    return {entry.name: _static(entry.name, entry.read_bytes()) for entry in entries}


@cache
def viewer_files() -> dict[str, StaticFile]:
    """Return the files of Swagger UI (Apache-2.0) by name; Powertools ships them, of a pinned version."""
    folder = files("aws_lambda_powertools.event_handler.openapi.swagger_ui")
    return {name: _static(name, (folder / name).read_bytes()) for name in _VIEWER}


def _static(name: str, content: bytes) -> StaticFile:
    digest = hashlib.sha256(content).hexdigest()[:16]
    content_type = mimetypes.guess_type(name)[0] or "application/octet-stream"
    return StaticFile(f"/static/{digest}/{name}", content, content_type)


_VIEWER: Final = ("swagger-ui-bundle.min.js", "swagger-ui.min.css")
_FEATURES: Final = (
    "members",
    "account",
    "sign_in",
    "sign_up",
    "invoices",
    "drafts",
    "exchange",
    "deposits",
    "operations",
    "connections",
    "developers",
    "parties",
)
"""Those with templates of their own, which go by the feature: `drafts/draft.html`."""


def text(key: str, *, language: str, **values: object) -> str:
    """Return a text of the console's catalogue with its values filled in; raises KeyError."""
    return translate("console", key, language, **values)


def counted(key: str, number: int, *, language: str, **values: object) -> str:
    """Return a text of the console's catalogue that counts something."""
    return count("console", key, number, language, **values)


@dataclass(slots=True)
class Suggestions:
    """Whether a page has a field that offers structures while one types, and so needs the script for it."""

    asked: bool = False

    def note(self) -> str:
        """Note such a field; the answer is nothing to be shown."""
        self.asked = True
        return ""


def page(template: str, visit: Visit, *, status: int = 200, **values: object) -> Response[str]:
    """Return a page of the console."""
    suggestions = Suggestions()
    body = (
        _environment()
        .get_template(template)
        .render(
            visit=visit,
            language=visit.language,
            t=partial(text, language=visit.language),
            counted=partial(counted, language=visit.language),
            amount=partial(amount_text, language=visit.language),
            date=partial(date_text, language=visit.language),
            moment=partial(moment_text, language=visit.language),
            deadline=partial(deadline_text, language=visit.language),
            size=partial(size_text, language=visit.language),
            suggestions=suggestions,
            static={name: file.address for name, file in static_files().items()},
            **values,
        )
    )
    answer = Response(status, HTML, body, headers=page_headers(), cookies=_cookies(visit))
    return with_script(answer) if suggestions.asked else answer


def with_script(answer: Response[str]) -> Response[str]:
    """Return a page that may run our own static scripts, and no other."""
    answer.headers["Content-Security-Policy"] = _SCRIPTED
    return answer


def with_drawings(answer: Response[str]) -> Response[str]:
    """Return a page on which a style sheet may hold small drawings of its own, as that of Swagger UI does."""
    answer.headers["Content-Security-Policy"] = _SCRIPTED.replace("img-src 'self'", "img-src 'self' data:")
    return answer


def with_cookies(answer: Response[str], cookies: list[Cookie]) -> Response[str]:
    """Return an answer that sets cookies besides its own."""
    answer.cookies = [*(answer.cookies or []), *cookies]
    return answer


def error_page(kind: str, visit: Visit, *, status: int, request: str = "") -> Response[str]:
    """Return a page that says what is wrong and where to go on.

    It sets no session cookie: a browser that kept its own back would lose it.
    """
    return page("error.html", replace(visit, is_new=False), status=status, kind=kind, request=request)


def missing_operation(path: str, visit: Visit) -> Response[str]:
    """Return the problem document (RFC 9457) of an API address without an operation: a program reads it."""
    code = "route-not-found"
    told = problem_text(code, {"path": path})
    body = {
        "type": f"urn:choriste:problem:{code}",
        "title": told.title.in_language(visit.language),
        "status": 404,
        "detail": told.detail.in_language(visit.language),
        "code": code,
        "parameters": {"path": path},
    }
    headers = {**page_headers(), "Content-Language": visit.language}
    return Response(404, "application/problem+json", json.dumps(body, ensure_ascii=False), headers=headers)


def data_answer(body: Mapping[str, object]) -> Response[str]:
    """Return what a script of a page asked for, as JSON."""
    return Response(200, "application/json", json.dumps(body, ensure_ascii=False), headers=page_headers())


def redirect(place: str, *, cookies: list[Cookie] | None = None, leaving: bool = False) -> Response[str]:
    """Return the answer to a form: go and get that page; `leaving` empties the browser's cache."""
    headers = {**page_headers(), "Location": place}
    if leaving and is_secure():
        headers["Clear-Site-Data"] = '"cache", "storage"'
    return Response(303, HTML, "", headers=headers, cookies=cookies or [])


def download(name: str, content: bytes, *, mime_type: str) -> Response[bytes]:
    """Return a file to be saved, never shown inside this site."""
    plain = "".join(c if c.isascii() and c not in '"\\' else "_" for c in name)
    disposition = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
    headers = {**page_headers(), "Content-Disposition": disposition}
    return Response(200, mime_type, content, headers=headers)


def shown_picture(content: bytes) -> Response[bytes]:
    """Return a picture that we drew ourselves (JPEG), to be shown inside a page of this site."""
    return Response(200, "image/jpeg", content, headers=page_headers())


def shown_pdf(name: str, content: bytes) -> Response[bytes]:
    """Return a PDF of our own making, to be shown by the browser, in a frame of our own pages too."""
    answer = download(name, content, mime_type="application/pdf")
    shown = {
        "Content-Disposition": str(answer.headers["Content-Disposition"]).replace("attachment", "inline", 1),
        "Content-Security-Policy": "default-src 'none'; object-src 'self'; frame-ancestors 'self'",
        "X-Frame-Options": "SAMEORIGIN",
    }
    answer.headers.update(shown)
    return answer


def static_file(digest: str, name: str) -> Response[bytes] | None:
    """Return a static file, to be kept for a year; None when the address is not one of today's."""
    found = (viewer_files() if name in _VIEWER else static_files()).get(name)
    if found is None or found.address != f"/static/{digest}/{name}":
        return None
    keep = f"public, max-age={_YEAR_SECONDS}, immutable"
    headers = {**_SAFETY, "Cache-Control": keep}
    return Response(200, found.content_type, found.content, headers=headers)


def page_headers() -> dict[str, str | list[str]]:
    """Return the headers of every answer but static files: nothing of it may be kept."""
    transport = {"Strict-Transport-Security": f"max-age={_YEAR_SECONDS}"} if is_secure() else {}
    return {**_SAFETY, "Cache-Control": "no-store", **transport}


def session_value(token: str) -> Cookie:
    """Return the cookie that carries a session's token; it ends with the browser."""
    return Cookie(
        session_cookie(),
        token,
        path="/",
        secure=is_secure(),
        http_only=True,
        same_site=SameSite.STRICT_MODE,
    )


def device_value(token: str) -> Cookie:
    """Return the cookie by which accounts know this browser; it opens nothing."""
    return Cookie(
        device_cookie(),
        token,
        path="/",
        secure=is_secure(),
        http_only=True,
        max_age=int(KNOWN_FOR.total_seconds()),
        same_site=SameSite.STRICT_MODE,
    )


def _cookies(visit: Visit) -> list[Cookie]:
    cookies = [session_value(visit.token)] if visit.is_new else []
    if visit.sealed:  # told once
        cookies.append(Cookie(TOLD_COOKIE, "", path="/", secure=is_secure(), http_only=True, max_age=0))
    if visit.chosen is not None:
        cookies.append(
            Cookie(
                LANGUAGE_COOKIE,
                visit.chosen,
                path="/",
                secure=is_secure(),
                http_only=True,
                max_age=_YEAR_SECONDS,
                same_site=SameSite.LAX_MODE,
            )
        )
    return cookies


@cache
def _environment() -> Environment:
    return Environment(
        loader=ChoiceLoader(
            [
                PackageLoader("functions.console", "templates"),
                PrefixLoader({name: PackageLoader(f"functions.console.{name}") for name in _FEATURES}),
            ]
        ),
        autoescape=select_autoescape(default=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
