"""Security keys on the console: registered, used and removed by forms, with one static script."""

from __future__ import annotations

from tests.builders.authenticator import Authenticator
from tests.builders.browser import Answer, Browser
from tests.builders.console import World
from tests.builders.identity import PASSWORD
from tests.builders.mails import mails_of

ANA = "ana@example.fr"


def asked_on(answer: Answer) -> str:
    """Return what a page asks of a key; the script beside it is the only one that may run."""
    assert answer.headers["Content-Security-Policy"].endswith("; script-src 'self'; connect-src 'self'")
    (script,) = answer.page.found("//script")
    assert not script.strip()
    return str(answer.page.found("//form/@data-options")[0])


def with_key(browser: Browser, key: Authenticator, name: str = "Clé bleue") -> Answer:
    browser.sign_in(ANA)
    asked = asked_on(browser.get("/account/keys"))
    return browser.post("/account/keys", {"name": name, "answer": key.make(asked)})


def with_password(browser: Browser) -> Answer:
    browser.get("/sign-in")
    step = browser.post("/sign-in", {"email": ANA, "password": PASSWORD})
    return browser.get(step.place)


def test_key_is_registered_signs_in_confirms_and_is_removed(browser: Browser, world: World) -> None:
    key = Authenticator()
    shown = with_key(browser, key)
    assert len(shown.page.found("//ul[@class='codes']/li")) == 10
    assert "Clé bleue" in browser.get("/account").text

    browser.post("/sign-out")
    asked = asked_on(with_password(browser))
    opened = browser.post("/sign-in/code/key", {"next": "/account", "answer": key.sign(asked)})
    assert opened.place == "/account"

    world.clock.advance(minutes=11)
    confirm = browser.get("/account/keys")
    assert confirm.place == "/account/confirm?next=%2Faccount%2Fkeys"
    asked = asked_on(browser.get(confirm.place))
    confirmed = browser.post("/account/confirm/key", {"next": "/account/keys", "answer": key.sign(asked)})
    assert confirmed.place == "/account/keys"

    (kept,) = browser.get("/account").page.found("//button[@name='key']/@value")
    assert browser.post("/account/keys/remove", {"key": kept}).place == "/account?notice=key-removed"
    assert "Clé bleue" not in browser.get("/account").text
    assert "Clé bleue" in mails_of(world.access)[-1].text


def test_passkey_signs_in_without_a_password(browser: Browser) -> None:
    key = Authenticator()
    with_key(browser, key)
    browser.post("/sign-out")

    asked = asked_on(browser.get("/sign-in/passkey?next=%2Faccount"))
    opened = browser.post("/sign-in/passkey", {"next": "/account", "answer": key.sign(asked)})

    assert opened.place == "/account"
    assert browser.get("/account").status == 200
    assert browser.get("/sign-in/passkey").place == "/invoices"


def test_wrong_answers_say_what_to_do_instead(browser: Browser) -> None:
    key = Authenticator()
    with_key(browser, key)
    browser.post("/sign-out")

    shown = with_password(browser)
    refused = browser.post("/sign-in/code/key", {"answer": "{}"})
    assert refused.status == 403
    assert "utilisez un code" in refused.text
    late = browser.post("/sign-in/code/key", {"answer": Authenticator(id=key.id).sign(asked_on(shown))})
    assert late.status == 403
    stranger = asked_on(browser.get("/sign-in/passkey"))
    unknown = browser.post("/sign-in/passkey", {"answer": Authenticator().sign(stranger)})
    assert unknown.status == 403
    assert "n’ouvre aucun compte" in unknown.text


def test_pages_without_a_key_run_no_script_at_all(browser: Browser) -> None:
    for place in ("/sign-in", "/invoices", "/account"):
        answer = browser.get(place)
        assert "script" not in answer.headers["Content-Security-Policy"], place
    browser.sign_in(ANA)
    assert "script" not in browser.get("/account/confirm").headers["Content-Security-Policy"]
