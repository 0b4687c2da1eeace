"""Requests for access, as those who can decide see them: counted, listed, approved, refused (E1).

Everything is apart by structure and by service: whoever administers one service learns nothing of requests
for another, nor of those for the whole structure, not even how many there are.
"""

from __future__ import annotations

from choriste.application.access.mails import MailKind
from choriste.application.access.policy import (
    administered_services,
    administered_structures,
    is_own,
    may_administer,
    require_holds,
)
from choriste.application.members.ports import Change, MemberPorts
from choriste.application.members.request_access import LONGEST_COMMENT
from choriste.application.members.request_mails import tell_requester
from choriste.application.shared.ports import Page
from choriste.domain.access.principal import Principal
from choriste.domain.members.act import ActKind, AdministrativeAct, act_of, rights_text
from choriste.domain.members.member import joined, rights_in, with_more_rights
from choriste.domain.members.request import AccessRequest, RequestId, RequestState
from choriste.domain.parties.structure import ServiceCode
from choriste.domain.shared.errors import BadRequestError, NotFoundError
from choriste.i18n.catalogue import message


def count_waiting(ports: MemberPorts, principal: Principal) -> int:
    """Return how many requests wait for a principal's decision; one read for each structure administered."""
    return len(_waiting(ports, principal))


def list_waiting(ports: MemberPorts, principal: Principal) -> tuple[AccessRequest, ...]:
    """Return the requests that wait for a principal's decision, oldest first."""
    found = (ports.members.request(request_id) for request_id in _waiting(ports, principal))
    return tuple(request for request in found if request is not None)


def list_closed(  # noqa: PLR0913 - which part of which structure, and which page
    ports: MemberPorts,
    principal: Principal,
    structure: str,
    service: str | None,
    *,
    after: str | None,
    limit: int,
) -> Page[AccessRequest]:
    """Return the requests that have ended, newest first: those for a service, or for the whole structure.

    Raises `NotFoundError` unless the principal administers just that.
    """
    if not may_administer(principal, structure, service):
        raise NotFoundError(kind="structure", id=structure)
    part = ServiceCode(service) if service is not None else None
    page = ports.members.closed(structure, part, after=after, limit=limit)
    found = (ports.members.request(request_id) for request_id in page.rows)
    return Page(tuple(request for request in found if request is not None), page.after)


def list_own(ports: MemberPorts, principal: Principal) -> tuple[AccessRequest, ...]:
    """Return what a principal asked for, newest first."""
    found = (ports.members.request(request_id) for request_id in ports.members.requests_of(principal.id))
    return tuple(request for request in found if request is not None and _is_asker(principal, request))


def read_request(ports: MemberPorts, principal: Principal, request_id: str) -> AccessRequest:
    """Return a request to whoever can decide it, or made it; raises `NotFoundError` to everybody else."""
    request = ports.members.request(request_id)
    if request is None or not (decides(principal, request) or _is_asker(principal, request)):
        raise NotFoundError(kind="request", id=request_id)
    return request


def address_of_asker(ports: MemberPorts, request: AccessRequest) -> str | None:
    """Return the login address of whoever made a request that may be read, None once the account is gone."""
    user = ports.accounts.user(request.requester)
    return user.email if user is not None else None


def _is_asker(principal: Principal, request: AccessRequest) -> bool:
    return is_own(principal, request.requester, structure=request.structure)


def decides(principal: Principal, request: AccessRequest) -> bool:
    """Say whether a principal decides a request; nobody decides their own."""
    return may_administer(principal, request.structure, request.service) and not is_own(
        principal, request.requester
    )


def approve_request(ports: MemberPorts, principal: Principal, request_id: str) -> AccessRequest:
    """Give what was asked for, at once; tell the requester, and return the request.

    Raises `NotFoundError`, `ForbiddenError` for rights that the decider does not hold, `RequestClosedError`,
    or `StaleRecordError` when somebody else decided, or changed the requester's rights, at the same time.
    """
    request = _decided_by(ports, principal, request_id)
    require_holds(principal, request.rights)
    stored = ports.members.member(request.requester)
    if stored is None or not stored.user.active:
        raise NotFoundError(kind="user", id=request.requester)
    approved = request.decided(
        RequestState.APPROVED, by=principal.id, name=principal.name, at=ports.clock.now()
    )
    after = with_more_rights(joined(stored.user, request.structure), request.rights)
    act = _act(
        ports,
        principal,
        request,
        ActKind.ACCESS_GIVEN,
        before={"rights": rights_text(rights_in(stored.user, request.structure))},
        after={"rights": rights_text(rights_in(after, request.structure))},
    )
    ports.members.save(Change(acts=(act,), users=((stored, after),), request=approved))
    tell_requester(ports, approved, MailKind.ACCESS_APPROVED)
    return approved


def refuse_request(
    ports: MemberPorts, principal: Principal, request_id: str, *, reason: str
) -> AccessRequest:
    """Refuse what was asked for, and tell the requester why; return the request.

    Raises `NotFoundError`, `RequestClosedError`, `StaleRecordError`, or `BadRequestError` without a reason.
    """
    request = _decided_by(ports, principal, request_id)
    told = reason.strip()
    if not 0 < len(told) <= LONGEST_COMMENT:
        raise BadRequestError(
            field="/body/reason", expected=message("expected", "a-reason", max_length=LONGEST_COMMENT)
        )
    refused = request.decided(
        RequestState.REFUSED, by=principal.id, name=principal.name, at=ports.clock.now(), reason=told
    )
    asked = {"rights": rights_text(request.rights)}
    act = _act(ports, principal, request, ActKind.ACCESS_REFUSED, before=asked, after={"reason": told})
    ports.members.save(Change(acts=(act,), request=refused))
    tell_requester(ports, refused, MailKind.ACCESS_REFUSED)
    return refused


def _waiting(ports: MemberPorts, principal: Principal) -> list[RequestId]:
    return sorted(
        request_id
        for structure in administered_structures(principal)
        for request_id in ports.members.waiting(structure, administered_services(principal, structure))
    )


def _decided_by(ports: MemberPorts, principal: Principal, request_id: str) -> AccessRequest:
    request = ports.members.request(request_id)
    if request is None or not decides(principal, request):
        raise NotFoundError(kind="request", id=request_id)
    return request


def _act(  # noqa: PLR0913 - who, what, before and after
    ports: MemberPorts,
    principal: Principal,
    request: AccessRequest,
    kind: ActKind,
    *,
    before: dict[str, str],
    after: dict[str, str],
) -> AdministrativeAct:
    return act_of(
        principal,
        kind,
        at=ports.clock.now(),
        structure=request.structure,
        account=request.requester,
        subject=request.requester_name,
        before=before,
        after=after,
    )
