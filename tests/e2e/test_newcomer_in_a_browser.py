"""A newcomer's way in a real browser on the running platform: from the sign-up to the lost phone.

With `SCREENSHOTS` set to a folder, each page is kept there as a telephone of 375 pixels shows it.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
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
    secret: str = ""
    codes: list[str] = field(default_factory=list)
    shots: int = 0

    def goes(self, path: str) -> None:
        self.page.goto(f"{self.here.platform.url}{path}")

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

    def signs_in(self, password: str = PASSWORD) -> None:
        self.goes("/sign-in")
        self.types("Adresse électronique", self.email)
        self.types("Mot de passe", password)
        self.presses("Continuer")

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


def wait(here: PlatformHere, seconds: float) -> None:
    """Let the platform's time go on: a code of the app is used once."""
    body = json.dumps({"advance_seconds": seconds}).encode()
    assert here.ask("POST", "/local/clock", body=body).status == 200


def sign_up(newcomer: Newcomer) -> None:
    newcomer.goes("/sign-in")
    newcomer.shot("sign-in")
    newcomer.page.get_by_role("link", name="Créer un compte").click()
    newcomer.types("Prénom", "Bo")
    newcomer.types("Nom", "Élie")
    newcomer.types("Adresse électronique", newcomer.email)
    newcomer.types("SIRET de votre structure", "443 061 841 00047")
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


def test_pages_of_signing_in_speak_english_too(newcomer: Newcomer) -> None:
    for path in ("/sign-in", "/sign-up", "/password/forgotten"):
        newcomer.goes(f"{path}?lang=en")
        newcomer.shot(f"en{path.replace('/', '-')}")
        assert newcomer.page.locator("html").get_attribute("lang") == "en"
