from __future__ import annotations

import pytest

from tests.builders.browser import Browser
from tests.builders.console import World, a_world, put_behind_the_console


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    world = a_world()
    put_behind_the_console(monkeypatch, world)
    return world


@pytest.fixture
def browser(world: World) -> Browser:
    return Browser(world)
