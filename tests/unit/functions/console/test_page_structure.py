"""Every page in both languages: its outline is kept beside this file, and assistive technology can use it.

After a wanted change, `UPDATE_OUTLINES=1 pytest tests/unit/functions/console/test_page_structure.py` writes
the outlines anew; the difference is reviewed like any other.
"""

from __future__ import annotations

import datetime as dt
import os
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pyotp
import pytest
from lxml import html

from choriste.application.access.invite import invite
from choriste.application.access.records import Credentials, Refusal
from choriste.application.access.reset_password import ask_for_reset
from choriste.application.connections.api_clients import create_api_client
from choriste.domain.exchange.partner import Dispatch
from choriste.domain.parties.mandate import Mandate, Scope
from choriste.domain.parties.structure import StructureId
from tests.builders.authenticator import Authenticator
from tests.builders.browser import Answer, Browser
from tests.builders.console import FLOW, a_test_invoice
from tests.builders.identity import CHEAP, PASSWORD, PLATFORM, a_member, a_user
from tests.builders.mails import code_of_last_mail, link_of_last_mail, mails_of

OUTLINES = Path(__file__).parent / "outlines"
_SHOWN = {
    "h1",
    "h2",
    "h3",
    "nav",
    "main",
    "header",
    "footer",
    "section",
    "form",
    "table",
    "caption",
    "summary",
}
_SHOWN |= {"a", "button", "label", "input", "select", "textarea", "th", "dt", "details", "ol", "ul"}
_NAMED = ("role", "aria-label", "aria-current", "type", "name", "action", "method", "href")


def _signed_out(browser: Browser) -> Answer:
    return browser.get("/sign-in")


def _wrong_password(browser: Browser) -> Answer:
    browser.get("/sign-in")
    return browser.post("/sign-in", {"email": "ana@example.fr", "password": "x"})


def _code(browser: Browser) -> Answer:
    browser.get("/sign-in")
    browser.post("/sign-in", {"email": "ana@example.fr", "password": PASSWORD})
    return browser.get("/sign-in/code")


def _lost_factors(browser: Browser) -> Answer:
    _code(browser)
    return browser.get("/sign-in/lost-factors")


def _stop(browser: Browser) -> Answer:
    _lost_factors(browser)
    browser.post("/sign-in/lost-factors")
    return browser.get(link_of_last_mail(browser.world.access))


def _resets(browser: Browser) -> Answer:
    _lost_factors(browser)
    browser.post("/sign-in/lost-factors")
    browser.world.clock.advance(minutes=1)
    browser.sign_in("fatou@example.fr")
    return browser.get("/factor-resets")


def _confirm_address(browser: Browser) -> Answer:
    browser.sign_in(ANA)
    browser.get("/account/addresses")
    browser.post("/account/addresses", {"kind": "contact", "email": "avis@example.fr"})
    mail = next(m for m in mails_of(browser.world.access) if m.to == "avis@example.fr")
    return browser.get(mail.text.partition("https://choriste.example")[2].split()[0])


def _activation(browser: Browser) -> Answer:
    newcomer = a_user("bo", email="bo@example.fr", name="Bo", memberships=(a_member(),))
    invite(newcomer, structure="Lutèce", by=PLATFORM, access=browser.world.access)
    return browser.get(link_of_last_mail(browser.world.access))


def _first_step(browser: Browser) -> Answer:
    newcomer = a_user("bo", email="bo@example.fr", name="Bo")
    known = Credentials(user=newcomer.id, password_hash=CHEAP.hash(PASSWORD), totp_secret=None)
    browser.world.access.accounts.add_user(newcomer, known)
    browser.get("/sign-in")
    browser.post("/sign-in", {"email": "bo@example.fr", "password": PASSWORD})
    return browser.get("/sign-in/mailed-code")


def _app(browser: Browser) -> Answer:
    _first_step(browser)
    browser.post("/sign-in/mailed-code", {"code": code_of_last_mail(browser.world.access)})
    return browser.get("/sign-in/app")


