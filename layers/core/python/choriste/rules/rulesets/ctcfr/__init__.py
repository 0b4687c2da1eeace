"""The predicates of EXTENDED-CTC-FR: those of the extended profiles.

Contains facts of the artefacts of the FNFE-MPE France_RFE repository, Apache-2.0, provided AS IS.
"""

from __future__ import annotations

from choriste.rules.rulesets.extended import REGISTER

__all__ = ["REGISTER"]
