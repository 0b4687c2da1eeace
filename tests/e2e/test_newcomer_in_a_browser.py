"""A newcomer's way in a real browser on the running platform: from the sign-up to the lost phone.

With `SCREENSHOTS` set to a folder, each page is kept there as a telephone of 375 pixels shows it.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pyotp
import pytest

from choriste.runtime.clock import current
from tests.builders.chromium import CHROMIUM, a_chromium
from tests.builders.platform_here import PlatformHere

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="Debian's chromium is not installed"),
]
PASSWORD = "la lampe, la rivière, la pierre"


@dataclass(slots=True)
class Newcomer:
    """A person with a browser, a mailbox, and soon an authenticator app."""

    page: Any
    here: PlatformHere
    email: str = "bo@newcomer.example"
    password: str = PASSWORD
    host: str = "127.0.0.1"
    secret: str = ""
    codes: list[str] = field(default_factory=list)
    shots: int = 0

    def goes(self, path: str) -> None:
        self.page.goto(self.here.platform.url.replace("127.0.0.1", self.host) + path)

    def presses(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).click()
        self.page.wait_for_load_state()

    def types(self, label: str, text: str) -> None:
        self.page.get_by_label(label, exact=True).fill(text)

    def mails(self) -> list[dict[str, Any]]:
        found = json.loads(self.here.ask("GET", "/local/mailbox.json").body)["mails"]
        return [mail for mail in found if self.email in mail["recipients"]]

    def opens_the_link_of_the_last_mail(self) -> None:
        found = re.search(r"http://\S+\?token=\S+", self.mails()[0]["text"])
        assert found is not None
        self.page.goto(found[0])

    def code_by_mail(self) -> str:
        found = re.search(r"\b\d{6}\b", self.mails()[0]["text"])
        assert found is not None
        return found[0]

    def code_of_the_app(self) -> str:
        return pyotp.TOTP(self.secret).at(int(current().now().timestamp()))

    def shot(self, name: str) -> None:
        """Keep the page as a telephone shows it, in both languages where it may be shown again."""
        folder = os.environ.get("SCREENSHOTS")
        if folder:
            self.shots += 1
            self.page.set_viewport_size({"width": 375, "height": 812})
            self.page.screenshot(path=Path(folder) / f"{self.shots:02d}-{name}.png", full_page=True)

    def signs_in(self, password: str | None = None) -> None:
        self.goes("/sign-in")
        self.types("Adresse électronique", self.email)
        self.types("Mot de passe", password or self.password)
        self.presses("Continuer")

    def comes_back(self) -> None:
        """Sign in with the app, in the place of whoever used this browser before."""
        self.page.context.clear_cookies()
        wait(self.here, 60)
        self.signs_in()
        self.types("Code à six chiffres", self.code_of_the_app())
        self.presses("Se connecter")

    def somebody(self, role: str) -> Newcomer:
        """Return somebody of the sample data, in the same browser."""
        known = next(user for user in self.here.credentials["users"] if user["role"] == role)
        return replace(self, email=known["email"], password=known["password"], secret=known["totp_secret"])

    def sees(self, title: str) -> None:
        """Wait for a page: what a key answers is sent a moment after the button was pressed."""
        self.page.get_by_role("heading", level=1, name=title, exact=True).wait_for()

    @property
    def words(self) -> str:
        return str(self.page.get_by_role("main").inner_text())

    @property
    def title(self) -> str:
        return str(self.page.get_by_role("heading", level=1).inner_text())


@pytest.fixture
def newcomer(here: PlatformHere, tmp_path: Path) -> Iterator[Newcomer]:
    with a_chromium(tmp_path) as page:
        yield Newcomer(page, here)


@pytest.fixture
def newcomer_with_key(here: PlatformHere, tmp_path: Path) -> Iterator[Newcomer]:
    """Give a newcomer whose computer has a passkey: it verifies its owner, and answers at once."""
    with a_chromium(tmp_path, scripts=True) as page:
        computer = page.context.new_cdp_session(page)
        computer.send("WebAuthn.enable")
        abilities = ("hasResidentKey", "hasUserVerification", "isUserVerified", "automaticPresenceSimulation")
        options = {"protocol": "ctap2", "transport": "internal", **dict.fromkeys(abilities, True)}
        computer.send("WebAuthn.addVirtualAuthenticator", {"options": options})
        yield Newcomer(page, here, email="cleo@newcomer.example")


def wait(here: PlatformHere, seconds: float) -> None:
    """Let the platform's time go on: a code of the app is used once."""
    body = json.dumps({"advance_seconds": seconds}).encode()
    assert here.ask("POST", "/local/clock", body=body).status == 200


