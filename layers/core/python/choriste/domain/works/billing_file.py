"""The billing file (*dossier de facturation*) as it stands: who may answer its pieces, which amounts count.

Sources: docs/reference/works-contracts.md. What may join a file is in `checks.py`.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from choriste.domain.lifecycle import Frame, Role
from choriste.domain.lifecycle.transitions import awaits_document
from choriste.domain.tracking.head import InvoiceHead


def answers_by(roles: frozenset[Role], piece: InvoiceHead) -> tuple[Frame, ...]:
    """Return the frames of the documents with which some roles may answer a piece now."""
    if not awaits_document(piece.frame, piece.status):
        return ()
    return tuple(frame for frame in Frame if frame in piece.frame.followers and roles & frame.depositors)


def admitted_amount(piece: InvoiceHead, pieces: Iterable[InvoiceHead]) -> Decimal:
    """Return the amount that counts for a piece, without VAT in its currency.

    It is the last one admitted for it in its file, else its own. `pieces` are those of the file, oldest
    first.
    """
    admitted = [amount for other in pieces for known, amount in other.adjusted if known == piece.id]
    return admitted[-1] if admitted else piece.without_vat
