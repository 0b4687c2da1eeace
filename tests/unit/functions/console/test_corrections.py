"""What a supplier corrects in the console: a wrong validator, and the one field that the State names."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from choriste.domain.lifecycle import Frame, ReasonCode, Status
from choriste.domain.shared.ids import InvoiceId
from choriste.domain.tracking.journey import Journey
from tests.builders.browser import Browser
from tests.builders.console import World

FIRST = "/invoices/2170000000000001"


def _stands_at(world: World, status: Status, **changes: Any) -> None:
    head = world.invoices.get(InvoiceId(2170000000000001))
    assert head is not None
    world.invoices.save(Journey(head, replace(head, version=head.version + 1, status=status, **changes)))


def test_wrong_validator_is_corrected_by_its_siret(browser: Browser, world: World) -> None:
    _stands_at(world, Status.ERREUR_FOURNISSEUR_SUR_VALIDEUR, frame=Frame.A9)
    browser.sign_in("basile@example.fr")
    page = browser.get(FIRST)

    fields = {"action": "correct-validator", "version": "4", "party": "552 100 554 00013"}
    answer = browser.post(f"{FIRST}/actions", fields)

    head = world.invoices.get(InvoiceId(2170000000000001))
    assert head is not None
    assert page.page.has("//*[@id='correct-validator-party' and @name='party']")
    assert answer.status == 303
    assert head.status is Status.A_VALIDER_1
    assert head.validator_1 is not None
    assert head.validator_1.name == "Papeterie du Canal"


@pytest.mark.parametrize(
    ("party", "words"),
    [
        ("", "Indiquez le SIRET (14 chiffres)"),
        ("12345678901234", "n’est le SIRET d’aucune structure ouverte"),
    ],
)
def test_correction_that_names_nobody_is_explained(
    browser: Browser, world: World, party: str, words: str
) -> None:
    _stands_at(world, Status.ERREUR_FOURNISSEUR_SUR_VALIDEUR, frame=Frame.A9)
    browser.sign_in("basile@example.fr")
    browser.get(FIRST)

    answer = browser.post(f"{FIRST}/actions", {"action": "correct-validator", "version": "4", "party": party})

    assert answer.status == 422
    assert words in answer.text
    assert _status(world) is Status.ERREUR_FOURNISSEUR_SUR_VALIDEUR


def test_state_rejection_lets_only_the_field_that_it_names_be_corrected(
    browser: Browser, world: World
) -> None:
    _stands_at(
        world,
        Status.REJETEE,
        is_state=True,
        reject_corrects=True,
        reason_code=ReasonCode.SE_ERR,
        reason_text="x",
    )
    browser.sign_in("basile@example.fr")

    page = browser.get(FIRST).text

    assert 'id="recycle-service"' in page
    assert 'id="recycle-engagement"' not in page
    assert 'id="recycle-recipient"' not in page


def _status(world: World) -> Status:
    head = world.invoices.get(InvoiceId(2170000000000001))
    assert head is not None
    return head.status
