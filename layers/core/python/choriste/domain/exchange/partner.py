"""A partner that exchanges files, and the files that were sent to it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from choriste.domain.access.principal import Principal, PrincipalKind
from choriste.domain.access.user import Habilitation
from choriste.domain.parties.structure import StructureId

RESERVED: Final = "CPP"
"""Codes that begin so are the platform's own: the numbers of its flows begin with CPP001."""

_EPOCH: Final = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
_SEQUENCE: Final = 15


@dataclass(frozen=True, slots=True, kw_only=True)
class Partner:
    """A system of one structure that drops files and fetches files, known by its application code.

    What it drops is done with `rights`. `pivots` and `statuses` say what it is sent: the invoices that its
    structure receives, and the statuses of those that it issued or received. `role` is the AWS role (ARN) of
    its own that may reach its files, `external_id` what that role must name.
    """

    code: str
    structure: StructureId
    name: str
    registered_at: dt.datetime
    rights: frozenset[Habilitation] = frozenset()
    pivots: bool = True
    statuses: bool = True
    role: str | None = None
    external_id: str | None = None
    active: bool = True
    version: int = 1

    @property
    def principal(self) -> Principal:
        """Who acts in a file that it drops: nobody but its own folder proves it."""
        return Principal(
            kind=PrincipalKind.PARTNER,
            id=self.code,
            name=self.name,
            rights=self.rights,
            attached=frozenset({self.structure}),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispatch:
    """One file sent, or being sent, to a partner.

    `subject` is what it tells of: `ack#FLOW`, `report#FLOW`, `statuses#INVOICE` or `pivot#INVOICE`. Of an
    invoice it tells the versions `first` to `last`; of a flow both are 1. `number` is its 25 characters.
    It is sent once `sent_at` is there; until then it is written again under the same name.
    """

    partner: str
    subject: str
    interface: str
    number: str
    first: int
    last: int
    begun_at: dt.datetime
    sent_at: dt.datetime | None = None

    @property
    def filename(self) -> str:
        """The name of the file."""
        return f"{self.interface}_{self.partner}_{self.number}"

    @property
    def key(self) -> str:
        """Where it stands in the outbox."""
        return f"{outbox_prefix(self.partner)}{self.filename}"


def inbox_prefix(account: str) -> str:
    """Return the folder of the inbox in which whatever lies was dropped by that account."""
    return f"partners/{account}/"


def outbox_prefix(account: str) -> str:
    """Return the folder of the outbox from which that account alone fetches."""
    return f"partners/{account}/"


def next_number(now: dt.datetime, *, code: str, interface: str, after: Iterable[str]) -> str:
    """Return the number of a new file, whose sequence is greater than those of the numbers `after`.

    The sequence are the microseconds since 2020, so that the names of a partner's files sort in the order in
    which they were begun, without a counter that all would wait for.
    """
    sequence = int((now - _EPOCH) / dt.timedelta(microseconds=1))
    sequence = max([sequence, *(int(number[-_SEQUENCE:]) + 1 for number in after)])
    return f"{code}{interface[3:7]}{sequence:0{_SEQUENCE}d}"
