from __future__ import annotations

import pytest

from choriste.adapters.memory.sheets import MemorySheets
from choriste.application.identity import sign_in as sign_in_module
from choriste.application.identity.hashing import decoy_hash
from choriste.runtime import identity
from functions.console import flow_pages, invoice_pages, operator_pages, sheet_pages
from tests.builders.console import Browser, World, a_world
from tests.builders.identity import CHEAP


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    world = a_world()
    monkeypatch.setattr(identity, "gate", lambda: world.gate)
    monkeypatch.setattr(invoice_pages, "workshop", world.workshop)
    monkeypatch.setattr(flow_pages, "workshop", world.workshop)
    monkeypatch.setattr(operator_pages, "workshop", world.workshop)
    monkeypatch.setattr(sheet_pages, "workshop", world.workshop)
    monkeypatch.setattr(sheet_pages, "sheets", lambda: MemorySheets(world.files))
    monkeypatch.setattr(sign_in_module, "_DECOY", decoy_hash(CHEAP))
    return world


@pytest.fixture
def browser(world: World) -> Browser:
    return Browser(world)