def sign_up(newcomer: Newcomer, siret: str = "443 061 841 00047") -> None:
    newcomer.goes("/sign-in")
    newcomer.shot("sign-in")
    newcomer.page.get_by_role("link", name="Créer un compte").click()
    newcomer.types("Prénom", "Bo")
    newcomer.types("Nom", "Élie")
    newcomer.types("Adresse électronique", newcomer.email)
    newcomer.types("SIRET de votre structure", siret)
    newcomer.types("Nom de votre structure", "Librairie du Port")
    newcomer.types("Code postal", "13002")
    newcomer.types("Commune", "Marseille")
    newcomer.shot("sign-up")
    newcomer.presses("Créer le compte")
    newcomer.shot("sign-up-sent")


def activate(newcomer: Newcomer) -> None:
    newcomer.opens_the_link_of_the_last_mail()
    newcomer.types("Nouveau mot de passe", "password1234")
    newcomer.types("Le même, une seconde fois", "password1234")
    newcomer.presses("Activer le compte")
    assert "parmi les plus courants" in newcomer.words
    newcomer.shot("activation-refused")
    newcomer.types("Nouveau mot de passe", PASSWORD)
    newcomer.types("Le même, une seconde fois", PASSWORD)
    newcomer.presses("Activer le compte")


def enrol(newcomer: Newcomer) -> None:
    newcomer.signs_in()
    newcomer.shot("mailed-code")
    takes_app(newcomer)


def takes_app(newcomer: Newcomer) -> None:
    newcomer.types("Code à six chiffres", newcomer.code_by_mail())
    newcomer.presses("Continuer")
    newcomer.shot("app")
    newcomer.secret = "".join(newcomer.page.locator("code.secret").inner_text().split())
    newcomer.types("Code à six chiffres", newcomer.code_of_the_app())
    newcomer.presses("Enregistrer l’application")
    newcomer.codes = newcomer.page.locator(".codes code").all_inner_texts()
    newcomer.shot("recovery-codes")
    newcomer.page.get_by_role("link", name="Je les ai rangés, continuer").click()


def test_newcomer_signs_up_loses_the_phone_and_is_locked_by_strangers(newcomer: Newcomer) -> None:
    sign_up(newcomer)
    activate(newcomer)
    enrol(newcomer)
    assert newcomer.page.url.endswith("/invoices")
    assert newcomer.title == "Mes factures"
    newcomer.shot("home")
    assert len(set(newcomer.codes)) == 10

    newcomer.goes("/account")
    newcomer.shot("account")
    newcomer.presses("Se déconnecter")
    newcomer.signs_in()
    newcomer.shot("code")
    newcomer.types("Code à six chiffres", newcomer.codes[0])
    newcomer.presses("Se connecter")
    newcomer.goes("/account/app")
    newcomer.secret = "".join(newcomer.page.locator("code.secret").inner_text().split())
    newcomer.types("Code à six chiffres", newcomer.code_of_the_app())
    newcomer.presses("Enregistrer l’application")
    assert "Votre nouvelle application est enregistrée" in newcomer.words
    assert "Codes de secours encore valables : 9" in newcomer.words.replace("\xa0", " ")

    newcomer.presses("Se déconnecter")
    newcomer.page.context.clear_cookies()  # a stranger's browser
    for _ in range(5):
        newcomer.signs_in("a guess")
    assert "est bloqué pendant une heure" in newcomer.words
    newcomer.shot("locked")
    newcomer.opens_the_link_of_the_last_mail()
    newcomer.shot("unlock")
    newcomer.presses("C’est mon navigateur, débloquer")
    wait(newcomer.here, 30)
    newcomer.signs_in()
    newcomer.types("Code à six chiffres", newcomer.code_of_the_app())
    newcomer.presses("Se connecter")
    assert newcomer.page.url.endswith("/invoices")


def test_newcomer_with_a_security_key_never_types_a_code_again(newcomer_with_key: Newcomer) -> None:
    newcomer = newcomer_with_key
    sign_up(newcomer)
    activate(newcomer)
    newcomer.goes("/sign-in/passkey")
    assert "ne servent qu’à cette adresse" in newcomer.words  # a machine's number is no name for a key
    newcomer.host = "localhost"
    newcomer.signs_in()
    newcomer.types("Code à six chiffres", newcomer.code_by_mail())
    newcomer.presses("Continuer")
    newcomer.page.get_by_role("link", name="Utiliser plutôt une clé de sécurité").click()
    newcomer.shot("first-key")
    newcomer.types("Nom de la clé", "Mon ordinateur")
    newcomer.presses("Enregistrer cette clé")
    newcomer.page.get_by_role("link", name="Je les ai rangés, continuer").click()
    assert newcomer.title == "Mes factures"

    newcomer.presses("Se déconnecter")
    newcomer.signs_in()
    newcomer.shot("code-or-key")
    newcomer.presses("Utiliser ma clé de sécurité")
    newcomer.sees("Mes factures")

    newcomer.presses("Se déconnecter")
    newcomer.page.get_by_role("link", name="Se connecter avec une clé d’accès").click()
    newcomer.shot("passkey")
    newcomer.page.get_by_role("button", name="Utiliser ma clé d’accès").focus()
    newcomer.page.keyboard.press("Enter")
    newcomer.sees("Mes factures")

    wait(newcomer.here, 11 * 60)
    newcomer.goes("/account")
    newcomer.shot("account-with-key")
    newcomer.page.get_by_role("link", name="Ajouter une clé de sécurité").click()
    newcomer.shot("confirm-by-key")
    newcomer.presses("Utiliser ma clé de sécurité")
    newcomer.sees("Clé de sécurité")
    newcomer.types("Nom de la clé", "La même")
    newcomer.presses("Enregistrer cette clé")
    newcomer.page.locator("#key-failed").wait_for()  # this computer has a key of the account already


