from __future__ import annotations

import pytest

from choriste.application.access import sign_in as sign_in_module
from choriste.application.access.hashing import decoy_hash
from tests.builders.browser import Browser
from tests.builders.console import World, a_world, put_behind_the_console
from tests.builders.identity import CHEAP


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    world = a_world()
    put_behind_the_console(monkeypatch, world)
    monkeypatch.setattr(sign_in_module, "_DECOY", decoy_hash(CHEAP))
    return world


@pytest.fixture
def browser(world: World) -> Browser:
    return Browser(world)
