"""Move on a request for access whose time has come: one reminder after a week, the end after thirty days."""

from __future__ import annotations

import datetime as dt
from contextlib import suppress

from choriste.application.access.mails import MailKind
from choriste.application.members.ports import Change, MemberPorts
from choriste.application.members.request_mails import tell_deciders, tell_requester
from choriste.domain.access.errors import StaleRecordError
from choriste.domain.access.principal import Principal
from choriste.domain.members.act import ActKind, AdministrativeAct, act_of, rights_text
from choriste.domain.members.request import AccessRequest


def advance_request(ports: MemberPorts, request_id: str, now: dt.datetime) -> None:
    """Take up a request where it stands; one that is not due, gone or decided meanwhile is left alone."""
    request = ports.members.request(request_id)
    if request is None or request.due_at is None or request.due_at > now:
        return
    # somebody who decides at the last moment wins
    with suppress(StaleRecordError):
        if request.reminded_at is None:
            ports.members.save(Change(acts=(), request=request.reminded(now)))
            tell_deciders(ports, request, MailKind.ACCESS_REMINDER)
        else:
            ports.members.save(Change(acts=(_expiry(ports, request),), request=request.expired(now)))
            tell_requester(ports, request, MailKind.ACCESS_EXPIRED)


def _expiry(ports: MemberPorts, request: AccessRequest) -> AdministrativeAct:
    return act_of(
        Principal.platform("sweeper"),
        ActKind.ACCESS_EXPIRED,
        at=ports.clock.now(),
        structure=request.structure,
        account=request.requester,
        subject=request.requester_name,
        before={"rights": rights_text(request.rights)},
    )
