"""The pages of members: what managers see and do, and that nobody else learns that they exist."""

from __future__ import annotations

from dataclasses import replace

import pytest

from choriste.application.members.request_access import SIGNED_UP, request_access
from choriste.domain.access.user import Level, Space, User
from choriste.domain.parties.differences import differences
from choriste.domain.parties.structure import Structure
from functions.console.members.views import act_row
from tests.builders.browser import Browser
from tests.builders.console import OTHER, TOWN, WORKSHOP, World
from tests.builders.identity import a_manager, a_member, a_right, a_user, enrol, keep
from tests.builders.page import Page
from tests.contract.records import examples

GILLES, HUGO, IRIS = "gilles@example.fr", "hugo@example.fr", "iris@example.fr"


@pytest.fixture
def town(world: World) -> World:
    """Return the world with a manager of the town, a member, and one who administers the roads only."""
    roads = tuple(
        a_right(TOWN, space, Level.MODIFY, "VOIRIE") for space in (Space.ORGANISATION, Space.RECEIVE)
    )
    people: tuple[User, ...] = (
        a_manager(TOWN, GILLES, user_id="gilles"),
        a_user("hugo", email=HUGO, name="Hugo Blanc", memberships=(a_member(TOWN),)),
        a_user("iris", email=IRIS, name="Iris Noir", memberships=(a_member(TOWN),), rights=roads),
        a_user("farid", email="farid@example.fr", name="Farid", operator=True),
    )
    for user in people:
        enrol(world.access, user)
    return world


def test_manager_finds_the_users_in_the_navigation(browser: Browser, town: World) -> None:
    home = browser.sign_in(GILLES)

    place = browser.get("/members").place
    page = browser.get(place)

    assert town
    assert home.page.links("/members")
    assert place == f"/members/{TOWN}"
    assert "Hugo Blanc" in page.text
    assert "Gestionnaire principal" in page.text


def test_list_is_filtered_by_its_form(browser: Browser, town: World) -> None:
    assert town
    browser.sign_in(GILLES)

    page = browser.get(f"/members/{TOWN}?text=hugo&state=active&space=").text

    assert "Hugo Blanc" in page
    assert "Iris Noir" not in page


def test_rights_are_given_with_the_matrix(browser: Browser, town: World) -> None:
    browser.sign_in(GILLES)
    page = browser.get(f"/members/{TOWN}/users/hugo").page
    version = page.found("//form[contains(@action, '/rights')]//input[@name='version']/@value")[0]
    fields = {
        "version": version,
        "right.receive.VOIRIE": "MODIFICATION",
        "right.works.": "CONSULTATION_UNIQUEMENT",
    }

    answer = browser.post(f"/members/{TOWN}/users/hugo/rights", fields)
    shown = browser.get(answer.place)
    again = browser.post(f"/members/{TOWN}/users/hugo/rights", {**fields, "right.works.": ""})

    assert answer.place == f"/members/{TOWN}/users/hugo"
    hugo = town.accounts.user("hugo")
    assert hugo is not None
    assert hugo.rights == {
        a_right(TOWN, Space.RECEIVE, Level.MODIFY, "VOIRIE"),
        a_right(TOWN, Space.WORKS),
    }
    assert again.status == 409
    assert "entre-temps" in again.text or "vient de modifier" in again.text
    assert "Droits enregistrés" in shown.text


def test_matrix_offers_what_its_reader_may_give(browser: Browser, town: World) -> None:
    assert town
    browser.sign_in(IRIS)

    page = browser.get(f"/members/{TOWN}/users/claire").page

    rows = page.found("//table[contains(@class, 'matrix')]//tbody//th")
    offered = page.found("//select[@name='right.receive.VOIRIE']/option/@value")
    assert rows == ["Voirie"]
    assert offered == ["", "CONSULTATION_UNIQUEMENT", "MODIFICATION"]
    assert page.found("//select[@name='right.works.VOIRIE']/option/@value") == [""]


def test_user_is_suspended_and_comes_back(browser: Browser, town: World) -> None:
    browser.sign_in(GILLES)
    for state in ("suspended", "active"):
        page = browser.get(f"/members/{TOWN}/users/hugo").page
        version = page.found("//form[contains(@action, '/state')]//input[@name='version']/@value")[0]
        answer = browser.post(f"/members/{TOWN}/users/hugo/state", {"version": version, "state": state})
        assert answer.status == 303
        hugo = town.accounts.user("hugo")
        assert hugo is not None
        assert (TOWN in hugo.suspended_in) is (state == "suspended")


