"""Many invoices at once: ticked, asked about with sum and exceptions, treated one by one, reported."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest

from choriste.application.invoices.treat_invoice import Treatment
from choriste.application.invoices.treat_many import treat_many
from choriste.domain.access.principal import Principal
from choriste.domain.lifecycle import Status
from choriste.domain.shared.ids import InvoiceId
from choriste.domain.tracking.journey import Journey
from tests.builders.browser import Answer, Browser
from tests.builders.console import World, an_invoice_head

FIRST, SUSPENDED, ELSEWHERE = (InvoiceId(2170000000000000 + n) for n in (1, 2, 6))
LIST = "side=received&number=F-2026-"


def head(world: World, invoice_id: InvoiceId) -> tuple[Status, int]:
    found = world.invoices.get(invoice_id)
    assert found is not None
    return found.status, found.version


def asked(browser: Browser, action: str, *ids: InvoiceId, back: str = LIST, **fields: str) -> Answer:
    browser.get(f"/invoices?{back}")
    picks = {f"pick-{each}": "on" for each in ids}
    return browser.post("/invoices/batch", {"action": action, "back": back, **picks, **fields})


def sent(answer: Answer) -> dict[str, str]:
    names, values = (
        answer.page.found(f"//main//input[@type='hidden']/@{each}") for each in ("name", "value")
    )
    return dict(zip(names, values, strict=True))


def result(browser: Browser, fields: dict[str, str]) -> Answer:
    return browser.get(browser.post("/invoices/batch/steps", fields).place)


def test_ticked_invoices_are_shown_with_their_sum_and_the_exceptions(browser: Browser, world: World) -> None:
    for number in (7, 8):
        world.add(an_invoice_head(number, status=Status.SERVICE_FAIT))
    browser.sign_in()

    answer = asked(browser, "pay", *(InvoiceId(2170000000000000 + n) for n in (7, 8, 5)))

    assert answer.status == 200
    assert "2 factures prêtes" in answer.page.words
    assert "1 facture à l’écart" in answer.page.words
    assert "2 895,40 EUR" in answer.page.words
    assert "ne s’annule pas" in answer.page.words
    assert head(world, InvoiceId(2170000000000007)) == (Status.SERVICE_FAIT, 3)


def test_credit_note_is_taken_off_the_sum_and_makes_nobody_count_on_money(
    browser: Browser, world: World
) -> None:
    credit = InvoiceId(2170000000000008)
    world.add(an_invoice_head(7, status=Status.SERVICE_FAIT))
    world.add(an_invoice_head(8, status=Status.SERVICE_FAIT, type_code="381", due=Decimal("144.60")))
    browser.sign_in()

    both = asked(browser, "pay", InvoiceId(2170000000000007), credit).page
    alone = browser.post(f"/invoices/{credit}/actions", {"action": "pay", "version": "3"}).page

    assert "1 302,60 EUR" in both.words
    assert "Avoirs déjà déduits de ce montant : −144,60 EUR" in both.words
    assert "les avoirs viennent en déduction" in both.words
    assert "virement" not in alone.words
    assert "Avoir à déduire" in alone.words
    assert "−144,60 EUR" in alone.words


def test_suspended_or_uncertified_invoice_is_paid_only_where_it_is_ticked(
    browser: Browser, world: World
) -> None:
    ready = InvoiceId(2170000000000007)
    world.add(an_invoice_head(7, status=Status.SERVICE_FAIT))
    browser.sign_in()
    shown = asked(browser, "pay", FIRST, SUSPENDED, ready)

    browser.post("/invoices/batch/steps", sent(shown))
    browser.post("/invoices/batch/steps", {"action": "pay", f"pick-{SUSPENDED}": "4"})

    assert "2 exceptions" in shown.page.words
    assert "Suspendue : le fournisseur" in shown.page.words
    assert "Le service fait n’est pas constaté" in shown.page.words
    assert not shown.page.has("//input[@type='checkbox'][@checked]")
    statuses = [head(world, each)[0] for each in (FIRST, SUSPENDED, ready)]
    assert statuses == [Status.MISE_A_DISPOSITION, Status.MISE_EN_PAIEMENT, Status.MISE_EN_PAIEMENT]


def test_confirmed_invoices_are_treated_and_what_changed_meanwhile_is_reported(
    browser: Browser, world: World
) -> None:
    world.add(an_invoice_head(7))
    browser.sign_in()
    shown = sent(asked(browser, "certify-service", FIRST, InvoiceId(2170000000000007)))
    seven = world.invoices.get(InvoiceId(2170000000000007))
    assert seven is not None
    world.invoices.save(Journey(seven, replace(seven, version=seven.version + 1, status=Status.SUSPENDUE)))

    answer = result(browser, shown)
    reloaded = browser.get("/invoices/batch/result")
    again = result(browser, shown)

    assert head(world, FIRST) == (Status.SERVICE_FAIT, 4)
    assert head(world, InvoiceId(2170000000000007))[0] is Status.SUSPENDUE
    assert "Étape franchie pour 1 facture." in answer.page.words
    assert "1 facture inchangée" in answer.page.words
    assert "F-2026-0007" in answer.page.words
    assert "Modifiée entre-temps" in answer.page.words
    assert (reloaded.status, reloaded.place) == (303, "/invoices")
    assert f"/invoices?{LIST}" in answer.page.found("//main//a/@href")
    assert "2 factures inchangées" in again.page.words


def test_all_of_the_list_is_what_its_address_narrows_it_to(browser: Browser, world: World) -> None:
    for number in range(100, 140):
        world.add(an_invoice_head(number))
    browser.sign_in()

    answer = asked(browser, "certify-service", back="side=received&words=F-2026-01", all="yes")

    assert "40 factures prêtes" in answer.page.words
    browser.post("/invoices/batch/steps", sent(answer))
    assert head(world, InvoiceId(2170000000000139))[0] is Status.SERVICE_FAIT
    assert head(world, FIRST)[0] is Status.MISE_A_DISPOSITION


def test_all_of_the_list_is_looked_through_as_far_as_one_request_reads(
    browser: Browser, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(100, 140):
        world.add(an_invoice_head(number))
    browser.sign_in()
    monkeypatch.setattr("functions.console.invoices.listed.READ_BY_MANY", 10)

    some = asked(browser, "certify-service", back="side=received&words=F-2026-01", all="yes")
    none = asked(browser, "certify-service", back="side=received&words=nowhere", all="yes")

    assert "10 factures prêtes" in some.page.words
    assert "ajoutez une période" in some.page.words
    assert none.status == 422
    assert "ajoutez une période" in none.page.words


def test_rejection_of_several_wants_a_reason_and_keeps_what_was_typed(browser: Browser, world: World) -> None:
    browser.sign_in()
    shown = asked(browser, "reject", FIRST)
    fields = {**sent(shown), "reason_code": "MONTANT_ERR"}

    short = browser.post("/invoices/batch/steps", {**fields, "reason_text": ""})
    done = result(browser, {**fields, "reason_text": "Prix faux"})

    assert shown.page.has("//select[@name='reason_code']/option[@value='MONTANT_ERR']")
    assert short.status == 422
    assert short.page.has("//select[@name='reason_code']/option[@value='MONTANT_ERR'][@selected]")
    assert "Étape franchie pour 1 facture." in done.page.words
    assert head(world, FIRST)[0] is Status.REJETEE


@pytest.mark.parametrize("action", ["certify-service", "nonsense"])
def test_nothing_ticked_or_an_unknown_step_says_what_to_do(browser: Browser, action: str) -> None:
    browser.sign_in()

    assert asked(browser, action).status == 422
    assert asked(browser, "nonsense", FIRST).status == 422


def test_what_others_own_or_no_page_gave_is_treated_by_nobody(browser: Browser, world: World) -> None:
    browser.sign_in()
    browser.get("/invoices")

    assert asked(browser, "certify-service", ELSEWHERE).status == 404
    forged = {"action": "certify-service", f"pick-{ELSEWHERE}": "3"}
    assert "1 facture inchangée" in result(browser, forged).page.words
    assert browser.post("/invoices/batch/steps", {**forged, f"pick-{ELSEWHERE}": "x"}).status in {404, 422}
    assert head(world, ELSEWHERE)[1] == 3


def test_invoice_opened_from_a_list_knows_its_place_and_its_neighbours(browser: Browser) -> None:
    browser.sign_in()
    places = browser.get("/invoices?side=received").page.found("//tbody//th/a/@href")

    middle = browser.get(places[2]).page

    assert middle.found("//a[@rel='prev' or @rel='next']/@href") == [places[1], places[3]]
    assert "3 / 5" in middle.words
    assert not browser.get(places[0]).page.has("//a[@rel='prev']")
    assert not browser.get("/invoices/2170000000000003").page.has("//a[@rel='next']")


def test_next_page_of_a_list_goes_on_from_its_last_invoice(browser: Browser, world: World) -> None:
    for number in range(100, 160):
        world.add(an_invoice_head(number))
    browser.sign_in()
    last = browser.get("/invoices?side=received").page.found("//tbody//th/a/@href")[-1]

    onward = browser.get(last).page.found("//a[@rel='next']/@href")[0]

    assert "51 / 65" in browser.get(onward).page.words


def test_step_that_takes_an_invoice_off_its_list_still_leads_to_the_next(
    browser: Browser, world: World
) -> None:
    world.add(an_invoice_head(7))
    browser.sign_in()
    listed = browser.get("/invoices?side=received&status=MISE_A_DISPOSITION").page
    first, second = listed.found("//tbody//th/a/@href")[:2]
    back = browser.get(first).page.found("//input[@name='back']/@value")[0]
    number = first.partition("?")[0]

    fields = {"action": "certify-service", "version": "3", "back": back}
    page = browser.get(browser.post(f"{number}/actions", fields).place).page

    assert page.found("//a[@rel='next']/@href") == [second]


def test_what_there_is_no_time_for_is_reported_as_such(browser: Browser, world: World) -> None:
    browser.sign_in()
    ports = world.platform_ports()
    clock = world.clock

    class Slow:
        def now(self) -> dt.datetime:
            clock.advance(seconds=15)
            return clock.now()

    user = world.accounts.user("ana")
    assert user is not None
    done = treat_many(
        replace(ports, clock=Slow()),
        Principal.of_user(user),
        [(FIRST, 3), (SUSPENDED, 4)],
        Treatment(action="certify-service"),
    )

    assert [(each.head is not None, each.refusal) for each in done] == [(True, None), (False, None)]
