"""Acts beside the transitions, whose turn it is, and the billing file: for each kind of visitor."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from lxml import html

from choriste.domain.lifecycle import Frame, ReasonCode, Status
from choriste.domain.shared.ids import InvoiceId
from choriste.domain.tracking.head import AttachedFile, FileKind, InvoiceHead, PartyReference
from choriste.domain.tracking.journey import Journey
from choriste.i18n.typography import typeset
from tests.builders.browser import Browser
from tests.builders.console import OTHER, TOWN, WORKSHOP, World
from tests.builders.page import Page

FIRST = "/invoices/2170000000000001"
SUSPENDED = "/invoices/2170000000000002"
ANA, BASILE, CLAIRE, FATOU = (f"{name}@example.fr" for name in ("ana", "basile", "claire", "fatou"))


def head_of(world: World, address: str) -> InvoiceHead:
    head = world.invoices.get(InvoiceId(int(address.rsplit("/", 1)[1])))
    assert head is not None
    return head


def becomes(world: World, address: str, **changes: Any) -> InvoiceHead:
    head = head_of(world, address)
    changed = replace(head, version=head.version + 1, **changes)
    world.invoices.save(Journey(head, changed))
    return changed


def offered(page: str) -> set[str]:
    """Return the acts that a page offers."""
    places = Page.of(page).found("//form[starts-with(@action, '/invoices/')]/@action")
    return {place.rpartition("/")[2] for place in places} - {"actions"}


@pytest.mark.parametrize(
    ("email", "address", "acts"),
    [
        (ANA, FIRST, {"comment", "assign", "record-accounting-reference"}),
        (BASILE, FIRST, {"comment", "assign"}),
        (BASILE, SUSPENDED, {"comment", "assign", "attach", "acknowledge-suspension"}),
        (ANA, SUSPENDED, {"comment", "assign", "record-accounting-reference"}),
        (
            BASILE,
            "/invoices/2170000000000005",
            {"comment", "reissue", "acknowledge-rejection", "close-rejection"},
        ),
        (CLAIRE, FIRST, set()),
        (FATOU, FIRST, set()),
    ],
)
def test_page_offers_the_acts_of_its_reader(
    browser: Browser, email: str, address: str, acts: set[str]
) -> None:
    browser.sign_in(email)

    found = [offered(browser.get(f"{address}?tab={tab}").text) for tab in ("history", "exchanges")]

    assert found == [acts - {"comment"}, acts]


def test_comment_is_read_in_the_history_by_both_sides(browser: Browser, world: World) -> None:
    browser.sign_in(BASILE)
    browser.get(FIRST)

    answer = browser.post(f"{FIRST}/acts/comment", {"text": "Où en est <notre> facture ?"})
    mine = browser.get(answer.place).text
    world.clock.advance(minutes=1)
    other = Browser(world)
    other.sign_in(ANA)

    assert answer.place == f"{FIRST}?tab=exchanges"
    assert "Commentaire publié" in mine
    for page in (browser.get(FIRST).text, other.get(FIRST).text):
        assert "Où en est &lt;notre&gt; facture ?" in page
        assert Page.of(page).has("//p[@class='deed' and . = 'Commentaire publié']")


def test_recipient_assigns_records_a_reference_and_finds_by_both(browser: Browser, world: World) -> None:
    browser.sign_in(ANA)
    browser.get(FIRST)

    browser.post(f"{FIRST}/acts/assign", {"account": "ana"})
    browser.post(f"{FIRST}/acts/record-accounting-reference", {"reference": "MDT-42"})
    page = browser.get(FIRST).text
    mine = browser.get("/invoices?mine=1").text
    found = browser.get("/invoices?reference=mdt").text

    head = head_of(world, FIRST)
    assert head.assignee is not None
    assert (head.assignee.account, head.accounting_reference) == ("ana", "MDT-42")
    assert Page.of(page).found("//option[@value='ana' and @selected]") == ["Ana Petit"]
    assert "MDT-42" in page
    for listed in (mine, found):
        assert Page.of(listed).invoices == ["F-2026-0001"]
    browser.post(f"{FIRST}/acts/assign", {"account": ""})
    assert head_of(world, FIRST).assignee is None


def test_missing_document_is_attached_then_saved_by_the_other_side(browser: Browser, world: World) -> None:
    browser.sign_in(BASILE)
    browser.get(SUSPENDED)

    answer = browser.upload(f"{SUSPENDED}/acts/attach", {"category": "BON"}, "bon n° 1.pdf", b"%PDF-1.7")
    page = browser.get(answer.place).text

    file = head_of(world, SUSPENDED).file(FileKind.ATTACHMENT)
    assert file is not None
    assert (file.name, file.category) == ("bon n_ 1.pdf", "BON")
    assert "bon n_ 1.pdf" in page
    assert browser.get(f"{SUSPENDED}/file?name=bon n_ 1.pdf").raw == b"%PDF-1.7"


@pytest.mark.parametrize(
    ("act", "fields", "told"),
    [
        ("comment", {"text": " "}, (422, "Écrivez de 1 à 2000 caractères")),
        ("record-accounting-reference", {"reference": "X"}, (403, "Accès réservé")),
        ("assign", {"account": "ana"}, (422, "n’a pas le droit d’agir sur cette facture")),
        ("attach", {}, (422, "Choisissez un document")),
        ("vote", {}, (422, "ne connaît pas l’action")),
        ("acknowledge-rejection", {}, (422, "n’est possible qu’à l’un de ces statuts")),
    ],
)
def test_act_that_is_refused_is_explained(
    browser: Browser, world: World, act: str, fields: dict[str, str], told: tuple[int, str]
) -> None:
    before, (status, words) = head_of(world, SUSPENDED), told
    browser.sign_in(BASILE)
    browser.get(SUSPENDED)

    answer = browser.post(f"{SUSPENDED}/acts/{act}", fields)

    assert (answer.status, words in answer.text) == (status, True)
    assert head_of(world, SUSPENDED) == before


@pytest.mark.parametrize("email", [CLAIRE, FATOU])
def test_reader_may_not_act_by_hand_either(browser: Browser, world: World, email: str) -> None:
    before = head_of(world, FIRST)
    browser.sign_in(email)
    browser.get(FIRST)

    answer = browser.post(f"{FIRST}/acts/comment", {"text": "x"})

    assert answer.status == 403
    assert head_of(world, FIRST) == before


def test_rejection_is_acknowledged_by_a_button(browser: Browser, world: World) -> None:
    assert world.clock.now()
    browser.sign_in(BASILE)
    browser.get("/invoices/2170000000000005")

    browser.post("/invoices/2170000000000005/acts/acknowledge-rejection")

    assert "J’ai lu le rejet" in browser.get("/invoices/2170000000000005").text


def test_completion_without_anything_is_explained_on_the_page(browser: Browser) -> None:
    browser.sign_in(BASILE)
    browser.get(SUSPENDED)

    answer = browser.post(f"{SUSPENDED}/actions", {"action": "complete", "version": "4"})

    assert answer.status == 422
    assert "joignez au moins une pièce" in answer.text


@pytest.mark.parametrize(
    ("status", "frame", "words"),
    [
        (Status.MISE_A_DISPOSITION, Frame.A1, "Service financier du destinataire : Ville de Lutèce"),
        (Status.SUSPENDUE, Frame.A1, "C’est à vous"),
        (Status.EN_COURS_ACHEMINEMENT, Frame.A1, "La plateforme : vous n’avez rien à faire"),
        (Status.MISE_EN_PAIEMENT, Frame.A1, "Terminé : plus aucune action n’est attendue"),
        (Status.A_VALIDER_1, Frame.A9, "Premier valideur (titulaire ou cotraitant) : Papeterie du Canal"),
    ],
)
def test_page_tells_whose_turn_it_is(
    browser: Browser, world: World, status: Status, frame: Frame, words: str
) -> None:
    canal = PartyReference(identifier="55210055400013", name="Papeterie du Canal", structure=OTHER)
    due = world.clock.now()
    becomes(world, FIRST, status=status, frame=frame, validator_1=canal, due_at=due)
    browser.sign_in(BASILE)

    page = browser.get(FIRST).text

    assert typeset(words, language="fr") in page
    assert ("15 jours du titulaire" in page) == (status is Status.A_VALIDER_1)
    assert ("elle est transmise d’office à l’acteur suivant" in page) == (status is Status.A_VALIDER_1)


@pytest.fixture
def works(world: World) -> World:
    """Return the world with a statement, and the project manager's answer to come, in one billing file."""
    moe = PartyReference(identifier="55210055400013", name="Papeterie du Canal", structure=OTHER)
    town = PartyReference(identifier="21690123100011", name="Ville de Lutèce", structure=TOWN)
    file = AttachedFile(
        kind=FileKind.ATTACHMENT,
        name="métré.pdf",
        key="k",
        size=9,
        sha256="0" * 64,
        mime_type="application/pdf",
    )
    becomes(
        world,
        FIRST,
        frame=Frame.A4,
        status=Status.A_ASSOCIER_MOE,
        moe=moe,
        moa=town,
        files=(file,),
        due_at=world.clock.now(),
    )
    becomes(
        world,
        SUSPENDED,
        frame=Frame.A4,
        status=Status.A_COMPLETER,
        moe=moe,
        moa=town,
        billing_file=InvoiceId(2170000000000001),
        reason_code=ReasonCode.JUSTIF_ABS,
    )
    return world