def test_rights_are_duplicated(browser: Browser, town: World) -> None:
    browser.sign_in(GILLES)
    page = browser.get(f"/members/{TOWN}/users/hugo").page
    version = page.found("//form[contains(@action, '/duplicate')]//input[@name='version']/@value")[0]

    browser.post(f"/members/{TOWN}/users/hugo/duplicate", {"version": version, "source": "ana"})

    hugo = town.accounts.user("hugo")
    assert hugo is not None
    assert hugo.rights == {a_right(TOWN, Space.RECEIVE, Level.MODIFY)}


def test_person_is_invited_with_rights_and_an_error_keeps_what_was_typed(
    browser: Browser, town: World
) -> None:
    browser.sign_in(GILLES)
    browser.get(f"/members/{TOWN}/invite")
    fields = {"email": "jo", "name": "Jo", "language": "en", "right.receive.": "CONSULTATION_UNIQUEMENT"}

    refused = browser.post(f"/members/{TOWN}/invite", fields)
    answer = browser.post(f"/members/{TOWN}/invite", {**fields, "email": "jo@example.fr"})

    assert refused.status == 400
    assert refused.page.found("//input[@name='name']/@value") == ["Jo"]
    assert answer.place == f"/members/{TOWN}"
    jo = town.accounts.user_by_email("jo@example.fr")
    assert jo is not None
    assert jo.rights == {a_right(TOWN, Space.RECEIVE)}


def test_history_shows_who_did_what(browser: Browser, town: World) -> None:
    assert town
    test_user_is_suspended_and_comes_back(browser, town)

    french = browser.get(f"/members/{TOWN}/history").text
    english = browser.get(f"/members/{TOWN}/history?lang=en").text

    assert "Désactivation dans la structure" in french
    assert "Deactivation in the structure" in english
    assert "Hugo Blanc" in french


ADDRESSES = (
    f"/members/{TOWN}",
    f"/members/{TOWN}/users/hugo",
    f"/members/{TOWN}/invite",
    f"/members/{TOWN}/history",
    f"/members/{TOWN}/transfer",
    "/members/4711",
    "/members/4711/users/hugo",
    "/members/4711/history",
    "/members/4711/transfer",
)


@pytest.mark.parametrize("email", ["edgar@example.fr", "claire@example.fr", "dora@example.fr", HUGO])
@pytest.mark.parametrize("address", ADDRESSES)
def test_pages_of_others_do_not_exist(browser: Browser, town: World, email: str, address: str) -> None:
    assert town
    browser.sign_in(email)

    answer = browser.get(address)

    assert answer.status == 404
    assert "Hugo Blanc" not in answer.text.replace('href="/account">Hugo Blanc<', "")
    assert "Lutèce" not in answer.text


@pytest.mark.parametrize("email", ["edgar@example.fr", "dora@example.fr"])
def test_forms_of_others_do_nothing(browser: Browser, town: World, email: str) -> None:
    browser.sign_in(email)
    browser.get("/approvals")
    acts = town.history.acts()

    for address, fields in (
        (f"/members/{TOWN}/users/hugo/rights", {"version": "1"}),
        (f"/members/{TOWN}/users/hugo/duplicate", {"version": "1", "source": "ana"}),
        (f"/members/{TOWN}/users/hugo/state", {"version": "1", "state": "suspended"}),
        (f"/members/{TOWN}/invite", {"email": "x@example.fr", "name": "X"}),
        (f"/members/{TOWN}/transfer", {"step": "confirm"}),
    ):
        assert browser.post(address, fields).status in (403, 404)
    assert town.history.acts() == acts


def test_request_goes_to_those_who_decide_and_shows_in_their_navigation(
    browser: Browser, town: World
) -> None:
    browser.sign_in("dora@example.fr")
    browser.get("/access?siret=21690123100011")
    fields = {"siret": "21690123100011", "service": "VOIRIE", "space.receive": "CONSULTATION_UNIQUEMENT"}
    asked = browser.post("/access", {**fields, "comment": "Je remplace Hugo."})
    own = browser.get(asked.place)

    decider = Browser(town)
    town.clock.advance(minutes=2)
    home = decider.sign_in(IRIS)
    inbox = decider.get("/approvals")
    shown = decider.get(asked.place)
    answer = decider.post(f"{asked.place}/approve")

    assert asked.place.startswith("/approvals/")
    assert "Je remplace Hugo." in own.text
    assert not own.page.has("//button[normalize-space()='Accorder']")
    assert home.page.found("//span[@class='waiting']") == ["1"]
    assert "Dora Vidal" in inbox.text
    assert "Je remplace Hugo." in shown.text
    assert answer.place == "/approvals"
    dora = town.accounts.user("dora")
    assert dora is not None
    assert dora.rights == {a_right(TOWN, service="VOIRIE")}
    assert not decider.get("/approvals").page.has("//span[@class='waiting']")


