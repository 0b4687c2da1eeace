"""Drafts in the console: begun, typed, checked, deposited, abandoned, by whoever may issue."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from typing import cast

import pytest
from lxml import html

from choriste.domain.drafts.draft import Draft
from choriste.domain.drafts.prefilled import Prefilled, PrefilledValue, PrefilledVat
from choriste.domain.invoice.entry import fields_of
from choriste.domain.invoice.model import Address
from choriste.domain.lifecycle import Status
from choriste.domain.parties.structure import StructureIdentifier
from choriste.domain.shared.ids import FlowId, InvoiceId
from functions.console.drafts.form import AMOUNT_FIELDS, DATE_FIELDS, TEXT_FIELDS, Typed, entry_of_form
from functions.console.web.party_fields import PARTY_FIELDS
from tests.builders.browser import Browser
from tests.builders.console import WORKSHOP, World
from tests.builders.page import Page

BASILE, ANA, EDGAR, FATOU = (f"{name}@example.fr" for name in ("basile", "ana", "edgar", "fatou"))
FIELDS = {
    "number": "B-1",
    "issue_date": "2026-11-23",
    "delivery_date": "2026-11-20",
    "due_date": "2026-12-23",
    "recipient_siret": "216 901 231 00011",
    "service_code": "VOIRIE",
    "engagement": "EJ-2026-118",
    "payment_terms": "30 jours",
    "iban": "FR7630006000011234567890189",
    "line-1-name": "Étude d’accessibilité",
    "line-1-quantity": "10",
    "line-1-unit": "HUR",
    "line-1-price": "1 095,50",
    "line-1-vat_rate": "20",
}


@pytest.fixture
def place(browser: Browser, world: World) -> str:
    """Begin a draft and return its address."""
    platform_ports = world.access.directory.structure(WORKSHOP)
    assert platform_ports is not None
    numbered = replace(
        platform_ports, vat_number="FR80832145692", address=Address(city="Grenoble", country="FR")
    )
    world.access.directory.replace_structure(numbered, known=platform_ports)
    browser.sign_in(BASILE)
    browser.get("/drafts")
    return browser.post("/drafts", {"structure": WORKSHOP}).place


def draft_of(world: World, place: str) -> Draft:
    draft = world.drafts.get(InvoiceId(int(place.removeprefix("/drafts/"))))
    assert draft is not None
    return draft


def found(page: str, path: str) -> list[str]:
    """Return the texts or attributes at an XPath of a page."""
    return [str(each) for each in cast("list[object]", html.document_fromstring(page).xpath(path))]


def send(browser: Browser, world: World, place: str, do: str, **changes: str) -> tuple[int, str, str]:
    """Send the form as typed, and return status, place and page of the answer."""
    version = {"version": str(draft_of(world, place).version)}
    answer = browser.post(place, {**FIELDS, **version, "do": do, **changes})
    return answer.status, answer.headers.get("Location", ""), answer.text


def test_draft_is_begun_saved_and_listed(browser: Browser, world: World, place: str) -> None:
    status, there, _ = send(browser, world, place, "save")
    page, listed = browser.get(there).text, browser.get("/drafts").text

    totals = draft_of(world, place).invoice.totals
    assert (status, there) == (303, f"{place}?saved=1")
    assert totals is not None
    assert (totals.without_vat, totals.with_vat) == (Decimal("10955.00"), Decimal("13146.00"))
    assert "Le brouillon est enregistré" in page
    assert Page.of(page).has("//input[@value='1095.50']")
    assert "Ville de Lutèce" in page
    assert "13\xa0146,00&nbsp;EUR" in listed


def test_line_is_added_and_another_removed(browser: Browser, world: World, place: str) -> None:
    _, there, _ = send(browser, world, place, "add-line")
    grown = html.document_fromstring(browser.get(there).text)
    second = {"line-2-name": "Panneau", "line-2-quantity": "1", "line-2-price": "9", "line-2-vat_rate": "20"}
    send(browser, world, place, "save", **second)
    emptied = {"line-1-name": "", "line-1-quantity": "", "line-1-price": ""}
    send(browser, world, place, "save", **emptied, **second)

    lines = draft_of(world, place).invoice.lines
    assert grown.xpath("count(//tbody/tr)") == 2
    assert [line.item and line.item.name for line in lines] == ["Panneau"]


def test_whole_draft_is_checked_then_deposited(browser: Browser, world: World, place: str) -> None:
    _, _, checked = send(browser, world, place, "check")
    status, there, _ = send(browser, world, place, "deposit")
    closed = browser.get(place).text

    flow = world.flows.get(FlowId(there.rsplit("/", 1)[1]))
    assert "Les contrôles n’ont rien relevé" in checked
    assert status == 303
    assert flow is not None
    assert (flow.channel.value, flow.filename, flow.account) == ("console", "B-1.xml", "basile")
    assert draft_of(world, place).status is Status.DEPOSEE
    assert there in closed
    assert "Ce brouillon est clos" in closed


def test_draft_that_would_be_refused_says_what_to_mend(browser: Browser, world: World, place: str) -> None:
    status, _, page = send(browser, world, place, "deposit", number="", service_code="NULLE-PART")
    english = browser.post(f"{place}?lang=en", {**FIELDS, "number": "", "version": "2", "do": "deposit"}).text

    assert status == 422
    assert "Ce brouillon serait refusé" in page
    assert "BR-02" in page
    assert "ROUTING-SERVICE-UNKNOWN" in page
    assert "votre logiciel de facturation" not in page
    assert "rsm:CrossIndustryInvoice" not in page
    assert "This draft would be refused" in english
    assert draft_of(world, place).status is Status.BROUILLON
    assert world.intake.started == []


def test_checks_of_a_draft_lead_to_the_fields_of_its_form(browser: Browser, world: World, place: str) -> None:
    emptied = {"recipient_siret": "216 901 231 00019", "line-1-quantity": "", "line-2-name": "Déplacement"}

    _, _, page = send(browser, world, place, "check", **emptied)

    places = found(page, "//li[starts-with(@id, 'mend-')]//a/@href")
    words = found(page, "//li[starts-with(@id, 'mend-')]/p[@class='finding-text']/text()")
    faulty = {f"#{field}" for field in found(page, "//input[@aria-invalid='true']/@id")}
    assert places == [
        "#recipient_siret",
        "#line-1-quantity",
        "#line-2-quantity",
        "#line-2-price",
        "#line-2-vat_rate",
    ]
    assert "21690123100019" in words[0]
    assert set(words[-4:]) == {"Ce champ est obligatoire."}
    assert faulty == set(places)
    assert found(page, "//*[@id='line-2-price']/@aria-describedby") == ["mend-line-2-price"]


def test_enter_key_in_a_draft_saves_it(browser: Browser, place: str) -> None:
    page = browser.get(place).text

    first, *_ = found(page, f"//form[@action='{place}']//button/@value")

    assert first == "save"


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        (("issue_date", "23/11/2026"), "n’est pas une date"),
        (("line-1-price", "douze"), "n’est pas un nombre"),
        (("line-1-quantity", "1e9"), "n’est pas un nombre"),
        (("previous", "F-1"), "n’est pas l’identifiant technique"),
        (("payment_terms", "x" * 1001), "au plus 1000 caractères"),
    ],
)
def test_field_that_cannot_be_read_keeps_what_was_typed(
    browser: Browser, world: World, place: str, typed: tuple[str, str], words: str
) -> None:
    field, value = typed
    status, _, page = send(browser, world, place, "save", **{field: value})

    tree = html.document_fromstring(page)
    assert (status, words in page) == (422, True)
    assert tree.xpath("//*[@aria-invalid='true']/@id") == [field]
    assert tree.xpath(f"//*[@id='{field}']/@value") == [value]
    assert tree.xpath("//*[@id='number']/@value") == ["B-1"]
    assert draft_of(world, place).version == 1


def test_abandoned_draft_is_taken_up_in_a_new_one(browser: Browser, world: World, place: str) -> None:
    send(browser, world, place, "save")
    send(browser, world, place, "abandon")
    page = browser.get(place).text

    answer = browser.post("/drafts", {"copy": place.rsplit("/", 1)[1]})

    assert draft_of(world, place).status is Status.SUPPRIMEE
    assert "Ce brouillon est clos" in page
    assert draft_of(world, answer.place).invoice.number == "B-1"
    assert draft_of(world, answer.place).is_open


def test_two_who_change_a_draft_at_once_do_not_overwrite_each_other(
    browser: Browser, world: World, place: str
) -> None:
    send(browser, world, place, "save")

    answer = browser.post(place, {**FIELDS, "number": "B-2", "version": "1", "do": "save"})

    assert answer.status == 409
    assert draft_of(world, place).invoice.number == "B-1"
    assert browser.post(place, {**FIELDS, "version": "x", "do": "save"}).status == 422


@pytest.mark.parametrize(("email", "status"), [(ANA, 404), (EDGAR, 404), (FATOU, 200)])
def test_draft_is_its_structures_own(world: World, place: str, email: str, status: int) -> None:
    world.clock.advance(minutes=1)
    other = Browser(world)
    other.sign_in(email)

    page = other.get(place)
    answer = other.post(place, {**FIELDS, "version": "1", "do": "save"})

    assert page.status == status
    assert answer.status in {403, 404}
    assert draft_of(world, place).version == 1


def test_nobody_begins_a_draft_for_others(browser: Browser, world: World) -> None:
    assert world.clock.now()
    browser.sign_in(EDGAR)
    browser.get("/drafts")

    assert browser.post("/drafts", {"structure": WORKSHOP}).status == 403
    assert browser.post("/drafts", {"structure": "999"}).status == 403


def test_visitor_who_may_not_issue_is_told_so(browser: Browser) -> None:
    browser.sign_in(ANA)

    assert "Votre compte ne peut émettre de factures" in browser.get("/drafts").text


def test_draft_is_begun_from_a_pdf_and_says_what_to_check(browser: Browser, world: World) -> None:
    world.prefilled = Prefilled(certain={"number": "F-77", "buyer_siret": "21690123100011"})
    browser.sign_in(BASILE)
    browser.get("/drafts")

    answer = browser.upload("/drafts/from-pdf", {"structure": WORKSHOP}, "f.pdf", b"%PDF-1.7")
    page = browser.get(answer.place).text

    assert draft_of(world, answer.place).status is Status.INTERPRETEE_OCR
    assert Page.of(page).has("//input[@value='F-77']")
    assert "Ville de Lutèce" in page
    assert "vérifiez-les un par un" in page


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "Choisissez un document"),
        (b"%PDF-1.7", "Ce PDF est une image"),
        (b"<Invoice/>", "Ce fichier n’est ni un PDF"),
    ],
)
def test_pdf_that_gives_nothing_is_explained(
    browser: Browser, world: World, content: bytes, words: str
) -> None:
    world.prefilled = Prefilled(refusal={"fr": "Ce PDF est une image.", "en": "A picture."})
    browser.sign_in(BASILE)
    browser.get("/drafts")

    answer = browser.upload("/drafts/from-pdf", {"structure": WORKSHOP}, "f.pdf", content)

    assert (answer.status, words in answer.text) == (422, True)
    assert world.drafts.of_structure(WORKSHOP, after=None, limit=9).rows == ()


READ = Prefilled(
    certain={
        "number": "F-77",
        "total_with_vat": "120.00",
        "amount_due": "90.00",
        "payment_terms": "30 jours",
    },
    probable={"due_date": "2026-12-20"},
    vat=(PrefilledVat(rate="20", base="100.00", tax="20.00"),),
    remarks=({"fr": "Le texte vient d’une image.", "en": "The text comes from a picture."},),
    values=tuple(
        PrefilledValue(
            name=name,
            value=value,
            certain=name != "due_date",
            why={"fr": "nommé ainsi", "en": "named so"},
            text="",
            page=1,
        )
        for name, value in (
            ("number", "F-77"),
            ("due_date", "2026-12-20"),
            ("total_with_vat", "120.00"),
            ("amount_due", "91.00"),
        )
    ),
    pictures=("/9j/",),
)


def _begun(browser: Browser, world: World) -> str:
    world.prefilled = READ
    browser.sign_in(BASILE)
    browser.get("/drafts")
    return browser.upload("/drafts/from-pdf", {"structure": WORKSHOP}, "f.pdf", b"%PDF-1.7").place


def test_what_the_pages_say_stands_beside_the_form(browser: Browser, world: World) -> None:
    place = _begun(browser, world)

    page = browser.get(place).text
    picture = browser.get(f"{place}/pages/1")

    cells = [cell.replace("\u00a0", " ") for cell in found(page, "//aside//tbody//text()[normalize-space()]")]
    assert cells[:4] == ["Total TTC", "120,00 €", "120,00 €", "Égaux"]
    assert cells[4:] == ["À payer", "91,00 €", "90,00 €", "Différents"]
    assert Page.of(page).has(f"//aside//img[@src='{place}/pages/1']")
    assert "Le texte vient d’une image." in page
    assert "nommé ainsi" in page
    assert picture.headers["Content-Type"] == "image/jpeg"
    assert browser.get(f"{place}/pages/2").status == 404


def test_proposals_fill_what_is_empty_when_they_are_asked_for(browser: Browser, world: World) -> None:
    place = _begun(browser, world)
    typed = {**FIELDS, "number": "F-78", "due_date": "", "paid": "30", "version": "1", "do": "take"}

    browser.post(place, typed)

    entry = fields_of(draft_of(world, place).invoice)
    assert (entry.number, entry.due_date) == ("F-78", dt.date(2026, 12, 20))
    assert (entry.paid, entry.payment_terms) == (Decimal(30), "30 jours")


def test_credit_note_stays_one_with_the_invoice_that_it_corrects(
    browser: Browser, place: str, world: World
) -> None:
    named = {"type_code": "381", "corrected_invoice": "F-9", "currency": "USD", "paid": "1 000,50 €"}
    browser.post(place, {**FIELDS, **named, "version": "1", "do": "save"})
    first = fields_of(draft_of(world, place).invoice)

    browser.post(
        place, {**FIELDS, **named, "corrected_invoice": "", "paid": "", "version": "2", "do": "save"}
    )
    then = fields_of(draft_of(world, place).invoice)

    assert (first.type_code, first.corrected_invoice, first.currency) == ("381", "F-9", "USD")
    assert first.paid == Decimal("1000.50")
    assert (then.type_code, then.corrected_invoice, then.paid) == ("381", None, None)


def test_invoice_of_another_supplier_is_asked_about_first(browser: Browser, world: World) -> None:
    world.prefilled = Prefilled(certain={"number": "F-1", "supplier_siret": "21690123100011"})
    browser.sign_in(BASILE)
    browser.get("/drafts")

    asked = browser.upload("/drafts/from-pdf", {"structure": WORKSHOP}, "f.pdf", b"%PDF-1.7")
    before = world.drafts.of_structure(WORKSHOP, after=None, limit=9).rows
    fields = {"structure": WORKSHOP, "anyway": "yes"}
    answer = browser.upload("/drafts/from-pdf", fields, "f.pdf", b"%PDF-1.7")

    assert (asked.status, before) == (422, ())
    assert "nomme une autre entreprise" in asked.text
    assert draft_of(world, answer.place).invoice.number == "F-1"


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("1 000,50 €", "1000.50"),
        ("1.000,50", "1000.50"),
        ("1,000.50 EUR", "1000.50"),
        ("1\u202f000,5", "1000.5"),
        ("€ 12", "12"),
        ("-3,20", "-3.20"),
        ("20 %", "20"),
        ("1'250.00", "1250.00"),
    ],
)
def test_amounts_are_read_as_people_write_them(written: str, read: str) -> None:
    line = {"name": "Pose", "quantity": "1", "unit": "", "price": written, "vat_rate": "20 %", "id": ""}
    fields = dict.fromkeys((*TEXT_FIELDS, *DATE_FIELDS, *AMOUNT_FIELDS, *PARTY_FIELDS), "")

    (entered,) = entry_of_form(Typed(fields, (line,))).lines

    assert (entered.price, entered.vat_rate) == (Decimal(read), Decimal(20))


def test_recipient_that_asks_for_either_code_says_so_and_lists_its_services(
    browser: Browser, world: World, place: str
) -> None:
    town = world.access.directory.structure_by_identifier(StructureIdentifier.siret("21690123100011"))
    assert town is not None
    either = replace(
        town,
        settings=replace(
            town.settings, either_mandatory=True, service_mandatory=False, engagement_mandatory=False
        ),
    )
    world.access.directory.replace_structure(either, known=town)

    _, _, page = send(browser, world, place, "check", service_code="", engagement="")

    assert "Code du service ou numéro d’engagement" in page
    assert found(page, "//datalist[@id='services']/option/@value") == [
        s.code for s in town.services if s.active
    ]