def test_billing_file_shows_pieces_files_and_what_may_follow(browser: Browser, works: World) -> None:
    assert works.clock.now()
    browser.sign_in("edgar@example.fr")

    invoice = browser.get(FIRST).text
    french = browser.get("/billing-files/2170000000000001").text
    english = browser.get("/billing-files/2170000000000002?lang=en").text

    tree = html.document_fromstring(french)
    assert Page.of(invoice).links("/billing-files/2170000000000001")
    assert tree.xpath("//tbody//th//a/text()") == ["F-2026-0001", "F-2026-0002"]
    assert "métré.pdf" in french
    assert "/deposit?frame=A15&amp;previous=2170000000000001" in french
    assert "Maîtrise d’œuvre\xa0: Papeterie du Canal" in french
    assert "Project manager: Papeterie du Canal" in english
    assert "Answer document F-2026-0001" in english


def test_document_of_the_file_is_reused_on_another_piece(browser: Browser, works: World) -> None:
    browser.sign_in(BASILE)
    page = browser.get(SUSPENDED).text

    answer = browser.post(f"{SUSPENDED}/acts/reuse", {"file": "2170000000000001/métré.pdf"})

    assert Page.of(page).has("//option[@value='2170000000000001/métré.pdf']")
    assert answer.place == SUSPENDED
    assert head_of(works, SUSPENDED).file(FileKind.ATTACHMENT) is not None


