"""The two syntaxes of EN 16931, as the rules name them."""

from __future__ import annotations

from typing import Final

CII: Final = "cii"
UBL: Final = "ubl"
BOTH: Final = (CII, UBL)
