"""The variables that handlers read when they are imported, for processes without a platform."""

from __future__ import annotations

import os

from choriste.runtime.settings import setting_names


def name_settings() -> None:
    """Give each setting that the environment lacks a name that no resource has."""
    for name in setting_names():
        os.environ.setdefault(name.upper(), f"no-{name.replace('_', '-')}")
