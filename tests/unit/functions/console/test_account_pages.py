"""My account as its owner sees it, and the pages of a first sign-in and of a password that was lost."""

from __future__ import annotations

import re

import pyotp

from choriste.application.access.records import Credentials
from tests.builders.browser import Answer, Browser
from tests.builders.console import World
from tests.builders.identity import CHEAP, PASSWORD, a_user, the_code
from tests.builders.mails import code_of_last_mail, link_of_last_mail, mails_of

ANA = "ana@example.fr"
NEW = "a lamp, a river, a stone"


def newcomer(world: World) -> None:
    user = a_user("bo", email="bo@example.fr", name="Bo")
    known = Credentials(user=user.id, password_hash=CHEAP.hash(PASSWORD), totp_secret=None)
    world.access.accounts.add_user(user, known)


def first_sign_in(browser: Browser, world: World) -> Answer:
    newcomer(world)
    browser.get("/sign-in")
    step = browser.post("/sign-in", {"email": "bo@example.fr", "password": PASSWORD})
    assert step.place == "/sign-in/mailed-code?next=%2Finvoices"
    browser.get(step.place)
    step = browser.post("/sign-in/mailed-code", {"code": code_of_last_mail(world.access)})
    return browser.get(step.place)


def secret_on(page: Answer) -> str:
    return "".join(page.page.found("//code[@class='secret']")[0].split())


def code_of(secret: str, world: World) -> str:
    return pyotp.TOTP(secret).at(int(world.clock.now().timestamp()))


def test_first_sign_in_ends_with_recovery_codes_shown_once(browser: Browser, world: World) -> None:
    offered = first_sign_in(browser, world)

    done = browser.post("/sign-in/app", {"code": code_of(secret_on(offered), world)})

    assert offered.page.has("//div[@role='img' and @aria-label]/*[name()='svg']")
    assert len(done.page.found("//ul[@class='codes']/li")) == 10
    assert browser.get("/account").status == 200
    assert 'ul class="codes"' not in browser.get("/account").text


def test_steps_out_of_order_lead_back_to_sign_in(browser: Browser, world: World) -> None:
    newcomer(world)
    browser.get("/sign-in")
    browser.post("/sign-in", {"email": "bo@example.fr", "password": PASSWORD})

    assert [browser.get(f"/sign-in/{step}").place for step in ("code", "app")] == ["/sign-in", "/sign-in"]
    browser.get("/sign-in/mailed-code")
    assert browser.post("/sign-in/app", {"code": "123456"}).place == "/sign-in?notice=ended"
    assert browser.get("/invoices").place.startswith("/sign-in")


def test_wrong_mailed_code_says_what_to_do(browser: Browser, world: World) -> None:
    newcomer(world)
    browser.get("/sign-in")
    browser.post("/sign-in", {"email": "bo@example.fr", "password": PASSWORD})
    browser.get("/sign-in/mailed-code")

    answer = browser.post("/sign-in/mailed-code", {"code": "x"})

    assert answer.status == 403
    assert "du dernier courriel reçu" in answer.page.alert


def test_forgotten_password_is_answered_the_same_with_and_without_an_account(
    browser: Browser, world: World
) -> None:
    answers = []
    for email in (ANA, "nobody@example.fr"):
        browser.get("/password/forgotten")
        answer = browser.post("/password/forgotten", {"email": email})
        answers.append((answer.status, answer.page.words.replace(email, "")))

    assert answers[0] == answers[1]
    assert [mail.to for mail in mails_of(world.access)] == [ANA]


def test_forgotten_password_is_replaced(browser: Browser, world: World) -> None:
    browser.get("/password/forgotten")
    browser.post("/password/forgotten", {"email": ANA})
    link = link_of_last_mail(world.access)
    token = link.partition("=")[2]
    browser.get(link)

    weak = {"token": token, "new_password": "short", "new_password_again": "short"}
    assert "au moins 12" in browser.post("/password/new", weak).page.alert
    done = browser.post("/password/new", {"token": token, "new_password": NEW, "new_password_again": NEW})

    assert done.place == "/sign-in?notice=password-changed"
    assert "Votre mot de passe est changé" in browser.get(done.place).page.words
    assert browser.get(link).status == 410


def test_address_that_is_none_is_pointed_out(browser: Browser) -> None:
    browser.get("/password/forgotten")

    answer = browser.post("/password/forgotten", {"email": "ana"})

    assert answer.status == 422
    assert "Exemple" in answer.page.alert


