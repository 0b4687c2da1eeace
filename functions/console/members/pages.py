"""The users of a structure: the list, one user's rights as a matrix, invitations, and the history."""

from __future__ import annotations

from typing import Any, Final

from aws_lambda_powertools.event_handler import Response

from choriste.application.access.policy import administered_services, operates
from choriste.application.access.reset_factors import list_factor_resets
from choriste.application.members.change_rights import (
    change_rights,
    duplicate_rights,
    reinstate_member,
    suspend_member,
)
from choriste.application.members.history import list_structure_history
from choriste.application.members.invite_member import (
    Invitation,
    cancel_invitation,
    invite_member,
    resend_invitation,
)
from choriste.application.members.read_members import (
    MemberFilter,
    administered,
    list_members,
    read_member,
)
from choriste.application.members.scope import structure_administered, structure_seen
from choriste.application.parties.search_structures import StructureQuery, search_structures
from choriste.domain.access.user import Language, Space
from choriste.domain.members.member import MemberState
from choriste.domain.parties.form import FieldsInvalidError
from choriste.domain.shared.errors import ChoristeError, NotFoundError
from choriste.runtime.identity import access_ports
from choriste.runtime.ports import platform_ports
from functions.console.members.views import (
    act_row,
    matrix,
    member_row,
    rights_of_form,
    space_words,
    state_badge,
)
from functions.console.web.forms import Form
from functions.console.web.problems import explained
from functions.console.web.rendering import page, redirect, text
from functions.console.web.routes import Routes
from functions.console.web.told import tell, told
from functions.console.web.views import Choice, refusal_text
from functions.console.web.visit import Visit

routes = Routes()

_ROWS: Final = 100
_FOUND: Final = 20
_COLLEAGUES: Final = 500
"""Users offered to duplicate rights from; a longer list is no choice any more."""


@routes.shows("/members")
def show_structures(visit: Visit) -> Response[str]:
    """Lead to the users of the one structure that I administer, or let me choose; the operator searches."""
    principal = visit.user.principal
    structures = administered(platform_ports(), principal)
    if len(structures) == 1 and not operates(principal):
        return redirect(f"/members/{structures[0].id}")
    if not structures and not operates(principal):
        raise NotFoundError(kind="structure", id="")
    return page(
        "members/structures.html",
        visit,
        structures=structures,
        searches=operates(principal),
        **_found(visit),
        resets=_waiting_resets(visit),
    )


@routes.shows("/members/<structure>")
def show_members(visit: Visit, structure: str) -> Response[str]:
    """Show a page of the users of a structure."""
    ports, principal = platform_ports(), visit.user.principal
    place, services = structure_seen(ports, principal, structure)
    wanted = _filter(visit)
    found = list_members(
        ports, principal, structure, wanted=wanted, after=visit.query.get("after"), limit=_ROWS
    )
    rows = sorted(found.rows, key=lambda member: (not member.is_manager, member.user.name.casefold()))
    return page(
        "members/users.html",
        visit,
        structure=place,
        rows=[member_row(member, language=visit.language) for member in rows],
        after=found.after,
        states=_states(visit, wanted),
        spaces=_spaces(visit, wanted),
        wanted=wanted,
        whole=services is None,
        invites=administered_services(principal, structure) is None,
        resets=_waiting_resets(visit),
        done=_done(visit),
    )


@routes.shows("/members/<structure>/users/<user>")
def show_member(visit: Visit, structure: str, user: str) -> Response[str]:
    """Show one user's rights in a structure, as a matrix."""
    return _member_page(visit, structure, user)


def _member_page(
    visit: Visit, structure: str, user: str, *, problem: ChoristeError | None = None
) -> Response[str]:
    ports, principal = platform_ports(), visit.user.principal
    member = read_member(ports, principal, structure, user)
    services = administered_services(principal, structure)
    others = list_members(
        ports, principal, structure, wanted=MemberFilter(), after=None, limit=_COLLEAGUES
    ).rows
    said, status = explained(problem, language=visit.language)
    return page(
        "members/user.html",
        visit,
        status=status,
        structure=member.structure,
        member=member,
        state=state_badge(member.state, language=visit.language),
        parts=matrix(member.structure, services, member.user.rights, principal, language=visit.language),
        spaces=[space_words(space, language=visit.language) for space in Space],
        others=sorted(
            (other.user for other in others if other.user.id != user), key=lambda other: other.name.casefold()
        ),
        whole=services is None,
        changes=services != frozenset(),
        problem=said,
        done=_done(visit),
    )


@routes.acts("/members/<structure>/users/<user>/rights")
def save_rights(visit: Visit, form: Form, structure: str, user: str) -> Response[str]:
    """Let a user have the rights of the matrix, unless somebody else changed them since it was shown."""
    ports, principal = platform_ports(), visit.user.principal
    place, services = structure_administered(ports, principal, structure, whole=False)
    rights = rights_of_form(form, place, services)
    try:
        change_rights(ports, principal, structure, user, rights=rights, version=form.version)
    except ChoristeError as error:
        return _member_page(visit, structure, user, problem=error)
    return tell(visit, f"/members/{structure}/users/{user}", "rights")


@routes.acts("/members/<structure>/users/<user>/duplicate")
def duplicate(visit: Visit, form: Form, structure: str, user: str) -> Response[str]:
    """Give a user the rights of another one too."""
    try:
        duplicate_rights(
            platform_ports(),
            visit.user.principal,
            structure,
            user,
            source=form.text("source"),
            version=form.version,
        )
    except ChoristeError as error:
        return _member_page(visit, structure, user, problem=error)
    return tell(visit, f"/members/{structure}/users/{user}", "duplicated")


