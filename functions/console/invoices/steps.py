"""What a visitor may do with an invoice, in order: the next step first, jumps behind it, setbacks apart."""

from __future__ import annotations

from dataclasses import dataclass

from choriste.application.invoices.access import next_step_of, roles_of
from choriste.application.invoices.read_invoices import InvoiceView
from choriste.domain.access.principal import Principal
from choriste.domain.lifecycle import REFUSED, Carries, Transition
from choriste.domain.lifecycle.labels import frame_label
from choriste.domain.lifecycle.next_step import is_final
from choriste.domain.tracking.journey import position_of
from choriste.domain.works.billing_file import answers_by
from functions.console.invoices.views import Action, actions
from functions.console.web.views import Choice


@dataclass(frozen=True, slots=True, kw_only=True)
class Steps:
    """The steps open to a visitor.

    `first` is the one to take now, None where it is not the visitor's turn. `deposits` are the documents
    whose deposit is that step, by frame. `jumps` lead on, `setbacks` need a reason or end the invoice.
    """

    first: Action | None
    deposits: tuple[Choice, ...]
    jumps: tuple[Action, ...]
    setbacks: tuple[Action, ...]

    @property
    def is_mine(self) -> bool:
        """Whether it is the visitor's turn."""
        return self.first is not None or bool(self.deposits)

    @property
    def any(self) -> bool:
        """Whether there is anything to do."""
        return self.is_mine or bool(self.jumps or self.setbacks)


def steps_of(view: InvoiceView, principal: Principal, *, language: str) -> Steps:
    """Return what a visitor may do, sorted by what comes next."""
    row = next_step_of(principal, view.head)
    found = actions(view, language=language)
    first = next((each for each in found if row is not None and each.name == row.name), None)
    rest = [each for each in found if each is not first]
    setbacks = {each.name for each in view.actions if _sets_back(each)}
    return Steps(
        first=first,
        deposits=_deposits(view, principal, language=language) if _is_deposit(row) else (),
        jumps=tuple(each for each in rest if each.name not in setbacks),
        setbacks=tuple(each for each in rest if each.name in setbacks),
    )


def final_action(view: InvoiceView, name: str) -> Transition | None:
    """Return the action of this name if it cannot be taken back, None for any other."""
    position = position_of(view.head)
    return next((row for row in view.actions if row.name == name and is_final(position, row)), None)


def _is_deposit(row: Transition | None) -> bool:
    return row is not None and row.carries is Carries.DOCUMENT


def _sets_back(row: Transition) -> bool:
    """Say whether a step sends the invoice back, stops it or gives it up, rather than leading it on."""
    gives_up = row.name == "abandon"
    return gives_up or row.target in REFUSED or row.reason.is_mandatory or row.carries is Carries.PARTY


def _deposits(view: InvoiceView, principal: Principal, *, language: str) -> tuple[Choice, ...]:
    frames = answers_by(frozenset(roles_of(principal, view.head)), view.head)
    return tuple(Choice(frame.short, frame_label(frame, language=language)) for frame in frames)
