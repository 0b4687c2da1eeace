"""The predicates that the profile MINIMUM words otherwise than the other profiles.

Contains facts of the artefacts of FNFE-MPE, Apache-2.0, provided AS IS.
"""

from __future__ import annotations

from typing import Final

from choriste.rules.engine.predicates import Register
from choriste.rules.engine.syntax import CII
from choriste.rules.rulesets.extended.breakdown import base_of_category

REGISTER: Final = Register()
REGISTER.add("BR-FXEXT-G-08", base_of_category("G"), syntax=CII)
