"""Technical accounts: the programs of a structure, in the header `cpro-account`.

Their rules are in docs/reference/accounts.md#technical-accounts.
"""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from choriste.application.access.hashing import GENERATED_COST, hash_secret, new_secret
from choriste.application.access.policy import (
    is_own,
    may_connect,
    require_connect,
    require_fresh_factor,
    require_holds,
    require_one_world,
)
from choriste.application.access.ports import AccessPorts
from choriste.application.access.records import TechnicalAccount
from choriste.application.connections.acts import record_account_act
from choriste.domain.access.errors import StaleRecordError
from choriste.domain.access.principal import Principal
from choriste.domain.access.user import Habilitation
from choriste.domain.members.act import ActKind
from choriste.domain.parties.structure import StructureId
from choriste.domain.shared.errors import NotFoundError

LIFETIME: Final = dt.timedelta(days=365)
"""How long a technical account's secret lives; a reset starts a new year."""

_LOGIN_DIGITS: Final = 100_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuedAccount:
    """A technical account with its secret in clear: shown once, stored nowhere."""

    account: TechnicalAccount
    secret: str


def create_technical_account(
    structure: StructureId, *, name: str, rights: Iterable[Habilitation], by: Principal, access: AccessPorts
) -> IssuedAccount:
    """Create a technical account of a structure, with rights that its creator holds too.

    Raises `ForbiddenError`, `FactorNeededError`, `AlreadyExistsError` for a name that the structure uses
    already (`ERP` and `erp` are two names) or, for an unknown structure, `NotFoundError`.
    """
    require_connect(by, structure)
    require_fresh_factor(by, now=access.clock.now())
    granted = frozenset(rights)
    require_holds(by, granted)
    require_one_world(structure, granted)
    if access.directory.structure(structure) is None:
        raise NotFoundError(kind="structure", id=structure)
    secret = new_secret()
    account = TechnicalAccount(
        login=_new_login(),
        structure=structure,
        name=name,
        secret_hash=hash_secret(secret, cost=GENERATED_COST),
        expires_at=access.clock.now() + LIFETIME,
        rights=granted,
    )
    access.connections.add_account(account)
    record_account_act(ActKind.ACCOUNT_CREATED, account, by=by, access=access)
    return IssuedAccount(account=account, secret=secret)


def list_technical_accounts(
    structure: StructureId, *, by: Principal, access: AccessPorts
) -> tuple[TechnicalAccount, ...]:
    """Return the technical accounts of a structure, expired ones too, by name; raises `ForbiddenError`."""
    require_connect(by, structure)
    return access.connections.accounts_of(structure)


def reset_technical_account(
    login: str, *, by: Principal, access: AccessPorts, version: int | None = None
) -> IssuedAccount:
    """Replace the secret of a technical account and start its lifetime anew; the old one dies at once.

    The account may reset itself by an API call. A `version` says which one is to be replaced, so that a form
    sent twice replaces nothing twice. Raises `NotFoundError`, also for an account of a structure whose
    connections the actor does not administer, or `StaleRecordError`.
    """
    account = _administered(login, by=by, access=access)
    require_fresh_factor(by, now=access.clock.now())
    if version not in (None, account.version):
        raise StaleRecordError(kind="technical-account", id=login)
    secret = new_secret()
    renewed = replace(
        account,
        secret_hash=hash_secret(secret, cost=GENERATED_COST),
        expires_at=access.clock.now() + LIFETIME,
        version=account.version + 1,
        warned=None,
    )
    access.connections.replace_account(renewed)
    record_account_act(ActKind.ACCOUNT_RESET, renewed, by=by, access=access)
    return IssuedAccount(account=renewed, secret=secret)


def revoke_technical_account(login: str, *, by: Principal, access: AccessPorts) -> None:
    """Close a technical account for ever: its password dies at once, and its name is free again.

    Raises `NotFoundError` as `reset_technical_account` does, or `StaleRecordError`.
    """
    account = _administered(login, by=by, access=access)
    access.connections.close_account(replace(account, active=False, version=account.version + 1))
    record_account_act(ActKind.ACCOUNT_REVOKED, account, by=by, access=access)


def _administered(login: str, *, by: Principal, access: AccessPorts) -> TechnicalAccount:
    """Return an account that was not closed, for itself and for who administers it."""
    account = access.accounts.technical_account(login)
    if account is None or not account.active or not (is_own(by, login) or may_connect(by, account.structure)):
        raise NotFoundError(kind="technical account", id=login)
    return account


def _new_login() -> str:
    # The shape is the one that Chorus Pro clients know; it names no mailbox.
    return f"TECH_1_{secrets.randbelow(_LOGIN_DIGITS):08d}@cpro.fr"
