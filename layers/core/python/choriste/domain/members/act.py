"""Administrative acts: who did what, when, to whom, with before and after (domain C10).

An act is written once and never changes. It holds no secret and no proof of identity: what is kept of a
password or of a factor is that it changed.
"""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from choriste.domain.access.principal import Principal, PrincipalKind
from choriste.domain.access.user import Habilitation


class ActKind(StrEnum):
    """What was done. A capability that records acts of its own adds their kinds, and their texts."""

    USER_INVITED = "user_invited"
    USER_DEACTIVATED = "user_deactivated"
    USER_REACTIVATED = "user_reactivated"
    RIGHTS_CHANGED = "rights_changed"
    RIGHTS_DUPLICATED = "rights_duplicated"
    ACCESS_REQUESTED = "access_requested"
    ACCESS_GIVEN = "access_given"
    ACCESS_REFUSED = "access_refused"
    ACCESS_EXPIRED = "access_expired"
    MANAGER_APPOINTED = "manager_appointed"
    TRANSFER_OFFERED = "transfer_offered"
    TRANSFER_PROPOSED = "transfer_proposed"
    TRANSFER_ANNOUNCED = "transfer_announced"
    TRANSFER_ENDED = "transfer_ended"
    STRUCTURE_MERGED = "structure_merged"
    USER_MOVED = "user_moved"
    STRUCTURE_REGISTERED = "structure_registered"
    STRUCTURE_CHANGED = "structure_changed"
    STRUCTURE_CLOSED = "structure_closed"
    STRUCTURE_OPENED = "structure_opened"
    SERVICE_ADDED = "service_added"
    SERVICE_CHANGED = "service_changed"
    SERVICE_CLOSED = "service_closed"
    SERVICE_OPENED = "service_opened"
    BANK_DETAILS_CHANGED = "bank_details_changed"
    MANDATE_GIVEN = "mandate_given"
    MANDATE_ACCEPTED = "mandate_accepted"
    MANDATE_REFUSED = "mandate_refused"
    MANDATE_ENDED = "mandate_ended"
    MANDATE_FILE_ADDED = "mandate_file_added"
    CONNECTION_DECLARED = "connection_declared"
    CONNECTION_RENEWED = "connection_renewed"
    CONNECTION_SUSPENDED = "connection_suspended"
    CONNECTION_ACTIVATED = "connection_activated"
    CONNECTION_REVOKED = "connection_revoked"
    ACCOUNT_CREATED = "account_created"
    ACCOUNT_RESET = "account_reset"
    ACCOUNT_REVOKED = "account_revoked"
    SIGN_IN_CHANGED = "sign_in_changed"
    ORGANISATION_JOINED = "organisation_joined"
    INVITATION_RENEWED = "invitation_renewed"
    INVITATION_CANCELLED = "invitation_cancelled"
    ADDRESS_CHANGED = "address_changed"
    FACTOR_RESET_ASKED = "factor_reset_asked"
    FACTOR_RESET_GRANTED = "factor_reset_granted"
    FACTOR_RESET_REFUSED = "factor_reset_refused"
    FACTOR_RESET_STOPPED = "factor_reset_stopped"
    FACTOR_RESET_DONE = "factor_reset_done"
    PARTNER_REGISTERED = "partner_registered"
    PARTNER_CHANGED = "partner_changed"
    PARTNER_CLOSED = "partner_closed"
    PARTNER_OPENED = "partner_opened"


@dataclass(frozen=True, slots=True, kw_only=True)
class AdministrativeAct:
    """One row of the history: `account` is the one acted on, `subject` what a reader is shown of it.

    `before` and `after` hold what changed, by name: `rights`, `state`, `reason` … Either may be empty.
    """

    id: str
    at: dt.datetime
    kind: ActKind
    actor: str
    actor_name: str
    actor_kind: PrincipalKind
    structure: str | None
    account: str | None
    subject: str
    before: dict[str, str] = field(default_factory=dict)
    after: dict[str, str] = field(default_factory=dict)


def act_of(  # noqa: PLR0913 - an act is who, what, when, on whom, before and after
    by: Principal,
    kind: ActKind,
    *,
    at: dt.datetime,
    structure: str | None,
    account: str | None,
    subject: str,
    before: Mapping[str, str] | None = None,
    after: Mapping[str, str] | None = None,
) -> AdministrativeAct:
    """Return the act that a principal does; `before` and `after` must hold no secret."""
    return AdministrativeAct(
        id=secrets.token_hex(6).upper(),
        at=at,
        kind=kind,
        actor=by.id,
        actor_name=by.name,
        actor_kind=by.kind,
        structure=structure,
        account=account,
        subject=subject,
        before=dict(before or {}),
        after=dict(after or {}),
    )


def rights_text(rights: Iterable[Habilitation]) -> str:
    """Return rights as a history keeps them: `space:level` or `space:level:service`, in order."""
    written = (
        ":".join(filter(None, (right.space.value, right.level.name.lower(), right.service)))
        for right in rights
    )
    return ", ".join(sorted(written))
