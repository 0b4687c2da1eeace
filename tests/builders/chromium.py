"""Debian's chromium, driven for a test: a profile of its own, nothing fetched beside the pages."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

CHROMIUM = shutil.which("chromium")
_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@contextmanager
def a_chromium(folder: Path, *, scripts: bool = False, **options: Any) -> Iterator[Any]:
    """Give a page of a fresh browser; without scripts, as the console must work."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - only where a browser runs

    with sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            str(folder / "profile"),
            executable_path=CHROMIUM,
            headless=True,
            java_script_enabled=scripts,
            args=_FLAGS,
            locale="fr-FR",
            **options,
        )
        yield context.new_page()
        context.close()