def _recovery_codes(browser: Browser) -> Answer:
    secret = "".join(_app(browser).page.found("//code[@class='secret']")[0].split())
    code = pyotp.TOTP(secret).at(int(browser.world.clock.now().timestamp()))
    return browser.post("/sign-in/app", {"code": code})


def _with_key(browser: Browser) -> Authenticator:
    """Sign Ana in, with a security key on her account."""
    key = Authenticator()
    browser.sign_in(ANA)
    asked = browser.get("/account/keys").page.found("//form/@data-options")[0]
    browser.post("/account/keys", {"name": "Clé bleue", "answer": key.make(asked)})
    return key


def _account_with_key(browser: Browser) -> Answer:
    _with_key(browser)
    return browser.get("/account")


def _code_or_key(browser: Browser) -> Answer:
    _with_key(browser)
    browser.post("/sign-out")
    return _code(browser)


def _key_refused(browser: Browser) -> Answer:
    browser.sign_in(ANA)
    browser.get("/account/keys")
    return browser.post("/account/keys", {"name": "Clé bleue", "answer": "{}"})


def _first_key(browser: Browser) -> Answer:
    _app(browser)
    return browser.get("/sign-in/key")


def _provider_refused(browser: Browser) -> Answer:
    browser.sign_in("basile@example.fr")
    browser.get("/structures/102/sign-in")
    return browser.post("/structures/102/sign-in", {"issuer": "http://x", "version": "0"})


def _new_password(browser: Browser) -> Answer:
    ask_for_reset(ANA, access=browser.world.access)
    return browser.get(link_of_last_mail(browser.world.access))


def _unlock(browser: Browser) -> Answer:
    for _ in range(5):
        browser.get("/sign-in")
        browser.post("/sign-in", {"email": ANA, "password": "wrong"})
    return browser.get(link_of_last_mail(browser.world.access))


def _draft(browser: Browser) -> Answer:
    browser.sign_in("basile@example.fr")
    browser.get("/drafts")
    begun = browser.post("/drafts", {"structure": "102"})
    return browser.get(begun.place)


def _secret(browser: Browser) -> Answer:
    browser.sign_in("basile@example.fr")
    browser.get("/connections")
    browser.post("/connections/accounts", {"structure": "102", "name": "Caisse"})
    return browser.post("/connections/clients", {"structure": "102", "name": "Caisse"})


def _connections(browser: Browser) -> Answer:
    _secret(browser)
    return browser.get("/connections")


def _structures(browser: Browser) -> Answer:
    browser.sign_in("basile@example.fr")
    return browser.get("/structures?query=ville")


def _structure(browser: Browser) -> Answer:
    browser.sign_in("basile@example.fr")
    return browser.get("/structures/102")


def _structure_of_others(browser: Browser) -> Answer:
    browser.sign_in("basile@example.fr")
    return browser.get("/structures/101")


def _registration(browser: Browser) -> Answer:
    browser.sign_in("fatou@example.fr")
    browser.get("/structures/new")
    return browser.post("/structures/new", {"kind": "PRIVEE", "identifier_kind": "SIRET", "identifier": "1"})


def _settings(browser: Browser) -> Answer:
    browser.sign_in("fatou@example.fr")
    browser.get("/structures/101/settings")
    return browser.post("/structures/101/settings", {"postcode": "1", "service_mandatory": "on"})


def _service(browser: Browser) -> Answer:
    browser.sign_in("fatou@example.fr")
    return browser.get("/structures/101/service?code=VOIRIE")


def _closing(browser: Browser) -> Answer:
    browser.sign_in("basile@example.fr")
    return browser.get("/structures/102/closing")


def _bank(browser: Browser) -> Answer:
    browser.sign_in("basile@example.fr")
    browser.get("/structures/102/bank/account")
    given = {"label": "Compte courant", "iban": "FR7630006000011234567890189"}
    return browser.get(browser.post("/structures/102/bank/account", given).place)


def _account(browser: Browser) -> Answer:
    browser.sign_in("basile@example.fr")
    browser.get("/structures/102/bank/account")
    return browser.post("/structures/102/bank/account", {"iban": "FR00"})


