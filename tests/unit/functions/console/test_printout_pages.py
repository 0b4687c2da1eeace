"""Printouts to save: links on the pages, the file in the visitor's language, nothing for anybody else."""

from __future__ import annotations

import pytest

from choriste.domain.printouts.printout import PrintoutKind
from tests.builders.browser import Browser
from tests.builders.console import FLOW, World

FIRST = "/invoices/2170000000000001"
ELSEWHERE = "/invoices/2170000000000006"


@pytest.mark.parametrize(
    ("email", "name"),
    [
        ("ana@example.fr", "bordereau-de-suivi-2170000000000001.pdf"),
        ("claire@example.fr", "follow-up-slip-2170000000000001.pdf"),
    ],
)
def test_printout_of_an_invoice_is_saved_in_the_visitors_language(
    browser: Browser, email: str, name: str
) -> None:
    browser.headers["accept-language"] = "en" if "claire" in email else "fr"
    browser.sign_in(email)

    answer = browser.get(f"{FIRST}/printouts/follow-up")

    assert (answer.status, answer.raw) == (200, b"%PDF-1.7")
    assert answer.headers["Content-Type"] == "application/pdf"
    assert name in answer.headers["Content-Disposition"]
    assert answer.headers["Cache-Control"] == "no-store"


def test_every_printout_that_a_page_offers_can_be_saved(browser: Browser) -> None:
    browser.sign_in("basile@example.fr")
    pages = (browser.get(FIRST).page, browser.get(f"/flows/{FLOW}").page)

    places = [place for page in pages for place in page.links("/printouts/")]

    assert [place.rsplit("/", 1)[1] for place in places] == [
        "follow-up",
        "deposit-certificate",
        "integration-report",
        "deposit-certificate",
    ]
    assert {browser.get(place).status for place in places} == {200}


@pytest.mark.parametrize(
    ("email", "place"),
    [
        ("ana@example.fr", f"{ELSEWHERE}/printouts/follow-up"),
        ("edgar@example.fr", f"{FIRST}/printouts/follow-up"),
        ("dora@example.fr", f"{FIRST}/printouts/deposit-certificate"),
        ("ana@example.fr", f"/flows/{FLOW}/printouts/integration-report"),
        ("edgar@example.fr", f"/flows/{FLOW}/printouts/deposit-certificate"),
        ("ana@example.fr", f"{FIRST}/printouts/works-document"),
        ("ana@example.fr", f"{FIRST}/printouts/anything"),
        ("ana@example.fr", "/invoices/first/printouts/follow-up"),
        ("basile@example.fr", f"/flows/{FLOW}/printouts/follow-up"),
    ],
)
def test_printout_that_is_not_the_visitors_does_not_exist(browser: Browser, email: str, place: str) -> None:
    browser.sign_in(email)

    assert browser.get(place).status == 404


def test_printout_is_for_signed_in_people(browser: Browser) -> None:
    answer = browser.get(f"{FIRST}/printouts/follow-up")

    assert answer.status == 303
    assert answer.place.startswith("/sign-in")


def test_printout_larger_than_an_answer_comes_from_the_bucket(browser: Browser, world: World) -> None:
    world.printed = bytes(4_000_001)
    browser.sign_in("basile@example.fr")

    answer = browser.get(f"/flows/{FLOW}/printouts/{PrintoutKind.INTEGRATION_REPORT}")

    assert answer.status == 303
    assert "compte-rendu-integration" in answer.place
