"""The pages of structures: searched by everybody, administered by those who may, every fault at once."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace

import pytest

from choriste.domain.deposits.advice import Kind
from choriste.domain.invoice.model import Address
from choriste.domain.parties.registry import RegistryEntry
from choriste.domain.parties.structure import Structure
from tests.builders.browser import Browser
from tests.builders.console import OTHER, TOWN, WORKSHOP, World

BASILE, FATOU, CLAIRE, EDGAR = (f"{name}@example.fr" for name in ("basile", "fatou", "claire", "edgar"))
IBAN = "FR7630006000011234567890189"
SETTINGS = {"line1": "1 rue X", "postcode": "38000", "city": "Grenoble", "issues": "on", "receives": "on"}


@pytest.fixture
def manager(browser: Browser) -> Browser:
    browser.sign_in(BASILE)
    return browser


@pytest.fixture
def operator(browser: Browser) -> Browser:
    browser.sign_in(FATOU)
    return browser


def stored(world: World, structure_id: str = WORKSHOP) -> Structure:
    found = world.directory.structure(structure_id)
    assert found is not None
    return found


def words(browser: Browser, address: str) -> str:
    return browser.get(address).text.replace("\N{NO-BREAK SPACE}", " ")


def test_search_shows_what_answers_and_links_to_it(manager: Browser) -> None:
    answer = manager.get("/structures?query=ville+lut")

    assert answer.page.found("//tbody//a/@href") == [f"/structures/{TOWN}"]
    assert "216 901 231 00011" in answer.text.replace("\N{NO-BREAK SPACE}", " ")


def test_search_that_says_too_little_says_what_to_write(manager: Browser) -> None:
    answer = manager.get("/structures?query=x")

    assert answer.status == 422
    assert "deux premières lettres" in answer.text


def test_own_structures_are_at_hand_before_a_search(manager: Browser) -> None:
    assert f"/structures/{WORKSHOP}" in manager.get("/structures").page.found("//main//a/@href")
    assert "Aucune structure" in words(manager, "/structures?query=inconnue")


def test_stranger_sees_no_button_and_no_bank(manager: Browser) -> None:
    answer = manager.get(f"/structures/{TOWN}")

    assert answer.status == 200
    assert not answer.page.has("//main//form")
    assert f"/structures/{TOWN}/bank" not in answer.page.found("//main//a/@href")


@pytest.mark.parametrize("place", ["settings", "service", "closing", "bank", "bank/account"])
def test_stranger_opens_no_form(manager: Browser, place: str) -> None:
    assert manager.get(f"/structures/{TOWN}/{place}").status == 403


def test_manager_changes_address_contact_and_rules(manager: Browser, world: World) -> None:
    manager.get(f"/structures/{WORKSHOP}/settings")

    answer = manager.post(
        f"/structures/{WORKSHOP}/settings", {**SETTINGS, "email": "a@b.example", "either_mandatory": "on"}
    )

    assert answer.place == f"/structures/{WORKSHOP}"
    assert stored(world).address == Address(line1="1 rue X", postcode="38000", city="Grenoble", country="FR")
    assert stored(world).settings.either_mandatory
    assert not stored(world).settings.engagement_mandatory
    assert "Modifications enregistrées" in manager.get(answer.place).text


def test_every_fault_stands_beside_its_field_with_what_was_typed(manager: Browser, world: World) -> None:
    before = stored(world)
    manager.get(f"/structures/{WORKSHOP}/settings")

    answer = manager.post(
        f"/structures/{WORKSHOP}/settings",
        {**SETTINGS, "postcode": "3", "email": "x", "service_mandatory": "on"},
    )

    assert answer.status == 422
    marked = answer.page.found("//input[@aria-invalid='true']/@name")
    assert marked == ["postcode", "email", "service_mandatory"]
    assert answer.page.value("postcode") == "3"
    assert stored(world) == before


def test_form_made_from_an_older_state_is_refused(manager: Browser, world: World) -> None:
    seen = manager.get(f"/structures/{WORKSHOP}/settings").page.value("seen")
    known = stored(world)
    world.directory.replace_structure(replace(known, name="Atelier"), known=known)

    answer = manager.post(f"/structures/{WORKSHOP}/settings", {**SETTINGS, "seen": seen})

    assert answer.status == 409
    assert stored(world).address is None


def test_services_are_added_changed_closed_and_reopened(manager: Browser, world: World) -> None:
    manager.get(f"/structures/{WORKSHOP}/service")
    form = {"code": "A/1", "name": "Achats", "engagement_mandatory": "on"}
    manager.post(f"/structures/{WORKSHOP}/service", form)
    manager.get(f"/structures/{WORKSHOP}/service?code=A%2F1")
    manager.post(f"/structures/{WORKSHOP}/service", {"known": "A/1", "name": "Achats et stocks"})
    manager.get(f"/structures/{WORKSHOP}")
    manager.post(f"/structures/{WORKSHOP}/service-state", {"code": "A/1", "do": "close"})

    (closed,) = stored(world).services
    assert (closed.name, closed.active, closed.engagement_mandatory) == ("Achats et stocks", False, False)

    manager.get(f"/structures/{WORKSHOP}")
    manager.post(f"/structures/{WORKSHOP}/service-state", {"code": "A/1", "do": "reopen"})
    assert stored(world).services[0].active


def test_faults_of_a_service_stand_beside_its_fields(manager: Browser) -> None:
    manager.get(f"/structures/{WORKSHOP}/service")

    answer = manager.post(f"/structures/{WORKSHOP}/service", {"code": "", "name": ""})

    assert answer.status == 422
    assert answer.page.found("//input[@aria-invalid='true']/@name") == ["code", "name"]
    assert manager.get(f"/structures/{WORKSHOP}/service?code=NO").status == 404


def test_last_service_cannot_be_closed_while_its_code_is_mandatory(operator: Browser, world: World) -> None:
    known = stored(world, TOWN)
    strict = replace(known, settings=replace(known.settings, service_mandatory=True))
    world.directory.replace_structure(strict, known=known)
    operator.get(f"/structures/{TOWN}")

    answer = operator.post(f"/structures/{TOWN}/service-state", {"code": "VOIRIE", "do": "close"})

    assert answer.status == 422
    assert "dernier service ouvert" in answer.text


def test_structure_is_closed_with_a_reason_and_opened_again(manager: Browser, world: World) -> None:
    manager.get(f"/structures/{WORKSHOP}/closing")
    manager.post(f"/structures/{WORKSHOP}/closing", {"reason": "ceased", "text": "Retraite"})

    closed = words(manager, f"/structures/{WORKSHOP}")
    assert "activité cessée" in closed
    assert "Retraite" in closed

    manager.get(f"/structures/{WORKSHOP}")
    manager.post(f"/structures/{WORKSHOP}/opening")
    assert stored(world).active


def test_reason_that_is_too_long_is_told(manager: Browser, world: World) -> None:
    manager.get(f"/structures/{WORKSHOP}/closing")

    answer = manager.post(f"/structures/{WORKSHOP}/closing", {"reason": "x", "text": "y" * 301})

    assert answer.status == 422
    assert stored(world).active


def test_bank_account_is_added_changed_and_closed_with_its_history(manager: Browser, world: World) -> None:
    place = f"/structures/{WORKSHOP}/bank"
    manager.get(f"{place}/account")
    added = manager.post(
        f"{place}/account", {"label": "Courant", "iban": "FR76 3000 6000 0112 3456 7890 189"}
    )
    manager.get(f"{place}/account?id=1")
    manager.post(f"{place}/account", {"id": "1", "label": "Courant", "iban": "DE89370400440532013000"})
    manager.get(place)
    manager.post(f"{place}/closing", {"id": "1"})

    shown = words(manager, place)
    assert added.place == f"{place}"
    assert IBAN in shown
    assert "DE89370400440532013000" in shown
    details = world.bank_details.of(WORKSHOP)
    assert details is not None
    assert [change.after.active for change in details.changes] == [True, True, False]
    assert manager.get(f"{place}/account?id=9").status == 404


def test_faults_of_an_account_stand_beside_its_fields(manager: Browser) -> None:
    manager.get(f"/structures/{WORKSHOP}/bank/account")

    answer = manager.post(f"/structures/{WORKSHOP}/bank/account", {"label": "", "iban": "FR00", "bic": "1"})

    assert answer.status == 422
    assert answer.page.found("//input[@aria-invalid='true']/@name") == ["label", "iban", "bic"]


def test_account_form_asks_for_the_second_factor_again(manager: Browser, world: World) -> None:
    world.clock.advance(minutes=11)

    answer = manager.get(f"/structures/{WORKSHOP}/bank/account")

    assert answer.status == 303
    assert answer.place.startswith("/account/confirm")
    assert manager.get(f"/structures/{WORKSHOP}/bank").status == 200


def test_operator_sees_no_bank_details(operator: Browser) -> None:
    assert operator.get(f"/structures/{WORKSHOP}/bank").status == 403
    assert f"/structures/{WORKSHOP}/bank" not in operator.get(f"/structures/{WORKSHOP}").text


def test_user_of_a_service_is_not_led_to_bank_details(browser: Browser) -> None:
    browser.sign_in("claire@example.fr")

    assert "/bank" not in browser.get(f"/structures/{TOWN}").text


def test_operator_registers_with_what_sirene_has(operator: Browser, world: World) -> None:
    siret = "73282932000074"
    address = Address(line1="1 CHEMIN DU BOIS", postcode="74000", city="ANNECY", country="FR")
    world.registry.entries[siret] = RegistryEntry(siret=siret, name="SCIERIE DU LAC", address=address)
    operator.get("/structures/new")

    answer = operator.post(
        "/structures/new", {"kind": "PRIVEE", "identifier_kind": "SIRET", "identifier": "732 829 320 00074"}
    )

    shown = words(operator, answer.place)
    assert "SCIERIE DU LAC" in shown
    assert "Vérifié le 23 novembre 2026" in shown
    assert "Structure inscrite" in shown


def test_operator_is_told_why_a_structure_cannot_be_registered(operator: Browser, world: World) -> None:
    siret = "73282932000074"
    world.registry.entries[siret] = RegistryEntry(
        siret=siret, name="X", address=None, closed_on=dt.date(2026, 3, 31)
    )
    form = {"kind": "PRIVEE", "identifier_kind": "SIRET", "identifier": siret, "name": "X"}
    operator.get("/structures/new")

    closed = operator.post("/structures/new", {**form, "postcode": "74000", "city": "Annecy"})
    taken = operator.post(
        "/structures/new", {**form, "identifier": "21690123100011", "postcode": "69123", "city": "V"}
    )

    assert "2026-03-31" in closed.text
    assert (closed.status, taken.status) == (422, 422)
    assert "existe déjà" in taken.text


def test_nobody_else_registers(manager: Browser) -> None:
    assert manager.get("/structures/new").status == 403


def test_warning_of_the_registry_is_shown(manager: Browser, world: World) -> None:
    known = stored(world)
    warned = replace(known.registry, warned_at=world.clock.now(), closed_on=world.clock.now().date())
    world.directory.replace_structure(replace(known, registry=warned), known=known)

    assert "trente jours" in words(manager, f"/structures/{WORKSHOP}")


def test_mandate_is_given_with_its_signed_file_accepted_and_ended(manager: Browser, world: World) -> None:
    place = f"/structures/{WORKSHOP}/mandates"
    manager.get(f"{place}/new")
    wrong = manager.post(f"{place}/new", {"holder": "1", "until": "2020-01-01"})
    fields = {"holder": "552 100 554 00013", "deposit": "on", "until": "2027-06-30"}
    one = manager.upload(f"{place}/new", fields, "mandat.pdf", b"%PDF-1.7 signed").place
    saved = manager.get(f"{one}/file?name=mandat.pdf")
    agent = Browser(world)
    world.clock.advance(minutes=1)
    agent.sign_in("edgar@example.fr")
    theirs = agent.get(f"/structures/{OTHER}/mandates").page.found("//main//tbody//th//a/@href")[0]
    agent.get(theirs)
    agent.post(theirs, {"do": "accept"})
    choices = agent.get("/drafts").page.found("//select[@name='structure']/option/@value")

    assert wrong.page.found("//input[@aria-invalid='true']/@name") == ["holder", "deposit", "until"]
    assert (saved.raw, "30 juin 2027" in words(manager, place)) == (b"%PDF-1.7 signed", True)
    assert WORKSHOP in choices
    manager.get(one)
    manager.post(one, {"do": "end", "text": "Contrat fini"})
    assert agent.get(f"/drafts?structure={WORKSHOP}").status == 404
    assert "Contrat fini" in words(agent, theirs)
    assert agent.post(theirs, {"do": "end"}).status == 409


def test_fields_offer_the_structures_that_answer_and_nothing_for_too_few_letters(manager: Browser) -> None:
    def offered(query: str) -> list[dict[str, str]]:
        rows: list[dict[str, str]] = json.loads(manager.get(f"/structures/suggestions?{query}").text)[
            "structures"
        ]
        return rows

    assert [row["name"] for row in offered("query=papet&kind=SIRET")] == ["Papeterie du Canal"]
    assert offered("query=papet")[0]["identifier"].replace("\N{NO-BREAK SPACE}", "") == "55210055400013"
    assert (offered("query=p"), offered("query=papet&kind=RIDET")) == ([], [])


def test_advice_is_switched_by_who_administers_the_structure(manager: Browser, world: World) -> None:
    address = f"/structures/{WORKSHOP}/advice"
    before = manager.get(address).page.found("//input[@type='checkbox'][@checked]/@name")
    kept = {kind.value: "on" for kind in Kind if kind is not Kind.LATE}

    answer = manager.post(address, kept)

    record = world.supplier_records.get(WORKSHOP)
    assert before == [kind.value for kind in Kind]
    assert answer.place == f"/structures/{WORKSHOP}?notice=saved"
    assert record is not None
    assert record.off == {Kind.LATE}
    manager.post("/sign-out")
    manager.sign_in(EDGAR)
    assert manager.get(address).status == 403