def _mandate(browser: Browser) -> Answer:
    browser.sign_in("basile@example.fr")
    mandate = Mandate(
        id="20261101080000AAAAAAAA",
        giver=StructureId("102"),
        giver_name="Atelier des Cimes SAS",
        holder=StructureId("103"),
        holder_name="Papeterie du Canal",
        scopes=(Scope.DEPOSIT, Scope.FOLLOW),
        since=dt.date(2026, 11, 1),
    )
    browser.world.platform_ports().mandates.save(mandate)
    return browser.get(f"/structures/102/mandates/{mandate.id}")


def _mandates(browser: Browser) -> Answer:
    _mandate(browser)
    return browser.get("/structures/102/mandates")


def _mandate_form(browser: Browser) -> Answer:
    browser.sign_in("basile@example.fr")
    browser.get("/structures/102/mandates/new")
    return browser.post("/structures/102/mandates/new", {"holder": "1"})


def _drafts(browser: Browser) -> Answer:
    _draft(browser)
    return browser.get("/drafts")


def _colleague(browser: Browser) -> str:
    """Invite somebody into the workshop, and return the address of its users."""
    browser.sign_in("basile@example.fr")
    browser.get("/members/102/invite")
    browser.post("/members/102/invite", {"email": "lea@example.fr", "name": "Léa Roux"})
    return "/members/102"


def _members(browser: Browser) -> Answer:
    return _with_one_id(browser, browser.get(_colleague(browser)))


def _with_one_id(browser: Browser, answer: Answer) -> Answer:
    """Return a page on which the invited colleague has the same id in each run."""
    lea = browser.world.accounts.user_by_email("lea@example.fr")
    assert lea is not None
    return replace(answer, raw=answer.raw.replace(lea.id.encode(), b"u-lea"))


def _member(browser: Browser) -> Answer:
    place = _colleague(browser)
    lea = browser.world.accounts.user_by_email("lea@example.fr")
    assert lea is not None
    return _with_one_id(browser, browser.get(f"{place}/users/{lea.id}"))


def _member_history(browser: Browser) -> Answer:
    return browser.get(f"{_colleague(browser)}/history")


def _approval(browser: Browser) -> Answer:
    browser.sign_in("dora@example.fr")
    browser.get("/access")
    fields = {"siret": "83214569200014", "space.issue": "CONSULTATION_UNIQUEMENT"}
    place = browser.post("/access", fields).place
    browser.world.clock.advance(minutes=2)
    browser.post("/sign-out")
    browser.sign_in("basile@example.fr")
    shown = browser.get(place)
    return replace(shown, raw=shown.raw.replace(place.encode(), b"/approvals/1"))


def _approvals(browser: Browser) -> Answer:
    _approval(browser)
    shown = browser.get("/approvals")
    (request,) = browser.world.members.requests()
    return replace(shown, raw=shown.raw.replace(request.id.encode(), b"1"))


def _imported(browser: Browser) -> Answer:
    browser.sign_in("basile@example.fr")
    browser.get("/members/102/import")
    content = b"email;nom;structure\nlea@example.fr;Lea;102\nx;;102\n"
    return browser.upload("/members/102/import", {"step": "try"}, "comptes.csv", content)


def _usage(browser: Browser) -> Answer:
    browser.sign_in("basile@example.fr")
    access = browser.world.access
    home = StructureId("102")
    client = create_api_client(home, name="ERP", rights=(), by=PLATFORM, access=access).client
    access.connections.count_token(client.client_id, browser.world.clock.now().date())
    refusal = Refusal(at=browser.world.clock.now(), operation="GET /v1/x", status=404, code="not-found")
    access.connections.note_refusal(client.client_id, refusal)
    shown = browser.get(f"/connections/clients/{client.client_id}")
    return replace(shown, raw=shown.raw.replace(client.client_id.encode(), b"CLIENT"))


