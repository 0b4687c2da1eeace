"""What billing files are answered with."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from choriste.application.works.read_billing_file import BillingView, PieceView
from functions.api.http.models import Amount, Answer
from functions.api.v1.invoices.schemas import Invoice, head_fields


class BillingPiece(Invoice):
    """A piece of a billing file: what was admitted for it, what it admits for others, how it may be answered.

    `adjusts` are amounts without VAT by the id of the other piece; `may_be_answered_with` short frames.
    """

    admitted_without_vat: Amount
    adjusts: dict[str, Amount]
    may_be_answered_with: list[Annotated[str, Field(examples=["A14"])]]


class BillingPieceFile(Answer):
    """A file of a piece of a billing file."""

    piece: int
    name: str
    size: int
    category: str | None
    href: str


class BillingFileDetails(Answer):
    """A billing file (*dossier de facturation*): its pieces, oldest first, and their files."""

    id: int
    pieces: list[BillingPiece]
    files: list[BillingPieceFile]


def billing_file_out(view: BillingView) -> BillingFileDetails:
    """Return a billing file as an answer holds it."""
    files = [
        BillingPieceFile(
            piece=piece,
            name=file.name,
            size=file.size,
            category=file.category,
            href=f"/v1/invoices/{piece}/files/{file.name}",
        )
        for piece, file in view.files
    ]
    return BillingFileDetails(id=view.id, pieces=[_piece(piece) for piece in view.pieces], files=files)


def _piece(piece: PieceView) -> BillingPiece:
    return BillingPiece(
        **head_fields(piece.head),
        admitted_without_vat=piece.admitted,
        adjusts={str(other): amount for other, amount in piece.head.adjusted},
        may_be_answered_with=[frame.short for frame in piece.answers],
    )
