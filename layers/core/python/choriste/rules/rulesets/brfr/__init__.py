"""The predicates of BR-FR flux 2, the French rules of the reform; each module adds its own to `REGISTER`.

Contains facts of the artefacts of the FNFE-MPE France_RFE repository, Apache-2.0, provided AS IS.
"""

from __future__ import annotations

from choriste.rules.rulesets.brfr import codes, consistency, contracts, notes, parties
from choriste.rules.rulesets.brfr.register import REGISTER

__all__ = ["REGISTER", "codes", "consistency", "contracts", "notes", "parties"]
