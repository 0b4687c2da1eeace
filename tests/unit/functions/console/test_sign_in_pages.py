"""Signing in and out as a browser sees it: steps, cookies, words and what a stranger may learn."""

from __future__ import annotations

import re

import pytest

from functions.console.web import visit
from tests.builders.browser import Browser
from tests.builders.console import World
from tests.builders.identity import PASSWORD, the_code
from tests.builders.page import Page

ANA, BASILE = "ana@example.fr", "basile@example.fr"


def alert(text: str) -> str:
    """Return the words of the page's alert."""
    return Page.of(text).alert


def try_password(browser: Browser, password: str, email: str = ANA) -> tuple[int, str]:
    browser.get("/sign-in")
    answer = browser.post("/sign-in", {"email": email, "password": password})
    return answer.status, alert(answer.text) if answer.raw else ""


def await_code(browser: Browser, email: str = ANA) -> None:
    browser.get("/sign-in")
    assert browser.post("/sign-in", {"email": email, "password": PASSWORD}).status == 303
    browser.get("/sign-in/code")


def test_signed_out_visitor_is_led_to_sign_in_and_back(browser: Browser, world: World) -> None:
    asked = browser.get("/invoices/2170000000000001?lang=fr")
    form = browser.get(asked.place)
    password = browser.post(
        "/sign-in", {"email": ANA, "password": PASSWORD, "next": "/invoices/2170000000000001"}
    )
    browser.get(password.place)
    code = browser.post(
        "/sign-in/code", {"code": the_code(world.clock.now()), "next": "/invoices/2170000000000001"}
    )

    assert (asked.status, asked.place) == (303, "/sign-in?next=%2Finvoices%2F2170000000000001")
    assert form.page.has("//input[@value='/invoices/2170000000000001']")
    assert password.place == "/sign-in/code?next=%2Finvoices%2F2170000000000001"
    assert (code.status, code.place) == (303, "/invoices/2170000000000001")


@pytest.mark.parametrize(
    "place", ["https://evil.example/", "//evil.example/", "/\\evil.example", "", "/\r\nSet-Cookie: x"]
)
def test_sign_in_never_leads_to_another_site(browser: Browser, world: World, place: str) -> None:
    await_code(browser)

    answer = browser.post("/sign-in/code", {"code": the_code(world.clock.now()), "next": place})

    assert answer.place == "/invoices"


def test_each_step_has_another_cookie(browser: Browser, world: World) -> None:
    browser.get("/sign-in")
    tokens = [browser.cookies["choriste"]]
    browser.post("/sign-in", {"email": ANA, "password": PASSWORD})
    tokens.append(browser.cookies["choriste"])
    browser.get("/sign-in/code")
    browser.post("/sign-in/code", {"code": the_code(world.clock.now())})
    tokens.append(browser.cookies["choriste"])

    assert len(set(tokens)) == 3
    for token in tokens[:2]:
        assert Browser(world, cookies={"choriste": token}).get("/invoices").status == 303


def test_session_cookie_is_out_of_reach_of_scripts_and_other_sites(browser: Browser) -> None:
    cookie = browser.get("/sign-in").cookies[0]

    assert re.fullmatch(r"choriste=[\w-]{43}; Path=/; HttpOnly; SameSite=Strict", cookie)


