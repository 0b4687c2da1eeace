"""What keeps other people's forms, pages and scripts out."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any, cast

import pytest

from choriste.i18n.typography import typeset
from choriste.runtime import identity
from functions.console.handler import handler
from tests.builders.browser import Browser, answer_of, http_event
from tests.builders.console import World
from tests.builders.identity import PASSWORD

POSTS = (
    "/sign-in",
    "/sign-in/code",
    "/sign-out",
    "/invoices/2170000000000001/actions",
    "/deposit",
    "/activation",
    "/sign-up",
    "/password/forgotten",
    "/password/new",
    "/unlock",
    "/sign-in/mailed-code",
    "/sign-in/app",
    "/account",
    "/account/password",
    "/account/sessions",
    "/account/confirm",
    "/account/app",
    "/account/recovery-codes",
)
PAGES = (
    "/sign-in",
    "/password/forgotten",
    "/account",
    "/account/app",
    "/invoices",
    "/invoices/2170000000000001",
    "/flows",
    "/deposit",
    "/nowhere",
)


@pytest.mark.parametrize("address", POSTS)
def test_form_without_its_token_is_refused(browser: Browser, address: str) -> None:
    browser.sign_in()
    browser.get("/invoices")

    for token in ("", "0" * 64):
        answer = browser.post(address, {"csrf": token, "email": "ana@example.fr", "password": PASSWORD})
        assert answer.status == 403
        assert "Formulaire périmé" in answer.text


def test_form_of_another_browser_is_refused(browser: Browser, world: World) -> None:
    other = Browser(world)
    other.sign_in("basile@example.fr")
    world.clock.advance(seconds=60)
    browser.sign_in()

    assert browser.post("/sign-out", {"csrf": other.csrf}).status == 403


def test_form_from_another_site_is_refused(browser: Browser) -> None:
    browser.sign_in()

    assert browser.post("/sign-out", None, **{"sec-fetch-site": "cross-site"}).status == 403


def test_form_without_any_cookie_is_refused(browser: Browser) -> None:
    browser.get("/sign-in")
    browser.cookies.clear()

    assert browser.post("/sign-in", {"email": "ana@example.fr", "password": PASSWORD}).status == 403


@pytest.mark.parametrize("address", ["/invoices/2170000000000001", "/sign-in"])
def test_link_from_another_site_does_not_lose_the_session(browser: Browser, address: str) -> None:
    browser.sign_in()
    kept, browser.cookies = browser.cookies, {}

    arrival = browser.get(address, **{"sec-fetch-site": "cross-site"})

    assert arrival.status == 200
    assert arrival.cookies == []
    assert arrival.page.found("//meta[@http-equiv='refresh']/@content") == [f"0; url={address}"]
    browser.cookies = kept
    assert browser.get(address).status in {200, 303}


@pytest.mark.parametrize("address", PAGES)
def test_page_is_never_kept_and_runs_no_script_but_our_own(browser: Browser, address: str) -> None:
    if address != "/sign-in":
        browser.sign_in()

    answer = browser.get(address)

    assert answer.headers["Cache-Control"] == "no-store"
    scripts = "; script-src 'self'; connect-src 'self'" if answer.page.has("//script") else ""
    assert answer.headers["Content-Security-Policy"] == (
        "default-src 'none'; style-src 'self'; img-src 'self'; frame-src 'self'; "
        f"form-action 'self'; base-uri 'none'; frame-ancestors 'none'{scripts}"
    )
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert not answer.page.has("//style | //@style | //@*[starts-with(name(), 'on')] | //script/text()")
    assert all(place.startswith("/static/") for place in answer.page.found("//script/@src"))
    assert "javascript:" not in answer.text


def test_static_files_are_kept_for_ever_under_their_hash(browser: Browser) -> None:
    (address,) = browser.get("/sign-in").page.found("//link[@rel='stylesheet']/@href")
    assert len(address.removeprefix("/static/").removesuffix("/console.css")) == 16

    answer = browser.get(address)

    assert answer.headers["Content-Type"] == "text/css"
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert b":focus-visible" in answer.raw
    assert answer.cookies == []


@pytest.mark.parametrize(
    "address", ["/static/0000000000000000/console.css", "/static/0000000000000000/handler.py", "/nowhere"]
)
def test_unknown_address_is_a_page_that_leads_on(browser: Browser, address: str) -> None:
    answer = browser.get(address)

    assert answer.status == 404
    assert "Page introuvable" in answer.text
    assert "/invoices" in answer.page.links("/invoices")
    assert answer.cookies == []


@pytest.mark.parametrize("address", ["/api/oauth/token", "/v1", "/cpro"])
def test_program_that_comes_here_gets_a_problem_document(browser: Browser, address: str) -> None:
    french = browser.get(address)
    english = browser.get(address, **{"accept-language": "en"})

    assert french.status == 404
    assert french.headers["Content-Type"] == "application/problem+json"
    assert json.loads(french.text)["detail"] == typeset(
        "Aucune opération à cette adresse : voyez /v1/openapi.json.", language="fr"
    )
    assert json.loads(english.text)["title"] == "Unknown address"
    assert french.cookies == []


def test_start_leads_to_the_invoices(browser: Browser) -> None:
    assert browser.get("/").place == "/invoices"


def test_failure_names_the_incident_and_nothing_else(
    browser: Browser, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    browser.sign_in()

    def broken() -> None:
        msg = "the table of secrets is at 10.0.0.1"
        raise RuntimeError(msg)

    monkeypatch.setattr(identity, "built_access_ports", broken)
    answer = browser.get("/invoices")

    assert answer.status == 500
    assert "req-1" in answer.text
    assert "10.0.0.1" not in answer.text
    assert caplog.messages == ["page failed"]


def test_passwords_codes_and_tokens_are_never_logged(
    browser: Browser, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    browser.get("/sign-in")
    browser.post("/sign-in", {"email": "ana@example.fr", "password": "wrong-and-private"})
    browser.sign_in()
    browser.get("/invoices")

    printed = "".join((*capsys.readouterr(), caplog.text))
    for secret in ("wrong-and-private", PASSWORD, browser.cookies["choriste"]):
        assert secret not in printed


def test_body_that_is_no_form_is_refused(browser: Browser) -> None:
    browser.sign_in()
    event = http_event("POST", "/sign-out", body=b"\xff\xfe", headers={"content-type": "application/json"})
    event["cookies"] = [f"choriste={browser.cookies['choriste']}"]

    answer = answer_of(handler(event, cast("Any", SimpleNamespace())))

    assert answer.status == 403
