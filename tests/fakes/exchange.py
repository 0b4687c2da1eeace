"""Partners and what was sent to them, in memory: the twins of the DynamoDB adapters, for tests."""

from __future__ import annotations

import datetime as dt
from threading import RLock

from choriste.application.exchange.ports import FolderCredentials
from choriste.application.shared.clock import Clock
from choriste.application.shared.ports import Page
from choriste.domain.access.errors import AlreadyExistsError, StaleRecordError
from choriste.domain.exchange.partner import Dispatch, Partner
from choriste.domain.parties.structure import StructureId
from choriste.domain.shared.errors import IdentifierTakenError
from tests.fakes.identity import MemoryAccounts


class MemoryPartners:
    """The partners of each structure; `accounts` is where they are read one by one."""

    def __init__(self, accounts: MemoryAccounts) -> None:
        self._lock = RLock()
        self._accounts = accounts

    def add(self, partner: Partner) -> None:
        """Store a new partner."""
        with self._lock:
            if partner.code in self._accounts.partners:
                raise AlreadyExistsError(kind="partner", id=partner.code)
            self._accounts.partners[partner.code] = partner

    def replace(self, partner: Partner) -> None:
        """Store the version after the stored one."""
        with self._lock:
            known = self._accounts.partners.get(partner.code)
            if known is None or known.version != partner.version - 1:
                raise StaleRecordError(kind="partner", id=partner.code)
            self._accounts.partners[partner.code] = partner

    def of_structure(self, structure: StructureId) -> tuple[Partner, ...]:
        """Return the partners of a structure, closed ones too, by code."""
        found = (each for each in self._accounts.partners.values() if each.structure == structure)
        return tuple(sorted(found, key=lambda partner: partner.code))


class MemoryDispatches:
    """The files that were sent to each partner, and the newest about each subject."""

    def __init__(self) -> None:
        self._lock = RLock()
        self._newest: dict[tuple[str, str], Dispatch] = {}
        self._rows: dict[tuple[str, str], Dispatch] = {}

    def latest(self, partner: str, subject: str) -> Dispatch | None:
        """Return the newest file about a subject."""
        return self._newest.get((partner, subject))

    def begin(self, dispatch: Dispatch, *, after: Dispatch | None) -> None:
        """Record that a file is to be sent."""
        with self._lock:
            known = self.latest(dispatch.partner, dispatch.subject)
            if (known.number if known else None) != (after.number if after else None):
                raise StaleRecordError(kind="dispatch", id=dispatch.subject)
            if (dispatch.partner, _place(dispatch)) in self._rows:
                raise IdentifierTakenError(id=dispatch.number)
            self._keep(dispatch)

    def finish(self, dispatch: Dispatch) -> None:
        """Record that a file was sent, unless a later one about its subject was begun."""
        with self._lock:
            known = self.latest(dispatch.partner, dispatch.subject)
            if known is not None and known.number == dispatch.number:
                self._keep(dispatch)

    def sent_to(self, partner: str, *, after: str | None, limit: int) -> Page[Dispatch]:
        """Return the files of a partner, newest first."""
        places = sorted((place for owner, place in self._rows if owner == partner), reverse=True)
        rest = [place for place in places if after is None or place < after]
        rows = tuple(self._rows[partner, place] for place in rest[:limit])
        return Page(rows, rest[limit - 1] if len(rest) > limit else None)

    def _keep(self, dispatch: Dispatch) -> None:
        self._newest[dispatch.partner, dispatch.subject] = dispatch
        self._rows[dispatch.partner, _place(dispatch)] = dispatch


class MemoryFolderKeys:
    """Gives credentials that no AWS knows; `issued` are the accounts that they were for."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.issued: list[str] = []

    def issue(self, account: str, *, seconds: int) -> FolderCredentials:
        """Return credentials for an account's folders."""
        self.issued.append(account)
        return FolderCredentials(
            access_key_id="ASIA-local",
            secret_access_key="secret",
            session_token="token",
            expires_at=self._clock.now() + dt.timedelta(seconds=seconds),
            region="eu-west-3",
            inbox_bucket="inbox",
            outbox_bucket="outbox",
        )


def _place(dispatch: Dispatch) -> str:
    return f"{dispatch.number[-15:]}#{dispatch.number}"
