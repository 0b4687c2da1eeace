"""The predicates of ctcfr that differ from those of EN 16931."""

from __future__ import annotations

from typing import Final

from choriste.rules.predicates import Register

REGISTER: Final = Register()
