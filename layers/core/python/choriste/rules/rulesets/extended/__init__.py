"""The predicates of the extended profiles, which Factur-X EXTENDED and EXTENDED-CTC-FR share."""

from __future__ import annotations

from choriste.rules.rulesets.extended import lines
from choriste.rules.rulesets.extended.sums import REGISTER

__all__ = ["REGISTER", "lines"]