def test_owner_unlocks_the_browser_by_mail(browser: Browser, world: World) -> None:
    for _ in range(5):
        browser.get("/sign-in")
        browser.post("/sign-in", {"email": ANA, "password": "wrong"})
    link = link_of_last_mail(world.access)
    browser.get(link)

    done = browser.post("/unlock", {"token": link.partition("=")[2]})

    assert "peut de nouveau se connecter" in browser.get(done.place).page.words
    assert browser.sign_in(ANA).status == 200
    assert Browser(world).get(link).status == 410


def test_browser_that_signed_in_is_known_by_a_cookie_of_its_own(browser: Browser) -> None:
    browser.get("/sign-in")
    browser.post("/sign-in", {"email": ANA, "password": PASSWORD})
    browser.get("/sign-in/code")
    assert "choriste-device" not in browser.cookies

    answer = browser.post("/sign-in/code", {"code": the_code(browser.world.clock.now())})

    cookie = next(each for each in answer.cookies if each.startswith("choriste-device="))
    assert re.fullmatch(
        r"choriste-device=[\w-]{43}; Path=/; Max-Age=15552000; HttpOnly; SameSite=Strict", cookie
    ), cookie


def test_device_outlives_the_session(browser: Browser, world: World) -> None:
    browser.sign_in()
    device = browser.cookies["choriste-device"]
    browser.post("/sign-out")
    world.clock.advance(minutes=1)
    browser.sign_in()

    assert browser.cookies["choriste-device"] == device


def test_owner_changes_the_password(browser: Browser, world: World) -> None:
    other = Browser(world)
    other.sign_in()
    world.clock.advance(minutes=1)
    browser.sign_in()
    browser.get("/account/password")
    fields = {"new_password": NEW, "new_password_again": NEW}

    wrong = browser.post("/account/password", {"password": "wrong", **fields})
    unlike = browser.post("/account/password", {"password": PASSWORD, **fields, "new_password_again": "x"})
    token = browser.cookies["choriste"]
    done = browser.post("/account/password", {"password": PASSWORD, **fields})

    assert (wrong.status, unlike.status) == (403, 422)
    assert "n’est pas le bon" in wrong.page.alert
    assert done.place == "/account?notice=password-changed"
    assert browser.cookies["choriste"] != token
    assert "Vos autres sessions sont fermées" in browser.get(done.place).page.words
    assert other.get("/invoices").status == 303


def test_too_many_wrong_present_passwords_say_until_when(browser: Browser) -> None:
    browser.sign_in()
    browser.get("/account/password")
    fields = {"password": "wrong", "new_password": NEW, "new_password_again": NEW}

    answers = [browser.post("/account/password", fields) for _ in range(5)]

    assert answers[-1].status == 429
    assert "11 h 00" in answers[-1].page.alert


def test_app_is_replaced_after_the_factor_was_proved_again(browser: Browser, world: World) -> None:
    browser.sign_in()
    world.clock.advance(minutes=11)

    asked = browser.get("/account/app")
    confirm = browser.get(asked.place)
    wrong = browser.post("/account/confirm", {"code": "000000", "next": "/account/app"})
    proved = browser.post("/account/confirm", {"code": the_code(world.clock.now()), "next": "/account/app"})
    offered = browser.get(proved.place)
    mistyped = browser.post("/account/app", {"code": "000000"})
    done = browser.post("/account/app", {"code": code_of(secret_on(offered), world)})

    assert asked.place == "/account/confirm?next=%2Faccount%2Fapp"
    assert (confirm.status, wrong.status, proved.place) == (200, 403, "/account/app")
    assert mistyped.status == 403
    assert secret_on(mistyped) == secret_on(offered)
    assert len(done.page.found("//ul[@class='codes']/li")) == 10


def test_second_replacement_keeps_the_recovery_codes(browser: Browser, world: World) -> None:
    browser.sign_in()
    browser.get("/account")
    browser.post("/account/recovery-codes")
    world.clock.advance(minutes=1)

    done = browser.post("/account/app", {"code": code_of(secret_on(browser.get("/account/app")), world)})

    assert done.place == "/account?notice=app-replaced"
    assert "Codes de secours encore valables : 10" in browser.get(done.place).page.words.replace("\xa0", " ")


def test_form_that_needs_a_fresh_factor_leads_back_to_its_page(browser: Browser, world: World) -> None:
    browser.sign_in()
    browser.get("/account")
    world.clock.advance(minutes=11)

    here = browser.post("/account/recovery-codes", None, referer="http://127.0.0.1:1/account")
    elsewhere = browser.post("/account/recovery-codes", None, referer="https://evil.example/x")

    assert here.place == elsewhere.place == "/account/confirm?next=%2Faccount"


def test_confirmation_leads_to_no_other_site(browser: Browser, world: World) -> None:
    browser.sign_in()
    world.clock.advance(minutes=1)
    browser.get("/account/confirm")

    answer = browser.post("/account/confirm", {"code": the_code(world.clock.now()), "next": "//evil.example"})

    assert answer.place == "/invoices"


