"""The environment of a function: handlers read it when they are imported."""

from __future__ import annotations

import os

from choriste.runtime.settings import setting_names


def set_missing_variables() -> None:
    for name in setting_names():
        os.environ.setdefault(name.upper(), f"no-{name.replace('_', '-')}")
