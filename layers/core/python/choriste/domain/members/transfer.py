"""The primary manager's role on its way from one user to another (C5).

Its holder offers it, and the receiver accepts: nobody becomes answerable for a structure unasked. When the
holder has left, the operator moves it: one person proposes and another confirms, holder and receiver are
told, and the holder has a week to object. Until the last step the holder keeps the role.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from choriste.domain.access.user import Membership, StructureRole, User, UserId
from choriste.domain.parties.structure import StructureId
from choriste.domain.shared.errors import BrokenInvariantError, ChoristeError

OBJECTION: Final = dt.timedelta(days=7)
"""How long the holder may object to a transfer that the operator has confirmed."""

PATIENCE: Final = dt.timedelta(days=30)
"""How long an offer waits for its receiver, and a proposal for the second operator."""


class TransferState(StrEnum):
    """Where a transfer stands: offered by the holder, or proposed and then announced by the operator."""

    OFFERED = "offered"
    PROPOSED = "proposed"
    ANNOUNCED = "announced"
    DONE = "done"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    OBJECTED = "objected"
    EXPIRED = "expired"


_OPEN: Final = frozenset({TransferState.OFFERED, TransferState.PROPOSED, TransferState.ANNOUNCED})


class TransferClosedError(ChoristeError):
    """The transfer does not wait for this step; parameters: `structure`, `state`."""

    code = "transfer-closed"


class TransferOpenError(ChoristeError):
    """Another transfer of the same role is under way; parameter: `structure`."""

    code = "transfer-open"


class SecondPersonError(ChoristeError):
    """Whoever proposed a transfer cannot confirm it; parameter: `structure`."""

    code = "second-person-needed"


@dataclass(frozen=True, slots=True, kw_only=True)
class ManagerTransfer:
    """The transfer of a structure's role, the newest one; `holder` is None where nobody held it.

    `reason` is why the operator moves it. `settles_at` is when the platform ends what waits.
    """

    structure: StructureId
    holder: UserId | None
    receiver: UserId
    state: TransferState
    begun_at: dt.datetime
    begun_by: str
    begun_by_name: str
    reason: str = ""
    confirmed_by: str | None = None
    confirmed_by_name: str | None = None
    settles_at: dt.datetime | None = None
    version: int = 1

    @property
    def is_open(self) -> bool:
        """Whether it waits for a step."""
        return self.state in _OPEN

    def moved(self, state: TransferState, *, since: TransferState) -> ManagerTransfer:
        """Return the transfer after a step; raises `TransferClosedError` unless it waits for that one."""
        if self.state is not since:
            raise TransferClosedError(structure=self.structure, state=self.state.value)
        settles_at = self.settles_at if state in _OPEN else None
        return replace(self, state=state, settles_at=settles_at, version=self.version + 1)

    def confirmed(self, *, by: str, name: str, at: dt.datetime) -> ManagerTransfer:
        """Return a proposal that a second person confirms; raises `SecondPersonError` for the first one."""
        if by == self.begun_by:
            raise SecondPersonError(structure=self.structure)
        announced = self.moved(TransferState.ANNOUNCED, since=TransferState.PROPOSED)
        wait = OBJECTION if self.holder is not None else dt.timedelta(0)
        return replace(announced, confirmed_by=by, confirmed_by_name=name, settles_at=at + wait)


def pass_role(structure: StructureId, holder: User | None, receiver: User) -> tuple[User | None, User]:
    """Return holder and receiver after the role has passed: the holder keeps the rights that are written."""
    if holder is not None and not holder.manages(structure):
        raise BrokenInvariantError("who does not hold the role cannot pass it on")
    simple = _with_role(holder, structure, StructureRole.SIMPLE) if holder is not None else None
    return simple, _with_role(receiver, structure, StructureRole.PRIMARY_MANAGER)


def _with_role(user: User, structure: StructureId, role: StructureRole) -> User:
    known = [m for m in user.memberships if m.structure == structure]
    kept = tuple(m for m in user.memberships if m.structure != structure)
    active = known[0].active if known and role is StructureRole.SIMPLE else True
    return replace(user, memberships=(*kept, Membership(structure=structure, role=role, active=active)))
