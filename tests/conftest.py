"""What all tests share: those that take long come first, so that two workers end at the same time."""

from __future__ import annotations

import pytest

from tests.builders.environment import set_missing_variables

set_missing_variables()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the files that hold a long test first; within both halves the order stays as it was drawn."""
    long_files = {
        item.path for item in items if item.get_closest_marker("slow") or item.get_closest_marker("corpora")
    }
    items.sort(key=lambda item: item.path not in long_files)