def test_refusal_asks_for_a_reason(browser: Browser, town: World) -> None:
    browser.sign_in("dora@example.fr")
    browser.get("/access")
    fields = {"siret": "21690123100011", "space.receive": "CONSULTATION_UNIQUEMENT"}
    asked = browser.post("/access", fields)

    decider = Browser(town)
    town.clock.advance(minutes=2)
    decider.sign_in(GILLES)
    decider.get(asked.place)
    without = decider.post(f"{asked.place}/refuse", {"reason": ""})
    refused = decider.post(f"{asked.place}/refuse", {"reason": "Pas de contrat."})

    assert without.status == 400
    assert refused.place == "/approvals"
    assert "Pas de contrat." in browser.get(asked.place).text


def test_request_for_the_whole_town_is_nothing_to_who_administers_one_service(
    browser: Browser, town: World
) -> None:
    browser.sign_in("dora@example.fr")
    browser.get("/access")
    fields = {"siret": "21690123100011", "space.receive": "CONSULTATION_UNIQUEMENT"}
    asked = browser.post("/access", fields)

    other = Browser(town)
    town.clock.advance(minutes=2)
    home = other.sign_in(IRIS)

    assert not home.page.has("//span[@class='waiting']")
    assert "Dora" not in other.get("/approvals").text
    assert other.get(asked.place).status == 404


@pytest.mark.parametrize(
    "fields",
    [
        {"siret": "00000000000000", "space.receive": "CONSULTATION_UNIQUEMENT"},
        {"siret": "21690123100011", "service": "X", "space.receive": "CONSULTATION_UNIQUEMENT"},
        {"siret": "21690123100011"},
    ],
)
def test_request_that_cannot_be_sent_is_explained(
    browser: Browser, town: World, fields: dict[str, str]
) -> None:
    browser.sign_in("dora@example.fr")
    browser.get("/access")

    answer = browser.post("/access", fields)

    assert answer.status == 400
    assert answer.page.has("//*[@role='alert']")
    assert town.members.requests_of("dora") == ()


def test_role_is_offered_and_accepted_on_its_page(browser: Browser, town: World) -> None:
    browser.sign_in(GILLES)
    browser.get(f"/members/{TOWN}/transfer")
    offered = browser.post(f"/members/{TOWN}/transfer", {"step": "offer", "receiver": "hugo"})

    receiver = Browser(town)
    town.clock.advance(minutes=2)
    receiver.sign_in(HUGO)
    shown = receiver.get(f"/members/{TOWN}/transfer")
    receiver.post(f"/members/{TOWN}/transfer", {"step": "accept"})

    assert offered.status == 303
    assert shown.page.found("//form//input[@name='step']/@value") == ["accept", "end"]
    assert town.members.manager_of(TOWN) == "hugo"


def test_operators_move_a_role_together(browser: Browser, town: World) -> None:
    browser.sign_in("fatou@example.fr")
    browser.get(f"/members/{TOWN}/transfer")
    fields = {"step": "propose", "receiver": "hugo", "reason": "Parti."}
    browser.post(f"/members/{TOWN}/transfer", fields)
    alone = browser.post(f"/members/{TOWN}/transfer", {"step": "confirm"})

    second = Browser(town)
    town.clock.advance(minutes=2)
    second.sign_in("farid@example.fr")
    second.get(f"/members/{TOWN}/transfer")
    confirmed = second.post(f"/members/{TOWN}/transfer", {"step": "confirm"})

    assert alone.status == 403
    assert "un autre exploitant" in alone.text
    assert confirmed.status == 303
    assert town.members.manager_of(TOWN) == "gilles"
    assert "Prend effet le" in second.get(f"/members/{TOWN}/transfer").text


def test_operator_merges_after_a_look(browser: Browser, town: World) -> None:
    browser.sign_in("fatou@example.fr")
    browser.get("/mergers")
    look = browser.get(f"/mergers?absorbed={OTHER}&absorbing={WORKSHOP}&map.=")
    before = town.history.acts()

    done = browser.post("/mergers", {"absorbed": OTHER, "absorbing": WORKSHOP, "map.": ""})

    assert "Edgar Munoz" in look.text
    assert before == ()
    assert done.place == f"/mergers/{OTHER}"
    assert "est terminée" in browser.get(done.place).text
    assert town.members.manager_of(OTHER) == "basile"


