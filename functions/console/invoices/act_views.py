"""What the pages show of the acts beside the transitions, of whose turn it is, and of billing files."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from choriste.application.invoices.access import acts_open_to, may_be_reissued
from choriste.application.invoices.act_on_invoice import (
    ACKNOWLEDGEMENTS,
    COMMENT_LIMIT,
    REFERENCE_LIMIT,
    colleagues_of,
)
from choriste.application.invoices.attach_file import CATEGORY_LIMIT
from choriste.application.invoices.next_actors import NextActors, next_actors
from choriste.application.invoices.ports import FilePorts
from choriste.application.works.read_billing_file import BillingView, read_billing_file
from choriste.domain.access.principal import Principal
from choriste.domain.lifecycle import Role
from choriste.domain.lifecycle.labels import Kind, find_label, frame_label, label
from choriste.domain.shared.ids import InvoiceId
from choriste.domain.tracking.head import AttachedFile, FileKind, InvoiceHead, PartyReference
from functions.console.invoices.views import action_label
from functions.console.web.rendering import text
from functions.console.web.views import Badge, Choice, status_badge


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenForms:
    """The acts open to the visitor, and what their forms offer.

    `colleagues` are whom the invoice may be given to, `reusable` files of the billing file that it lacks.
    """

    comments: bool
    assigns: bool
    records_reference: bool
    attaches: bool
    acknowledges: tuple[str, ...]
    reissues: bool
    colleagues: tuple[Choice, ...] = ()
    reusable: tuple[tuple[InvoiceId, AttachedFile], ...] = ()
    comment_limit: int = COMMENT_LIMIT
    reference_limit: int = REFERENCE_LIMIT
    category_limit: int = CATEGORY_LIMIT

    @property
    def any(self) -> bool:
        """Whether there is anything to offer beside comments and a new draft, which have their own places."""
        parts = (self.assigns, self.records_reference, self.attaches)
        return any(parts) or bool(self.acknowledges)


@dataclass(frozen=True, slots=True)
class TurnView:
    """Whose turn it is, in words: who, and what the law says of the time; `turn` has the dates."""

    turn: NextActors
    actors: tuple[str, ...]
    deadline: str | None
    then: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PieceRow:
    """A piece of a billing file: its head, frame and status in words, what was admitted, what may follow."""

    head: InvoiceHead
    frame: str
    badge: Badge
    admitted: Decimal
    answers: tuple[Choice, ...]
    actors: tuple[str, ...]


def open_forms(ports: FilePorts, principal: Principal, head: InvoiceHead) -> OpenForms:
    """Return the acts that a visitor may do now on an invoice."""
    acts = set(acts_open_to(principal, head))
    assignee = head.assignee.account if head.assignee is not None else None
    found = colleagues_of(ports, principal, head) if "assign" in acts else ()
    return OpenForms(
        comments="comment" in acts,
        assigns="assign" in acts,
        records_reference="record-accounting-reference" in acts,
        attaches="attach" in acts,
        acknowledges=tuple(sorted(acts & ACKNOWLEDGEMENTS)),
        reissues=may_be_reissued(principal, head),
        colleagues=tuple(Choice(user.id, user.name, user.id == assignee) for user in found),
        reusable=_reusable(ports, principal, head) if "attach" in acts and head.frame.is_works else (),
    )


def turn_view(head: InvoiceHead, *, language: str) -> TurnView:
    """Return whose turn it is, in words."""
    turn = next_actors(head)
    deadline = turn.deadline.in_language(language) if turn.deadline is not None else None
    return TurnView(turn, _actors(turn, language=language), deadline, _then(turn, language=language))


def done_label(name: str, *, language: str) -> str | None:
    """Return what an action or act has brought about; None for a name that is neither."""
    done = find_label(Kind.DONE, name)
    return done.in_language(language) if done is not None else None


def piece_rows(view: BillingView, *, language: str) -> tuple[PieceRow, ...]:
    """Return the pieces of a billing file, oldest first."""
    return tuple(
        PieceRow(
            head=piece.head,
            frame=frame_label(piece.head.frame, language=language),
            badge=status_badge(piece.head.status, language=language),
            admitted=piece.admitted,
            answers=tuple(Choice(f.short, frame_label(f, language=language)) for f in piece.answers),
            actors=_actors(next_actors(piece.head), language=language),
        )
        for piece in view.pieces
    )


def _actors(turn: NextActors, *, language: str) -> tuple[str, ...]:
    if turn.is_over:
        return (text("turn.nobody", language=language),)
    if turn.is_platforms:
        return (text("turn.platform", language=language),)
    return tuple(_actor(role, party, language=language) for role, party in turn.actors)


def _actor(role: Role, party: PartyReference | None, *, language: str) -> str:
    name = label(Kind.ROLE, role.value).in_language(language)
    if party is None:
        return name
    return text("turn.actor", language=language, role=name, name=party.name, identifier=party.identifier)


def _then(turn: NextActors, *, language: str) -> str | None:
    """Return what follows when a legal delay ends in silence."""
    if turn.outcome is not None:
        return text("turn.outcome", language=language)
    if turn.opens is not None:
        return text("turn.opens", language=language, action=action_label(turn.opens, language=language))
    return None


def _reusable(
    ports: FilePorts, principal: Principal, head: InvoiceHead
) -> tuple[tuple[InvoiceId, AttachedFile], ...]:
    held = {file.name for file in head.files}
    files = read_billing_file(ports, principal, head.id).files
    return tuple(
        (piece, file)
        for piece, file in files
        if piece != head.id and file.kind is FileKind.ATTACHMENT and file.name not in held
    )
