"""The mails of a request for access: to those who can decide, and to whoever asked."""

from __future__ import annotations

from collections.abc import Iterator

from choriste.application.access.mails import MailKind, mail_user
from choriste.application.access.policy import may_administer
from choriste.application.members.ports import MemberPorts
from choriste.domain.access.principal import Principal
from choriste.domain.access.user import User
from choriste.domain.members.request import AccessRequest


def deciders(ports: MemberPorts, request: AccessRequest) -> Iterator[User]:
    """Yield the users who can decide a request: those who administer its structure, or its service."""
    for user in ports.directory.users_of(request.structure):
        if may_administer(Principal.of_user(user), request.structure, request.service):
            yield user


def tell_deciders(ports: MemberPorts, request: AccessRequest, kind: MailKind) -> None:
    """Mail everybody who can decide a request."""
    for user in deciders(ports, request):
        mail_user(
            user,
            kind,
            ports=ports,
            path=f"/approvals/{request.id}",
            requester=request.requester_name,
            structure=structure_name(ports, request),
        )


def tell_requester(ports: MemberPorts, request: AccessRequest, kind: MailKind) -> None:
    """Mail whoever asked what became of it; nobody, when the account is gone."""
    user = ports.accounts.user(request.requester)
    if user is not None and user.active:
        mail_user(
            user,
            kind,
            ports=ports,
            path=f"/approvals/{request.id}",
            structure=structure_name(ports, request),
            reason=request.reason or "",
        )


def structure_name(ports: MemberPorts, request: AccessRequest) -> str:
    """Return the name of the structure that a request is about."""
    found = ports.directory.structure(request.structure)
    return found.name if found is not None else request.structure
