"""What the billing file (*dossier de facturation*) holds against a document that is to join it.

A document answers preceding pieces, in the order of CCAG-Travaux 12, each once; contract and works actors
stay the same throughout a file. The project manager and the contracting authority may adjust the amounts of
subcontractors and co-contractors (docs/reference/works-contracts.md). Pure: the caller looks the pieces up
and words the faults.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from choriste.domain.lifecycle import Frame, Role, available
from choriste.domain.lifecycle.frames import VALIDATED_WORKS
from choriste.domain.lifecycle.transitions import awaits_document
from choriste.domain.shared.ids import InvoiceId
from choriste.domain.tracking.head import InvoiceHead
from choriste.domain.tracking.journey import position_of
from choriste.domain.works.chain import AMOUNTS_ADJUSTED_BY, ending_of, may_follow


class FaultCode(StrEnum):
    """Why a document is not taken into a billing file; the values are the rules of the report."""

    PREVIOUS_UNKNOWN = "PIECE-PREVIOUS-UNKNOWN"
    MAY_NOT_FOLLOW = "PIECE-MAY-NOT-FOLLOW"
    ALREADY_ANSWERED = "PIECE-ALREADY-ANSWERED"
    NOT_YET = "PIECE-NOT-YET"
    OTHER_CONTRACT = "PIECE-OTHER-CONTRACT"
    OTHER_ACTOR = "PIECE-OTHER-ACTOR"
    NOT_ADJUSTABLE = "PIECE-NOT-ADJUSTABLE"


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault: its code, the piece that it concerns, and what would be right where that can be said."""

    code: FaultCode
    piece: str
    expected: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WorksDocument:
    """A document that is to join a billing file.

    `role` is the one in which it is deposited. The parties are ids of structures, None where nobody is known.
    `previous` are the pieces that it says it answers, `adjusted` those whose amounts it admits.
    """

    frame: Frame
    role: Role
    supplier: str | None
    recipient: str | None
    moe: str | None = None
    moa: str | None = None
    previous: tuple[InvoiceId, ...] = ()
    adjusted: tuple[InvoiceId, ...] = ()


def file_of(piece: InvoiceHead) -> InvoiceId:
    """Return the id of a piece's billing file: that of its first piece."""
    return piece.billing_file or piece.id


def described(piece: InvoiceHead) -> str:
    """Return how reports name a piece: its number and its frame."""
    return f"{piece.number} ({piece.frame.short})"


def works_faults(
    document: WorksDocument, pieces: Iterable[InvoiceHead], adjusted: Iterable[InvoiceHead]
) -> Iterator[Fault]:
    """Yield what speaks against a document.

    `pieces` are those of `document.previous` that the depositor may see, `adjusted` the existing pieces among
    `document.adjusted`.
    """
    known = tuple(pieces)
    ids = {piece.id for piece in known}
    for missing in document.previous:
        if missing not in ids:
            yield Fault(FaultCode.PREVIOUS_UNKNOWN, str(missing))
    for piece in known:
        fault = _answer_fault(document, piece)
        if fault is not None:
            yield fault
    for piece in known:
        yield from _actor_faults(document, piece)
    yield from _adjustment_faults(document, known, adjusted)


def _answer_fault(document: WorksDocument, piece: InvoiceHead) -> Fault | None:
    if not may_follow(document.frame, preceding=piece.frame):
        followers = ", ".join(sorted(frame.short for frame in piece.frame.followers))
        return Fault(FaultCode.MAY_NOT_FOLLOW, described(piece), followers or "—")
    if not awaits_document(piece.frame, piece.status):
        return Fault(FaultCode.ALREADY_ANSWERED, described(piece), piece.status.value)
    if not _may_end(piece, follower=document.frame):
        return Fault(FaultCode.NOT_YET, described(piece))
    if not _same_contract(document, piece):
        return Fault(FaultCode.OTHER_CONTRACT, described(piece))
    return None


def _may_end(piece: InvoiceHead, *, follower: Frame) -> bool:
    """Whether the piece's wait may end so now: a tacit account only once the 30 days have passed."""
    ending = ending_of(piece.frame, follower=follower)
    return any(row.name == ending for row in available(position_of(piece), Role.PLATFORM))


def _same_contract(document: WorksDocument, piece: InvoiceHead) -> bool:
    """Whether piece and answer have the same recipient and supplier.

    A subcontractor's piece has its own supplier; the works actors' documents answer it all the same.
    """
    recipient = document.recipient is not None and piece.recipient.structure == document.recipient
    validated = piece.frame in VALIDATED_WORKS and Role.SUPPLIER not in document.frame.depositors
    supplier = document.supplier is not None and piece.supplier.structure == document.supplier
    return recipient and (validated or supplier)


def _actor_faults(document: WorksDocument, piece: InvoiceHead) -> Iterator[Fault]:
    """Yield the works actors of a piece whose place somebody else takes."""
    for known, named in ((piece.moe, document.moe), (piece.moa, document.moa)):
        if known is not None and named is not None and known.structure != named:
            yield Fault(FaultCode.OTHER_ACTOR, described(piece), known.name)


def _adjustment_faults(
    document: WorksDocument, pieces: tuple[InvoiceHead, ...], adjusted: Iterable[InvoiceHead]
) -> Iterator[Fault]:
    files = {file_of(piece) for piece in pieces}
    adjustable = {head.id for head in adjusted if file_of(head) in files and head.frame in VALIDATED_WORKS}
    for piece in document.adjusted:
        if document.role not in AMOUNTS_ADJUSTED_BY or piece not in adjustable:
            yield Fault(FaultCode.NOT_ADJUSTABLE, str(piece))
