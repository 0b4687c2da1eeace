"""The list of invoices, one invoice, its files and actions: for each kind of visitor."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest

from choriste.application.invoices.access import NOT_ALONE
from choriste.domain.deposits.advice import Kind
from choriste.domain.lifecycle import ENDED, TRANSITIONS, ReasonCode, Role, Status, available
from choriste.domain.lifecycle.labels import reason_label
from choriste.domain.shared.findings import Finding, Message, Severity
from choriste.domain.shared.ids import InvoiceId
from choriste.domain.tracking.head import FileKind
from choriste.domain.tracking.journey import Journey, position_of
from functions.console.web.rendering import text
from tests.builders.browser import Browser
from tests.builders.console import World, an_invoice_head
from tests.builders.page import Page

FIRST = "/invoices/2170000000000001"
SUSPENDED = "/invoices/2170000000000002"
RECYCLED = "/invoices/2170000000000003"
ELSEWHERE = "/invoices/2170000000000006"


def numbers(text: str) -> list[str]:
    """Return the invoice numbers of a list, in order."""
    return Page.of(text).invoices


def buttons(text: str) -> list[str]:
    """Return what the visitor may do on an invoice page."""
    return Page.of(text).actions


def head_of(world: World, address: str) -> tuple[Status, int, str | None]:
    head = world.invoices.get(InvoiceId(int(address.rsplit("/", 1)[1])))
    assert head is not None
    return head.status, head.version, head.reason_text


def test_recipient_sees_what_the_structure_received_newest_first(browser: Browser) -> None:
    page = browser.sign_in()

    assert numbers(page.text) == ["F-2026-0005", "F-2026-0004", "F-2026-0003", "F-2026-0002", "F-2026-0001"]
    assert "Factures reçues par Ville de Lutèce" in page.text
    assert "12\xa0850,40&nbsp;EUR" in page.text
    assert not page.page.has("//*[@class='tabs']")


def test_company_starts_with_what_it_issued_and_may_turn_to_what_it_received(browser: Browser) -> None:
    issued = browser.sign_in("basile@example.fr")
    received = browser.get("/invoices?side=received")

    assert "Factures émises par Atelier des Cimes SAS" in issued.text
    assert len(numbers(issued.text)) == 5
    assert "Aucune facture reçue pour l’instant" in received.text


def test_empty_list_says_what_will_be_in_it_and_a_search_that_it_found_nothing(browser: Browser) -> None:
    browser.sign_in("basile@example.fr")

    works = browser.get("/invoices?side=works&lang=en").text
    searched = browser.get("/invoices?side=issued&words=Z-1").text

    assert "Works documents that name Atelier des Cimes SAS as project manager" in works
    assert "No invoice matches this search" in searched


def test_credit_note_is_marked_below_zero_and_never_late(browser: Browser, world: World) -> None:
    ago = dt.date(2026, 10, 5)
    world.add(
        an_invoice_head(7, type_code="381", with_vat=Decimal("144.60"), due=Decimal(0), payment_due=ago)
    )
    browser.sign_in()

    row = browser.get("/invoices?side=received&words=0007").page
    page = browser.get("/invoices/2170000000000007").page

    assert row.found("//tbody//th/span") == ["Avoir"]
    assert "−144,60 EUR" in row.words
    assert "retard" not in row.words + page.words


def test_empty_queue_says_that_nothing_waits_and_leads_to_everything(browser: Browser) -> None:
    browser.sign_in("basile@example.fr")

    page = browser.get("/invoices?side=received&queue=mine").page

    assert "Rien à traiter" in page.words
    assert "/invoices?side=received" in page.found("//main//a[.='Voir toutes les factures']/@href")


def test_what_follows_the_last_step_is_no_wait(browser: Browser) -> None:
    browser.sign_in()
    browser.get(FIRST)

    place = browser.post(f"{FIRST}/actions", {"action": "pay", "version": "3", "confirmed": "yes"}).place

    words = browser.get(place).page.words
    assert "Terminé : plus aucune action" in words
    assert "En attente de" not in words


def test_search_that_is_not_finished_says_so_and_goes_on(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("choriste.application.invoices.search_invoices.READ", 2)
    browser.sign_in()

    pages = [browser.get("/invoices?side=received&words=0001&lang=en").text]
    while further := Page.of(pages[-1]).found("//a[@rel='next' and starts-with(., 'Continue')]/@href"):
        pages.append(browser.get(further[0]).text)

    assert [numbers(page) for page in pages] == [[], [], ["F-2026-0001"]]
    assert ["Nothing found among the most recent invoices" in page for page in pages] == [True, True, False]
    assert not any("invoice matches this search" in page for page in pages)
    assert "Back to the first page" in pages[-1]


def test_visitor_limited_to_a_service_sees_that_service_only(browser: Browser) -> None:
    page = browser.sign_in("claire@example.fr")

    assert "F-2026-0002" not in numbers(page.text)
    assert len(numbers(page.text)) == 4
    assert browser.get(SUSPENDED).status == 404
    assert browser.get(FIRST).status == 200


def test_visitor_who_may_only_consult_has_no_action(browser: Browser, world: World) -> None:
    browser.sign_in("claire@example.fr")

    page = browser.get(FIRST)
    answer = browser.post(f"{FIRST}/actions", {"action": "pay", "version": "3"})

    assert buttons(page.text) == []
    assert "No action is expected from you" in page.text
    assert answer.status == 403
    assert head_of(world, FIRST)[0] is Status.MISE_A_DISPOSITION


def test_visitor_without_rights_is_told_whom_to_ask(browser: Browser) -> None:
    page = browser.sign_in("dora@example.fr")

    assert "Cherchez la vôtre dans l’annuaire" in page.text
    assert {"/structures", "/developers/sandbox"} <= set(page.page.found("//main//a/@href"))
    assert numbers(page.text) == []
    assert browser.get(FIRST).status == 404


def test_operator_opens_any_invoice_by_its_technical_id_and_treats_none(browser: Browser) -> None:
    page = browser.sign_in("fatou@example.fr")

    found = browser.get("/invoices?id=2170000000000006")
    invoice = browser.get(found.place)

    assert "Identifiant technique" in page.text
    assert found.place == ELSEWHERE
    assert "Papeterie du Canal" in invoice.text
    assert "pay" not in buttons(invoice.text)


def test_operator_is_told_what_a_technical_id_is(browser: Browser) -> None:
    browser.sign_in("fatou@example.fr")

    answer = browser.get("/invoices?id=F-2026-1")

    assert answer.status == 422
    assert answer.page.found("//title")[0].startswith("Ouvrir une facture")
    assert "«\xa0F-2026-1\xa0» n’est pas un identifiant technique" in answer.text
    (field,) = answer.page.tree.xpath("//input[@value='F-2026-1']")
    assert (field.get("aria-describedby"), field.get("aria-invalid")) == ("id-hint error", "true")


def test_enter_key_in_the_remark_takes_no_action(browser: Browser) -> None:
    browser.sign_in()

    page = browser.get(FIRST).page.tree

    assert page.xpath("name(//*[@id='remark'])") == "textarea"


def test_remark_stands_alone_and_a_coded_reason_has_its_name(browser: Browser, world: World) -> None:
    browser.sign_in()
    browser.get(FIRST)
    browser.post(
        f"{FIRST}/actions", {"action": "certify-service", "version": "3", "reason_text": "Vu sur place"}
    )
    fields = {
        "action": "suspend",
        "version": "4",
        "reason_code": "JUSTIF_ABS",
        "reason_text": "Le bon signé ?",
    }
    browser.post(f"{FIRST}/actions", fields)

    page = browser.get(FIRST).text

    assert head_of(world, FIRST)[1] == 5
    assert "Vu sur place" in page
    assert "Autre motif</p>" not in page
    assert reason_label(ReasonCode.JUSTIF_ABS, language="fr") in page


@pytest.mark.parametrize("address", [ELSEWHERE, f"{ELSEWHERE}/file?name=x", "/invoices/abc", "/invoices/1"])
def test_invoice_of_others_is_answered_like_one_that_does_not_exist(browser: Browser, address: str) -> None:
    browser.sign_in()

    answer = browser.get(address)

    assert answer.status == 404
    assert "Cette page n’existe pas, ou votre compte n’y a pas accès." in answer.text


def test_action_on_an_invoice_of_others_is_refused(browser: Browser, world: World) -> None:
    browser.sign_in()

    answer = browser.post(f"{ELSEWHERE}/actions", {"action": "pay", "version": "3"})

    assert answer.status == 404
    assert head_of(world, ELSEWHERE)[1] == 3


def test_list_of_others_is_not_open(browser: Browser) -> None:
    browser.sign_in()

    assert browser.get("/invoices?structure=103").status == 404


def test_list_is_narrowed_by_number_and_status(browser: Browser) -> None:
    browser.sign_in()

    by_number = browser.get("/invoices?words=0003")
    by_status = browser.get("/invoices?status=SUSPENDUE")
    by_nothing = browser.get("/invoices?words=&status=")
    nonsense = browser.get("/invoices?status=NONSENSE&side=nowhere")

    assert numbers(by_number.text) == ["F-2026-0003"]
    assert by_number.page.value("words") == "0003"
    assert numbers(by_status.text) == ["F-2026-0002"]
    assert by_status.page.value("status") == "SUSPENDUE"
    assert len(numbers(by_nothing.text)) == len(numbers(nonsense.text)) == 5


def test_list_goes_on_page_after_page_without_losing_the_filter(browser: Browser, world: World) -> None:
    for number in range(100, 160):
        world.add(an_invoice_head(number))
    browser.sign_in()

    first = browser.get("/invoices?words=F-2026-01")
    second = browser.get(first.page.next)

    assert len(numbers(first.text)) == 50
    assert "Factures 1 à 50 sur 60" in first.text
    assert "Factures 51 à 60 sur 60" in second.text
    assert numbers(second.text)[-1] == "F-2026-0100"
    assert set(numbers(first.text)) & set(numbers(second.text)) == set()
    assert "Revenir à la première page" in second.text
    assert "words=F-2026-01" in first.page.next


@pytest.mark.parametrize("address", [FIRST, SUSPENDED, RECYCLED])
def test_recipient_is_offered_what_the_table_allows(browser: Browser, world: World, address: str) -> None:
    browser.sign_in()
    head = world.invoices.get(InvoiceId(int(address.rsplit("/", 1)[1])))
    assert head is not None

    offered = buttons(browser.get(address).text)

    assert sorted(offered) == sorted({row.name for row in available(position_of(head), Role.RECIPIENT)})
    assert ("pay" in offered) or (address != FIRST)


def test_supplier_is_offered_other_actions_than_the_recipient(browser: Browser) -> None:
    browser.sign_in("basile@example.fr")

    assert "complete" in buttons(browser.get(SUSPENDED).text)
    assert "recycle" in buttons(browser.get(RECYCLED).text)
    assert "pay" not in buttons(browser.get(FIRST).text)


def test_next_step_is_taken_at_once_and_told_once_with_what_follows(browser: Browser, world: World) -> None:
    browser.sign_in()
    first = browser.get(f"{FIRST}?back=side%3Dreceived").page.found("//form[@class='act primary']//button")

    fields = {"action": "certify-service", "version": "3", "back": "side=received"}
    answer = browser.post(f"{FIRST}/actions", fields)
    page = browser.get(answer.place)
    again = browser.get(answer.place)

    assert first == ["Certifier le service fait"]
    assert answer.place == f"{FIRST}?back=side%3Dreceived"
    assert head_of(world, FIRST)[:2] == (Status.SERVICE_FAIT, 4)
    assert "Prochaine étape, la vôtre : Mandater." in page.page.words
    assert page.page.found("//form[@class='act primary']//button") == ["Mandater"]
    assert page.page.found("//nav[@class='crumb']/a[not(@rel)]/@href") == ["/invoices?side=received"]
    assert "par Ana Petit" in page.text
    assert page.page.has("//div[@role='status']")
    assert not again.page.has("//div[@role='status']")


@pytest.mark.parametrize("told", ["pay.0", "pay", f"pay.{'0' * 64}"])
def test_no_address_and_no_cookie_of_others_makes_a_page_say_that_something_was_done(
    browser: Browser, told: str
) -> None:
    browser.sign_in()
    browser.cookies["choriste-told"] = told

    assert not browser.get(f"{FIRST}?done=pay").page.has("//div[@role='status']")
    assert "choriste-told" not in browser.cookies


def test_message_is_told_on_its_own_page_only(browser: Browser) -> None:
    browser.sign_in()
    browser.get(FIRST)

    browser.post(f"{FIRST}/actions", {"action": "certify-service", "version": "3"})

    assert not browser.get(SUSPENDED).page.has("//div[@role='status']")


def test_final_step_is_asked_about_with_what_follows(browser: Browser, world: World) -> None:
    browser.sign_in()
    browser.get(FIRST)
    fields = {"action": "pay", "version": "3", "reason_text": "Virement du 24 novembre"}

    asked = browser.post(f"{FIRST}/actions", fields)
    before = head_of(world, FIRST)
    sent = dict(
        zip(asked.page.found("//main//input/@name"), asked.page.found("//main//input/@value"), strict=True)
    )
    answer = browser.post(f"{FIRST}/actions", {**sent, "confirmed": "yes"})

    assert (asked.status, before[1]) == (200, 3)
    assert "Atelier des Cimes SAS sera prévenu" in asked.page.words
    assert answer.status == 303
    assert head_of(world, FIRST) == (Status.MISE_EN_PAIEMENT, 4, "Virement du 24 novembre")


def test_every_final_action_says_what_follows() -> None:
    names = {
        row.name
        for row in TRANSITIONS
        if row.target in ENDED and row.carries not in NOT_ALONE and not row.is_automatic
    }

    for name in (names | {"book"}) - {"delete-draft"}:
        assert text(f"follows.{name}", language="fr", supplier="A", recipient="B")


def test_remark_travels_with_a_plain_action(browser: Browser, world: World) -> None:
    browser.sign_in()
    browser.get(FIRST)

    browser.post(
        f"{FIRST}/actions", {"action": "mandate", "version": "3", "reason_text": "Mandat du 24 novembre"}
    )

    assert head_of(world, FIRST)[2] == "Mandat du 24 novembre"


def test_rejection_carries_its_reason(browser: Browser, world: World) -> None:
    browser.sign_in()
    browser.get(FIRST)
    fields = {
        "action": "reject",
        "version": "3",
        "reason_code": "MONTANT_ERR",
        "reason_text": "Prix <b>faux</b>",
        "confirmed": "yes",
    }

    browser.post(f"{FIRST}/actions", fields)
    page = browser.get(FIRST)

    assert head_of(world, FIRST) == (Status.REJETEE, 4, "Prix <b>faux</b>")
    assert "Prix &lt;b&gt;faux&lt;/b&gt;" in page.text


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"action": "reject", "reason_text": ""}, "motif"),
        ({"action": "reject", "reason_code": "MONTANT_ERR", "reason_text": ""}, "motif"),
        ({"action": "suspend", "reason_code": "NONSENSE", "reason_text": "x"}, "reason_code"),
        ({"action": "reject", "reason_code": "MONTANT_ERR", "reason_text": "x" * 301}, "300"),
        ({"action": "resume"}, "possible"),
        ({"action": "nonsense"}, "nonsense"),
    ],
)
def test_refused_action_says_why_and_changes_nothing(
    browser: Browser, world: World, fields: dict[str, str], words: str
) -> None:
    browser.sign_in()
    browser.get(FIRST)

    answer = browser.post(f"{FIRST}/actions", {"version": "3", **fields})

    assert answer.status == 422
    assert "L’action n’a pas été effectuée" in answer.text
    assert " ".join(words.split()) in answer.page.words
    assert head_of(world, FIRST)[1] == 3


def test_refused_action_keeps_what_was_typed(browser: Browser) -> None:
    browser.sign_in()
    browser.get(FIRST)
    rejection = {"action": "reject", "reason_code": "MONTANT_ERR", "reason_text": "x" * 301}

    rejected = browser.post(f"{FIRST}/actions", {"version": "3", **rejection}).text
    stale = browser.post(
        f"{FIRST}/actions", {"version": "2", "action": "pay", "reason_text": "Vu & payé"}
    ).text

    assert Page.of(rejected).found("//option[@selected]/@value") == ["MONTANT_ERR"]
    assert rejected.count("x" * 301) == 1
    assert Page.of(stale).found("//textarea[@id='remark']") == ["Vu & payé"]


def test_refused_action_names_codes_as_people_know_them(browser: Browser) -> None:
    browser.sign_in()
    browser.get(FIRST)

    answer = browser.post(f"{FIRST}/actions", {"version": "3", "action": "resume"})

    assert "Mettre en paiement" in answer.page.alert
    assert "MISE_A_DISPOSITION" not in answer.page.alert


def test_invoice_changed_by_somebody_else_is_shown_as_it_stands(browser: Browser, world: World) -> None:
    browser.sign_in()
    browser.get(FIRST)
    head = world.invoices.get(InvoiceId(2170000000000001))
    assert head is not None
    world.invoices.save(Journey(head, replace(head, version=4, status=Status.SUSPENDUE)))

    answer = browser.post(f"{FIRST}/actions", {"action": "pay", "version": "3"})

    assert answer.status == 409
    assert "Suspendue" in answer.text
    assert head_of(world, FIRST)[:2] == (Status.SUSPENDUE, 4)


@pytest.mark.parametrize("version", ["", "x"])
def test_action_without_the_version_seen_is_refused(browser: Browser, world: World, version: str) -> None:
    browser.sign_in()
    browser.get(FIRST)

    answer = browser.post(f"{FIRST}/actions", {"action": "pay", "version": version})

    assert answer.status == 422
    assert head_of(world, FIRST)[1] == 3


def test_supplier_corrects_service_and_engagement_only(browser: Browser, world: World) -> None:
    browser.sign_in("basile@example.fr")
    page = browser.get(RECYCLED)
    fields = {"action": "recycle", "version": "3", "service_code": "VOIRIE", "engagement": "EJ-2026-200"}

    answer = browser.post(f"{RECYCLED}/actions", fields)

    head = world.invoices.get(InvoiceId(2170000000000003))
    assert head is not None
    assert page.page.has("//*[@name='service_code']")
    assert answer.status == 303
    assert (head.service_code, head.engagement) == ("VOIRIE", "EJ-2026-200")


def test_correction_that_the_recipient_does_not_know_is_explained(browser: Browser, world: World) -> None:
    browser.sign_in("basile@example.fr")
    browser.get(RECYCLED)
    fields = {"action": "recycle", "version": "3", "service_code": "NULLE-PART"}

    answer = browser.post(f"{RECYCLED}/actions", fields)

    assert answer.status == 422
    assert "L’action n’a pas été effectuée" in answer.text
    assert answer.page.has(
        "//form[@class='act primary']//input[@name='service_code' and @value='NULLE-PART']"
    )
    assert head_of(world, RECYCLED)[1] == 3


@pytest.mark.parametrize(
    ("name", "content", "mime_type"),
    [
        ("facture été.xml", b"<Invoice/>", "application/xml"),
        ("PJP00XFAC2170000000000001.pdf", b"%PDF-1.7\n\xff", "application/pdf"),
    ],
)
def test_file_is_saved_unchanged_and_never_shown_inside(
    browser: Browser, name: str, content: bytes, mime_type: str
) -> None:
    browser.sign_in()
    page = browser.get(FIRST)

    answer = browser.get(f"{FIRST}/file?name={name}")

    assert name in page.text
    assert answer.raw == content
    assert answer.headers["Content-Type"] == mime_type
    assert answer.headers["Content-Disposition"].startswith("attachment; ")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"


def test_file_name_survives_its_accents(browser: Browser) -> None:
    browser.sign_in()

    answer = browser.get(f"{FIRST}/file?name=facture été.xml")

    assert answer.headers["Content-Disposition"] == (
        "attachment; filename=\"facture _t_.xml\"; filename*=UTF-8''facture%20%C3%A9t%C3%A9.xml"
    )


def test_large_file_comes_from_its_bucket(browser: Browser, world: World) -> None:
    head = world.invoices.get(InvoiceId(2170000000000001))
    assert head is not None
    large = replace(head.files[0], size=4_000_001)
    world.invoices.save(Journey(head, replace(head, version=4, files=(large,))))
    browser.sign_in()

    answer = browser.get(f"{FIRST}/file?name=facture été.xml")

    assert answer.status == 303
    assert answer.place.startswith("memory://archive/")


def test_checks_are_shown_to_the_depositor_only(browser: Browser, world: World) -> None:
    other = Browser(world)
    other.sign_in("basile@example.fr")
    world.clock.advance(seconds=60)
    browser.sign_in()

    mine, theirs = (each.get(f"{FIRST}?tab=checks").text for each in (other, browser))

    assert "BR-FR-05" in mine
    assert "/flows/CPP0011117000000000425903" in mine
    assert "tab=checks#beside" in mine
    assert "tab=checks#beside" not in theirs
    assert "BR-FR-05" not in theirs
    assert "/flows/CPP" not in theirs


@pytest.mark.parametrize(
    ("email", "places"),
    [
        (
            "basile@example.fr",
            [
                "/invoices",
                "/drafts",
                "/flows",
                "/deposit",
                "/connections",
                "/structures",
                "/members",
                "/approvals",
            ],
        ),
        ("claire@example.fr", ["/invoices", "/structures", "/approvals"]),
        ("dora@example.fr", ["/invoices", "/structures", "/approvals"]),
        ("fatou@example.fr", ["/invoices", "/stuck", "/structures", "/members"]),
    ],
)
def test_menu_has_only_what_the_visitor_may_enter(browser: Browser, email: str, places: list[str]) -> None:
    page = browser.sign_in(email).page

    assert page.found("(//nav)[1]//li/a/@href") == places


@pytest.mark.parametrize("email", ["ana@example.fr", "basile@example.fr"])
def test_suppliers_own_document_and_its_differences_are_shown_to_both_sides(
    browser: Browser, world: World, email: str
) -> None:
    head = world.invoices.get(InvoiceId(2170000000000001))
    assert head is not None
    own = replace(head.files[1], kind=FileKind.OWN_DOCUMENT, name="facture-du-fournisseur.pdf")
    world.invoices.save(Journey(head, replace(head, version=4, files=(*head.files, own))))
    document = world.flows.document(head.flow_id, head.position)
    assert document is not None
    said = Message(fr="Le PDF dit 12 €.", en="The PDF says €12.")
    told = Finding(rule=Kind.PAPER, severity=Severity.WARNING, message=said)
    world.flows._documents[head.flow_id, head.position] = replace(document, findings=(told,))
    browser.sign_in(email)

    page = browser.get(FIRST)

    assert page.page.has("//h2[.='Document du fournisseur']")
    assert "Le PDF dit 12" in page.text
    assert browser.get(f"{FIRST}/file?name=facture-du-fournisseur.pdf").status == 200
