"""The predicates of the EN 16931 rules, by family; each module adds its own to `REGISTER`."""

from __future__ import annotations

from choriste.rules.rulesets.en16931 import (
    cii_syntax,
    codes,
    document,
    lines,
    parties,
    split_payment,
    totals,
    ubl_syntax,
    vat,
    vat_sums,
)
from choriste.rules.rulesets.en16931.register import REGISTER

__all__ = [
    "REGISTER",
    "cii_syntax",
    "codes",
    "document",
    "lines",
    "parties",
    "split_payment",
    "totals",
    "ubl_syntax",
    "vat",
    "vat_sums",
]
