"""A draft: an invoice that is being prepared. It has no legal standing, no recipient sees it.

Its statuses and what may be done are those of the lifecycle's table: BROUILLON (typed) or INTERPRETEE_OCR
(read from a PDF) until it is submitted or deleted. The invoice that a submitted draft became has its own
technical id, found by the flow.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from choriste.domain.deposits.named_parties import NamedParties
from choriste.domain.invoice.model import Invoice
from choriste.domain.lifecycle import Frame, Origin, Position, Role, Status, initial
from choriste.domain.shared.findings import Message
from choriste.domain.shared.ids import FlowId, InvoiceId

FRAME_BY_DEFAULT = Frame.A1


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadValue:
    """A value that was read of a page: whether it was certain and filled in, why, and where it stands."""

    name: str
    value: str
    certain: bool
    why: Message
    text: str
    page: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftReading:
    """What a file's pages said when the draft began from them; `pages` of them are kept as pictures."""

    filename: str
    pages: int
    values: tuple[ReadValue, ...] = ()
    remarks: tuple[Message, ...] = ()
    recognised: bool = False

    def value(self, name: str) -> ReadValue | None:
        """Return what was read for a field."""
        return next((each for each in self.values if each.name == name), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A draft of a structure; `version` counts its changes from 1, `author` is who changed it last.

    `duplicate_of` is the refused invoice that it takes up, `flow_id` the flow that it was deposited in,
    `read` what the pages said that it began from.
    """

    id: InvoiceId
    version: int
    status: Status
    structure: str
    account: str
    author: str
    created_at: dt.datetime
    changed_at: dt.datetime
    invoice: Invoice
    parties: NamedParties = field(default_factory=NamedParties)
    duplicate_of: InvoiceId | None = None
    flow_id: FlowId | None = None
    read: DraftReading | None = None

    @property
    def frame(self) -> Frame:
        """The frame under which it will be deposited."""
        return self.parties.frame or FRAME_BY_DEFAULT

    @property
    def position(self) -> Position:
        """Where it stands, as the lifecycle asks it."""
        return Position(frame=self.frame, status=self.status)

    @property
    def role(self) -> Role:
        """In which role its structure deposits it; two frames may come from either of two."""
        return min(self.frame.depositors)

    @property
    def is_open(self) -> bool:
        """Whether it may still be changed."""
        return self.status in {initial(self.frame, origin=origin) for origin in (Origin.DRAFT, Origin.PDF)}
