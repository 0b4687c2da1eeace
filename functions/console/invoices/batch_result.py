"""The result of a step on many invoices, as the one word that a one-time message carries to its page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from choriste.application.invoices.treat_many import Treated
from choriste.domain.shared.errors import ForbiddenError, NotFoundError, StaleVersionError
from choriste.domain.shared.ids import InvoiceId

_MOST_NAMED: Final = 150
"""Unchanged invoices that the page names: browsers keep no cookie of more than 4,096 bytes."""

_WHY: Final = {
    "t": "batch.not_reached",
    "s": "batch.why_stale",
    "f": "batch.why_forbidden",
    "r": "batch.why_refused",
}
"""Why an invoice is unchanged: a letter of the word, and its text."""


@dataclass(frozen=True, slots=True)
class Result:
    """How many invoices took a step, how many did not, and why, for as many as the page names."""

    action: str
    done: int
    unchanged: int
    named: tuple[tuple[InvoiceId, str], ...]


def in_a_word(action: str, treated: Sequence[Treated]) -> str:
    """Return the word that says what became of invoices: `pay:12:2:s2170000000000001:t2170000000000002`."""
    unchanged = [each for each in treated if each.head is None]
    named = (f"{_letter(each)}{each.id}" for each in unchanged[:_MOST_NAMED])
    return ":".join((action, str(len(treated) - len(unchanged)), str(len(unchanged)), *named))


def of_word(word: str) -> Result | None:
    """Read such a word, sealed by ourselves; None for an empty one."""
    if not word:
        return None
    action, done, unchanged, *named = word.split(":")
    return Result(
        action, int(done), int(unchanged), tuple((InvoiceId(int(each[1:])), _WHY[each[0]]) for each in named)
    )


def _letter(treated: Treated) -> str:
    match treated.refusal:
        case None:
            return "t"
        case StaleVersionError():
            return "s"
        case ForbiddenError() | NotFoundError():
            return "f"
        case _:
            return "r"
