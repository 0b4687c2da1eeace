"""Pass the primary manager's role on: by its holder, or by two people of the operator (C5).

Each step that moves the role on needs a second factor proved within the last minutes; ending it does not.
"""

from __future__ import annotations

import datetime as dt
from contextlib import suppress

from choriste.application.access.mails import MailKind, mail_user
from choriste.application.access.policy import is_own, operates, require_fresh_factor, require_operator
from choriste.application.members.ports import Change, MemberPorts
from choriste.domain.access.errors import StaleRecordError
from choriste.domain.access.principal import Principal
from choriste.domain.access.user import UserId
from choriste.domain.members.act import ActKind, AdministrativeAct, act_of
from choriste.domain.members.member import MemberState, state_in
from choriste.domain.members.transfer import (
    PATIENCE,
    ManagerTransfer,
    TransferClosedError,
    TransferOpenError,
    TransferState,
    pass_role,
)
from choriste.domain.parties.structure import StructureId
from choriste.domain.shared.errors import BadRequestError, NotFoundError
from choriste.i18n.catalogue import message

LONGEST_REASON = 1000


def read_transfer(ports: MemberPorts, principal: Principal, structure: str) -> ManagerTransfer | None:
    """Return the newest transfer of a role to its holder, its receiver or the operator; None without one.

    Raises `NotFoundError` to everybody else.
    """
    known, holder = ports.members.transfer(structure), ports.members.manager_of(structure)
    concerned = {holder, *((known.holder, known.receiver) if known is not None else ())}
    if not operates(principal) and not any(
        is_own(principal, user, structure=structure) for user in concerned if user
    ):
        raise NotFoundError(kind="structure", id=structure)
    return known


def offer_transfer(
    ports: MemberPorts, principal: Principal, structure: str, *, receiver: str
) -> ManagerTransfer:
    """Offer one's role to another user of the structure, who accepts or declines; return the transfer.

    Raises `NotFoundError` for a structure that one does not manage, or a user who is not there, and
    `TransferOpenError`.
    """
    holder = ports.members.manager_of(structure)
    if holder is None or not is_own(principal, holder, structure=structure):
        raise NotFoundError(kind="structure", id=structure)
    require_fresh_factor(principal, now=ports.clock.now())
    begun = _begun(ports, principal, structure, receiver, state=TransferState.OFFERED)
    _save(ports, principal, begun, ActKind.TRANSFER_OFFERED)
    _tell(ports, begun, MailKind.TRANSFER_OFFERED, begun.receiver)
    return begun


def propose_transfer(
    ports: MemberPorts, principal: Principal, structure: str, *, receiver: str, reason: str
) -> ManagerTransfer:
    """Propose, as one person of the operator, to move a role whose holder has left; return the transfer.

    Raises `ForbiddenError` unless operator, `BadRequestError` without a reason, else as `offer_transfer`.
    """
    require_operator(principal)
    require_fresh_factor(principal, now=ports.clock.now())
    if not 0 < len(reason.strip()) <= LONGEST_REASON:
        raise BadRequestError(
            field="/body/reason", expected=message("expected", "a-reason", max_length=LONGEST_REASON)
        )
    begun = _begun(ports, principal, structure, receiver, state=TransferState.PROPOSED, reason=reason.strip())
    _save(ports, principal, begun, ActKind.TRANSFER_PROPOSED)
    return begun


def confirm_transfer(ports: MemberPorts, principal: Principal, structure: str) -> ManagerTransfer:
    """Confirm, as a second person of the operator, what a first one proposed; return the transfer.

    Holder and receiver are told; the role passes a week later unless the holder objects, and at once where
    nobody holds it. Raises `ForbiddenError`, `NotFoundError`, `TransferClosedError` or `SecondPersonError`.
    """
    require_operator(principal)
    require_fresh_factor(principal, now=ports.clock.now())
    confirmed = _known(ports, structure).confirmed(by=principal.id, name=principal.name, at=ports.clock.now())
    _save(ports, principal, confirmed, ActKind.TRANSFER_ANNOUNCED)
    if confirmed.holder is None:
        return _complete(ports, principal, confirmed)
    for user in (confirmed.holder, confirmed.receiver):
        _tell(ports, confirmed, MailKind.TRANSFER_ANNOUNCED, user)
    return confirmed


def accept_transfer(ports: MemberPorts, principal: Principal, structure: str) -> ManagerTransfer:
    """Take the role that its holder offers; return the transfer.

    Raises `NotFoundError` unless it was offered to the principal, `TransferClosedError` when it no longer is.
    """
    known = _known(ports, structure)
    if not is_own(principal, known.receiver, structure=structure):
        raise NotFoundError(kind="structure", id=structure)
    if known.state is not TransferState.OFFERED:
        raise TransferClosedError(structure=structure, state=known.state.value)
    require_fresh_factor(principal, now=ports.clock.now())
    return _complete(ports, principal, known)


def end_transfer(ports: MemberPorts, principal: Principal, structure: str) -> ManagerTransfer:
    """End a transfer that is under way, and return it.

    The receiver declines an offer, its holder withdraws it; the holder objects to what the operator has
    announced; the operator withdraws what it proposed or announced. Raises `NotFoundError` to everybody else,
    and `TransferClosedError` where nothing is under way.
    """
    known = _known(ports, structure)
    ended = known.moved(_end(principal, known), since=known.state)
    _save(ports, principal, ended, ActKind.TRANSFER_ENDED)
    for user in (ended.holder, ended.receiver):
        if user is not None and not is_own(principal, user):
            _tell(ports, ended, MailKind.TRANSFER_ENDED, user)
    return ended


