"""The payment terms in words: `Conditions de règlement : 30 jours fin de mois`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from choriste.documents.read.prefill.evidence import Evidence
from choriste.documents.read.prefill.labels import Page
from choriste.documents.read.prefill.model import Found
from choriste.documents.read.prefill.patterns import dates_in

_LABEL: Final = re.compile(
    r"(?:nos )?(?:conditions?|modalites?|delais?)(?: et (?:modes?|delais?))?"
    r" (?:de|du) (?:paiement|reglement)s?"
    r"|payment terms|terms of payment|zahlungsbedingungen"
)
_JOINT: Final = re.compile(r"[ :.\-]*")
_SAYS: Final = re.compile(r"(?=.*[^\W\d_]{3})")
_LONGEST: Final = 200


def read_terms(page: Page) -> Iterator[Found]:
    """Yield the words behind a label of payment terms, in its cell, or the one to its right or under it.

    A date is none: it is when the invoice falls due.
    """
    for segment in page.segments:
        match = _LABEL.match(segment.plain)
        if match is None:
            continue
        start = match.end() + len(_JOINT.match(segment.text[match.end() :])[0])  # type: ignore[index]
        own = segment.text[start:]
        there = (segment, own) if own else None
        if there is None:
            beside = page.right_of(segment) or page.below(segment)
            there = (
                (beside, beside.text) if beside is not None and not page.begins_with_label(beside) else None
            )
        is_date = there is not None and any(date.start == 0 for date in dates_in(there[1]))
        if there is not None and _SAYS.match(there[1]) and not is_date:
            evidence = frozenset({Evidence.NAMED, Evidence.PAIRED})
            yield Found(there[1].rstrip(" .")[:_LONGEST], there[0].box(), evidence, frozenset(), segment.text)
