"""A developer opens a sandbox in the console and plays in it, without JavaScript."""

from __future__ import annotations

import re

import pytest

from choriste.domain.lifecycle import ReasonCode, Status
from choriste.domain.shared.ids import InvoiceId
from tests.builders.browser import Browser
from tests.builders.console import World, a_test_invoice

PLACE = "/developers/sandbox"


@pytest.fixture
def developer(browser: Browser) -> Browser:
    """Return the browser of somebody who belongs nowhere and has just opened a sandbox."""
    browser.sign_in("dora@example.fr")
    browser.get(PLACE)
    browser.post(PLACE)
    browser.get(PLACE)
    return browser


def test_credentials_are_shown_once_and_a_second_sandbox_is_refused(browser: Browser) -> None:
    browser.sign_in("dora@example.fr")
    browser.get(PLACE)
    opened = browser.post(PLACE)

    assert re.search(r"TECH_1_[0-9]{8}@cpro\.fr", opened.text)
    assert browser.post(PLACE).status == 409
    assert "TECH_1_" not in browser.get(PLACE).text


def test_open_sandbox_stands_in_the_menu(developer: Browser) -> None:
    assert PLACE in developer.get("/invoices").page.found("(//nav)[1]//li/a/@href")


def test_developer_plays_the_recipient(developer: Browser, world: World) -> None:
    head = a_test_invoice(world, "dora")
    place = f"{PLACE}/invoices/{head.id}"
    assert place in developer.get(PLACE).text
    developer.get(place)

    fields = {"play": "reject", "version": "3", "reason_code": "CALCUL_ERR", "reason_text": "Total faux"}
    assert developer.post(place, fields).status == 303

    led = world.invoices.get(head.id)
    assert led is not None
    assert (led.status, led.reason_code) == (Status.REJETEE, ReasonCode.CALCUL_ERR)
    assert developer.post(place, {**fields, "play": "pay"}).status == 412


def test_answers_are_forced_and_the_clock_is_moved(developer: Browser) -> None:
    fields = {"operation": "/cpro/factures/v1/deposer/flux", "status": "503", "seconds": "3", "times": "9"}

    assert developer.post(f"{PLACE}/switches", fields).status == 303
    assert developer.post(f"{PLACE}/clock", {"days": "15"}).status == 303
    shown = re.sub(r"\s", " ", developer.get(PLACE).text)

    assert "HTTP 503" in shown
    assert "Avancée jusqu\N{RIGHT SINGLE QUOTATION MARK}ici : 15 j." in shown
    for wrong in ({"seconds": "4"}, {"times": ""}):
        assert developer.post(f"{PLACE}/switches", {**fields, **wrong}).status == 422
    assert developer.post(f"{PLACE}/switches/end").status == 303
    assert "HTTP 503" not in developer.get(PLACE).text


def test_invoice_of_a_real_structure_is_not_played(browser: Browser, world: World) -> None:
    browser.sign_in("basile@example.fr")
    browser.get(PLACE)
    browser.post(PLACE)
    real = f"{PLACE}/invoices/2170000000000001"

    assert browser.get(real).status == 403
    assert browser.post(real, {"play": "pay", "version": "3"}).status == 403
    known = world.invoices.get(InvoiceId(2170000000000001))
    assert known is not None
    assert known.status is Status.MISE_A_DISPOSITION