def _sandbox_opened(browser: Browser) -> Answer:
    browser.sign_in("basile@example.fr")
    browser.get("/developers/sandbox")
    return browser.post("/developers/sandbox")


def _sandbox(browser: Browser) -> Answer:
    _sandbox_opened(browser)
    a_test_invoice(browser.world, "basile")
    browser.get("/developers/sandbox")
    browser.post("/developers/sandbox/switches", {"status": "503", "seconds": "2", "times": "3"})
    shown = browser.post("/developers/sandbox/clock", {"days": "0"})
    raw = re.sub(rb"9[0-9]{12}(?=[0-9]{2}\b)", b"ID", shown.raw)
    raw = re.sub(rb"(?<=[a-z] )[0-9]{4}(?=</a>)", b"NUMBER", raw)
    return replace(shown, raw=re.sub(rb"\b0[0-9]{13}\b", b"SIRET", raw))


def _play(browser: Browser) -> Answer:
    _sandbox_opened(browser)
    head = a_test_invoice(browser.world, "basile")
    return browser.get(f"/developers/sandbox/invoices/{head.id}")


def _partners(browser: Browser) -> Answer:
    browser.sign_in(BASILE)
    browser.get("/partners")
    form = {"structure": "102", "name": "ERP", "code": "ABC001"}
    browser.post("/partners", form)
    return browser.get("/partners")


def _partners_refused(browser: Browser) -> Answer:
    _partners(browser)
    return browser.post("/partners", {"structure": "102", "name": "ERP", "code": "ABC001"})


def _partner(browser: Browser) -> Answer:
    _partners(browser)
    sent = Dispatch(
        partner="ABC001",
        subject="pivot#2170000000000001",
        interface="FEN0036A",
        number="ABC0010036000000000000001",
        first=1,
        last=3,
        begun_at=browser.world.clock.now(),
    )
    browser.world.dispatches.begin(sent, after=None)
    form = {"name": "ERP", "pivots": "yes", "role": "arn:aws:iam::123456789012:role/erp", "version": "1"}
    browser.post("/partners/ABC001", form)
    return browser.get("/partners/ABC001?saved=yes")


def _page(email: str, address: str) -> Callable[[Browser], Answer]:
    def visit(browser: Browser) -> Answer:
        browser.sign_in(email)
        return browser.get(address)

    return visit