def test_session_cookie_is_bound_to_the_host_over_tls(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(visit, "is_secure", lambda: True)
    monkeypatch.setattr("functions.console.web.rendering.is_secure", lambda: True)

    answer = browser.get("/sign-in")

    assert re.fullmatch(
        r"__Host-choriste=[\w-]{43}; Path=/; HttpOnly; Secure; SameSite=Strict", answer.cookies[0]
    )
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"


def test_wrong_password_says_the_same_for_known_and_unknown_addresses(browser: Browser) -> None:
    known = [try_password(browser, "wrong") for _ in range(6)]
    unknown = [try_password(browser, "wrong", "nobody@example.fr") for _ in range(6)]

    assert known == unknown
    assert [status for status, _ in known] == [403, 403, 403, 403, 429, 429]


def test_lock_says_one_hour_and_exactly_until_when(browser: Browser, world: World) -> None:
    for _ in range(5):
        _, french = try_password(browser, "wrong")
    browser.get("/sign-in?lang=en")
    world.clock.advance(minutes=10)
    status, english = try_password(browser, PASSWORD)

    assert french == (
        "À corriger Trop de tentatives : sur ce navigateur, ce compte est bloqué pendant une heure, "
        "jusqu’au 23 novembre 2026 à 11 h 00 (heure de Paris). "
        "D’ici là, même le bon mot de passe est refusé. "
        "Si ce compte est le vôtre, vous avez reçu un courriel dont le lien le débloque."
    )
    assert (status, english) == (
        429,
        "Please fix Too many attempts: in this browser, this account is locked for one hour, until "
        "23 November 2026, 11:00 (Paris time). Until then, even the right password is refused. "
        "If this account is yours, you have received an e-mail with a link that unlocks it.",
    )


def test_lock_ends_when_it_said(browser: Browser, world: World) -> None:
    for _ in range(5):
        try_password(browser, "wrong")

    world.clock.advance(hours=1)

    assert try_password(browser, PASSWORD) == (303, "")


def test_typed_address_is_kept_and_escaped_and_the_password_is_not(browser: Browser) -> None:
    browser.get("/sign-in")

    answer = browser.post("/sign-in", {"email": '"><script>x</script>', "password": "s3cret-typed"})

    assert "&#34;&gt;&lt;script&gt;" in answer.text
    assert not answer.page.has("//script")
    assert "s3cret-typed" not in answer.text


def test_wrong_code_says_what_to_do_and_may_be_tried_again(browser: Browser, world: World) -> None:
    await_code(browser)

    wrong = browser.post("/sign-in/code", {"code": "000000"})
    right = browser.post("/sign-in/code", {"code": the_code(world.clock.now())})

    assert wrong.status == 403
    assert "Vérifiez que vous lisez la ligne « Choriste »" in alert(wrong.text)
    assert right.status == 303


def test_code_used_before_is_called_out_of_date(browser: Browser, world: World) -> None:
    code = the_code(world.clock.now())
    await_code(browser)
    browser.post("/sign-in/code", {"code": code})
    other = Browser(world)
    await_code(other)

    answer = other.post("/sign-in/code", {"code": code})

    assert answer.status == 403
    assert "Ce code est périmé ou a déjà servi" in alert(answer.text)


def test_code_page_after_ten_minutes_starts_again_and_says_why(browser: Browser, world: World) -> None:
    await_code(browser)
    world.clock.advance(minutes=10)

    answer = browser.post("/sign-in/code", {"code": the_code(world.clock.now())})

    assert answer.place == "/sign-in?notice=ended"
    assert "plus de dix minutes" in alert(browser.get(answer.place).text)
    assert browser.get("/sign-in/code").place == "/sign-in"


def test_signed_in_visitor_is_not_asked_again(browser: Browser) -> None:
    browser.sign_in()

    assert browser.get("/sign-in?next=/flows").place == "/flows"


def test_sign_out_ends_the_session_and_forgets_the_cookie(browser: Browser, world: World) -> None:
    browser.sign_in()
    token = browser.cookies["choriste"]

    answer = browser.post("/sign-out")

    assert answer.place == "/sign-in?notice=signed-out"
    assert "choriste" not in browser.cookies
    assert Browser(world, cookies={"choriste": token}).get("/invoices").status == 303
    assert "Vous êtes déconnecté" in browser.get(answer.place).text


def test_sign_out_empties_the_browser_over_tls(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    browser.sign_in()
    monkeypatch.setattr("functions.console.web.rendering.is_secure", lambda: True)

    assert browser.post("/sign-out").headers["Clear-Site-Data"] == '"cache", "storage"'


def test_two_accounts_one_after_the_other_never_see_each_others_data(browser: Browser, world: World) -> None:
    ana = browser.sign_in(ANA)
    old = browser.cookies["choriste"]
    browser.post("/sign-out")
    world.clock.advance(seconds=60)
    edgar = browser.sign_in("edgar@example.fr")

    assert "F-2026-0001" in ana.text
    assert "F-2026-0001" not in edgar.text
    assert "Ana" not in edgar.text
    assert "Ville de Lutèce" not in edgar.text
    assert browser.cookies["choriste"] != old
    assert browser.get("/invoices/2170000000000001").status == 404
    assert {ana.headers["Cache-Control"], edgar.headers["Cache-Control"]} == {"no-store"}


def test_signing_in_over_an_open_session_ends_that_session(browser: Browser, world: World) -> None:
    browser.sign_in(ANA)
    old = browser.cookies["choriste"]

    browser.post("/sign-in", {"email": BASILE, "password": PASSWORD})

    assert Browser(world, cookies={"choriste": old}).get("/invoices").status == 303


def test_language_follows_the_browser_the_account_and_the_choice(browser: Browser, world: World) -> None:
    english = Browser(world, headers={"accept-language": "de,en-GB;q=0.8"})
    unknown = Browser(world, headers={"accept-language": "de"})

    assert browser.get("/sign-in").page.language == "fr"
    assert english.get("/sign-in").page.language == "en"
    assert unknown.get("/sign-in").page.language == "fr"
    assert browser.sign_in("claire@example.fr").page.language == "en"
    assert browser.get("/invoices?lang=fr").page.language == "fr"
    assert browser.get("/invoices").page.language == "fr"
    assert browser.get("/invoices?lang=xx").page.language == "fr"
