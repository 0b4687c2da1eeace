"""What the operations on members are asked and answered with."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from choriste.application.members.import_accounts import ImportReport, LineFault, LineOutcome, LineReport
from choriste.application.members.merge_structures import MergerPlan
from choriste.application.members.read_members import Member
from choriste.application.members.request_access import comment_text
from choriste.domain.access.principal import PrincipalKind
from choriste.domain.access.user import Habilitation, Language, Level, Space, User
from choriste.domain.members.act import ActKind, AdministrativeAct
from choriste.domain.members.member import MemberState, ordered_rights
from choriste.domain.members.merger import Merger, MergerState
from choriste.domain.members.request import AccessRequest, RequestState
from choriste.domain.parties.structure import ServiceCode, StructureId
from choriste.i18n.catalogue import message
from functions.api.http.models import Answer, Body, LocalizedText, Moment, text_out

_MOST_RIGHTS = 2_000
_Code = Annotated[str, Field(max_length=100)]


class RightBody(Body):
    """A right on a space of the structure; without a service it covers the whole structure."""

    space: Space
    level: Level = Level.CONSULT
    service: _Code | None = None


class RightsBody(Body):
    """The rights that the user shall have from now on, wholly."""

    rights: list[RightBody] = Field(max_length=_MOST_RIGHTS)


class InvitationBody(Body):
    """A person to invite, with the rights given at once."""

    email: Annotated[str, Field(max_length=254)]
    name: Annotated[str, Field(max_length=200)]
    language: Language = Language.FRENCH
    rights: list[RightBody] = Field(default_factory=list, max_length=_MOST_RIGHTS)


class DuplicationBody(Body):
    """The user whose rights are copied."""

    source: Annotated[str, Field(max_length=100)]


class ReasonBody(Body):
    """Why a request is refused; the requester reads it."""

    reason: Annotated[str, Field(max_length=2_000)]


class MergerBody(Body):
    """Which structure goes into which, and where the rights on each part go; an empty code is the whole."""

    absorbed: Annotated[str, Field(max_length=20)]
    absorbing: Annotated[str, Field(max_length=20)]
    services: dict[_Code, _Code] = Field(default_factory=dict, max_length=_MOST_RIGHTS)
    dry_run: bool = False


class GivenRight(Answer):
    """A right on a space of a structure, null services meaning the whole of it."""

    structure: str
    space: Space
    level: Level
    service: str | None


class MemberDetails(Answer):
    """A user as the structure sees it; `version` goes into the ETag."""

    id: str
    email: str
    name: str
    language: Language
    state: MemberState
    primary_manager: bool
    rights: list[GivenRight]
    version: int


class MemberPage(Answer):
    """A page of users, by id."""

    users: list[MemberDetails]
    next: str | None


class RequestDetails(Answer):
    """A request for access, and its decision once there is one."""

    id: str
    state: RequestState
    requester: str
    requester_email: str | None
    structure: str
    service: str | None
    joins: bool
    rights: list[GivenRight]
    comment: str
    requested_at: Moment
    decided_at: Moment | None
    decided_by: str | None
    reason: str | None


class WaitingRequests(Answer):
    """The requests that wait for the caller's decision, oldest first, and how many they are."""

    count: int
    requests: list[RequestDetails]


class ActDetails(Answer):
    """One administrative act: who, what, when, to whom, before and after."""

    id: str
    at: Moment
    kind: ActKind
    actor: str
    actor_name: str
    actor_kind: PrincipalKind
    account: str | None
    subject: str
    before: dict[str, str]
    after: dict[str, str]


class ActPage(Answer):
    """A page of a history, newest first."""

    acts: list[ActDetails]
    next: str | None


class ImportedLine(Answer):
    """What became of a line, and why when it was refused."""

    line: int
    email: str
    outcome: LineOutcome
    fault: LineFault | None
    why: LocalizedText | None


class ImportDetails(Answer):
    """What became of a file, line by line; nothing was written in a dry run."""

    dry_run: bool
    counts: dict[str, int]
    lines: list[ImportedLine]


class MovedUser(Answer):
    """A user whom a merger changes, with the rights before and after."""

    id: str
    name: str
    before: list[GivenRight]
    after: list[GivenRight]


class MergerDetails(Answer):
    """A merger: how far it has come, or in a dry run whom it would change; null once it was begun."""

    absorbed: str
    absorbing: str
    services: dict[str, str]
    state: MergerState | None
    moves: list[MovedUser] | None


def rights_in(rights: list[RightBody], structure: str) -> frozenset[Habilitation]:
    """Return the rights that a body names, on a structure."""
    return frozenset(
        Habilitation(
            structure=StructureId(structure),
            space=right.space,
            level=right.level,
            service=ServiceCode(right.service) if right.service is not None else None,
        )
        for right in rights
    )


def member_out(member: Member) -> MemberDetails:
    """Return a user as an answer holds it."""
    user = member.user
    return MemberDetails(
        id=user.id,
        email=user.email,
        name=user.name,
        language=user.language,
        state=member.state,
        primary_manager=member.is_manager,
        rights=_rights_out(user.rights),
        version=member.version,
    )


def request_out(request: AccessRequest, *, email: str | None, language: str) -> RequestDetails:
    """Return a request as an answer holds it; `email` is the requester's."""
    return RequestDetails(
        id=request.id,
        state=request.state,
        requester=request.requester_name,
        requester_email=email,
        structure=request.structure,
        service=request.service,
        joins=request.joins,
        rights=_rights_out(request.rights),
        comment=comment_text(request.comment).in_language(language),
        requested_at=request.requested_at,
        decided_at=request.decided_at,
        decided_by=request.decider_name,
        reason=request.reason,
    )


def act_out(act: AdministrativeAct) -> ActDetails:
    """Return an act as an answer holds it."""
    return ActDetails(
        id=act.id,
        at=act.at,
        kind=act.kind,
        actor=act.actor,
        actor_name=act.actor_name,
        actor_kind=act.actor_kind,
        account=act.account,
        subject=act.subject,
        before=act.before,
        after=act.after,
    )


def import_out(report: ImportReport) -> ImportDetails:
    """Return the report of an import as an answer holds it."""
    return ImportDetails(
        dry_run=report.tried,
        counts={outcome.value: report.count(outcome) for outcome in LineOutcome},
        lines=[_line_out(line) for line in report.lines],
    )


def merger_out(merger: Merger, plan: MergerPlan | None = None) -> MergerDetails:
    """Return a merger as an answer holds it, or with its plan what it would do."""
    return MergerDetails(
        absorbed=merger.absorbed,
        absorbing=merger.absorbing,
        services=merger.services,
        state=merger.state if plan is None else None,
        moves=[_move_out(before, after) for before, after in plan.moves] if plan is not None else None,
    )


def _line_out(line: LineReport) -> ImportedLine:
    fault = line.fault
    why = text_out(message("members", f"import.fault.{fault.value}")) if fault is not None else None
    return ImportedLine(line=line.line, email=line.email, outcome=line.outcome, fault=fault, why=why)


def _move_out(before: User, after: User) -> MovedUser:
    return MovedUser(
        id=after.id,
        name=after.name,
        before=_rights_out(before.rights),
        after=_rights_out(after.rights),
    )


def _rights_out(rights: frozenset[Habilitation]) -> list[GivenRight]:
    return [
        GivenRight(structure=r.structure, space=r.space, level=r.level, service=r.service)
        for r in ordered_rights(rights)
    ]
