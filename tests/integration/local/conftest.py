"""One platform with tiny handlers for the tests of this folder."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from choriste.local.platform.process import Platform
from tests.builders import local_handlers
from tests.builders.local_topology import a_topology


@pytest.fixture(scope="module")
def shared_platform() -> Iterator[Platform]:
    with Platform(port=0, aws_port=0, topology=a_topology(), retry_delay=0) as platform:
        platform.drain()
        yield platform


@pytest.fixture
def platform(shared_platform: Platform) -> Platform:
    """The shared platform, with nothing seen yet."""
    local_handlers.forget()
    return shared_platform
