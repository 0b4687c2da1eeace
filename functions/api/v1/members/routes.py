"""`/v1/structures/…/users`, requests for access, the history, the import of accounts, and mergers.

The transfer of the primary manager's role is not here: it takes people, each with a fresh second factor.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated, Any, Final

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import Router
from aws_lambda_powertools.event_handler.openapi.params import Header, Path, Query

from choriste.application.members.change_rights import (
    change_rights,
    duplicate_rights,
    reinstate_member,
    suspend_member,
)
from choriste.application.members.decide_request import (
    address_of_asker,
    approve_request,
    list_waiting,
    read_request,
    refuse_request,
)
from choriste.application.members.history import list_structure_history
from choriste.application.members.import_accounts import import_accounts
from choriste.application.members.invite_member import Invitation, invite_member
from choriste.application.members.merge_structures import merge_structures, plan_merger, read_merger
from choriste.application.members.read_members import MemberFilter, list_members, read_member
from choriste.domain.access.user import Space
from choriste.domain.members.member import MemberState
from choriste.domain.members.request import AccessRequest
from choriste.runtime.identity import access_ports
from choriste.runtime.ports import platform_ports
from functions.api.http.answers import ETAG, SECURED, Success, answers
from functions.api.http.app import answer, body_bytes, etag, language, version_of
from functions.api.http.auth import principal
from functions.api.http.paging import Cursor, Limit, checked
from functions.api.v1.members.schemas import (
    ActPage,
    DuplicationBody,
    ImportDetails,
    InvitationBody,
    MemberDetails,
    MemberPage,
    MergerBody,
    MergerDetails,
    ReasonBody,
    RequestDetails,
    RightsBody,
    WaitingRequests,
    act_out,
    import_out,
    member_out,
    merger_out,
    request_out,
    rights_in,
)

router = Router()

XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_CSV: Final[dict[str, Any]] = {
    "requestBody": {
        "description": "A CSV file or Excel workbook of at most 1,000 lines: email, name, structure, "
        "service, space, level, active, language",
        "required": True,
        "content": {kind: {"schema": {"type": "string", "format": "binary"}} for kind in ("text/csv", XLSX)},
    }
}
_FOUND: Final = Success(MemberDetails, "The user as it now is", headers=ETAG)
_CHANGES: Final = ("bad-request", "forbidden", "not-found", "stale-record")
_DECISIONS: Final = ("bad-request", "forbidden", "not-found", "stale-record", "request-closed")

StructureNumber = Annotated[str, Path(description="Id of the structure", pattern="^[0-9]{1,16}$")]
UserName = Annotated[str, Path(description="Id of the user", max_length=100)]
RequestNumber = Annotated[str, Path(description="Id of the request", max_length=40)]
DryRun = Annotated[bool, Query(description="Say what would become of each line, and write nothing")]
IfMatch = Annotated[
    str | None,
    Header(alias="If-Match", description="The ETag that was read: refused if the user has changed since"),
]


@router.get(
    "/v1/structures/<structure_id>/users",
    summary="List the users of a structure",
    tags=["users"],
    security=SECURED,
    responses=answers(Success(MemberPage, "A page"), problems=("bad-request", "not-found")),
)
def users(  # noqa: PLR0913, PLR0917 - one parameter of the query each
    structure_id: StructureNumber,
    text: Annotated[str, Query(description="Part of the name or address", max_length=100)] = "",
    state: Annotated[MemberState | None, Query(description="Whether their rights count")] = None,
    space: Annotated[Space | None, Query(description="Those with a right on this space")] = None,
    after: Annotated[str | None, Query(description="`next` of the page before", max_length=100)] = None,
    limit: Limit = 50,
) -> Response[MemberPage]:
    """List who belongs to a structure or has a right in it, as far as the caller administers it."""
    wanted = MemberFilter(text=text, state=state, space=space)
    found = list_members(platform_ports(), principal(), structure_id, wanted=wanted, after=after, limit=limit)
    return answer(MemberPage(users=[member_out(member) for member in found.rows], next=found.after))


@router.post(
    "/v1/structures/<structure_id>/users",
    summary="Invite a person",
    tags=["users"],
    security=SECURED,
    responses=answers(
        Success(MemberDetails, "The user", HTTPStatus.CREATED, ETAG),
        problems=("bad-request", "forbidden", "not-found", "stale-record", "already-exists", "mail-not-sent"),
    ),
)
def invite(structure_id: StructureNumber, body: InvitationBody) -> Response[MemberDetails]:
    """Invite a person by mail, with rights that the caller holds; a known address joins with its account."""
    invitation = Invitation(
        email=body.email,
        name=body.name,
        language=body.language,
        rights=rights_in(body.rights, structure_id),
    )
    invited = invite_member(platform_ports(), access_ports(), principal(), structure_id, invitation)
    return _answer(structure_id, invited.id, status=HTTPStatus.CREATED)


@router.get(
    "/v1/structures/<structure_id>/users/<user_id>",
    summary="Read a user",
    tags=["users"],
    security=SECURED,
    responses=answers(_FOUND, problems=("bad-request", "not-found")),
)
def user(structure_id: StructureNumber, user_id: UserName) -> Response[MemberDetails]:
    """Answer a user with the rights in the structure; ETag is the version."""
    return _answer(structure_id, user_id)


@router.put(
    "/v1/structures/<structure_id>/users/<user_id>/rights",
    summary="Give and take rights",
    tags=["users"],
    security=SECURED,
    responses=answers(_FOUND, problems=_CHANGES),
)
def rights(
    structure_id: StructureNumber, user_id: UserName, body: RightsBody, if_match: IfMatch = None
) -> Response[MemberDetails]:
    """Let a user have exactly these rights in the structure, none of them beyond the caller's own."""
    change_rights(
        platform_ports(),
        principal(),
        structure_id,
        user_id,
        rights=rights_in(body.rights, structure_id),
        version=version_of(if_match),
    )
    return _answer(structure_id, user_id)