ANA, BASILE = "ana@example.fr", "basile@example.fr"
PAGES: dict[str, Callable[[Browser], Answer]] = {
    "connections": _connections,
    "partners": _partners,
    "partners-refused": _partners_refused,
    "partner": _partner,
    "directory": _structures,
    "structure": _structure,
    "structure-of-others": _structure_of_others,
    "structure-new-refused": _registration,
    "structure-settings-refused": _settings,
    "structure-service": _service,
    "structure-closing": _closing,
    "structure-bank": _bank,
    "structure-mandates": _mandates,
    "structure-mandate": _mandate,
    "structure-mandate-refused": _mandate_form,
    "structure-account-refused": _account,
    "connection-secret": _secret,
    "sign-in": _signed_out,
    "sign-in-refused": _wrong_password,
    "code": _code,
    "activation": _activation,
    "sign-up": lambda browser: browser.get("/sign-up"),
    "mailed-code": _first_step,
    "app": _app,
    "recovery-codes": _recovery_codes,
    "first-key": _first_key,
    "organisation": lambda browser: browser.get("/sign-in/organisation?siret=21690123100011"),
    "organisation-refused": lambda browser: browser.get("/sign-in/organisation/return/101?state=x"),
    "organisation-connect": _page(ANA, "/account/organisations"),
    "structure-provider": _page(BASILE, "/structures/102/sign-in"),
    "structure-provider-refused": _provider_refused,
    "passkey": lambda browser: browser.get("/sign-in/passkey"),
    "code-or-key": _code_or_key,
    "account-key-refused": _key_refused,
    "account-with-key": _account_with_key,
    "forgotten": lambda browser: browser.get("/password/forgotten"),
    "new-password": _new_password,
    "unlock": _unlock,
    "account": _page(ANA, "/account"),
    "account-password": _page(ANA, "/account/password"),
    "account-addresses": _page(ANA, "/account/addresses"),
    "account-confirm-address": _confirm_address,
    "lost-factors": _lost_factors,
    "stop-reset": _stop,
    "factor-resets": _resets,
    "account-confirm": _page(ANA, "/account/confirm"),
    "invoices-received": _page(ANA, "/invoices"),
    "invoices-issued": _page(BASILE, "/invoices?side=issued"),
    "invoice-to-treat": _page(ANA, "/invoices/2170000000000001"),
    "invoice-to-correct": _page(BASILE, "/invoices/2170000000000003"),
    "flows": _page(BASILE, "/flows"),
    "flow": _page(BASILE, f"/flows/{FLOW}"),
    "draft": _draft,
    "drafts": _drafts,
    "deposit": _page(BASILE, "/deposit"),
    "invoice-to-complete": _page(BASILE, "/invoices/2170000000000002"),
    "invoice-rejected": _page(BASILE, "/invoices/2170000000000005"),
    "members": _members,
    "member": _member,
    "member-invitation": _page(BASILE, "/members/102/invite"),
    "member-history": _member_history,
    "approvals": _approvals,
    "approval": _approval,
    "access": _page(ANA, "/access?siret=21690123100011"),
    "transfer": _page(BASILE, "/members/102/transfer"),
    "merger": _page("fatou@example.fr", "/mergers?absorbed=103&absorbing=102"),
    "structures": _page("fatou@example.fr", "/members"),
    "member-import": _imported,
    "connection-usage": _usage,
    "developers": lambda browser: browser.get("/developers"),
    "developers-changes": lambda browser: browser.get("/developers/changes"),
    "developers-reference": lambda browser: browser.get("/developers/reference/cpro"),
    "sign-up-developer": lambda browser: browser.get("/sign-up?for=developer"),
    "sandbox-none": _page(ANA, "/developers/sandbox"),
    "sandbox-opened": _sandbox_opened,
    "sandbox-refused": _sandbox,
    "sandbox-play": _play,
    "stuck": _page("fatou@example.fr", "/stuck"),
    "missing": _page(ANA, "/nowhere"),
}
EVERY_PAGE = pytest.mark.parametrize("name", PAGES)
BOTH = pytest.mark.parametrize("language", ["fr", "en"])


@pytest.fixture
def tree(browser: Browser, name: str, language: str) -> html.HtmlElement:
    browser.cookies["choriste-language"] = language
    return html.document_fromstring(PAGES[name](browser).text)


def outline(element: html.HtmlElement, depth: int = 0) -> Iterator[str]:
    """Yield one line for each element that structure, forms and navigation are made of."""
    shown = element.tag in _SHOWN and element.get("type") != "hidden"
    if shown:
        marks = [f'{key}="{_steady(element.get(key, ""))}"' for key in _NAMED if element.get(key) is not None]
        words = "" if len(element) and element.tag not in {"th", "a", "label"} else _words(element)
        yield " ".join(filter(None, ("  " * depth + element.tag, *marks, words)))
    for child in element.iterchildren(tag="*"):
        yield from outline(child, depth + shown)


def _words(element: html.HtmlElement) -> str:
    return re.sub(r"\s+", " ", element.text_content()).strip()


def _steady(value: str) -> str:
    value = re.sub(r"(?<=/drafts/)[0-9]{16}", "DRAFT", value)
    value = re.sub(r"(?<=/connections/clients/)[^/]+", "CLIENT", value)
    value = re.sub(r"TECH_1_[0-9]{8}", "TECH_1_LOGIN", value)
    value = re.sub(r"(?<=token=)[\w-]{43}", "TOKEN", value)
    return re.sub(r"(?<=/static/)[0-9a-f]{16}", "HASH", value)


@EVERY_PAGE
@BOTH
def test_page_keeps_its_outline(tree: html.HtmlElement, name: str, language: str) -> None:
    kept = OUTLINES / f"{name}.{language}.txt"
    found = "\n".join(outline(tree)) + "\n"
    if os.environ.get("UPDATE_OUTLINES"):
        kept.write_text(found, encoding="utf-8")

    assert found == kept.read_text(encoding="utf-8")


