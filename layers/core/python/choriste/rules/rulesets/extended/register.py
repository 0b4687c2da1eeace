"""The predicates of the extended profiles; the modules of this package fill it."""

from __future__ import annotations

from typing import Final

from choriste.rules.engine.predicates import Register

REGISTER: Final = Register()
