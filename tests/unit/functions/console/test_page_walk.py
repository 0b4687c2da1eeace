"""Every page and form of the console, asked by everybody with somebody else's identifiers: nothing leaks.

The addresses come from the console itself. One with a new part needs its value in `PARTS`, or the walk fails.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import pytest

from choriste.application.access.records import FactorReset
from choriste.application.connections.api_clients import create_api_client
from choriste.application.connections.technical_accounts import create_technical_account
from choriste.application.exchange.partners import PartnerSettings, register_partner
from choriste.application.members.request_access import request_access
from choriste.domain.access.user import User
from choriste.domain.parties.bank_details import BankAccount, BankDetails
from choriste.domain.parties.mandate import Mandate, Scope
from choriste.domain.parties.structure import StructureContact, StructureId
from choriste.domain.sandbox.world import sandbox_of
from choriste.domain.tracking.lists import InvoiceList, ListKind, invoice_at
from functions.console.handler import app
from tests.builders.browser import Browser
from tests.builders.console import FLOW, TOWN, WORKSHOP, World
from tests.builders.identity import PLATFORM, a_member, a_right, a_user, keep

INVOICE = "2170000000000001"
MANDATE = Mandate(
    id="20261101080000AAAAAAAA",
    giver=StructureId(WORKSHOP),
    giver_name="Atelier",
    holder=StructureId(TOWN),
    holder_name="Mandataire secret",
    scopes=(Scope.FOLLOW,),
    since=dt.date(2026, 11, 1),
)
STRANGERS = ("edgar@example.fr", "dora@example.fr")
"""The manager of a structure that has nothing to do with the workshop, and somebody without any right."""
EVERYBODY = (None, "ana@example.fr", "basile@example.fr", "claire@example.fr", "fatou@example.fr", *STRANGERS)
OPEN_TO_ALL = frozenset(
    {
        "/",
        "/sign-in",
        "/sign-in/code",
        "/sign-in/passkey",
        "/sign-in/organisation",
        "/sign-in/organisation/return/<structure_id>",
        "/sign-in/lost-factors",
        "/factor-reset/stop",
        "/sign-up",
        "/activation",
        "/password/forgotten",
        "/password/new",
        "/unlock",
        "/developers",
        "/developers/changes",
        "/developers/reference/<api>",
    }
)
"""What nobody needs to sign in for; what such a page may say is tested with signing in."""

PUBLIC = frozenset({"/structures/<structure_id>", "/developers/reference/<api>"})
"""What everybody may look up: a structure of the directory by its number, an API by its name."""

DECOYS = {
    "active": "no",
    "version": "1",
    "name": "Intrus",
    "number": "INTRUS",
    "kind": "invoice",
    "id": INVOICE,
}
"""Fields that many forms know; each is sent to every form, for the workshop's structure."""


@dataclass(frozen=True)
class Victim:
    """The workshop, with something of each kind, and the words that only its people may read."""

    world: World
    parts: Mapping[str, str]
    secrets: tuple[str, ...]

    def state(self) -> list[object]:
        """Return all that a stranger could have changed."""
        access, home = self.world.access, StructureId(WORKSHOP)
        invoices = self.world.invoices
        issued = invoices.places(InvoiceList(ListKind.ISSUED, WORKSHOP), after=None, limit=99).rows
        heads = invoices.heads([invoice_at(place) for place in issued])
        drafts = self.world.drafts.of_structure(WORKSHOP, after=None, limit=99)
        return [
            access.directory.structure(WORKSHOP),
            access.directory.structure(TOWN),
            access.directory.users_of(WORKSHOP),
            access.accounts.credentials("basile"),
            access.connections.clients_of(home),
            access.connections.accounts_of(home),
            self.world.platform_ports().partners.of_structure(home),
            self.world.members.requests(),
            self.world.members.transfer(WORKSHOP),
            self.world.members.merger(WORKSHOP),
            [_outside_sandboxes(user) for user in self.world.accounts.users()],
            self.world.flows.deposited_by(WORKSHOP, after=None, limit=99),
            heads,
            [invoices.history(head.id) for head in heads if head],
            drafts,
            self.world.bank_details.of(WORKSHOP),
            access.organisations.of(WORKSHOP),
            access.organisations.identities_of("basile"),
            self.world.platform_ports().mandates.of(WORKSHOP),
            access.factor_resets.waiting(WORKSHOP),
        ]


def _outside_sandboxes(user: User) -> User:
    """Return a user without what everybody may give to themselves: a sandbox."""
    kept = (each for each in user.memberships if sandbox_of(each.structure) is None)
    return replace(user, memberships=tuple(kept))