@router.post(
    "/v1/structures/<structure_id>/users/<user_id>/duplication",
    summary="Duplicate rights",
    tags=["users"],
    security=SECURED,
    responses=answers(_FOUND, problems=_CHANGES),
)
def duplicate(
    structure_id: StructureNumber, user_id: UserName, body: DuplicationBody, if_match: IfMatch = None
) -> Response[MemberDetails]:
    """Give a user the rights of another one on top of their own."""
    duplicate_rights(
        platform_ports(),
        principal(),
        structure_id,
        user_id,
        source=body.source,
        version=version_of(if_match),
    )
    return _answer(structure_id, user_id)


@router.post(
    "/v1/structures/<structure_id>/users/<user_id>/suspension",
    summary="Deactivate a user in the structure",
    tags=["users"],
    security=SECURED,
    responses=answers(_FOUND, problems=(*_CHANGES, "manager-stays")),
)
def suspend(
    structure_id: StructureNumber, user_id: UserName, if_match: IfMatch = None
) -> Response[MemberDetails]:
    """Let a user's rights in the structure count no longer; never the primary manager's."""
    version = version_of(if_match)
    suspend_member(platform_ports(), principal(), structure_id, user_id, version=version)
    return _answer(structure_id, user_id)


@router.post(
    "/v1/structures/<structure_id>/users/<user_id>/reinstatement",
    summary="Reactivate a user in the structure",
    tags=["users"],
    security=SECURED,
    responses=answers(_FOUND, problems=_CHANGES),
)
def reinstate(
    structure_id: StructureNumber, user_id: UserName, if_match: IfMatch = None
) -> Response[MemberDetails]:
    """Let the rights of a deactivated user count again."""
    version = version_of(if_match)
    reinstate_member(platform_ports(), principal(), structure_id, user_id, version=version)
    return _answer(structure_id, user_id)


@router.get(
    "/v1/structures/<structure_id>/history",
    summary="Read the history of a structure",
    tags=["users"],
    security=SECURED,
    responses=answers(Success(ActPage, "A page"), problems=("bad-request", "not-found")),
)
def history(structure_id: StructureNumber, after: Cursor = None, limit: Limit = 50) -> Response[ActPage]:
    """List the administrative acts in a structure, newest first."""
    found = list_structure_history(
        platform_ports(), principal(), structure_id, after=checked(after), limit=limit
    )
    return answer(ActPage(acts=[act_out(act) for act in found.rows], next=found.after))


