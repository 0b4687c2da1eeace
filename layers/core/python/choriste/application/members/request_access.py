"""Ask to join a structure or one of its services, or for more rights there (E1)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from choriste.application.access.mails import MailKind
from choriste.application.access.policy import may_know
from choriste.application.members.ports import Change, MemberPorts
from choriste.application.members.request_mails import tell_deciders
from choriste.domain.access.principal import Principal
from choriste.domain.access.user import Habilitation, User
from choriste.domain.members.act import ActKind, act_of, rights_text
from choriste.domain.members.request import AccessRequest, RequestState, new_request_id
from choriste.domain.parties.structure import Structure
from choriste.domain.shared.errors import BadRequestError, NotFoundError
from choriste.i18n.catalogue import message
from choriste.i18n.message import Message

LONGEST_COMMENT: Final = 1000
"""Characters of a comment or of a reason, at most."""


def request_access(  # noqa: PLR0913 - what is asked for, where, by whom and why
    ports: MemberPorts,
    requester: User,
    *,
    structure: str,
    service: str | None,
    rights: Iterable[Habilitation],
    comment: str,
) -> AccessRequest:
    """Store a request for rights, which waits for whoever administers that structure or service.

    The same request again, while the first waits, returns the first. Raises `NotFoundError` for a structure
    or service that is unknown or closed, and `BadRequestError` for no rights, rights elsewhere, or a comment
    of more than `LONGEST_COMMENT` characters.
    """
    place, wanted = _place(ports, requester, structure, service), frozenset(rights)
    if not wanted or any(right.structure != structure or right.service != service for right in wanted):
        raise BadRequestError(field="/body/rights", expected=message("expected", "rights-there"))
    if len(comment) > LONGEST_COMMENT:
        raise BadRequestError(
            field="/body/comment", expected=message("expected", "max-length", max_length=LONGEST_COMMENT)
        )
    asked = AccessRequest(
        id=new_request_id(ports.clock.now()),
        requester=requester.id,
        requester_name=requester.name,
        structure=place.id,
        service=next((s.code for s in place.services if s.code == service), None),
        rights=wanted,
        joins=all(membership.structure != structure for membership in requester.memberships),
        comment=comment.strip(),
        requested_at=ports.clock.now(),
    )
    return _same(ports, asked) or _store(ports, requester, asked)


def _place(ports: MemberPorts, requester: User, structure: str, service: str | None) -> Structure:
    found = ports.directory.structure(structure)
    known = may_know(Principal.of_user(requester), structure)
    if found is None or not known or not found.active:
        raise NotFoundError(kind="structure", id=structure)
    named = found.service(service) if service is not None else None
    if service is not None and (named is None or not named.active):
        raise NotFoundError(kind="service", id=service)
    return found


def _same(ports: MemberPorts, asked: AccessRequest) -> AccessRequest | None:
    """Return the request of the same person for the same rights that waits already."""
    known = (ports.members.request(request_id) for request_id in ports.members.requests_of(asked.requester))
    return next(
        (
            request
            for request in known
            if request is not None
            and request.state is RequestState.WAITING
            and (request.structure, request.service) == (asked.structure, asked.service)
            and request.rights == asked.rights
        ),
        None,
    )


def _store(ports: MemberPorts, requester: User, asked: AccessRequest) -> AccessRequest:
    act = act_of(
        Principal.of_user(requester),
        ActKind.ACCESS_REQUESTED,
        at=ports.clock.now(),
        structure=asked.structure,
        account=requester.id,
        subject=requester.name,
        after={"rights": rights_text(asked.rights), "comment": asked.comment},
    )
    ports.members.save(Change(acts=(act,), request=asked))
    tell_deciders(ports, asked, MailKind.ACCESS_REQUESTED)
    return asked


SIGNED_UP: Final = "@signed-up"
"""The comment of a request that a sign-up makes, in no language: the platform words it for each reader."""


def comment_text(comment: str) -> Message:
    """Return the comment of a request: as a person wrote it, or worded where the platform did.

    Older requests hold the platform's words themselves, in the requester's language.
    """
    worded = message("members", "signed-up")
    return worded if comment in {SIGNED_UP, worded.fr, worded.en} else Message(fr=comment, en=comment)
