"""The billing file (*dossier de facturation*) of a works contract: its pieces, who answers, who sees what.

Immutable: every change gives a new file. The file knows no storage and moves no status by itself; `deposit`
says which transition the answered pieces must then take. Sources: domain.md B6, handbook A7.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum

from choriste.domain.lifecycle.frames import VALIDATED_WORKS, Frame
from choriste.domain.lifecycle.roles import Role
from choriste.domain.lifecycle.statuses import Status
from choriste.domain.shared.errors import ChoristeError
from choriste.domain.works.chain import (
    AMOUNTS_ADJUSTED_BY,
    CIRCUIT_OPEN,
    WORKS_CHAIN,
    ending_of,
    may_follow,
    sees_whole_file,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One document of the file.

    `role` and `structure` say who deposited it; `answers` the numbers of the pieces that it answers, the
    preceding piece first; `amount` is what it asks or admits, without VAT, in euros. `adjusted` holds the
    amounts that it admits for other pieces (a subcontractor's), by their number.
    """

    number: str
    frame: Frame
    role: Role
    structure: str
    amount: Decimal
    status: Status = Status.DEPOSEE
    answers: tuple[str, ...] = ()
    attachments: tuple[str, ...] = ()
    adjusted: tuple[tuple[str, Decimal], ...] = ()

    @property
    def preceding(self) -> str | None:
        """The number of the piece that it answers first, or None when it opens the circuit."""
        return self.answers[0] if self.answers else None


@dataclass(frozen=True, slots=True)
class Ending:
    """What the deposit of a piece makes of one that it answers: its number and the transition to take."""

    number: str
    transition: str


class BillingFault(StrEnum):
    """Why a piece is not taken into a file; stable codes."""

    NOT_WORKS = "billing-not-works"
    SAME_NUMBER = "billing-same-number"
    UNKNOWN_PIECE = "billing-unknown-piece"
    WRONG_DEPOSITOR = "billing-wrong-depositor"
    MAY_NOT_FOLLOW = "billing-may-not-follow"
    ALREADY_ANSWERED = "billing-already-answered"
    NOT_ADJUSTABLE = "billing-not-adjustable"


class BillingFileError(ChoristeError):
    """A piece does not fit the file; parameters: `number`, and `other` where another piece is meant."""

    def __init__(self, fault: BillingFault, *, number: str, other: str | None = None) -> None:
        self.code = fault.value
        super().__init__(number=number, other=other)
        self.fault = fault


@dataclass(frozen=True, slots=True, kw_only=True)
class BillingFile:
    """The pieces of one payment (a month, or the final account) of a contract.

    `contractor` is the structure that holds the contract: of the suppliers, it alone sees everything.
    """

    contract: str
    contractor: str
    pieces: tuple[Piece, ...] = ()

    def piece(self, number: str) -> Piece | None:
        """Return a piece by its number."""
        return next((piece for piece in self.pieces if piece.number == number), None)

    def deposit(self, piece: Piece) -> tuple[BillingFile, tuple[Ending, ...]]:
        """Return the file with one more piece, and what becomes of those that it answers.

        Raises BillingFileError when the piece does not fit.
        """
        self._check(piece)
        endings = tuple(
            Ending(number, ending_of(self._known(piece, number).frame, follower=piece.frame))
            for number in piece.answers
        )
        return replace(self, pieces=(*self.pieces, piece)), endings

    def with_status(self, number: str, status: Status) -> BillingFile:
        """Return the file with one piece's status changed."""
        pieces = tuple(replace(p, status=status) if p.number == number else p for p in self.pieces)
        return replace(self, pieces=pieces)

    def awaited_from(self, role: Role) -> tuple[tuple[Piece, tuple[Frame, ...]], ...]:
        """Return the pieces that a role may answer now, each with the frames of a possible answer."""
        found = (
            (piece, self._answers_by(role, piece)) for piece in self.pieces if piece.status in CIRCUIT_OPEN
        )
        return tuple((piece, frames) for piece, frames in found if frames)

    def visible_attachments(self, role: Role, structure: str) -> tuple[str, ...]:
        """Return the attachments that an actor sees and may reuse, each once, in order of deposit."""
        whole = sees_whole_file(role, is_contractor=structure == self.contractor)
        seen = (piece for piece in self.pieces if whole or piece.structure == structure)
        return tuple(dict.fromkeys(name for piece in seen for name in piece.attachments))

    def admitted_amount(self, number: str) -> Decimal:
        """Return what stands for a piece: the last amount admitted for it, else its own.

        Raises BillingFileError when there is no such piece.
        """
        piece = self.piece(number)
        if piece is None:
            raise BillingFileError(BillingFault.UNKNOWN_PIECE, number=number)
        later = [amount for other in self.pieces for known, amount in other.adjusted if known == number]
        return later[-1] if later else piece.amount

    def _answers_by(self, role: Role, piece: Piece) -> tuple[Frame, ...]:
        followers = WORKS_CHAIN[piece.frame].next
        return tuple(frame for frame in Frame if frame in followers and role in frame.depositors)

    def _check(self, piece: Piece) -> None:
        if piece.frame not in WORKS_CHAIN:
            raise BillingFileError(BillingFault.NOT_WORKS, number=piece.number)
        if self.piece(piece.number) is not None:
            raise BillingFileError(BillingFault.SAME_NUMBER, number=piece.number)
        if piece.role not in piece.frame.depositors:
            raise BillingFileError(BillingFault.WRONG_DEPOSITOR, number=piece.number)
        for number in piece.answers:
            self._check_answer(piece, self._known(piece, number))
        for number, _ in piece.adjusted:
            self._check_adjustment(piece, self._known(piece, number))

    def _known(self, piece: Piece, number: str) -> Piece:
        known = self.piece(number)
        if known is None:
            raise BillingFileError(BillingFault.UNKNOWN_PIECE, number=piece.number, other=number)
        return known

    def _check_answer(self, piece: Piece, answered: Piece) -> None:
        if not may_follow(piece.frame, preceding=answered.frame):
            raise BillingFileError(BillingFault.MAY_NOT_FOLLOW, number=piece.number, other=answered.number)
        if answered.status not in CIRCUIT_OPEN:
            raise BillingFileError(BillingFault.ALREADY_ANSWERED, number=piece.number, other=answered.number)

    def _check_adjustment(self, piece: Piece, adjusted: Piece) -> None:
        if piece.role not in AMOUNTS_ADJUSTED_BY or adjusted.frame not in VALIDATED_WORKS:
            raise BillingFileError(BillingFault.NOT_ADJUSTABLE, number=piece.number, other=adjusted.number)