def at_the_organisation(newcomer: Newcomer, person: str) -> None:
    """Go to the local provider of the sample town, and be one of its people."""
    newcomer.goes("/sign-in")
    newcomer.page.get_by_role("link", name="Se connecter avec mon organisation").click()
    newcomer.types("SIRET de votre organisation", "216 901 231 00011")
    newcomer.shot("organisation")
    newcomer.presses("Continuer chez mon organisation")
    newcomer.page.get_by_role("link", name=person).click()
    newcomer.page.wait_for_load_state()


def test_agents_sign_in_at_their_organisation_and_leave_it(newcomer: Newcomer) -> None:
    newcomer.email = "ines.moreau@valbrume.example"
    at_the_organisation(newcomer, "Inès Moreau")
    takes_app(newcomer)  # once: nobody has proved before that the address is hers
    newcomer.page.context.clear_cookies()
    at_the_organisation(newcomer, "Inès Moreau")
    newcomer.sees("Mes factures")
    newcomer.goes("/account")
    assert "Commune de Valbrume" in newcomer.words
    newcomer.shot("account-of-an-agent")
    newcomer.goes("/account/password")
    newcomer.presses("Se déconnecter")
    newcomer.sees("Connexion")
    assert "Vous êtes déconnecté" in newcomer.words

    newcomer.email = "hugo.perrin@valbrume.example"
    at_the_organisation(newcomer, "Hugo Perrin")  # whose provider asked for a password only
    newcomer.types("Code à six chiffres", newcomer.code_by_mail())
    newcomer.presses("Continuer")
    newcomer.sees("Application d’authentification")
    newcomer.page.context.clear_cookies()
    for person, told in (("Amina Lefèvre", "a déjà un compte"), ("Léa Faure", "ne peut pas vous connecter")):
        at_the_organisation(newcomer, person)
        assert told in newcomer.words
        newcomer.shot("organisation-refused")


def test_pages_of_signing_in_speak_english_too(newcomer: Newcomer) -> None:
    for path in ("/sign-in", "/sign-in/passkey", "/sign-in/organisation", "/sign-up", "/password/forgotten"):
        newcomer.goes(f"{path}?lang=en")
        newcomer.shot(f"en{path.replace('/', '-')}")
        assert newcomer.page.locator("html").get_attribute("lang") == "en"


def test_colleague_asks_to_join_and_is_approved(newcomer: Newcomer) -> None:
    colleague = replace(newcomer, email="colas@newcomer.example")
    sign_up(colleague, siret="21690123100011")
    activate(colleague)
    enrol(colleague)
    colleague.goes("/approvals")
    assert "En attente" in colleague.words

    manager = colleague.somebody("recipient")
    manager.comes_back()
    manager.goes("/approvals")
    manager.shot("approvals")
    assert "Nora Benali" in manager.words  # the sample data have somebody who waits
    manager.page.get_by_role("link", name="Bo Élie").click()
    assert "colas@newcomer.example" in manager.words
    assert "Demande faite à l’inscription." in manager.words
    manager.shot("approval")
    manager.presses("Accorder")
    assert "Accès accordé." in manager.words

    colleague.comes_back()
    colleague.goes("/invoices?side=received")
    assert colleague.title == "Mes factures"
    assert "Commune de Valbrume" in colleague.mails()[0]["text"]
    colleague.goes("/approvals")
    assert "Accordée" in colleague.words


def test_operator_merges_two_structures(newcomer: Newcomer) -> None:
    operator = newcomer.somebody("operator")
    operator.comes_back()
    operator.goes("/members")
    operator.types("Structure (nom, ville ou SIRET)", "confluent")
    operator.presses("Chercher")
    assert "Université du Confluent" in operator.words
    operator.page.get_by_role("link", name="Fusion de structures").click()
    operator.types("Structure absorbée (SIRET ou numéro)", "197 501 232 00015")
    operator.types("Structure absorbante (SIRET ou numéro)", "11000123700012")
    operator.presses("Voir ce qui changerait")
    operator.shot("merger")
    assert "Grace Miller" in operator.words
    operator.presses("Fusionner")
    assert "est terminée" in operator.words.replace("\xa0", " ")

    operator.goes("/members/1002")
    assert "Grace Miller" in operator.words
    operator.goes("/members/1002/history")
    operator.shot("history")
    assert "Université du Confluent" in operator.words
    operator.goes("/structures/1003")
    operator.shot("closed")
    assert "Désactivée" in operator.words
