"""What stands still: shown to the operator, closed for everybody else, resumed by one button."""

from __future__ import annotations

from dataclasses import replace

import pytest

from choriste.domain.lifecycle import Status
from choriste.domain.shared.ids import InvoiceId
from choriste.domain.tracking.journey import Journey
from tests.builders.browser import Browser
from tests.builders.console import FLOW, World
from tests.builders.page import Page

FIRST = InvoiceId(2170000000000001)


@pytest.fixture
def stuck(world: World) -> World:
    """Return the world with an invoice that was registered and did not go on."""
    head = world.invoices.get(FIRST)
    assert head is not None
    left = replace(head, status=Status.DEPOSEE, due_at=world.clock.now(), version=4)
    world.invoices.save(Journey(head, left))
    world.clock.advance(minutes=11)
    return world


def test_operator_sees_what_stands_still_and_why(browser: Browser, stuck: World) -> None:
    assert stuck.clock.now()
    home = browser.sign_in("fatou@example.fr")

    french = browser.get("/stuck").text
    english = browser.get("/stuck?lang=en").text

    assert home.page.links("/stuck")
    assert Page.of(french).found(f"//a[@href='/invoices/{FIRST}']") == ["F-2026-0001"]
    assert "son exemplaire lisible ou son acheminement n’a pas abouti" in french
    assert "its readable copy or its routing did not complete" in english
    assert Page.of(french).has("//input[@name='kind' and @value='invoice']")


def test_operator_resumes_with_one_button(browser: Browser, stuck: World) -> None:
    browser.sign_in("fatou@example.fr")
    browser.get("/stuck")

    answer = browser.post("/stuck", {"kind": "invoice", "id": str(FIRST)})
    page = browser.get(answer.place)

    assert answer.place == "/stuck?started=invoice"
    assert [(flow, position) for flow, position, _ in stuck.intake.started] == [(FLOW, 1)]
    assert "Le traitement est relancé" in page.text


def test_item_that_went_on_meanwhile_is_said_to_have_moved(browser: Browser, world: World) -> None:
    assert world.clock.now()
    browser.sign_in("fatou@example.fr")
    browser.get("/stuck")

    answer = browser.post("/stuck", {"kind": "invoice", "id": str(FIRST)})

    assert answer.place == "/stuck?moved=invoice"
    assert "L’élément est reparti" in browser.get(answer.place).text
    assert browser.post("/stuck", {"kind": "table", "id": "1"}).status == 404


@pytest.mark.parametrize(
    "email", ["ana@example.fr", "basile@example.fr", "claire@example.fr", "dora@example.fr"]
)
def test_page_is_closed_for_everybody_else(browser: Browser, stuck: World, email: str) -> None:
    home = browser.sign_in(email)

    page = browser.get("/stuck")
    answer = browser.post("/stuck", {"kind": "invoice", "id": str(FIRST)})

    assert (page.status, answer.status) == (403, 403)
    assert "operator" in page.text or "exploitant" in page.text
    assert "F-2026-0001" not in page.text
    assert "/stuck" not in home.text
    assert stuck.intake.started == []


def test_page_without_session_leads_to_the_sign_in(browser: Browser) -> None:
    assert browser.get("/stuck").place == "/sign-in?next=%2Fstuck"
