"""Merge one structure into another: looked at beforehand, then carried on until nobody is left behind (C7).

Each step may be repeated: what is done already is passed over. A merger that was killed midway, or that has
more users than one request can move, is carried on by whoever asks for it again, and by the sweeper.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from choriste.application.access.policy import require_merge, require_outside
from choriste.application.members.ports import Change, MemberPorts, StoredUser
from choriste.application.parties.write import change_directory
from choriste.domain.access.errors import StaleRecordError
from choriste.domain.access.principal import Principal
from choriste.domain.access.user import User
from choriste.domain.members.act import ActKind, AdministrativeAct, act_of, rights_text
from choriste.domain.members.merger import WHOLE, Merger, MergerState
from choriste.domain.members.transfer import TransferOpenError
from choriste.domain.parties.structure import Closing, ClosingReason, Structure
from choriste.domain.shared.errors import BadRequestError, NotFoundError
from choriste.i18n.catalogue import message

_PAGE: Final = 200
AT_ONCE: Final = 200
"""Users that one request moves at most; the sweeper goes on with the others."""

BY_THE_SWEEPER: Final = 2_000
_AGAIN: Final = dt.timedelta(minutes=2)
"""After how long the sweeper takes up a merger that nobody finished."""

_TRIES: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class MergerPlan:
    """What a merger would do, or still has to do: `moves` pairs each user with what it becomes."""

    merger: Merger
    absorbed: Structure
    absorbing: Structure
    moves: tuple[tuple[User, User], ...]


def plan_merger(
    ports: MemberPorts, principal: Principal, absorbed: str, absorbing: str, *, services: Mapping[str, str]
) -> MergerPlan:
    """Return what a merger would do; nothing is written.

    `services` maps each service of the absorbed structure, and `WHOLE`, to one of the absorbing structure, or
    to `WHOLE`; what it leaves out gives no right. Raises `ForbiddenError` unless the principal is the
    operator or manages both, `NotFoundError`, `BadRequestError` for a map to nowhere, and `TransferOpenError`
    while a role of either is on its way.
    """
    require_merge(principal, absorbed, absorbing)
    for structure in (absorbed, absorbing):
        require_outside(structure)
    source, target = _active(ports, absorbed), _active(ports, absorbing)
    manager = ports.members.manager_of(target.id)
    _check_map(source, target, services)
    if source == target or manager is None:
        raise BadRequestError(field="/body/absorbing", expected=message("expected", "managed-structure"))
    for structure in (source.id, target.id):
        known = ports.members.transfer(structure)
        if known is not None and known.is_open:
            raise TransferOpenError(structure=structure)
    merger = Merger(
        absorbed=source.id,
        absorbing=target.id,
        services=dict(services),
        manager=manager,
        begun_at=ports.clock.now(),
        begun_by=principal.id,
        begun_by_name=principal.name,
        due_at=ports.clock.now() + _AGAIN,
    )
    moves = tuple((stored.user, after) for stored, after in _moves(ports, merger))
    return MergerPlan(merger=merger, absorbed=source, absorbing=target, moves=moves)


def merge_structures(
    ports: MemberPorts, principal: Principal, absorbed: str, absorbing: str, *, services: Mapping[str, str]
) -> Merger:
    """Merge, or carry on a merger that was begun, and return it; it is done when its state says so.

    Raises as `plan_merger` does.
    """
    require_merge(principal, absorbed, absorbing)
    known = ports.members.merger(absorbed)
    if known is None:
        known = plan_merger(ports, principal, absorbed, absorbing, services=services).merger
        acts = tuple(_announced(ports, principal, known, structure) for structure in (absorbed, absorbing))
        ports.members.save(Change(acts=acts, merger=known))
    elif known.absorbing != absorbing:
        raise NotFoundError(kind="structure", id=absorbed)
    return _carry_on(ports, principal, known, most=AT_ONCE)


def read_merger(ports: MemberPorts, principal: Principal, absorbed: str) -> Merger:
    """Return the merger that a structure went into; raises `NotFoundError`, or `ForbiddenError`."""
    known = ports.members.merger(absorbed)
    require_merge(principal, absorbed, known.absorbing if known is not None else absorbed)
    if known is None:
        raise NotFoundError(kind="structure", id=absorbed)
    return known


def advance_merger(ports: MemberPorts, absorbed: str, now: dt.datetime) -> None:
    """Carry on a merger that was left undone; one that is done, or is being worked on, is left alone."""
    known = ports.members.merger(absorbed)
    if known is not None and known.due_at is not None and known.due_at <= now:
        _carry_on(ports, Principal.platform("sweeper"), known, most=BY_THE_SWEEPER)


def _carry_on(ports: MemberPorts, principal: Principal, merger: Merger, *, most: int) -> Merger:
    if merger.state is MergerState.DONE:
        return merger
    _close(ports, merger)
    _pass_seat(ports, principal, merger)
    for moved, (stored, _) in enumerate(_moves(ports, merger)):
        if moved == most:
            return merger
        _move(ports, principal, merger, stored.user.id)
    done = replace(merger, state=MergerState.DONE, due_at=None, version=merger.version + 1)
    ports.members.save(Change(acts=(), merger=done))
    return done


def _close(ports: MemberPorts, merger: Merger) -> None:
    """Deactivate the absorbed structure: nothing new comes to it, and nobody joins it."""
    closing = Closing(at=ports.clock.now(), reason=ClosingReason.MERGED, by=merger.begun_by)

    def closed(known: Structure) -> Structure:
        return replace(known, active=False, closing=closing) if known.active else known

    change_directory(ports, merger.absorbed, closed)


def _pass_seat(ports: MemberPorts, principal: Principal, merger: Merger) -> None:
    """Move both managers in one transaction: what the absorbed one leaves behind is never without manager."""
    holder = ports.members.manager_of(merger.absorbed)
    if holder == merger.manager:
        return
    found = [ports.members.member(user) for user in (holder, merger.manager) if user is not None]
    pairs = tuple((stored, merger.moved(stored.user)) for stored in found if stored is not None)
    acts = tuple(_moved(ports, principal, merger, before.user, after) for before, after in pairs)
    ports.members.save(Change(acts=acts, users=pairs))


def _moves(ports: MemberPorts, merger: Merger) -> Iterator[tuple[StoredUser, User]]:
    """Yield the users whom the merger changes, with what they become, once each."""
    seen: set[str] = set()
    for structure in (merger.absorbed, merger.absorbing):
        after: str | None = None
        while True:
            page = ports.members.of_structure(structure, after=after, limit=_PAGE)
            for stored in page.rows:
                moved = merger.moved(stored.user)
                if stored.user.id not in seen and moved != stored.user:
                    seen.add(stored.user.id)
                    yield stored, moved
            if page.after is None:
                break
            after = page.after


def _move(ports: MemberPorts, principal: Principal, merger: Merger, user_id: str) -> None:
    """Move one user as it is now; again when somebody else changed it at the same time."""
    for attempt in range(1, _TRIES + 1):
        stored = ports.members.member(user_id)
        if stored is None or (after := merger.moved(stored.user)) == stored.user:
            return
        act = _moved(ports, principal, merger, stored.user, after)
        try:
            ports.members.save(Change(acts=(act,), users=((stored, after),)))
        except StaleRecordError:
            if attempt == _TRIES:
                raise
        else:
            return


def _moved(
    ports: MemberPorts, principal: Principal, merger: Merger, before: User, after: User
) -> AdministrativeAct:
    both = (merger.absorbed, merger.absorbing)
    return act_of(
        principal,
        ActKind.USER_MOVED,
        at=ports.clock.now(),
        structure=merger.absorbing,
        account=after.id,
        subject=after.name,
        before={"rights": rights_text(right for right in before.rights if right.structure in both)},
        after={"rights": rights_text(right for right in after.rights if right.structure == merger.absorbing)},
    )


def _announced(ports: MemberPorts, principal: Principal, merger: Merger, structure: str) -> AdministrativeAct:
    absorbed, absorbing = (_named(ports, each) for each in (merger.absorbed, merger.absorbing))
    return act_of(
        principal,
        ActKind.STRUCTURE_MERGED,
        at=merger.begun_at,
        structure=structure,
        account=None,
        subject=absorbed,
        after={"absorbed": absorbed, "absorbing": absorbing},
    )


def _named(ports: MemberPorts, structure: str) -> str:
    """Return a structure as a history names it: as it is called now, and its id."""
    found = ports.directory.structure(structure)
    return f"{found.name} ({structure})" if found is not None else structure


def _active(ports: MemberPorts, structure: str) -> Structure:
    found = ports.directory.structure(structure)
    if found is None or not found.active:
        raise NotFoundError(kind="structure", id=structure)
    return found


def _check_map(source: Structure, target: Structure, services: Mapping[str, str]) -> None:
    """Raise `BadRequestError` unless each pair of the map is a part of the one and a part of the other."""
    for known, chosen in services.items():
        here = known == WHOLE or source.service(known) is not None
        found = target.service(chosen) if chosen != WHOLE else None
        if not here or (chosen != WHOLE and (found is None or not found.active)):
            raise BadRequestError(field="/body/services", expected=message("expected", "service-of-both"))
