"""Requests for access: to join a structure or one of its services, or to have more rights there (E1)."""

from __future__ import annotations

import datetime as dt
import secrets
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final, NewType

from choriste.domain.access.user import Habilitation, UserId
from choriste.domain.parties.structure import ServiceCode, StructureId
from choriste.domain.shared.errors import ChoristeError

RequestId = NewType("RequestId", str)

REMINDER: Final = dt.timedelta(days=7)
"""How long a request waits before those who can decide are reminded, once."""

EXPIRY: Final = dt.timedelta(days=30)
"""How long a request waits before it ends by itself."""

_EPOCH: Final = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)


class RequestState(StrEnum):
    """Where a request stands: it waits, or it has ended in one of three ways."""

    WAITING = "waiting"
    APPROVED = "approved"
    REFUSED = "refused"
    EXPIRED = "expired"


class RequestClosedError(ChoristeError):
    """The request was decided already, or has expired; parameters: `id`, `state`."""

    code = "request-closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessRequest:
    """A person's wish for rights on a structure; with a `service`, every right is on that service.

    `joins` says that the requester did not belong to the structure when asking.
    """

    id: RequestId
    requester: UserId
    requester_name: str
    structure: StructureId
    service: ServiceCode | None
    rights: frozenset[Habilitation]
    joins: bool
    comment: str
    requested_at: dt.datetime
    state: RequestState = RequestState.WAITING
    reminded_at: dt.datetime | None = None
    decided_at: dt.datetime | None = None
    decided_by: str | None = None
    decider_name: str | None = None
    reason: str | None = None
    version: int = 1

    @property
    def due_at(self) -> dt.datetime | None:
        """When the platform has something to do about it: the reminder, then the end; None once it ended."""
        if self.state is not RequestState.WAITING:
            return None
        return self.requested_at + (REMINDER if self.reminded_at is None else EXPIRY)

    def reminded(self, at: dt.datetime) -> AccessRequest:
        """Return the request after its one reminder."""
        return replace(self._waiting(), reminded_at=at, version=self.version + 1)

    def expired(self, at: dt.datetime) -> AccessRequest:
        """Return the request after its time has run out."""
        return replace(self._waiting(), state=RequestState.EXPIRED, decided_at=at, version=self.version + 1)

    def decided(
        self, state: RequestState, *, by: str, name: str, at: dt.datetime, reason: str | None = None
    ) -> AccessRequest:
        """Return the request with its decision; raises `RequestClosedError` unless it waits."""
        waiting = self._waiting()
        return replace(
            waiting,
            state=state,
            decided_by=by,
            decider_name=name,
            decided_at=at,
            reason=reason,
            version=self.version + 1,
        )

    def _waiting(self) -> AccessRequest:
        if self.state is not RequestState.WAITING:
            raise RequestClosedError(id=self.id, state=self.state.value)
        return self


def new_request_id(now: dt.datetime) -> RequestId:
    """Return a fresh id; ids sort by time, and nobody guesses another's."""
    milliseconds = int((now - _EPOCH) / dt.timedelta(milliseconds=1))
    return RequestId(f"{milliseconds:014d}{secrets.token_hex(5)}")