def advance_transfer(ports: MemberPorts, structure: str, now: dt.datetime) -> None:
    """Do what is due: pass an announced role, or end what nobody answered; else nothing."""
    known = ports.members.transfer(structure)
    if known is None or known.settles_at is None or known.settles_at > now:
        return
    platform = Principal.platform("sweeper")
    # whoever acts at the last moment wins; what is left undone is due again
    with suppress(StaleRecordError):
        if known.state is TransferState.ANNOUNCED and _may_receive(ports, known):
            _complete(ports, platform, known)
        else:
            ended = known.moved(TransferState.EXPIRED, since=known.state)
            _save(ports, platform, ended, ActKind.TRANSFER_ENDED)


def _end(principal: Principal, known: ManagerTransfer) -> TransferState:
    """Return how a transfer ends when a principal ends it."""
    place = known.structure
    own = known.holder is not None and is_own(principal, known.holder, structure=place)
    receives = is_own(principal, known.receiver, structure=place)
    if known.state is TransferState.OFFERED and receives:
        return TransferState.DECLINED
    if known.state is TransferState.OFFERED and own:
        return TransferState.WITHDRAWN
    if known.state is TransferState.ANNOUNCED and own:
        return TransferState.OBJECTED
    if operates(principal) and known.state in (TransferState.PROPOSED, TransferState.ANNOUNCED):
        return TransferState.WITHDRAWN
    if own or receives or operates(principal):
        raise TransferClosedError(structure=known.structure, state=known.state.value)
    raise NotFoundError(kind="structure", id=known.structure)


def _begun(  # noqa: PLR0913 - who passes what to whom, and why
    ports: MemberPorts,
    principal: Principal,
    structure: str,
    receiver: str,
    *,
    state: TransferState,
    reason: str = "",
) -> ManagerTransfer:
    """Return a new transfer, after the one before it; raises where one is open or the receiver is none."""
    if ports.directory.structure(structure) is None:
        raise NotFoundError(kind="structure", id=structure)
    known, holder = ports.members.transfer(structure), ports.members.manager_of(structure)
    if known is not None and known.is_open:
        raise TransferOpenError(structure=structure)
    begun = ManagerTransfer(
        structure=StructureId(structure),
        holder=holder,
        receiver=UserId(receiver),
        state=state,
        begun_at=ports.clock.now(),
        begun_by=principal.id,
        begun_by_name=principal.name,
        reason=reason,
        settles_at=ports.clock.now() + PATIENCE,
        version=known.version + 1 if known is not None else 1,
    )
    if receiver == holder or not _may_receive(ports, begun):
        raise NotFoundError(kind="user", id=receiver)
    return begun


def _may_receive(ports: MemberPorts, transfer: ManagerTransfer) -> bool:
    """Say whether the receiver still belongs to the structure, with rights that count there."""
    stored = ports.members.member(transfer.receiver)
    return (
        stored is not None
        and transfer.structure in stored.user.structures
        and state_in(stored.user, transfer.structure) is MemberState.ACTIVE
        and not ports.accounts.unactivated([transfer.receiver])
    )


def _known(ports: MemberPorts, structure: str) -> ManagerTransfer:
    known = ports.members.transfer(structure)
    if known is None:
        raise NotFoundError(kind="structure", id=structure)
    return known


def _complete(ports: MemberPorts, principal: Principal, known: ManagerTransfer) -> ManagerTransfer:
    """Pass the role in one transaction, and tell both; raises `NotFoundError` for a receiver who has left."""
    done = known.moved(TransferState.DONE, since=known.state)
    receiver = ports.members.member(known.receiver)
    if receiver is None or not _may_receive(ports, known):
        raise NotFoundError(kind="user", id=known.receiver)
    holder = ports.members.member(known.holder) if known.holder is not None else None
    simple, manager = pass_role(known.structure, holder.user if holder else None, receiver.user)
    changed = [(receiver, manager)]
    if holder is not None and simple is not None:
        changed.append((holder, simple))
    act = _act(
        ports,
        principal,
        done,
        ActKind.MANAGER_APPOINTED,
        before={"manager": holder.user.name if holder else ""},
        after={"manager": manager.name},
    )
    ports.members.save(Change(acts=(act,), users=tuple(changed), transfer=done))
    for stored, _ in changed:
        _tell(ports, done, MailKind.TRANSFER_DONE, stored.user.id)
    return done


def _save(ports: MemberPorts, principal: Principal, transfer: ManagerTransfer, kind: ActKind) -> None:
    after = {"state": transfer.state.value, **({"reason": transfer.reason} if transfer.reason else {})}
    act = _act(ports, principal, transfer, kind, before={}, after=after)
    ports.members.save(Change(acts=(act,), transfer=transfer))


def _act(  # noqa: PLR0913 - who, what, before and after
    ports: MemberPorts,
    principal: Principal,
    transfer: ManagerTransfer,
    kind: ActKind,
    *,
    before: dict[str, str],
    after: dict[str, str],
) -> AdministrativeAct:
    receiver = ports.accounts.user(transfer.receiver)
    return act_of(
        principal,
        kind,
        at=ports.clock.now(),
        structure=transfer.structure,
        account=transfer.receiver,
        subject=receiver.name if receiver is not None else transfer.receiver,
        before=before,
        after=after,
    )


def _tell(ports: MemberPorts, transfer: ManagerTransfer, kind: MailKind, user_id: UserId) -> None:
    user, receiver = ports.accounts.user(user_id), ports.accounts.user(transfer.receiver)
    structure = ports.directory.structure(transfer.structure)
    if user is None or receiver is None or structure is None:
        return
    mail_user(
        user,
        kind,
        ports=ports,
        path=f"/members/{transfer.structure}/transfer",
        structure=structure.name,
        receiver=receiver.name,
    )
