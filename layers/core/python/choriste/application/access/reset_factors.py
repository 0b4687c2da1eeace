"""Reset the factors of a person who has lost all of them and the recovery codes.

Whoever asks has the password; somebody who knows the person grants it, with a fresh second factor; and the
owner, told at the login address at once, has a day to stop it. Only then the next sign-in takes the factors
away.
Source: docs/reference/accounts.md#factor-reset.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from choriste.application.access.links import new_link, open_link, use_link
from choriste.application.access.mails import MailKind, mail_user
from choriste.application.access.policy import (
    is_own,
    may_reset_factors,
    require_fresh_factor,
    reset_places,
)
from choriste.application.access.ports import AccessPorts
from choriste.application.access.records import FactorReset, LinkPurpose, ResetState, SessionStage
from choriste.application.access.sessions import end_other_sessions, session_at
from choriste.domain.access.errors import LinkEndedError, SessionEndedError
from choriste.domain.access.principal import Principal
from choriste.domain.access.user import User, UserId
from choriste.domain.members.act import ActKind, act_of
from choriste.domain.parties.structure import StructureId
from choriste.domain.shared.errors import BadRequestError, NotFoundError
from choriste.i18n.catalogue import message
from choriste.i18n.formats import moment_text

LONGEST_REASON: Final = 500


@dataclass(frozen=True, slots=True)
class WaitingReset:
    """A factor reset that waits for its grant, and whose factors it is about."""

    reset: FactorReset
    user: User


def ask_for_reset_of_factors(token: str, *, access: AccessPorts) -> FactorReset:
    """Ask, in a sign-in that awaits the second factor; tell the owner, and whoever decides.

    Asking again while one is open changes nothing. Raises `SessionEndedError`, also where an organisation
    signed the owner in: nobody gave the password then.
    """
    session, now = session_at(token, SessionStage.AWAITS_CODE, access=access), access.clock.now()
    if session.organisation is not None:
        raise SessionEndedError
    user = access.accounts.user(session.user)
    if user is None:
        raise SessionEndedError
    known = access.factor_resets.of_user(user.id)
    if known is not None and known.is_open(now):
        return known
    place, version = _place_of(user, access=access), known.version + 1 if known else 1
    asked = FactorReset(user=user.id, structure=place, asked_at=now, version=version)
    _keep(asked, ActKind.FACTOR_RESET_ASKED, user, by=Principal.of_user(user), access=access)
    _tell_owner(user, MailKind.FACTOR_RESET_ASKED, access=access)
    _tell_manager(user, place, access=access)
    return asked


def list_factor_resets(principal: Principal, *, access: AccessPorts) -> tuple[WaitingReset, ...]:
    """Return the factor resets that wait for a person's decision, of no other structure."""
    found = (reset for place in reset_places(principal) for reset in access.factor_resets.waiting(place))
    open_ones = (reset for reset in found if reset.is_open(access.clock.now()))
    users = ((reset, access.accounts.user(reset.user)) for reset in open_ones)
    return tuple(
        WaitingReset(reset, user)
        for reset, user in users
        if user is not None and not is_own(principal, user.id)
    )


def grant_factor_reset(principal: Principal, user_id: str, *, access: AccessPorts) -> FactorReset:
    """Let the factors of a person be reset once the delay is over, and tell the owner how to stop it.

    Raises `NotFoundError` for whoever does not decide it, also for one's own, or `FactorNeededError`.
    """
    reset, user = _decided(principal, user_id, access=access)
    now = access.clock.now()
    opens_at = now + access.factor_reset_delay
    granted = replace(
        reset,
        state=ResetState.GRANTED,
        decided_by=principal.id,
        opens_at=opens_at,
        version=reset.version + 1,
    )
    _keep(granted, ActKind.FACTOR_RESET_GRANTED, user, by=principal, access=access)
    opening = moment_text(opens_at, language=user.language.value)
    _tell_owner(user, MailKind.FACTOR_RESET_GRANTED, access=access, opens_at=opening, decider=principal.name)
    return granted


def refuse_factor_reset(principal: Principal, user_id: str, *, reason: str, access: AccessPorts) -> None:
    """Refuse a factor reset with a reason, which the owner is mailed; raises like the grant."""
    reset, user = _decided(principal, user_id, access=access)
    told = " ".join(reason.split())
    if not 0 < len(told) <= LONGEST_REASON:
        expected = message("expected", "max-length", max_length=LONGEST_REASON)
        raise BadRequestError(field="reason", expected=expected)
    refused = replace(reset, state=ResetState.REFUSED, decided_by=principal.id, version=reset.version + 1)
    _keep(refused, ActKind.FACTOR_RESET_REFUSED, user, by=principal, access=access, reason=told)
    mail_user(user, MailKind.FACTOR_RESET_REFUSED, ports=access, reason=told)