@routes.acts("/members/<structure>/users/<user>/state")
def turn(visit: Visit, form: Form, structure: str, user: str) -> Response[str]:
    """Suspend a user in the structure, or let the rights count again."""
    suspends = form.text("state") == MemberState.SUSPENDED
    act = suspend_member if suspends else reinstate_member
    try:
        act(platform_ports(), visit.user.principal, structure, user, version=form.version)
    except ChoristeError as error:
        return _member_page(visit, structure, user, problem=error)
    return tell(visit, f"/members/{structure}/users/{user}", "suspended" if suspends else "reinstated")


@routes.acts("/members/<structure>/users/<user>/invitation")
def settle_invitation(visit: Visit, form: Form, structure: str, user: str) -> Response[str]:
    """Mail an invitation once more, or take it back."""
    ports, principal = platform_ports(), visit.user.principal
    try:
        if form.text("act") == "cancel":
            cancel_invitation(ports, principal, structure, user)
            return tell(visit, f"/members/{structure}", "cancelled")
        resend_invitation(ports, access_ports(), principal, structure, user)
    except ChoristeError as error:
        return _member_page(visit, structure, user, problem=error)
    return tell(visit, f"/members/{structure}/users/{user}", "resent")


@routes.shows("/members/<structure>/invite")
def show_invitation(visit: Visit, structure: str) -> Response[str]:
    """Show the form that invites a person."""
    return _invitation_page(visit, Form(), structure)


@routes.acts("/members/<structure>/invite")
def send_invitation(visit: Visit, form: Form, structure: str) -> Response[str]:
    """Invite a person by mail, and show the list."""
    ports, principal = platform_ports(), visit.user.principal
    place, services = structure_administered(ports, principal, structure)
    language = form.text("language")
    invitation = Invitation(
        email=form.text("email"),
        name=form.text("name"),
        language=Language(language) if language in set(Language) else Language.FRENCH,
        rights=rights_of_form(form, place, services),
    )
    try:
        invite_member(ports, access_ports(), principal, structure, invitation)
    except ChoristeError as error:
        return _invitation_page(visit, form, structure, problem=error)
    return tell(visit, f"/members/{structure}", "invited")


def _invitation_page(
    visit: Visit, form: Form, structure: str, *, problem: ChoristeError | None = None
) -> Response[str]:
    ports, principal = platform_ports(), visit.user.principal
    place, services = structure_administered(ports, principal, structure)
    said, status = explained(problem, language=visit.language)
    rights = rights_of_form(form, place, services)
    return page(
        "members/invite.html",
        visit,
        status=status,
        structure=place,
        typed={name: form.text(name) for name in ("email", "name", "language")},
        parts=matrix(place, services, rights, principal, language=visit.language),
        spaces=[space_words(space, language=visit.language) for space in Space],
        problem=said,
    )


@routes.shows("/members/<structure>/history")
def show_history(visit: Visit, structure: str) -> Response[str]:
    """Show who did what in a structure, newest first."""
    ports, principal = platform_ports(), visit.user.principal
    found = list_structure_history(ports, principal, structure, after=visit.query.get("after"), limit=_ROWS)
    place, _ = structure_seen(ports, principal, structure)
    return page(
        "members/history.html",
        visit,
        structure=place,
        rows=[act_row(act, language=visit.language) for act in found.rows],
        after=found.after,
        whole=True,
    )


def _found(visit: Visit) -> dict[str, Any]:
    """Return what the operator looks for among all structures, and a page of what is found."""
    query = visit.query.get("query", "").strip()[:100]
    if not (query and operates(visit.user.principal)):
        return {"query": "", "found": (), "after": None, "problem": None}
    try:
        page_found = search_structures(
            platform_ports(),
            visit.user.principal,
            StructureQuery(words=query),
            after=visit.query.get("after"),
            limit=_FOUND,
        )
    except FieldsInvalidError as error:
        said = refusal_text(error, language=visit.language)
        return {"query": query, "found": (), "after": None, "problem": said}
    return {"query": query, "found": page_found.rows, "after": page_found.after, "problem": None}


def _waiting_resets(visit: Visit) -> int:
    """Return how many factor resets wait for the visitor's decision."""
    return len(list_factor_resets(visit.user.principal, access=access_ports()))


def _filter(visit: Visit) -> MemberFilter:
    state, space = visit.query.get("state"), visit.query.get("space")
    return MemberFilter(
        text=visit.query.get("text", "")[:100],
        state=MemberState(state) if state in set(MemberState) else None,
        space=Space(space) if space in set(Space) else None,
    )


def _states(visit: Visit, wanted: MemberFilter) -> list[Choice]:
    return [
        Choice(
            state.value, text(f"members.state.{state.value}", language=visit.language), state is wanted.state
        )
        for state in MemberState
    ]


def _spaces(visit: Visit, wanted: MemberFilter) -> list[Choice]:
    return [
        Choice(space.value, space_words(space, language=visit.language), space is wanted.space)
        for space in Space
    ]


def _done(visit: Visit) -> str | None:
    """Return what was just done, in words."""
    known = {"rights", "duplicated", "suspended", "reinstated", "invited", "resent", "cancelled"}
    done = told(visit)
    return text(f"members.done.{done}", language=visit.language) if done in known else None
