"""The advice on an invoice as read, from what it says alone."""

from __future__ import annotations

from collections.abc import Collection
from itertools import chain
from typing import TYPE_CHECKING

from choriste.rules.advice.contents import due_date, lines, notes
from choriste.rules.advice.numbers import numbers
from choriste.rules.advice.said import finding_of

if TYPE_CHECKING:
    from choriste.domain.invoice.reading import Reading
    from choriste.domain.shared.findings import Finding

MOST = 100
"""Lines on which there is advice; further ones are not told."""


def advise(reading: Reading, *, off: Collection[str] = ()) -> tuple[Finding, ...]:
    """Return the advice on an invoice, without the kinds that are switched off."""
    invoice = reading.invoice
    said = chain(numbers(invoice), notes(invoice), due_date(invoice), lines(invoice))
    wanted = [each for each in said if each.kind not in off]
    return tuple(finding_of(each, reading) for each in wanted[:MOST])
