"""The console in Debian's chromium, without JavaScript: a day's work, two accounts, and a narrow screen."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from socketserver import ThreadingMixIn
from types import SimpleNamespace
from typing import Any, cast
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest

from choriste.domain.lifecycle import Frame, Status
from choriste.domain.shared.ids import InvoiceId
from choriste.domain.tracking.journey import Journey
from functions.console.handler import handler
from tests.builders.browser import answer_of, http_event
from tests.builders.console import FLOW, World, a_world, an_invoice_head, put_behind_the_console
from tests.builders.identity import PASSWORD, the_code

CHROMIUM = shutil.which("chromium")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(
        CHROMIUM is None, reason="Debian's chromium is not installed: apt-get install chromium"
    ),
]


_ONE_AT_A_TIME = threading.Lock()  # a resolver holds the event of one request


class _Server(ThreadingMixIn, WSGIServer):
    """Browsers open connections ahead of need: one thread each, none outlives the test."""

    daemon_threads = True
    block_on_close = False


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the base class's
        del format, args


def _console(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
    length = int(environ.get("CONTENT_LENGTH") or 0)
    body = environ["wsgi.input"].read(length) if length else None
    headers = {
        key[5:].replace("_", "-").lower(): value for key, value in environ.items() if key.startswith("HTTP_")
    }
    headers["content-type"] = environ.get("CONTENT_TYPE", "")
    query = environ["QUERY_STRING"]
    address = environ["PATH_INFO"] + (f"?{query}" if query else "")
    event = http_event(environ["REQUEST_METHOD"], address, body=body, headers=headers)
    event["cookies"] = [part.strip() for part in headers.get("cookie", "").split(";") if part.strip()]
    with _ONE_AT_A_TIME:
        answer = answer_of(handler(event, cast("Any", SimpleNamespace())))
    cookies = [("Set-Cookie", cookie) for cookie in answer.cookies]
    start(f"{answer.status} Answer", [*answer.headers.items(), *cookies])
    return [answer.raw]


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    world = a_world()
    put_behind_the_console(monkeypatch, world)
    return world


@pytest.fixture
def address(world: World) -> Iterator[str]:
    assert world.clock.now()
    with make_server("127.0.0.1", 0, _console, _Server, _Quiet) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture
def problems() -> list[str]:
    """What the browser complained of: a blocked style, a failed request."""
    return []


@pytest.fixture
def page(tmp_path: Path, problems: list[str]) -> Iterator[Any]:
    with _opened(tmp_path, problems, scripts=False) as page:
        yield page


@pytest.fixture
def scripted(tmp_path: Path, problems: list[str]) -> Iterator[Any]:
    """Give a page that runs our scripts."""
    with _opened(tmp_path, problems, scripts=True) as page:
        yield page


@contextmanager
def _opened(tmp_path: Path, problems: list[str], *, scripts: bool) -> Iterator[Any]:
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - only where a browser runs

    with sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            str(tmp_path / "profile"),
            executable_path=CHROMIUM,
            headless=True,
            java_script_enabled=scripts,
            args=FLAGS,
            locale="fr-FR",
            accept_downloads=True,
        )
        page: Any = context.new_page()
        page.on("console", lambda message: problems.append(message.text))
        page.on("requestfailed", lambda request: problems.append(request.url))
        yield page
        context.close()


def sign_in(page: Any, address: str, world: World, email: str) -> None:
    page.goto(f"{address}/sign-in")
    page.get_by_label("Adresse électronique").fill(email)
    page.get_by_label("Mot de passe").fill(PASSWORD)
    page.get_by_role("button", name="Continuer").click()
    page.get_by_label("Code à six chiffres").fill(the_code(world.clock.now()))
    page.get_by_role("button", name="Se connecter").click()
    page.wait_for_url("**/invoices")


def test_recipient_signs_in_pays_an_invoice_and_saves_its_factur_x(
    page: Any, address: str, world: World, problems: list[str]
) -> None:
    sign_in(page, address, world, "ana@example.fr")
    page.get_by_role("link", name="F-2026-0001").click()

    page.get_by_text("Passer directement à une étape suivante").click()
    page.locator("#remark").fill("Virement demain")
    page.get_by_role("button", name="Mettre en paiement").click()
    page.get_by_role("button", name="Mettre en paiement : confirmer").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="Télécharger Exemplaire lisible (Factur-X)").click()

    head = world.invoices.get(InvoiceId(2170000000000001))
    assert head is not None
    assert (head.status, head.reason_text) == (Status.MISE_EN_PAIEMENT, "Virement demain")
    assert page.get_by_role("status").inner_text().startswith("Facture mise en paiement")
    assert download.value.suggested_filename == "PJP00XFAC2170000000000001.pdf"
    assert Path(download.value.path()).read_bytes() == b"%PDF-1.7\n\xff"
    assert problems == []


def test_recipient_rejects_with_a_reason_and_the_supplier_reads_it(
    page: Any, address: str, world: World, problems: list[str]
) -> None:
    sign_in(page, address, world, "ana@example.fr")
    page.goto(f"{address}/invoices/2170000000000001")

    page.locator("summary", has_text="Rejeter").click()
    page.locator("#reject-code").select_option("MONTANT_ERR")
    page.locator("#reject-text").fill("Le prix convenu était 1 100 €")
    page.get_by_role("button", name="Rejeter").click()
    page.get_by_role("button", name="Rejeter : confirmer").click()
    page.get_by_role("button", name="Se déconnecter").click()
    page.wait_for_url("**/sign-in?notice=signed-out")  # else the next page cuts this one short
    sign_in(page, address, world, "basile@example.fr")
    page.goto(f"{address}/invoices/2170000000000001")

    assert page.get_by_text("Le prix convenu était 1 100 €").count() == 2
    assert problems == []


def test_supplier_deposits_a_file(
    page: Any, address: str, world: World, problems: list[str], tmp_path: Path
) -> None:
    file = tmp_path / "facture n° 1.xml"
    file.write_bytes(b"<Invoice>\r\n\xc3\xa9</Invoice>")
    sign_in(page, address, world, "basile@example.fr")

    page.get_by_role("link", name="Déposer").click()
    page.get_by_label("Fichier").set_input_files(file)
    page.get_by_role("main").get_by_role("button", name="Déposer").click()

    assert page.get_by_role("heading", level=1).inner_text() == "Compte rendu d’intégration"
    (started,) = world.intake.started
    flow = world.flows.get(started[0])
    assert flow is not None
    assert flow.size == len(file.read_bytes())
    assert problems == []


def test_two_accounts_in_the_same_browser_never_see_each_others_data(
    page: Any, address: str, world: World
) -> None:
    sign_in(page, address, world, "ana@example.fr")
    page.goto(f"{address}/invoices/2170000000000001")
    page.get_by_role("button", name="Se déconnecter").click()
    page.wait_for_url("**/sign-in?notice=signed-out")  # else the next page cuts this one short
    sign_in(page, address, world, "edgar@example.fr")

    seen = [page.content()]
    for _ in range(4):
        page.go_back()
        seen.append(page.content())

    assert all("Ana" not in content and "Ville de Lutèce" not in content for content in seen)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_pages_fit_a_screen_of_320_pixels(page: Any, address: str, world: World, language: str) -> None:
    page.set_viewport_size({"width": 320, "height": 640})
    sign_in(page, address, world, "basile@example.fr")
    page.goto(f"{address}/drafts")
    page.get_by_role("button", name="Commencer un brouillon").click()
    draft = page.url.removeprefix(address)
    works_piece(world)
    places = (
        "/invoices",
        "/invoices/2170000000000003",
        "/billing-files/2170000000000004",
        "/drafts",
        draft,
        "/flows",
        f"/flows/{FLOW}",
        "/deposit",
        "/nowhere",
    )

    for place in places:
        page.goto(f"{address}{place}?lang={language}")
        # Without JavaScript in the page, its width is read from a screenshot of all of it.
        assert _width(page.screenshot(full_page=True)) == 320, place


def test_keyboard_reaches_the_content_first(page: Any, address: str, world: World) -> None:
    assert world.clock.now()
    page.goto(f"{address}/sign-in")

    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    assert page.url.endswith("#content")


def works_piece(world: World) -> None:
    """Make a works document of an invoice, so that it has a billing file."""
    head = world.invoices.get(InvoiceId(2170000000000004))
    assert head is not None
    piece = replace(head, frame=Frame.A4, status=Status.A_ASSOCIER_MOE, version=head.version + 1)
    world.invoices.save(Journey(head, piece))


def test_supplier_prepares_a_draft_and_learns_what_to_mend(
    page: Any, address: str, world: World, problems: list[str]
) -> None:
    sign_in(page, address, world, "basile@example.fr")

    page.get_by_role("link", name="Brouillons").click()
    page.get_by_role("button", name="Commencer un brouillon").click()
    page.get_by_label("Numéro de facture").fill("B-2026-1")
    page.get_by_label("SIRET du destinataire").fill("21690123100011")
    page.get_by_label("Désignation, ligne 1").fill("Étude")
    page.get_by_label("Quantité, ligne 1").fill("2")
    page.get_by_label("Prix unitaire HT, ligne 1").fill("1 250,50")
    page.get_by_label("TVA (%), ligne 1").fill("20")
    page.get_by_role("button", name="Enregistrer", exact=True).click()
    saved = page.get_by_role("status").inner_text()
    page.get_by_role("button", name="Déposer la facture").click()

    assert saved == "Le brouillon est enregistré."
    assert page.get_by_text("3\xa0001,20").count() == 1
    assert page.get_by_role("alert").inner_text().startswith("À corriger")
    assert page.get_by_label("Désignation, ligne 1").input_value() == "Étude"
    assert world.intake.started == []
    assert [text for text in problems if "422" not in text] == []


def test_supplier_joins_a_document_then_completes(
    page: Any, address: str, world: World, problems: list[str], tmp_path: Path
) -> None:
    file = tmp_path / "bon.pdf"
    file.write_bytes(b"%PDF-1.7 bon")
    sign_in(page, address, world, "basile@example.fr")
    page.goto(f"{address}/invoices/2170000000000002")

    page.locator("#complete-file").set_input_files(file)
    page.get_by_role("button", name="Envoyer ma réponse").click()

    head = world.invoices.get(InvoiceId(2170000000000002))
    assert head is not None
    assert (head.status, [file.name for file in head.files]) == (Status.COMPLETEE, ["bon.pdf"])
    assert problems == []


def test_recipient_treats_three_hundred_invoices_of_one_kind_in_a_few_interactions(
    page: Any, address: str, world: World, problems: list[str]
) -> None:
    for number in range(1000, 1300):
        world.add(an_invoice_head(number))
    sign_in(page, address, world, "ana@example.fr")
    page.goto(f"{address}/invoices?side=received&status=MISE_A_DISPOSITION")

    done = [
        page.get_by_label("Toutes celles de la liste").check(),
        page.get_by_label("Avec les factures cochées").select_option("certify-service"),
        page.get_by_role("button", name="Continuer").click(),
        page.get_by_role("button", name="Certifier le service fait : confirmer pour 301 factures").click(),
    ]

    assert "Étape franchie pour 301 factures." in page.get_by_role("status").inner_text()
    last = world.invoices.get(InvoiceId(2170000000001299))
    assert last is not None
    assert last.status is Status.SERVICE_FAIT
    assert len(done) <= 12
    assert problems == []


def _width(png: bytes) -> int:
    return int.from_bytes(png[16:20], "big")


def test_structures_are_offered_while_one_types_and_taken_by_the_keyboard(
    scripted: Any, address: str, world: World, problems: list[str]
) -> None:
    sign_in(scripted, address, world, "basile@example.fr")
    scripted.goto(f"{address}/structures/102/mandates/new")
    field = scripted.get_by_role("combobox", name="SIRET du mandataire")

    field.press_sequentially("papet")
    option = scripted.get_by_role("option", name="Papeterie du Canal")
    option.wait_for()
    open_then = (field.get_attribute("aria-expanded"), scripted.get_by_role("status").inner_text()[:20])
    field.press("ArrowDown")
    active = field.get_attribute("aria-activedescendant")
    field.press("Enter")

    assert open_then == ("true", "Structures proposées")
    assert active == "holder-suggestions-0"
    assert field.input_value().replace("\N{NO-BREAK SPACE}", " ") == "552 100 554 00013"
    assert (field.get_attribute("aria-expanded"), option.is_visible()) == ("false", False)
    assert problems == []
