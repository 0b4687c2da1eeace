"""One platform for each module that asks for it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.builders.platform_here import PlatformHere, a_platform_here


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PlatformHere]:
    with a_platform_here(tmp_path_factory.mktemp("platform")) as running:
        yield running
        assert running.dead_letters() == {}
