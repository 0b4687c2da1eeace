"""The pages of connections: a secret is shown once, and a form sent twice changes nothing twice."""

from __future__ import annotations

import re

import pytest

from choriste.application.access.issue_token import TokenRequest, issue_token
from choriste.domain.access.errors import InvalidClientError
from choriste.domain.parties.structure import StructureId
from tests.builders.browser import Answer, Browser
from tests.builders.console import TOWN, WORKSHOP, World

BASILE = "basile@example.fr"


@pytest.fixture
def manager(browser: Browser, world: World) -> Browser:
    assert world.clock.now()
    browser.sign_in(BASILE)
    browser.get("/connections")
    return browser


def _values(answer: Answer) -> list[str]:
    return re.findall(r"<dd><code>([^<]+)</code></dd>", answer.text)


def _create(browser: Browser, kind: str, name: str = "Caisse") -> Answer:
    return browser.post(f"/connections/{kind}", {"structure": WORKSHOP, "name": name})


def test_manager_declares_a_connection_and_its_secret_works(manager: Browser, world: World) -> None:
    client_id, secret = _values(_create(manager, "clients"))
    request = TokenRequest(grant_type="client_credentials", client_id=client_id, client_secret=secret)
    issue_token(request, access=world.access)

    listed = manager.get("/connections").text

    assert client_id in listed
    assert secret not in listed
    assert "Jetons : 1. Refus : 0." in listed.replace("\N{NO-BREAK SPACE}", " ")
    assert "Caisse" in listed


def test_form_sent_twice_makes_no_second_one_and_says_so(manager: Browser, world: World) -> None:
    _create(manager, "accounts")
    again = _create(manager, "accounts")

    assert again.status == 422
    assert "« Caisse » existe déjà" in again.text.replace("\N{NO-BREAK SPACE}", " ")
    assert len(world.access.connections.accounts_of(StructureId(WORKSHOP))) == 1


@pytest.mark.parametrize("name", ["", "x" * 101])
@pytest.mark.parametrize("kind", ["clients", "accounts"])
def test_name_that_cannot_be_is_refused_with_what_to_do(manager: Browser, kind: str, name: str) -> None:
    answer = _create(manager, kind, name)

    assert answer.status == 422
    assert "Donnez un nom à l’application" in answer.text


def test_new_secret_is_shown_once_and_a_second_sending_is_stale(manager: Browser) -> None:
    client_id, _ = _values(_create(manager, "clients"))
    login, _ = _values(_create(manager, "accounts"))
    for address in (f"clients/{client_id}/secret", f"accounts/{login}/reset"):
        form = {"structure": WORKSHOP, "version": "1"}
        first = manager.post(f"/connections/{address}", form)
        second = manager.post(f"/connections/{address}", form)

        assert (first.status, len(_values(first))) == (200, 2)
        assert (second.status, _values(second)) == (422, [])


def test_connection_is_suspended_activated_and_revoked(manager: Browser, world: World) -> None:
    client_id, secret = _values(_create(manager, "clients"))
    request = TokenRequest(grant_type="client_credentials", client_id=client_id, client_secret=secret)
    place = f"/connections/clients/{client_id}"

    back = manager.post(f"{place}/switch", {"active": "no"})
    with pytest.raises(InvalidClientError):
        issue_token(request, access=world.access)
    assert "Suspendue" in manager.get(back.place).text
    manager.post(f"{place}/switch", {"active": "yes"})
    issue_token(request, access=world.access)
    manager.post(f"{place}/revoke", {"structure": WORKSHOP})

    assert client_id not in manager.get("/connections").text
    with pytest.raises(InvalidClientError):
        issue_token(request, access=world.access)


def test_account_is_revoked(manager: Browser) -> None:
    login, _ = _values(_create(manager, "accounts"))
    back = manager.post(f"/connections/accounts/{login}/revoke", {"structure": WORKSHOP})

    assert back.place == f"/connections?structure={WORKSHOP}"
    assert login not in manager.get(back.place).text


def test_who_administers_nothing_finds_no_entry_and_no_list(browser: Browser, world: World) -> None:
    assert world.clock.now()
    home = browser.sign_in("claire@example.fr")

    assert not home.page.links("/connections")
    assert "You do not administer the connections of any organisation" in browser.get("/connections").text


def test_connections_of_another_structure_are_not_there(browser: Browser, world: World) -> None:
    assert world.clock.now()
    browser.sign_in("ana@example.fr")
    browser.get("/connections")
    assert _create(browser, "clients").status == 403

    browser.sign_in(BASILE)
    assert browser.get(f"/connections?structure={TOWN}").status == 404