def test_sessions_are_listed_and_ended(browser: Browser, world: World) -> None:
    lost = Browser(world, headers={"user-agent": "Lost <phone>"})
    lost.sign_in()
    world.clock.advance(minutes=1)
    browser.sign_in()

    listed = browser.get("/account")
    (name,) = listed.page.found("//button[@name='session' and @value!='others']/@value")
    ended = browser.post("/account/sessions", {"session": name})

    assert "Lost <phone>" in listed.page.words
    assert "<phone>" not in listed.text
    assert ended.place == "/account?notice=session-ended"
    assert lost.get("/invoices").status == 303
    assert browser.get("/account").status == 200
    assert browser.post("/account/sessions", {"session": name}).status == 404


def test_all_other_sessions_are_ended(browser: Browser, world: World) -> None:
    others = [Browser(world), Browser(world)]
    for other in others:
        other.sign_in()
        world.clock.advance(minutes=1)
    browser.sign_in()
    browser.get("/account")

    browser.post("/account/sessions", {"session": "others"})

    assert [other.get("/invoices").status for other in others] == [303, 303]
    assert browser.get("/account").status == 200


def test_recovery_code_signs_in_on_the_page_of_the_code(browser: Browser) -> None:
    browser.sign_in()
    browser.get("/account")
    code = browser.post("/account/recovery-codes").page.found("//ul[@class='codes']/li")[0]
    browser.post("/sign-out")
    browser.get("/sign-in")
    browser.post("/sign-in", {"email": ANA, "password": PASSWORD})
    browser.get("/sign-in/code")

    assert browser.post("/sign-in/code", {"code": code}).place == "/invoices"


def test_owner_changes_the_name_the_language_and_the_notices(browser: Browser, world: World) -> None:
    browser.sign_in()
    browser.get("/account")
    before = world.access.accounts.user("ana")
    assert before is not None

    done = browser.post("/account", {"name": "  Ana  Petit-Roy ", "language": "en", "notices": "none"})
    shown = browser.get(done.place)
    wrong = browser.post("/account", {"name": " ", "language": "en", "notices": "none"})
    unknown = browser.post("/account", {"name": "Ana", "language": "xx", "notices": "none"})

    after = world.access.accounts.user("ana")
    assert after is not None
    assert (after.name, after.language.value, after.notices.value) == ("Ana Petit-Roy", "en", "none")
    assert (after.rights, after.memberships, after.email) == (before.rights, before.memberships, before.email)
    assert shown.page.language == "en"
    assert "Your choices are saved" in shown.page.words
    assert wrong.place == unknown.place == "/account?notice=wrong-name"
    assert "Enter your name" in browser.get(wrong.place).page.alert


def test_new_login_address_is_confirmed_from_its_mailbox_and_signs_in(browser: Browser, world: World) -> None:
    browser.sign_in(ANA)
    browser.get("/account/addresses")
    sent = browser.post("/account/addresses", {"kind": "login", "email": "a.petit@example.fr"})
    mail = next(mail for mail in mails_of(world.access) if mail.to == "a.petit@example.fr")
    link = mail.text.partition("https://choriste.example")[2].split()[0]

    shown = browser.get(link)
    done = browser.post("/account/addresses/confirm", {"token": link.partition("token=")[2]})

    assert "a.petit@example.fr" in sent.text
    assert "a.petit@example.fr" in shown.text
    assert done.place == "/account?notice=login-changed"
    assert "a.petit@example.fr" in browser.get(done.place).text
    world.clock.advance(minutes=1)
    assert Browser(world).sign_in("a.petit@example.fr").status == 200


def test_lost_factors_are_granted_by_the_operator_and_stopped_by_the_owner(
    browser: Browser, world: World
) -> None:
    browser.get("/sign-in")
    browser.post("/sign-in", {"email": ANA, "password": PASSWORD})
    browser.get("/sign-in/lost-factors")
    asked = browser.post("/sign-in/lost-factors")
    manager = Browser(world)
    world.clock.advance(minutes=1)
    manager.sign_in("fatou@example.fr")
    listed = manager.get("/factor-resets")
    granted = manager.post("/factor-resets/ana/grant")
    link = link_of_last_mail(world.access)

    stranger = Browser(world)
    shown = stranger.get(link)
    stopped = stranger.post("/factor-reset/stop", {"token": link.partition("token=")[2]})

    assert asked.status == 200
    assert "ana@example.fr" in listed.text
    assert granted.place == "/factor-resets"
    assert shown.page.has("//form[@action='/factor-reset/stop']")
    assert stopped.page.has("//a[@href='/password/forgotten']")
    assert stranger.get(link).status == 410
