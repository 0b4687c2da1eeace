"""The predicates of the extended profiles, which Factur-X EXTENDED and EXTENDED-CTC-FR share."""

from __future__ import annotations

from choriste.rules.rulesets.extended import breakdown, lines, totals
from choriste.rules.rulesets.extended.register import REGISTER

__all__ = ["REGISTER", "breakdown", "lines", "totals"]
