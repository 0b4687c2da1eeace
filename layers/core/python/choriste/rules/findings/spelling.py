"""Computations spelled out for people: sums and terms by their names, numbers as the language writes them."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final

from choriste.i18n.formats import amount_text, written_numbers
from choriste.rules.findings.sentences import word
from choriste.rules.findings.subjects import term_name

_SUM: Final = re.compile(r"Σ(?: (BT-\d+))?(?: \((\d+)\))?")
_SAME: Final = re.compile(r"(-?[\d.]+) = \1\Z")
_TERM: Final = re.compile(r"(?<!\()\bB[TG]-\d+\b(?!\))")


def spelled(expected: str, language: str) -> str:
    """Spell out an arithmetic text: `BT-109 100.00 + BT-110 20.00 = 120.00`."""

    def sum_of(match: re.Match[str]) -> str:
        count = f"{match[2]} " if match[2] and match[2] not in {"0", "1"} else ""
        return word(f"sum:{match[1] or 'all'}", language).format(n=count)

    for sign in ("≤", "≥"):
        expected = expected.replace(f"{sign} ", word(sign, language))
    expected = _SAME.sub(r"= \1", _SUM.sub(sum_of, expected))
    expected = _TERM.sub(lambda m: term_name(m[0], language), expected)
    return written_numbers(expected, language=language)


def amount_words(amount: Decimal | None, language: str) -> str:
    """Return an amount as the language writes it, `""` for none."""
    return "" if amount is None else amount_text(amount, language=language)
