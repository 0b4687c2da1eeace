"""Create an account that a structure's programs use in the `cpro-account` header.

Source: docs/reference/accounts.md#technical-accounts.
"""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from choriste.application.access.hashing import GENERATED_COST, hash_secret, new_secret
from choriste.application.access.policy import require_connect, require_holds
from choriste.application.access.ports import AccessPorts
from choriste.application.access.records import TechnicalAccount
from choriste.domain.access.principal import Principal
from choriste.domain.access.user import Habilitation
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

    Raises `ForbiddenError` or, for an unknown structure, `NotFoundError`.
    """
    require_connect(by, structure)
    granted = frozenset(rights)
    require_holds(by, granted)
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
    access.accounts.save_technical_account(account)
    return IssuedAccount(account=account, secret=secret)


def _new_login() -> str:
    # The shape is the one that Chorus Pro clients know; it names no mailbox.
    return f"TECH_1_{secrets.randbelow(_LOGIN_DIGITS):08d}@cpro.fr"
