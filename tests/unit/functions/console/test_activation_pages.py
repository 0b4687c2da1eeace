"""The page that an invitation leads to."""

from __future__ import annotations

import datetime as dt

from choriste.application.access.invite import invite
from choriste.domain.parties.registry import RegistryEntry
from tests.builders.browser import Browser
from tests.builders.console import World
from tests.builders.identity import PASSWORD, PLATFORM, a_member, a_user
from tests.builders.mails import link_of_last_mail, mails_of


def invited(world: World) -> str:
    invite(
        a_user("bo", email="bo@example.fr", name="Bo", memberships=(a_member(),)),
        structure="L",
        by=PLATFORM,
        access=world.access,
    )
    return link_of_last_mail(world.access)


def fields(link: str, password: str, again: str | None = None) -> dict[str, str]:
    token = link.partition("=")[2]
    typed = {"new_password": password, "new_password_again": password if again is None else again}
    return {"token": token, **typed}


def test_invited_person_chooses_a_password_and_is_led_to_sign_in(browser: Browser, world: World) -> None:
    link = invited(world)

    form = browser.get(link)
    done = browser.post("/activation", fields(link, PASSWORD))
    told = browser.get(done.place)

    assert "bo@example.fr" in form.page.words
    assert done.place == "/sign-in?notice=activated"
    assert "Votre compte est activé" in told.page.words


def test_password_is_refused_with_its_reason_and_the_link_goes_on_working(
    browser: Browser, world: World
) -> None:
    link = invited(world)
    browser.get(link)

    weak = browser.post("/activation", fields(link, "password1234"))
    unlike = browser.post("/activation", fields(link, PASSWORD, "something else"))

    assert (weak.status, unlike.status) == (422, 422)
    assert "parmi les plus courants" in weak.page.alert
    assert "ne sont pas les mêmes" in unlike.page.alert
    assert browser.post("/activation", fields(link, PASSWORD)).status == 303


def test_link_that_is_unknown_or_used_says_so_and_no_more(browser: Browser, world: World) -> None:
    link = invited(world)
    browser.get(link)
    browser.post("/activation", fields(link, PASSWORD))

    answers = [browser.get("/activation?token=x"), browser.get("/activation"), browser.get(link)]
    answers.append(browser.post("/activation", fields(link, PASSWORD)))

    assert {answer.status for answer in answers} == {410}
    assert all("Lien périmé" in answer.text for answer in answers)


def test_link_of_a_mail_does_not_lose_the_session_of_the_browser(browser: Browser, world: World) -> None:
    link = invited(world)
    browser.sign_in()
    kept, browser.cookies = browser.cookies, {}

    arrival = browser.get(link, **{"sec-fetch-site": "cross-site"})

    assert arrival.cookies == []
    browser.cookies = kept
    assert browser.get("/invoices").status == 200


def test_newcomer_signs_up_and_activates(browser: Browser, world: World) -> None:
    typed = {
        "first_name": "Bo",
        "last_name": "Élie",
        "email": "bo@example.fr",
        "siret": "832 145 692 00015",
        "structure_name": "Atelier <Bo>",
        "postcode": "38000",
        "city": "Grenoble",
    }
    browser.get("/sign-up")
    wrong = browser.post("/sign-up", typed)
    sent = browser.post("/sign-up", {**typed, "siret": "44306184100047"})
    link = link_of_last_mail(world.access)
    browser.get(link)
    done = browser.post("/activation", fields(link, PASSWORD))

    assert wrong.status == 422
    assert "SIRET" in wrong.page.alert
    assert wrong.page.found("//input[@aria-invalid]/@name") == ["siret"]
    assert wrong.page.found("//input[@name='structure_name']/@value") == ["Atelier <Bo>"]
    assert "bo@example.fr" in sent.page.words
    assert done.place == "/sign-in?notice=activated"


def test_signing_up_with_a_known_address_shows_the_same_page(browser: Browser, world: World) -> None:
    pages = []
    for email in ("ana@example.fr", "bo@example.fr"):
        browser.get("/sign-up")
        typed = dict.fromkeys(("first_name", "last_name", "structure_name", "city"), "X")
        answer = browser.post(
            "/sign-up", {**typed, "email": email, "siret": "44306184100047", "postcode": "38000"}
        )
        pages.append((answer.status, answer.page.words.replace(email, "")))

    assert pages[0] == pages[1]
    assert len(mails_of(world.access)) == 2


def test_closed_establishment_is_told_at_the_form_and_opens_no_account(
    browser: Browser, world: World
) -> None:
    siret = "44306184100047"
    closed = RegistryEntry(siret=siret, name="Fermée SAS", address=None, closed_on=dt.date(2025, 3, 31))
    world.registry.entries[siret] = closed
    browser.get("/sign-up")

    answer = browser.post(
        "/sign-up",
        {
            "first_name": "Bo",
            "last_name": "Elie",
            "email": "bo.elie@example.fr",
            "siret": siret,
            "structure_name": "Fermée SAS",
            "postcode": "38000",
            "city": "Grenoble",
        },
    )

    assert answer.status == 422
    assert "fermé" in answer.page.words
    assert world.access.accounts.user_by_email("bo.elie@example.fr") is None
