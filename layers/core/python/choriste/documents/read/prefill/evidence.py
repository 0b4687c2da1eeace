"""What speaks for a value and against it, and the one rule that makes it certain.

Kinds of evidence belong to a source: the wording around a value, its place, its check digits, sums, other
mentions, other identifiers of the same company, what the depositor's account knows. A value is certain when
two sources that know nothing of each other speak for it, and nothing at all against it. No reader marks a
value certain: `Found` computes it here from what was noted, and `cut_off` notes for every value read out
of a text whether the text goes on.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import StrEnum
from typing import Final


class Confidence(StrEnum):
    """`certain`: two independent sources agree, so it is filled in; `probable`: only proposed."""

    CERTAIN = "certain"
    PROBABLE = "probable"


class Evidence(StrEnum):
    """What speaks for a value."""

    NAMED = "named"
    HINTED = "hinted"
    TITLE = "title"
    PAIRED = "paired"
    BLOCK = "block"
    CHECKSUM = "checksum"
    SUMS = "sums"
    TOTALS = "totals"
    REPEATED = "repeated"
    SAME_COMPANY = "same-company"
    DEPOSITOR = "depositor"


class Doubt(StrEnum):
    """What speaks against a value."""

    CUT_OFF = "cut-off"
    RIVAL = "rival"
    DAY_OR_MONTH = "day-or-month"
    OUT_OF_ORDER = "out-of-order"
    CHECK_FAILED = "check-failed"
    UNCLEAR_PARTY = "unclear-party"
    CONTRADICTED = "contradicted"
    UNBALANCED = "unbalanced"
    UNNAMED = "unnamed"
    DERIVED = "derived"
    SEVERAL_INVOICES = "several-invoices"
    RECOGNISED = "recognised"
    ANOTHER_DOCUMENT = "another-document"
    PERIOD = "period"
    DISCOUNT = "discount"
    DEBITED = "debited"
    OTHER_COMPANY = "other-company"
    SUBTOTAL = "subtotal"


BARRING: Final = frozenset(
    {
        Doubt.ANOTHER_DOCUMENT,
        Doubt.PERIOD,
        Doubt.DISCOUNT,
        Doubt.DEBITED,
        Doubt.OTHER_COMPANY,
        Doubt.SUBTOTAL,
    }
)
"""Doubts that are answers: the value belongs to something else, and is passed over."""

_SOURCES: Final[dict[Evidence, str]] = {
    Evidence.NAMED: "wording",
    Evidence.HINTED: "wording",
    Evidence.TITLE: "place",
    Evidence.PAIRED: "place",
    Evidence.BLOCK: "place",
    Evidence.CHECKSUM: "digits",
    Evidence.SUMS: "sums",
    Evidence.TOTALS: "place",
    Evidence.REPEATED: "mentions",
    Evidence.SAME_COMPANY: "company",
    Evidence.DEPOSITOR: "account",
}
_ENOUGH: Final = 2

WEIGHTS: Final[dict[Evidence, float]] = {
    Evidence.NAMED: 3.0,
    Evidence.HINTED: 1.0,
    Evidence.TITLE: 3.0,
    Evidence.PAIRED: 1.0,
    Evidence.BLOCK: 3.0,
    Evidence.CHECKSUM: 2.0,
    Evidence.SUMS: 4.0,
    Evidence.TOTALS: 1.0,
    Evidence.REPEATED: 0.5,
    Evidence.SAME_COMPANY: 2.0,
    Evidence.DEPOSITOR: 6.0,
}
"""How much each kind counts when candidates are ranked; certainty does not depend on it."""

_GLUED: Final = re.compile(r"[\w]|[-/_.,'’:][^\W_]|[-/_]")
_SEPARATED: Final = re.compile(r"\s*[,;)(\]|]")
_NEXT_WORD: Final = re.compile(r"\s+[-/]?\s*(\S+)")
_SUFFIX: Final = 3


def confidence_of(evidence: Iterable[Evidence], doubts: Iterable[Doubt]) -> Confidence:
    """Return how sure a value is: the one rule of this room."""
    sources = {_SOURCES[each] for each in evidence}
    return Confidence.CERTAIN if len(sources) >= _ENOUGH and not set(doubts) else Confidence.PROBABLE


def cut_off(text: str, end: int) -> bool:
    """Return whether a reference that ends at a place may go on behind it.

    It may where a character is glued to it, or where the next word holds a digit, be it a date or an amount,
    or is a short suffix in capitals. A comma, a bracket or an ordinary word ends it.
    """
    rest = text[end:]
    if _GLUED.match(rest):
        return True
    match = _NEXT_WORD.match(rest)
    if match is None or _SEPARATED.match(rest):
        return False
    word = match[1]
    return any(map(str.isdigit, word)) or (word.isalpha() and word.isupper() and len(word) <= _SUFFIX)