def awaiting_stop(token: str, *, access: AccessPorts) -> User:
    """Return whose factor reset a link stops, and change nothing; raises `LinkEndedError`."""
    link = open_link(token, LinkPurpose.STOP_FACTOR_RESET, access=access)
    reset, user = access.factor_resets.of_user(link.user), access.accounts.user(link.user)
    if reset is None or user is None or not reset.is_open(access.clock.now()):
        raise LinkEndedError
    return user


def stop_factor_reset(token: str, *, access: AccessPorts) -> None:
    """Stop a factor reset, asked for or granted: it comes to nothing. Raises `LinkEndedError`."""
    user = awaiting_stop(token, access=access)
    use_link(token, LinkPurpose.STOP_FACTOR_RESET, access=access)
    give_up_reset(user, access=access)


def give_up_reset(user: User, *, access: AccessPorts) -> None:
    """End the open factor reset of a user who wants none, or has just proved a factor; tell them."""
    reset = access.factor_resets.of_user(user.id)
    if reset is None or not reset.is_open(access.clock.now()):
        return
    stopped = replace(reset, state=ResetState.STOPPED, version=reset.version + 1)
    _keep(stopped, ActKind.FACTOR_RESET_STOPPED, user, by=Principal.of_user(user), access=access)
    mail_user(user, MailKind.FACTOR_RESET_STOPPED, ports=access, path="/password/forgotten")


def take_reset(user: User, *, access: AccessPorts) -> bool:
    """Take the factors away if a granted reset is ripe, once; say whether it was.

    Called when the password was right: a code by mail comes next, then the choice of a factor. Every session
    ends. A reset that others would decide by now, since the owner took over a role or joined another
    structure, comes to nothing.
    """
    reset, credentials = access.factor_resets.of_user(user.id), access.accounts.credentials(user.id)
    if reset is None or credentials is None or not reset.is_ripe(access.clock.now()):
        return False
    if _place_of(user, access=access) != reset.structure:
        give_up_reset(user, access=access)
        return False
    done = replace(reset, state=ResetState.DONE, version=reset.version + 1)
    _keep(done, ActKind.FACTOR_RESET_DONE, user, by=Principal.of_user(user), access=access)
    access.accounts.save_credentials(
        replace(
            credentials,
            totp_secret=None,
            security_keys=(),
            recovery_codes=(),
            version=credentials.version + 1,
        )
    )
    end_other_sessions(user.id, access=access)
    mail_user(user, MailKind.FACTOR_RESET_DONE, ports=access)
    return True


def _decided(principal: Principal, user_id: str, *, access: AccessPorts) -> tuple[FactorReset, User]:
    """Return what a person may decide now, read again: who decides may have changed since it was asked."""
    reset, user = access.factor_resets.of_user(user_id), access.accounts.user(user_id)
    if reset is None or user is None or is_own(principal, user_id):
        raise NotFoundError(kind="user", id=user_id)
    waits = reset.state is ResetState.ASKED and reset.is_open(access.clock.now())
    same_place = _place_of(user, access=access) == reset.structure
    if not (waits and same_place and may_reset_factors(principal, reset.structure)):
        raise NotFoundError(kind="user", id=user_id)
    require_fresh_factor(principal, now=access.clock.now())
    return reset, user


def _place_of(user: User, *, access: AccessPorts) -> StructureId | None:
    """Return the structure whose manager decides; None where the operator does.

    So it is for managers and operators themselves, and for whoever takes part in several structures: one
    manager must not open what belongs to another.
    """
    if user.operator or len(user.structures) != 1:
        return None
    (place,) = user.structures
    manager = _manager_of(place, access=access)
    return place if manager is not None and manager.id != user.id else None


def _manager_of(structure: StructureId, *, access: AccessPorts) -> User | None:
    users = access.directory.users_of(structure)
    return next((user for user in users if user.manages(structure)), None)


def _keep(  # noqa: PLR0913 - what, why, whose, by whom
    reset: FactorReset,
    kind: ActKind,
    user: User,
    *,
    by: Principal,
    access: AccessPorts,
    reason: str | None = None,
) -> None:
    """Store a reset, then its act: of two who decide at once, one writes."""
    access.factor_resets.save(reset)
    access.history.add(
        act_of(
            by,
            kind,
            at=access.clock.now(),
            structure=reset.structure,
            account=user.id,
            subject=user.name,
            after={"reason": reason} if reason else None,
        )
    )


def _tell_owner(user: User, kind: MailKind, *, access: AccessPorts, **values: object) -> None:
    token = new_link(UserId(user.id), LinkPurpose.STOP_FACTOR_RESET, access=access)
    mail_user(user, kind, ports=access, path=f"/factor-reset/stop?token={token}", **values)


def _tell_manager(user: User, place: StructureId | None, *, access: AccessPorts) -> None:
    manager = _manager_of(place, access=access) if place is not None else None
    if manager is not None:
        mail_user(
            manager, MailKind.FACTOR_RESET_WAITING, ports=access, path="/factor-resets", person=user.name
        )