@pytest.mark.parametrize("email", ["dora@example.fr", CLAIRE])
def test_billing_file_is_closed_to_those_who_see_no_piece(browser: Browser, works: World, email: str) -> None:
    becomes(works, FIRST, service_code="ÉCOLES")
    browser.sign_in(email)

    assert browser.get("/billing-files/2170000000000001").status == 404


def test_ordinary_invoice_has_no_billing_file(browser: Browser) -> None:
    browser.sign_in(ANA)

    assert browser.get("/billing-files/2170000000000001").status == 404
    assert browser.get("/billing-files/x").status == 404


@pytest.mark.parametrize(("side", "number"), [("validation", "F-2026-0001"), ("works", "F-2026-0002")])
def test_validators_and_works_actors_have_their_lists(
    browser: Browser, world: World, side: str, number: str
) -> None:
    canal = PartyReference(identifier="55210055400013", name="Papeterie du Canal", structure=OTHER)
    becomes(world, FIRST, frame=Frame.A9, status=Status.A_VALIDER_1, validator_1=canal)
    becomes(world, SUSPENDED, frame=Frame.A4, status=Status.A_ASSOCIER_MOE, moe=canal)
    browser.sign_in("edgar@example.fr")

    page = browser.get(f"/invoices?side={side}")

    assert page.page.invoices == [number]
    assert "Atelier des Cimes SAS" in page.text
    assert WORKSHOP != OTHER