@router.get(
    "/v1/access-requests",
    summary="List the access requests that wait for you",
    tags=["users"],
    security=SECURED,
    responses=answers(Success(WaitingRequests, "What waits"), problems=("bad-request",)),
)
def requests() -> Response[WaitingRequests]:
    """List the requests for access that the caller can decide, of no other structure or service."""
    found = list_waiting(platform_ports(), principal())
    return answer(WaitingRequests(count=len(found), requests=[_request(each) for each in found]))


@router.get(
    "/v1/access-requests/<request_id>",
    summary="Read an access request",
    tags=["users"],
    security=SECURED,
    responses=answers(Success(RequestDetails, "The request"), problems=("bad-request", "not-found")),
)
def request(request_id: RequestNumber) -> Response[RequestDetails]:
    """Answer a request for access, to whoever can decide it."""
    return answer(_request(read_request(platform_ports(), principal(), request_id)))


@router.post(
    "/v1/access-requests/<request_id>/approval",
    summary="Approve an access request",
    tags=["users"],
    security=SECURED,
    responses=answers(Success(RequestDetails, "The request"), problems=_DECISIONS),
)
def approve(request_id: RequestNumber) -> Response[RequestDetails]:
    """Give what was asked for, at once, within what the caller holds."""
    return answer(_request(approve_request(platform_ports(), principal(), request_id)))


@router.post(
    "/v1/access-requests/<request_id>/refusal",
    summary="Refuse an access request",
    tags=["users"],
    security=SECURED,
    responses=answers(Success(RequestDetails, "The request"), problems=_DECISIONS),
)
def refuse(request_id: RequestNumber, body: ReasonBody) -> Response[RequestDetails]:
    """Refuse a request with a reason, which the requester is mailed."""
    refused = refuse_request(platform_ports(), principal(), request_id, reason=body.reason)
    return answer(_request(refused))


@router.post(
    "/v1/account-imports",
    summary="Import accounts",
    tags=["users"],
    security=SECURED,
    openapi_extensions=_CSV,
    responses=answers(
        Success(ImportDetails, "What became of each line"),
        problems=("bad-request", "too-large", "unreadable-file"),
    ),
)
def import_file(dry_run: DryRun = False) -> Response[ImportDetails]:  # noqa: FBT002 - of the query
    """Create accounts and give rights from a CSV file, with a report for each line.

    A line that cannot be taken changes nothing; sending a file again changes nothing more. The primary
    manager is never deactivated. A structure that the caller does not administer is unknown.
    """
    report = import_accounts(platform_ports(), access_ports(), principal(), body_bytes(), tries=dry_run)
    return answer(import_out(report))


@router.post(
    "/v1/mergers",
    summary="Merge two structures",
    tags=["users"],
    security=SECURED,
    responses=answers(
        Success(MergerDetails, "The merger, or what it would do"),
        problems=("bad-request", "forbidden", "not-found", "stale-record", "transfer-open"),
    ),
)
def merge(body: MergerBody) -> Response[MergerDetails]:
    """Merge a structure into another, or in a dry run say whom it would change.

    Sent again, it goes on where it was interrupted.
    """
    ports, who = platform_ports(), principal()
    if body.dry_run:
        plan = plan_merger(ports, who, body.absorbed, body.absorbing, services=body.services)
        return answer(merger_out(plan.merger, plan))
    return answer(
        merger_out(merge_structures(ports, who, body.absorbed, body.absorbing, services=body.services))
    )


@router.get(
    "/v1/mergers/<structure_id>",
    summary="Read a merger",
    tags=["users"],
    security=SECURED,
    responses=answers(
        Success(MergerDetails, "The merger"), problems=("bad-request", "forbidden", "not-found")
    ),
)
def merger(structure_id: StructureNumber) -> Response[MergerDetails]:
    """Answer the merger that a structure went into, and how far it has come."""
    return answer(merger_out(read_merger(platform_ports(), principal(), structure_id)))


def _request(found: AccessRequest) -> RequestDetails:
    return request_out(found, email=address_of_asker(platform_ports(), found), language=language())


def _answer(structure: str, user_id: str, *, status: HTTPStatus = HTTPStatus.OK) -> Response[MemberDetails]:
    member = read_member(platform_ports(), principal(), structure, user_id)
    return answer(member_out(member), status=status, headers={"ETag": etag(member.version)})