@pytest.mark.parametrize("email", ["edgar@example.fr", "basile@example.fr", "dora@example.fr"])
def test_mergers_are_the_operators(browser: Browser, town: World, email: str) -> None:
    assert town
    browser.sign_in(email)

    for address in ("/mergers", f"/mergers?absorbed={OTHER}&absorbing={WORKSHOP}", f"/mergers/{OTHER}"):
        assert browser.get(address).status in (403, 404)


def test_operator_finds_a_structure_by_name_or_siret(browser: Browser, town: World) -> None:
    assert town
    browser.sign_in("fatou@example.fr")

    assert Page.of(browser.get("/members").text).has("//input[@name='query']")
    assert browser.get("/members?query=lutèce").page.has(f"//a[@href='/members/{TOWN}']")
    assert browser.get("/members?query=21690123100011").page.has(f"//a[@href='/members/{TOWN}']")
    assert "Aucune structure" in browser.get("/members?query=nullepart").text


def test_file_is_tried_and_then_imported(browser: Browser, town: World) -> None:
    browser.sign_in(GILLES)
    browser.get(f"/members/{TOWN}/import")
    content = f"email;nom;structure;espace\nlea@example.fr;Léa;{TOWN};receive\nx;;{TOWN};\n".encode("cp1252")

    tried = browser.upload(f"/members/{TOWN}/import", {"step": "try"}, "comptes.csv", content)
    between = town.accounts.user_by_email("lea@example.fr")
    done = browser.upload(f"/members/{TOWN}/import", {"step": "import"}, "comptes.csv", content)

    assert between is None
    assert tried.page.found("//table//tbody//th") == done.page.found("//table//tbody//th") == ["2", "3"]
    assert "rien n’est enregistré" in tried.text
    lea = town.accounts.user_by_email("lea@example.fr")
    assert lea is not None
    assert lea.name == "Léa"


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04\x00", b"a;b\n"])
def test_file_that_is_no_list_is_explained(browser: Browser, town: World, content: bytes) -> None:
    assert town
    browser.sign_in(GILLES)
    browser.get(f"/members/{TOWN}/import")

    answer = browser.upload(f"/members/{TOWN}/import", {"step": "try"}, "x.csv", content)

    assert answer.status == 422
    assert answer.page.has("//*[@role='alert']")


@pytest.mark.parametrize("name", ["users.xlsx", "users.csv"])
def test_users_are_exported(browser: Browser, town: World, name: str) -> None:
    assert town
    browser.sign_in(GILLES)

    answer = browser.get(f"/members/{TOWN}/export/{name}")

    assert answer.status == 200
    assert f'filename="{name}"' in answer.headers["Content-Disposition"]
    assert answer.raw.startswith(b"PK" if name.endswith("xlsx") else b"\xef\xbb\xbf")
    assert browser.get(f"/members/{TOWN}/export/users.exe").status == 404


@pytest.mark.parametrize("email", [IRIS, HUGO, "edgar@example.fr"])
def test_files_of_a_structure_are_for_who_administers_the_whole(
    browser: Browser, town: World, email: str
) -> None:
    assert town
    browser.sign_in(email)

    assert browser.get(f"/members/{TOWN}/import").status in (403, 404)
    for name in ("users.xlsx", "users.csv"):
        assert browser.get(f"/members/{TOWN}/export/{name}").status == 404


def test_history_has_words_for_everything_that_changes() -> None:
    whole: tuple[Structure, ...] = tuple(examples.STRUCTURES)
    names = {name for structure in whole for name in differences(None, structure)[1]}
    act = replace(examples.ACTS[0], before={}, after=dict.fromkeys([*names, "iban", "bic", "holder"], "True"))

    for language in ("fr", "en"):
        row = act_row(act, language=language)
        shown = [name for name, _, _ in row.changes]
        assert not [name for name in shown if "_" in name or "." in name or name in names], shown
        assert {after for _, _, after in row.changes} == {"oui" if language == "fr" else "yes"}


def test_request_of_a_sign_up_is_worded_for_its_reader_and_names_the_address(
    browser: Browser, world: World
) -> None:
    edgar = "edgar@example.fr"
    zoe = a_user("zoe", email="zoe@example.fr", name="Zoé")
    keep(world.accounts, zoe)
    asked = request_access(
        world.platform_ports(),
        zoe,
        structure=OTHER,
        service=None,
        rights=[a_right(OTHER)],
        comment=SIGNED_UP,
    )
    browser.sign_in(edgar)

    shown = browser.get(f"/approvals/{asked.id}").text

    assert "zoe@example.fr" in shown
    assert "Demande faite à l’inscription." in shown
    assert "Request made when signing up." in browser.get(f"/approvals/{asked.id}?lang=en").text
