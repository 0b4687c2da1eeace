"""The predicates of EN 16931 that no plain kind expresses; the modules of this package fill it."""

from __future__ import annotations

from typing import Final

from choriste.rules.engine.predicates import Register

REGISTER: Final = Register()
