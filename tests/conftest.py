"""What all tests share: the long ones come first, and on CI none is skipped that should have run."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Generator, Mapping
from typing import Final

import pytest

from tests.builders.corpora import CORPORA
from tests.builders.environment import name_settings

name_settings()  # handlers read them when they are imported

MAY_SKIP: Final[Mapping[str, tuple[Callable[[], bool], str]]] = {
    "corpora": (
        lambda: not CORPORA.is_dir(),
        "not all of the corpora may be passed on; tests/verdicts runs on the part that may",
    ),
}
"""The markers whose tests may be skipped on CI: when, and why that is right. Everything else must run."""


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Collect while the garbage collector rests: it would walk thousands of tests, again and again."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the files that hold a long test first, so that two workers end at the same time.

    Tests on the corpora are skipped where those are absent.
    """
    absent = pytest.mark.skip(reason=f"the shared corpora are not at {CORPORA}")
    for item in () if CORPORA.is_dir() else items:
        if item.get_closest_marker("corpora"):
            item.add_marker(absent)
    long_files = {
        item.path for item in items if item.get_closest_marker("slow") or item.get_closest_marker("corpora")
    }
    items.sort(key=lambda item: item.path not in long_files)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Make a failure of a skip on CI, unless a marker of the test allows it."""
    report = yield
    if _on_ci() and report.skipped and not hasattr(report, "wasxfail") and not _may_skip(item):
        _fail(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Make a failure of a module that is skipped as a whole on CI."""
    report = yield
    if _on_ci() and report.skipped:
        _fail(report)
    return report


def _on_ci() -> bool:
    return os.environ.get("CI", "").lower() in {"1", "true"}


def _may_skip(item: pytest.Item) -> bool:
    return any(item.get_closest_marker(name) and holds() for name, (holds, _) in MAY_SKIP.items())


def _fail(report: pytest.TestReport | pytest.CollectReport) -> None:
    """Turn a report of a skip, whose text is (path, line, reason), into one of a failure."""
    reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
    report.outcome = "failed"
    report.longrepr = f"{reason}: on CI this test must run"
