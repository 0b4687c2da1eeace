"""Following flows and depositing a file."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from lxml import html

from choriste.application.deposits.inbox_findings import oversize
from choriste.application.shared.ports import Bucket
from choriste.domain.deposits.flow import Channel
from choriste.domain.drafts.prefilled import Prefilled
from choriste.domain.invoice.kept import kept_of
from choriste.domain.invoice.model import AllowanceCharge
from choriste.domain.lifecycle import Frame
from choriste.domain.parties.routing import routing_finding
from choriste.domain.shared.ids import FlowId
from choriste.i18n.catalogue import message
from choriste.i18n.typography import typeset
from functions.console.drafts.form import typed_of_draft
from functions.console.web.limits import LARGEST_UPLOAD
from tests.builders.browser import Answer, Browser
from tests.builders.console import FLOW, WORKSHOP, World
from tests.builders.invoices import a_cii
from tests.fakes.flows import MemoryFlows

XML = b'<?xml version="1.0"?>\r\n<Invoice>\r\n--not an edge\r\n</Invoice>\r\n'


def test_depositor_sees_every_flow_with_its_counts(browser: Browser) -> None:
    browser.sign_in("basile@example.fr")

    page = browser.get("/flows")

    assert "bruit.xml" in page.text
    assert "aucune facture lue" in page.text
    assert "1 acceptée, 1 refusée" in page.text
    assert "Intégré en partie" in page.text


def test_report_shows_each_finding_with_place_and_remedy(browser: Browser) -> None:
    browser.sign_in("basile@example.fr")

    french = browser.get(f"/flows/{FLOW}").text
    english = browser.get(f"/flows/{FLOW}?lang=en").text

    for text in (french, english):
        assert all(word in text for word in ("BR-CO-13", "BT-109", "1201.00", "TaxBasisTotalAmount", "118"))
    assert "Bloquant" in french
    assert "corrigez BT-109" in french
    assert "Blocking" in english
    assert "correct BT-109" in english
    assert french.index("F-2026-0099") < french.index("F-2026-0001")


def test_report_of_an_unreadable_file_says_what_is_wrong_with_it(browser: Browser) -> None:
    browser.sign_in("basile@example.fr")

    page = browser.get("/flows/CPP0011117000000000425904")

    assert "XML-NOT-WELL-FORMED" in page.text
    assert "Aucune facture n’a pu être lue dans ce fichier." in page.text


def test_report_of_a_file_refused_unread_offers_no_digest_and_no_certificate(
    browser: Browser, world: World
) -> None:
    good = world.flows.get(FLOW)
    assert good is not None
    unread = replace(
        good,
        id=FlowId("CPP0011117000000000425999"),
        sha256=None,
        drop="drop#partners/a/f.xml#1",
        documents=0,
        accepted=frozenset(),
        refused=frozenset(),
        findings=(oversize(30 * 1024**3, 1024**3, is_archive=True),),
    )
    world.flows.open(unread)
    browser.sign_in("basile@example.fr")

    page = browser.get(f"/flows/{unread.id}").text

    assert "FILE-TOO-LARGE" in page
    assert "Empreinte" not in page
    assert "integration-report" in page
    assert "deposit-certificate" not in page
    assert browser.get("/flows").status == 200


@pytest.mark.parametrize("address", [f"/flows/{FLOW}", "/flows/CPP0000000000000000000000"])
def test_flow_of_others_is_answered_like_one_that_does_not_exist(browser: Browser, address: str) -> None:
    browser.sign_in("edgar@example.fr")

    assert browser.get(address).status == 404
    assert browser.get("/flows?structure=102").status == 404
    assert "lot-novembre" not in browser.get("/flows").text


def test_visitor_who_may_not_issue_is_told_so(browser: Browser) -> None:
    browser.sign_in()

    assert "Votre compte ne peut émettre de factures" in browser.get("/flows").text
    assert "Votre compte ne peut déposer pour aucune structure" in browser.get("/deposit").text


def test_deposit_keeps_the_bytes_and_shows_the_report(browser: Browser, world: World) -> None:
    browser.sign_in("basile@example.fr")
    browser.get("/deposit")

    answer = browser.upload("/deposit", {"structure": "102"}, "C:\\factures\\été 1.xml", XML)
    page = browser.get(answer.place)

    flow = world.flows.get(FlowId(answer.place.rsplit("/", 1)[1]))
    assert flow is not None
    assert (flow.channel, flow.depositor, flow.account) == (Channel.CONSOLE, "102", "basile")
    assert (flow.size, flow.filename) == (len(XML), "été 1.xml")
    assert world.intake.started == [(flow.id, 1, 0)]
    assert "Le traitement n’est pas terminé" in page.text


def test_same_file_again_leads_to_the_flow_it_has(browser: Browser) -> None:
    browser.sign_in("basile@example.fr")
    browser.get("/deposit")
    first = browser.upload("/deposit", {"structure": "102"}, "a.xml", XML)

    again = browser.upload("/deposit", {"structure": "102"}, "a.xml", XML)

    assert again.place == f"{first.place}?repeated=1"
    assert "Rien n’a été créé deux fois" in browser.get(again.place).text


@pytest.mark.parametrize(
    ("filename", "content", "words"),
    [
        ("", b"", "Choisissez un fichier"),
        ("vide.xml", b"", "Choisissez un fichier"),
        ("grand.xml", b"x" * (LARGEST_UPLOAD + 1), "dépasse la taille que cette page peut recevoir"),
    ],
)
def test_deposit_that_cannot_be_taken_is_explained(
    browser: Browser, world: World, filename: str, content: bytes, words: str
) -> None:
    browser.sign_in("basile@example.fr")
    browser.get("/deposit")

    answer = browser.upload("/deposit", {"structure": "102"}, filename, content)

    assert answer.status == 422
    assert words in answer.text
    assert world.intake.started == []


def test_deposit_over_the_platforms_own_limit_is_explained(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("choriste.application.deposits.receive_deposit.MAX_FILE_BYTES", 3)
    browser.sign_in("basile@example.fr")
    browser.get("/deposit")

    answer = browser.upload("/deposit", {"structure": "102"}, "a.xml", XML)

    assert answer.status == 422
    assert len(XML) < LARGEST_UPLOAD


@pytest.mark.parametrize("structure", ["101", "103", ""])
def test_deposit_in_the_name_of_others_is_refused(browser: Browser, world: World, structure: str) -> None:
    browser.sign_in("basile@example.fr")
    browser.get("/deposit")

    answer = browser.upload("/deposit", {"structure": structure}, "a.xml", XML)

    assert answer.status == 403
    assert "Accès réservé" in answer.text
    assert world.intake.started == []


def test_deposit_form_names_the_structure_and_the_limit(browser: Browser) -> None:
    browser.sign_in("basile@example.fr")

    answer = browser.get("/deposit")
    page = answer.text

    assert answer.page.found("//input[@type='hidden' and @name='structure']/@value") == ["102"]
    assert "Atelier des Cimes SAS" in page
    assert "4\xa0Mo au plus" in page


def test_deposit_names_the_parties_that_the_file_cannot(browser: Browser, world: World) -> None:
    browser.sign_in("basile@example.fr")
    browser.get("/deposit")
    fields = {
        "structure": "102",
        "frame": "A9",
        "validator": "552 100 554 00013",
        "previous": "2170000000000001, 2170000000000002",
        "adjust": "2170000000000001:1500.00",
    }

    answer = browser.upload("/deposit", fields, "a.xml", XML)

    flow = world.flows.get(FlowId(answer.place.rsplit("/", 1)[1]))
    assert flow is not None
    assert (flow.parties.frame, flow.parties.validator) == (Frame.A9, "55210055400013")
    assert flow.parties.previous == (2170000000000001, 2170000000000002)
    assert flow.parties.adjusted == ((2170000000000001, Decimal("1500.00")),)


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("frame", "B7", "« B7 » n’est pas un cadre de facturation"),
        ("previous", "F-2026-1", "n’est pas l’identifiant technique d’une pièce"),
        ("adjust", "12:x", "ne dit pas quel montant est admis"),
        ("moe_service", "x" * 101, "dépasse 100 caractères"),
    ],
)
def test_party_that_cannot_be_read_is_explained_beside_its_field(
    browser: Browser, world: World, field: str, value: str, words: str
) -> None:
    browser.sign_in("basile@example.fr")
    browser.get("/deposit")

    answer = browser.upload(
        "/deposit", {"structure": "102", "validator": "55210055400013", field: value}, "a.xml", XML
    )

    tree = html.document_fromstring(answer.text)
    assert answer.status == 422
    assert typeset(words, language="fr") in answer.text
    assert tree.xpath("//*[@aria-invalid='true']/@id") == [field]
    assert tree.xpath("//input[@id='validator']/@value") == ["55210055400013"]
    assert tree.xpath("//details/@open") == [""]
    assert world.intake.started == []


def test_deposit_form_starts_with_what_the_address_names(browser: Browser) -> None:
    browser.sign_in("basile@example.fr")

    tree = html.document_fromstring(browser.get("/deposit?frame=A5&previous=2170000000000001").text)

    assert tree.xpath("//select[@id='frame']/option[@selected]/@value") == ["A5"]
    assert tree.xpath("//input[@id='previous']/@value") == ["2170000000000001"]


def _deposited(browser: Browser, name: str, content: bytes, **fields: str) -> Answer:
    browser.sign_in("basile@example.fr")
    browser.get("/deposit")
    return browser.upload("/deposit", {"structure": WORKSHOP, **fields}, name, content)


@pytest.mark.parametrize("content", [b"%PDF-1.7 pages", b"\x89PNG\r\n\x1a\n picture"])
def test_pages_that_are_deposited_become_a_draft_with_the_parties_that_were_named(
    browser: Browser, world: World, content: bytes
) -> None:
    world.prefilled = Prefilled(certain={"number": "F-77"})

    answer = _deposited(browser, "facture.pdf", content, frame="A9", validator="55210055400013")

    (draft,) = world.drafts.of_structure(WORKSHOP, after=None, limit=9).rows
    assert answer.place == f"/drafts/{draft.id}"
    assert (draft.invoice.number, draft.parties.validator) == ("F-77", "55210055400013")
    assert world.intake.started == []


def test_pdf_with_data_is_deposited_and_one_that_says_nothing_is_explained(
    browser: Browser, world: World
) -> None:
    holds = message("drafts", "holds-data")
    world.prefilled = Prefilled(refusal={"fr": holds.fr, "en": holds.en})
    deposited = _deposited(browser, "f.pdf", b"%PDF-1.7 data")
    world.prefilled = Prefilled(refusal={"fr": "Ce PDF est une image.", "en": "A picture."})
    browser.get("/deposit")
    explained = browser.upload("/deposit", {"structure": WORKSHOP}, "g.pdf", b"%PDF-1.7 image")

    assert deposited.place.startswith("/flows/")
    assert len(world.intake.started) == 1
    assert (explained.status, "Ce PDF est une image." in explained.text) == (422, True)


def test_page_that_another_company_issued_is_taken_once_that_is_confirmed(
    browser: Browser, world: World
) -> None:
    world.prefilled = Prefilled(certain={"number": "F-78", "supplier_siret": "55210055400013"})

    asked = _deposited(browser, "f.pdf", b"%PDF-1.7 pages")
    taken = browser.upload("/deposit", {"structure": WORKSHOP, "anyway": "yes"}, "f.pdf", b"%PDF-1.7 pages")

    assert (asked.status, asked.page.has("//input[@name='anyway']")) == (422, True)
    assert taken.place.startswith("/drafts/")


def test_refused_document_is_corrected_in_a_draft_that_says_what_its_file_said(
    browser: Browser, world: World
) -> None:
    world.files.put(Bucket.ARCHIVE, "members/2", a_cii(number="F-2026-0099"), mime_type="application/xml")
    browser.sign_in("basile@example.fr")
    offered = browser.get(f"/flows/{FLOW}").page.found("//form[@class='act']/@action")

    answer = browser.post(offered[0])

    (draft,) = world.drafts.of_structure(WORKSHOP, after=None, limit=9).rows
    assert offered == [f"/flows/{FLOW}/documents/2/draft"]
    assert answer.place == f"/drafts/{draft.id}?check=1"
    assert (draft.invoice.number, len(draft.invoice.lines)) == ("F-2026-0099", 5)
    assert browser.post(f"/flows/{FLOW}/documents/1/draft").status == 404
    assert browser.post(f"/flows/{FLOW}/documents/x/draft").status == 404


def test_draft_of_a_refused_document_shows_what_its_form_does_not_change(
    browser: Browser, world: World
) -> None:
    world.files.put(Bucket.ARCHIVE, "members/2", a_cii(number="F-2026-0099"), mime_type="application/xml")
    browser.sign_in("basile@example.fr")
    place = browser.post(f"/flows/{FLOW}/documents/2/draft").place
    (draft,) = world.drafts.of_structure(WORKSHOP, after=None, limit=9).rows
    line = replace(draft.invoice.lines[0], vat_category="K", vat_rate=Decimal(0))
    discount = AllowanceCharge(
        amount=Decimal(10), vat_category="K", vat_rate=Decimal(0), reason="Remise fidélité"
    )
    invoice = replace(draft.invoice, lines=(line,), allowances=(discount,), charges=(discount,))
    world.drafts.save(replace(draft, version=2, invoice=invoice), expected_version=1)

    shown = browser.get(place).text
    for what in ("seller", "allowances", "charges", "vat_categories"):
        (now,) = world.drafts.of_structure(WORKSHOP, after=None, limit=9).rows
        typed = typed_of_draft(now)
        lines = {f"line-1-{name}": value for name, value in typed.lines[0].items()}
        sent = {**typed.fields, **lines, "version": str(now.version), "do": f"drop-{what}"}
        assert browser.post(f"/drafts/{draft.id}", sent).status == 303

    (bare,) = world.drafts.of_structure(WORKSHOP, after=None, limit=9).rows
    own = world.access.directory.structure(WORKSHOP)
    assert "Ce formulaire ne modifie pas" in shown
    assert "Remise fidélité" in shown
    assert 'id="findings-title"' in shown
    assert own is not None
    assert kept_of(bare.invoice, own=own) == ()
    assert bare.invoice.lines[0].vat_category == "E"


def test_document_of_another_seller_is_not_offered_for_correction(
    browser: Browser, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    finding = routing_finding("ROUTING-NOT-ENTITLED", found="55210055400013")
    documents = tuple(replace(each, findings=(finding,)) for each in world.flows.documents(FlowId(FLOW)))
    monkeypatch.setattr(MemoryFlows, "documents", lambda *_: documents)
    browser.sign_in("basile@example.fr")

    shown = browser.get(f"/flows/{FLOW}")

    assert not shown.page.found("//form[@class='act']/@action")
    assert "est une autre structure" in shown.text
    assert browser.post(f"/flows/{FLOW}/documents/2/draft").status == 404
