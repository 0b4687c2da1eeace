"""Signing in through an organisation by the pages: the way there, back and out, and the settings."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.builders.browser import Answer, Browser
from tests.builders.console import World
from tests.fakes.organisations import ISSUER, MemoryProviders

TOWN_SIRET = "21690123100011"
SETTINGS = {
    "issuer": ISSUER,
    "client_id": "choriste",
    "secret": "secret-of-the-client",
    "strong": "eidas2",
    "active": "on",
    "version": "0",
}


@pytest.fixture
def town(browser: Browser, world: World) -> World:
    """Have the operator let the town's people sign in at its provider."""
    browser.sign_in("fatou@example.fr")
    browser.get("/structures/101/sign-in")
    assert browser.post("/structures/101/sign-in", SETTINGS).place == "/structures/101?notice=saved"
    shown = browser.get("/structures/101/sign-in").text
    assert ISSUER in shown
    assert "secret-of-the-client" not in shown
    browser.post("/sign-out")
    world.clock.advance(minutes=1)
    return world


def leaves(browser: Browser, place: str = "/sign-in/organisation", **fields: str) -> dict[str, str]:
    browser.get(place)
    there = browser.post(place, {"siret": TOWN_SIRET, **fields})
    assert there.status == 200
    (refresh,) = there.page.found("//meta[@http-equiv='refresh']/@content")
    address = refresh.removeprefix("0; url=")
    assert address.startswith(f"{ISSUER}/authorize?")
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}


def comes_back(browser: Browser, world: World, asked: dict[str, str], **changes: Any) -> Answer:
    providers = world.access.providers
    assert isinstance(providers, MemoryProviders)
    providers.speak_of(world.clock.now(), asked["nonce"], **changes)
    return browser.get(f"/sign-in/organisation/return/101?state={asked['state']}&code=c")


def comes_in(browser: Browser, world: World, **asked: str) -> Answer:
    """Come back a second time, with an app since the first: its code by mail has proved the address."""
    assert comes_back(browser, world, leaves(browser)).place == "/sign-in/mailed-code"
    user = world.access.accounts.user_by_email("ines@lutece.example")
    known = world.access.accounts.credentials(user.id) if user else None
    assert known is not None
    world.access.accounts.save_credentials(replace(known, totp_secret="A" * 32, version=known.version + 1))
    browser.cookies = {}
    return comes_back(browser, world, leaves(browser, **asked))


def test_newcomer_comes_in_asks_for_rights_and_leaves_by_the_provider(browser: Browser, town: World) -> None:
    back = comes_in(browser, town, next="/account")

    assert back.place == "/account"
    assert "Inès Moreau" in browser.get("/account").text
    assert [request.structure for request in town.members.requests()] == ["101"]
    out = browser.post("/sign-out")
    assert out.page.found("//meta[@http-equiv='refresh']/@content")[0].startswith(f"0; url={ISSUER}/logout?")
    assert browser.get("/account").place.startswith("/sign-in")


def test_owner_of_an_account_is_led_to_connect_it_and_may_take_it_back(browser: Browser, town: World) -> None:
    refused = comes_back(browser, town, leaves(browser), email="ana@example.fr")
    assert refused.status == 403
    place = f"/account/organisations?siret={TOWN_SIRET}"
    assert refused.page.links("/sign-in?next=/account/organisations")
    browser.sign_in()
    assert TOWN_SIRET in browser.get(place).text

    back = comes_back(browser, town, leaves(browser, "/account/organisations"), email="ana@example.fr")
    assert back.place == "/account?notice=organisation-connected"
    browser.get("/account")
    removed = browser.post("/account/organisations/remove", {"structure": "101"})
    assert removed.place == "/account?notice=organisation-removed"
    assert browser.post("/account/organisations/remove", {"structure": "101"}).status == 404


def test_step_that_is_due_follows(browser: Browser, town: World) -> None:
    assert comes_back(browser, town, leaves(browser), amr=["pwd"]).place == "/sign-in/mailed-code"


def test_return_from_another_site_takes_one_more_hop_for_the_cookie(browser: Browser, town: World) -> None:
    asked = leaves(browser)
    kept, browser.cookies = browser.cookies, {}
    place = f"/sign-in/organisation/return/101?state={asked['state']}&code=c"

    hop = browser.get(place, **{"sec-fetch-site": "cross-site"})

    assert hop.page.found("//meta[@http-equiv='refresh']/@content") == [f"0; url={place}"]
    browser.cookies = kept
    assert comes_back(browser, town, asked).place == "/sign-in/mailed-code"


def test_refusals_say_what_to_do_and_nothing_of_the_inside(browser: Browser, town: World) -> None:
    browser.get("/sign-in/organisation")
    unknown = browser.post("/sign-in/organisation", {"siret": "1"})
    assert unknown.status == 404
    forged = comes_back(browser, town, leaves(browser), iss="https://evil.example")
    assert forged.status == 403
    assert "evil" not in forged.text
    assert "ne prouve pas qui vous êtes" in forged.text
    assert browser.get("/sign-in/organisation/return/101").status == 403


def test_manager_sees_who_serves_the_structure_and_ends_it(browser: Browser, town: World) -> None:
    browser.sign_in("fatou@example.fr")
    browser.get("/structures/101/sign-in")
    served = {**SETTINGS, "version": "1", "sirets": "83214569200014"}
    assert browser.post("/structures/101/sign-in", served).status == 303
    browser.post("/sign-out")
    town.clock.advance(minutes=1)
    browser.sign_in("basile@example.fr")
    assert "par le fournisseur d’identité de la structure" in browser.get("/structures/102/sign-in").text

    ended = browser.post("/structures/102/sign-in/end")

    assert ended.place == "/structures/102?notice=saved"
    assert town.access.organisations.serving("102") is None
    browser.get("/structures/102/sign-in")
    assert browser.post("/structures/102/sign-in/end").status == 404


def test_settings_are_the_managers_alone(browser: Browser, town: World) -> None:
    browser.sign_in()  # who receives the town's invoices, and does not manage it
    assert browser.get("/structures/101/sign-in").status == 403
    assert browser.post("/structures/101/sign-in", {**SETTINGS, "version": "1"}).status == 403
    town.clock.advance(minutes=1)
    browser.post("/sign-out")
    browser.sign_in("basile@example.fr")  # the manager of another structure
    assert browser.get("/structures/101/sign-in").status == 403
    browser.get("/structures/102/sign-in")
    serving = browser.post("/structures/102/sign-in", {**SETTINGS, "sirets": TOWN_SIRET})
    assert serving.status == 400
    assert "dont vous êtes le gestionnaire" in serving.text
