"""Give a program temporary credentials for the folders of its own account, or of a partner that it serves.

Source: docs/how-to/exchange-files.md.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Protocol

from choriste.application.access.policy import holds, may_connect, operates
from choriste.application.access.ports import Accounts
from choriste.application.exchange.ports import FolderCredentials, FolderKeys
from choriste.domain.access.principal import Principal
from choriste.domain.exchange.partner import Partner, inbox_prefix, outbox_prefix
from choriste.domain.shared.errors import BrokenInvariantError, ForbiddenError, NotFoundError

LIFETIME_SECONDS: Final = 3600
"""The longest that AWS allows a role that another role assumes."""

_PLAIN: Final = re.compile(r"[A-Za-z0-9@._+=-]{1,128}")
"""Names of accounts; none holds what a policy gives a meaning (`*`, `?`, `$`) or a path has (`/`)."""


class CredentialPorts(Protocol):
    """What it takes to give credentials."""

    @property
    def accounts(self) -> Accounts:
        """Users, technical accounts, API clients and partners."""
        ...

    @property
    def folder_keys(self) -> FolderKeys:
        """Who gives temporary credentials."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Folders:
    """Credentials, and the folders that they open."""

    account: str
    credentials: FolderCredentials

    @property
    def inbox(self) -> str:
        """Where files are dropped."""
        return inbox_prefix(self.account)

    @property
    def outbox(self) -> str:
        """Where files are fetched."""
        return outbox_prefix(self.account)


def issue_credentials(ports: CredentialPorts, principal: Principal, *, partner: str | None = None) -> Folders:
    """Return credentials for an hour: for a partner's folders, or for the principal's own without one.

    Whoever administers the connections of the partner's structure may have them, and whoever has each of the
    partner's rights: what lies in its folder is done with these. The operator may not act in another's name.
    Raises `ForbiddenError` for the operator, `NotFoundError` for a partner that is unknown, closed, or not
    the principal's.
    """
    if operates(principal):
        raise ForbiddenError(right="issue:modify", structure=None, service=None)
    account = principal.id if partner is None else _served(ports, principal, partner).code
    if _PLAIN.fullmatch(account) is None:
        raise BrokenInvariantError(f"an account id that no policy can name: {account!r}")
    issued = ports.folder_keys.issue(account, seconds=LIFETIME_SECONDS)
    return Folders(account=account, credentials=issued)


def _served(ports: CredentialPorts, principal: Principal, code: str) -> Partner:
    partner = ports.accounts.partner(code)
    if partner is None or not partner.active or not _serves(principal, partner):
        raise NotFoundError(kind="partner", id=code)
    return partner


def _serves(principal: Principal, partner: Partner) -> bool:
    return may_connect(principal, partner.structure) or (
        bool(partner.rights) and all(holds(principal, right) for right in partner.rights)
    )