@EVERY_PAGE
@BOTH
def test_page_says_its_language_and_its_title(tree: html.HtmlElement, name: str, language: str) -> None:
    headings = tree.xpath("//h1")
    title = tree.findtext(".//title") or ""

    assert tree.get("lang") == language
    assert len(headings) == 1
    assert title.endswith(" – Choriste")
    assert title.startswith(("Erreur", "Error")) == ("refused" in name)


@EVERY_PAGE
@BOTH
def test_page_has_landmarks_and_a_way_past_the_header(
    tree: html.HtmlElement, name: str, language: str
) -> None:
    del name, language

    assert [len(tree.xpath(f"//{tag}")) for tag in ("header", "main", "footer")] == [1, 1, 1]
    assert tree.xpath("//body/*[1]/@href") == ["#content"]
    assert tree.xpath("//main/@id") == ["content"]
    assert all(nav.get("aria-label") for nav in tree.xpath("//nav"))


@EVERY_PAGE
@BOTH
def test_page_names_every_field_button_and_link(tree: html.HtmlElement, name: str, language: str) -> None:
    del name, language
    labelled = set(tree.xpath("//label/@for"))
    fields = tree.xpath("//input[not(@type='hidden')] | //select | //textarea")

    assert {field.get("id") for field in fields} == labelled
    assert all(_words(each) or each.get("aria-label") for each in tree.xpath("//button | //a | //summary"))
    assert tree.xpath("//img[not(@alt)]") == []


@EVERY_PAGE
@BOTH
def test_page_refers_only_to_ids_that_stand_once(tree: html.HtmlElement, name: str, language: str) -> None:
    del name, language
    ids = tree.xpath("//@id")
    references = " ".join(tree.xpath("//@aria-labelledby | //@aria-describedby | //label/@for")).split()

    assert len(ids) == len(set(ids))
    assert set(references) <= set(ids)


@EVERY_PAGE
@BOTH
def test_page_skips_no_heading_level(tree: html.HtmlElement, name: str, language: str) -> None:
    del name, language
    levels = [int(heading.tag[1]) for heading in tree.xpath("//h1 | //h2 | //h3 | //h4")]

    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


@EVERY_PAGE
@BOTH
def test_page_leads_to_itself_in_the_other_language(tree: html.HtmlElement, name: str, language: str) -> None:
    del name
    links = tree.xpath("//nav[@class='languages']/a")

    assert [(link.get("lang"), link.get("aria-current")) for link in links] == [
        ("fr", "true" if language == "fr" else None),
        ("en", "true" if language == "en" else None),
    ]
    assert all(f"lang={link.get('lang')}" in link.get("href") for link in links)


def _colours() -> dict[str, str]:
    css = (Path(__file__).parents[4] / "functions/console/static/console.css").read_text(encoding="utf-8")
    return dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", css))


def _luminance(colour: str) -> float:
    channels = (int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5))
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(one: str, other: str) -> float:
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize(
    ("text", "ground"),
    [
        *((ink, ground) for ink in ("ink", "ink-soft", "accent") for ground in ("paper", "sheet")),
        *((tone, f"{tone}-wash") for tone in ("good", "attention", "bad", "busy")),
        ("ink-soft", "sheet"),
        ("accent", "accent-wash"),
    ],
)
def test_text_stands_out_from_its_ground(text: str, ground: str) -> None:
    colours = _colours()

    assert _contrast(colours[text], colours[ground]) >= 4.5


@pytest.mark.parametrize("ground", ["paper", "sheet"])
def test_controls_and_focus_stand_out(ground: str) -> None:
    colours = _colours()

    assert _contrast(colours["line-strong"], colours[ground]) >= 3
    assert _contrast(colours["focus"], colours[ground]) >= 3
    assert _contrast("#ffffff", colours["accent"]) >= 4.5