@pytest.fixture
def victim(browser: Browser, world: World) -> Victim:
    browser.sign_in("basile@example.fr")
    browser.get("/drafts")
    draft = browser.post("/drafts", {"structure": WORKSHOP}).place.rpartition("/")[2]
    browser.post("/sign-out")
    home, access = StructureId(WORKSHOP), world.access
    client = create_api_client(home, name="Caisse secrète", rights=(), by=PLATFORM, access=access)
    account = create_technical_account(home, name="Robot secret", rights=(), by=PLATFORM, access=access)
    login, client_id = account.account.login, client.client.client_id
    settings = PartnerSettings(name="ERP secret")
    register_partner(world.platform_ports(), PLATFORM, home, settings, code="SEC001")
    parts = {
        "code": "SEC001",
        "number": INVOICE,
        "draft": draft,
        "flow": FLOW,
        "kind": "follow-up",
        "act": "comments",
        "api": "v1",
        "name": "PJP00XFAC2170000000000001.pdf",
        "digest": "0" * 16,
        "client_id": client_id,
        "login": login,
        "page_number": "1",
    }
    request = request_access(
        world.platform_ports(),
        a_user("zoe", email="zoe@example.fr", name="Zoé Secrète"),
        structure=WORKSHOP,
        service=None,
        rights=[a_right(WORKSHOP)],
        comment="Mot secret",
    )
    lost = a_user("lia", email="lia@example.fr", name="Lia Cachée", memberships=(a_member(WORKSHOP),))
    keep(world.accounts, lost)
    access.factor_resets.save(FactorReset(user=lost.id, structure=home, asked_at=world.clock.now()))
    parts |= dict.fromkeys(("structure", "structure_id", "absorbed"), WORKSHOP)
    parts |= {
        "user": "basile",
        "form": "users.csv",
        "request": request.id,
        "mandate_id": MANDATE.id,
        "position": "2",
    }
    names = ("F-2026-0001", FLOW, "lot-novembre", draft, client_id, login, "basile@example.fr")
    inside = _inner_life(world)
    return Victim(
        world,
        parts,
        (*names, *inside, "Caisse secrète", "Robot secret", "Zoé Secrète", "Lia Cachée", "Mot secret"),
    )


def _inner_life(world: World) -> tuple[str, ...]:
    """Give the workshop a contact and a bank account, and return the words that strangers must not read."""
    known = world.directory.structure(WORKSHOP)
    assert known is not None
    contact = StructureContact(email="secret@atelier.example")
    world.directory.replace_structure(replace(known, contact=contact), known=known)
    account = BankAccount(id="1", label="Compte secret", iban="FR7630006000011234567890189")
    world.bank_details.save(BankDetails(structure=StructureId(WORKSHOP), version=1, accounts=(account,)))
    world.platform_ports().mandates.save(MANDATE)
    return contact.email or "", account.label, account.iban, MANDATE.holder_name


def addresses(method: str) -> Iterator[str]:
    """Yield the addresses of the console that know a method, with their parts by name."""
    for route in (*app._static_routes, *app._dynamic_routes):
        if method in ([route.method] if isinstance(route.method, str) else route.method):
            yield route.path


def filled(address: str, parts: Mapping[str, str]) -> str:
    """Return an address with the victim's identifiers."""
    known = {**parts, "number": parts["draft"]} if address.startswith("/drafts/") else parts
    return re.sub(r"<(\w+)>", lambda part: known[part[1]].replace("@", "%40"), address)


def visitor(world: World, email: str | None) -> Browser:
    world.clock.advance(minutes=1)  # no code of an authenticator app is taken twice
    browser = Browser(world)
    if email is None:
        browser.get("/sign-in")
    else:
        browser.sign_in(email)
    return browser


def test_no_page_fails_and_strangers_are_led_to_the_sign_in(victim: Victim) -> None:
    found: dict[str, set[int]] = {}
    for email in EVERYBODY:
        browser = visitor(victim.world, email)
        for address in addresses("GET"):
            answer = browser.get(filled(address, victim.parts))
            found.setdefault(address, set()).add(answer.status)
            assert answer.status in {200, 302, 303, 403, 404, 410}, (email, address, answer.text)
            if email is None and address not in OPEN_TO_ALL and not address.startswith("/static"):
                assert answer.headers.get("Location", "").startswith("/sign-in"), address

    assert len(found) * len(EVERYBODY) > 100


@pytest.mark.parametrize("email", STRANGERS)
def test_no_page_tells_a_stranger_anything(victim: Victim, email: str) -> None:
    browser = visitor(victim.world, email)
    for address in addresses("GET"):
        place = filled(address, victim.parts)
        for query in ("", f"?structure={WORKSHOP}"):
            answer = browser.get(place + query)
            told = [word for word in victim.secrets if word in answer.text and word not in place]
            assert told == [], place
            if "<" in address and not address.startswith("/static") and address not in PUBLIC:
                assert answer.status in {403, 404}, (place, answer.status)


@pytest.mark.parametrize("email", [*STRANGERS, None])
def test_no_form_of_a_stranger_changes_anything(victim: Victim, email: str | None) -> None:
    before = victim.state()
    for address in addresses("POST"):
        browser = visitor(victim.world, email)
        place = filled(address, victim.parts)
        form: dict[str, Any] = {**DECOYS, "structure": WORKSHOP, "user": "basile"}
        answer = browser.post(place, form)
        assert answer.status < 500, (place, answer.text)
        if "<" in address:
            assert answer.status in {303, 403, 404}, (place, answer.status)
        assert victim.state() == before, place


def test_existing_and_invented_identifiers_are_answered_alike(victim: Victim) -> None:
    browser = visitor(victim.world, STRANGERS[0])
    invented = {
        name: value.translate(str.maketrans("0123456789", "5678901234"))
        for name, value in victim.parts.items()
    }
    for address in addresses("GET"):
        if "<" not in address or address.startswith("/static") or address in PUBLIC:
            continue
        there, nowhere = filled(address, victim.parts), filled(address, {**invented, "kind": "follow-up"})
        texts = [browser.get(place).text.replace(place, "") for place in (there, nowhere)]
        assert texts[0] == texts[1], address
