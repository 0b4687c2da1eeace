"""The pages for developers are for everybody, and ask nothing of another site."""

from __future__ import annotations

import re

import pytest

from functions.console.developers.apis import APIS
from tests.builders.browser import Browser
from tests.builders.mails import link_of_last_mail

DESCRIBED = [api.name for api in APIS if api.description]


def test_catalogue_and_changes_are_read_without_signing_in(browser: Browser) -> None:
    shown = browser.get("/developers")

    assert shown.status == 200
    assert all(f"/developers/reference/{name}" in shown.text for name in DESCRIBED)
    assert browser.get("/developers/changes").status == 200


@pytest.mark.parametrize("name", DESCRIBED)
def test_reference_asks_this_site_alone(browser: Browser, name: str) -> None:
    shown = browser.get(f"/developers/reference/{name}")
    policy = shown.headers["Content-Security-Policy"]
    sources = re.findall(r'(?:src|href)="([^"]+)"', shown.text)

    assert shown.status == 200
    assert all(source.startswith(("/", "#")) for source in sources)
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy
    for address in (source for source in sources if source.startswith("/static")):
        assert browser.get(address).status == 200


def test_unknown_api_has_no_reference(browser: Browser) -> None:
    assert browser.get("/developers/reference/afnor").status == 404


def test_developer_signs_up_without_a_structure(browser: Browser) -> None:
    browser.get("/sign-up?for=developer")
    fields = {"for": "developer", "first_name": "Dev", "last_name": "Un", "email": "dev@erp.example"}

    assert browser.post("/sign-up", fields).status == 200

    place = link_of_last_mail(browser.world.access)
    browser.get(place)
    token = place.partition("token=")[2]
    password = {"new_password": "treize-mouettes-vertes", "new_password_again": "treize-mouettes-vertes"}
    assert browser.post("/activation", {"token": token, **password}).place.startswith("/sign-in")
    user = browser.world.accounts.user_by_email("dev@erp.example")
    assert user is not None
    assert user.memberships == ()
