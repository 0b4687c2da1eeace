"""What all tests share: those that take long come first, so that two workers end at the same time."""

from __future__ import annotations

import os

import pytest

from choriste.runtime.settings import setting_names

for _name in setting_names():  # handlers read them when they are imported
    os.environ.setdefault(_name.upper(), f"no-{_name.replace('_', '-')}")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the files that hold a long test first; within both halves the order stays as it was drawn."""
    long_files = {
        item.path for item in items if item.get_closest_marker("slow") or item.get_closest_marker("corpora")
    }
    items.sort(key=lambda item: item.path not in long_files)
