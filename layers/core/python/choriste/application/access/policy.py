"""What a principal may do for a structure: the one place where use cases ask for rights.

What it may do with one invoice is in `choriste.application.invoices.access`. No other module calls
`Principal.may` or `Principal.require`; a test holds them to it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Final

from choriste.domain.access.errors import FactorNeededError
from choriste.domain.access.principal import Principal, PrincipalKind
from choriste.domain.access.user import Habilitation, Level, Space, User
from choriste.domain.parties.mandate import Scope
from choriste.domain.parties.structure import ServiceCode, StructureId
from choriste.domain.sandbox.errors import SandboxClosedError
from choriste.domain.sandbox.world import SandboxId, same_world, sandbox_of
from choriste.domain.shared.errors import ForbiddenError

_OPERATORS = frozenset({PrincipalKind.OPERATOR, PrincipalKind.PLATFORM})


def may_issue(principal: Principal, structure: str) -> bool:
    """Say whether a principal may deposit and prepare invoices for a structure, or by its mandate."""
    own = principal.may(Space.ISSUE, Level.MODIFY, structure=structure)
    return own or principal.has_mandate(structure, Scope.DEPOSIT)


def require_issue(principal: Principal, structure: str) -> None:
    """Raise `ForbiddenError` unless the principal may issue invoices for a structure."""
    if not may_issue(principal, structure):
        principal.require(Space.ISSUE, Level.MODIFY, structure=structure)


def mandated_holder(principal: Principal, *, giver: str) -> StructureId | None:
    """Return the structure whose mandate alone lets a principal issue invoices for another, None without."""
    if principal.may(Space.ISSUE, Level.MODIFY, structure=giver):
        return None
    able = (held for held in principal.mandates if held.giver == giver and Scope.DEPOSIT in held.scopes)
    return min((held.holder for held in able), default=None)


def may_answer_issued(principal: Principal, structure: str) -> bool:
    """Say whether a principal may answer for an invoice of a structure, or in its name by a mandate."""
    own = principal.may(Space.ISSUE, Level.MODIFY, structure=structure)
    return own or principal.has_mandate(structure, Scope.ANSWER)


def answering_holders(principal: Principal, *, giver: str) -> tuple[StructureId, ...]:
    """Return the structures whose mandates alone let a principal answer for another's invoices."""
    if principal.may(Space.ISSUE, Level.MODIFY, structure=giver):
        return ()
    able = {held.holder for held in principal.mandates if held.giver == giver and Scope.ANSWER in held.scopes}
    return tuple(sorted(able))


def may_read_issued(principal: Principal, structure: str) -> bool:
    """Say whether a principal may read what a structure issues: invoices, deposits and drafts."""
    own = principal.may(Space.ISSUE, Level.CONSULT, structure=structure)
    return own or principal.has_mandate(structure, Scope.FOLLOW)


def require_read_issued(principal: Principal, structure: str) -> None:
    """Raise `ForbiddenError` unless the principal may read the deposits and drafts of a structure."""
    if not may_read_issued(principal, structure):
        principal.require(Space.ISSUE, Level.CONSULT, structure=structure)


def may_act_in_works(principal: Principal, structure: str) -> bool:
    """Say whether a principal may deposit for a project manager or a contracting authority."""
    return principal.may(Space.WORKS, Level.MODIFY, structure=structure)


def require_list(principal: Principal, space: Space, structure: str) -> None:
    """Raise `ForbiddenError` unless the principal may read a list of a structure, or of a service of it."""
    if not may_list(principal, space, structure):
        principal.require(space, Level.CONSULT, structure=structure)


def may_list(principal: Principal, space: Space, structure: str) -> bool:
    """Say whether a principal may read a list of a structure, or of a service of it."""
    own = principal.services_with(space, structure=structure) != frozenset()
    return own or (space is Space.ISSUE and principal.has_mandate(structure, Scope.FOLLOW))


def reads_whole_list(principal: Principal, space: Space, structure: str) -> bool:
    """Say whether a principal may read a list of a structure for all its services."""
    return principal.services_with(space, structure=structure) is None


def lists_of(principal: Principal, space: Space) -> tuple[StructureId, ...]:
    """Return the structures whose list in a space a principal may read, by id."""
    known = principal.structures | principal.givers(Scope.FOLLOW)
    return tuple(each for each in sorted(known) if may_list(principal, space, each))


def may_connect(principal: Principal, structure: str) -> bool:
    """Say whether a principal administers the API connections of a structure."""
    return principal.may(Space.API, Level.MODIFY, structure=structure)


def require_connect(principal: Principal, structure: str) -> None:
    """Raise `ForbiddenError` unless the principal administers the API connections of a structure."""
    principal.require(Space.API, Level.MODIFY, structure=structure)


def may_exchange(principal: Principal, structure: str) -> bool:
    """Say whether a principal administers a structure's partners: with its API connections, or operating."""
    return may_connect(principal, structure) or operates(principal)


def require_exchange(principal: Principal, structure: str) -> None:
    """Raise `ForbiddenError` unless the principal administers the partners of a structure."""
    if not may_exchange(principal, structure):
        require_connect(principal, structure)


def require_organisation(principal: Principal, structure: str) -> None:
    """Raise `ForbiddenError` unless the principal may change a structure, its services and its users."""
    principal.require(Space.ORGANISATION, Level.MODIFY, structure=structure)


def may_read_organisation(principal: Principal, structure: str) -> bool:
    """Say whether a principal may read who belongs to a structure, and the history of its administration."""
    return principal.may(Space.ORGANISATION, Level.CONSULT, structure=structure)


def may_administer(principal: Principal, structure: str, service: str | None = None) -> bool:
    """Say whether a principal gives and takes rights in a structure, or in one service of it."""
    return principal.may(Space.ORGANISATION, Level.MODIFY, structure=structure, service=service)


def administered_structures(principal: Principal) -> tuple[StructureId, ...]:
    """Return the structures that a principal administers, wholly or in some services, by id."""
    return tuple(sorted(principal.structures_with(Space.ORGANISATION, Level.MODIFY)))


def administered_services(principal: Principal, structure: str) -> frozenset[ServiceCode] | None:
    """Return the services that a principal administers in a structure; None for the whole of it."""
    return principal.services_with(Space.ORGANISATION, Level.MODIFY, structure=structure)


def consulted_services(principal: Principal, structure: str) -> frozenset[ServiceCode] | None:
    """Return the services whose users a principal may see in a structure; None for the whole of it."""
    return principal.services_with(Space.ORGANISATION, structure=structure)


def require_merge(principal: Principal, absorbed: str, absorbing: str) -> None:
    """Raise `ForbiddenError` unless the principal is the operator, or manages both structures."""
    if not operates(principal) and not {absorbed, absorbing} <= principal.managed:
        raise ForbiddenError(right="operator", structure=None, service=None)


def is_own(principal: Principal, account: str, *, structure: str | None = None) -> bool:
    """Say whether an account is the principal's own; in a structure, whether the session opens that too."""
    within = structure is None or principal.limits is None or structure in principal.limits
    return principal.id == account and within


def operates(principal: Principal) -> bool:
    """Say whether a principal is the operator or the platform itself."""
    return principal.kind in _OPERATORS


def require_operator(principal: Principal) -> None:
    """Raise `ForbiddenError` unless the principal is the operator or the platform itself."""
    if not operates(principal):
        raise ForbiddenError(right="operator", structure=None, service=None)


def holds(principal: Principal, right: Habilitation) -> bool:
    """Say whether a principal has a right, and so may give it."""
    return principal.may(right.space, right.level, structure=right.structure, service=right.service)


def may_import(principal: Principal, right: Habilitation) -> bool:
    """Say whether a principal may give a right by an import: who holds it, and the operator.

    The operator opens a structure's accounts from the list that the structure gives; each is in its history.
    """
    return operates(principal) or holds(principal, right)


def require_holds(principal: Principal, rights: Iterable[Habilitation]) -> None:
    """Raise `ForbiddenError` if a right is more than its giver has, on whatever structure it is.

    An account may serve several structures, as the programs of a shared service do.
    """
    for right in rights:
        principal.require(right.space, right.level, structure=right.structure, service=right.service)


def rights_held(
    principal: Principal, structure: StructureId, spaces: Iterable[Space]
) -> tuple[Habilitation, ...]:
    """Return the rights that a principal has in some spaces of a whole structure, the higher level first."""
    return tuple(
        Habilitation(structure=structure, space=space, level=level)
        for space in spaces
        for level in (Level.MODIFY, Level.CONSULT)
        if principal.may(space, level, structure=structure)
    )


def sees_inside(principal: Principal, structure: str) -> bool:
    """Say whether a principal may know of a structure what strangers may not, such as its contacts."""
    return operates(principal) or structure in principal.structures


def may_set_sign_in(principal: Principal, structure: str) -> bool:
    """Say whether a principal decides how the people of a structure sign in: its manager, and the operator.

    Whoever may sign others in could act for them, so the right on the organisation is not enough.
    """
    return operates(principal) or (principal.kind is PrincipalKind.USER and structure in principal.managed)


def require_set_sign_in(principal: Principal, structure: str) -> None:
    """Raise `ForbiddenError` unless the principal decides how the people of a structure sign in."""
    if not may_set_sign_in(principal, structure):
        raise ForbiddenError(right="organisation:modify", structure=structure, service=None)


# Accounts of people -----------------------------------------------------------------------------------------


def require_account_authority(principal: Principal, user: User) -> None:
    """Raise `ForbiddenError` unless the principal may change the organisation wherever a user takes part."""
    if user.operator:
        require_operator(principal)
    for structure in {m.structure for m in user.memberships} | {right.structure for right in user.rights}:
        require_organisation(principal, structure)


def may_read_bank_details(principal: Principal, structure: str) -> bool:
    """Say whether a principal issues for a structure or administers it; the operator does neither."""
    spaces = (Space.ISSUE, Space.ORGANISATION)
    known = any(principal.may(space, Level.CONSULT, structure=structure) for space in spaces)
    return known and not operates(principal)


def require_bank_reading(principal: Principal, structure: str) -> None:
    """Raise `ForbiddenError` unless the principal issues invoices for a structure or administers it.

    The operator does neither, and reads no IBAN.
    """
    if not may_read_bank_details(principal, structure):
        raise ForbiddenError(right="organisation:consult", structure=structure, service=None)


def may_reset_factors(principal: Principal, structure: str | None) -> bool:
    """Say whether a person grants the factor resets of a structure's members; None: of everybody else.

    The primary manager alone: who changes rights only could let an accomplice in as anybody.
    """
    if structure is None:
        return principal.kind is PrincipalKind.OPERATOR and principal.factor_at is not None
    return principal.kind is PrincipalKind.USER and structure in principal.managed


def reset_places(principal: Principal) -> tuple[StructureId | None, ...]:
    """Return the structures whose factor resets a person grants, None among them for the operator's own."""
    places = (*sorted(principal.managed), None)
    return tuple(place for place in places if may_reset_factors(principal, place))


def may_change_bank_details(principal: Principal, structure: str) -> bool:
    """Say whether a person may change the bank details of a structure: its administrators, no program."""
    own = principal.kind is PrincipalKind.USER and structure in principal.structures
    return own and may_administer(principal, structure)


def require_bank_details(principal: Principal, structure: str) -> None:
    """Raise `ForbiddenError` unless the principal may change the bank details of a structure."""
    if not may_change_bank_details(principal, structure):
        raise ForbiddenError(right="organisation:modify", structure=structure, service=None)


def may_give_mandates(principal: Principal, structure: str) -> bool:
    """Say whether a principal gives, takes and ends mandates of a structure; the operator does not."""
    return not operates(principal) and may_administer(principal, structure)


def require_give_mandates(principal: Principal, structure: str) -> None:
    """Raise `ForbiddenError` unless the principal gives, takes and ends billing mandates for a structure."""
    if not may_give_mandates(principal, structure):
        raise ForbiddenError(right="organisation:modify", structure=structure, service=None)


FRESH: Final = dt.timedelta(minutes=10)
"""How long the second factor, once proved, counts for what is worth a theft."""


def require_fresh_factor(principal: Principal, *, now: dt.datetime) -> None:
    """Raise `FactorNeededError` unless a person proved the second factor within the last ten minutes.

    For bank details, the transfer of a role, technical accounts and the factors themselves. Programs have no
    factor: what they may do was granted by somebody who had one.
    """
    if principal.kind is not PrincipalKind.USER and principal.factor_at is None:
        return
    if principal.factor_at is None or now - principal.factor_at > FRESH:
        raise FactorNeededError


def require_own_session(principal: Principal, *, now: dt.datetime) -> None:
    """Raise `FactorNeededError` in an organisation's session without a fresh factor of the account itself.

    For changes of the account as a whole, which is more than what the organisation serves.
    """
    if principal.limits is not None:
        require_fresh_factor(principal, now=now)


# Sandboxes --------------------------------------------------------------------------------------------------


def require_person(principal: Principal) -> None:
    """Raise `ForbiddenError` unless a person acts for the whole account: programs open no sandbox.

    Neither does the operator, nor an organisation's session, which does not see the one that is there.
    """
    if principal.kind is not PrincipalKind.USER or principal.limits is not None:
        raise ForbiddenError(right="sandbox:modify", structure=None, service=None)


def own_sandbox(principal: Principal) -> SandboxId | None:
    """Return the sandbox that a principal belongs to, None for who has none; it reads nothing."""
    return next((found for each in sorted(principal.structures) if (found := sandbox_of(each))), None)


def may_sandbox(principal: Principal, structure: str | None) -> bool:
    """Say whether a principal may play in the sandbox of a structure: who may issue invoices there.

    Never in a real structure, and never the operator: nothing there is theirs to play with.
    """
    played = sandbox_of(structure) is not None and not operates(principal)
    return played and may_issue(principal, structure or "")


def require_sandbox(principal: Principal, structure: str | None) -> None:
    """Raise `ForbiddenError` unless the principal may play in the sandbox of a structure."""
    if not may_sandbox(principal, structure):
        raise ForbiddenError(right="sandbox:modify", structure=structure, service=None)


def may_know(principal: Principal, structure: str) -> bool:
    """Say whether a principal may know of a structure: test structures are for their own people only."""
    return sandbox_of(structure) is None or sees_inside(principal, structure)


def require_outside(structure: str) -> None:
    """Raise `SandboxClosedError` for a test structure: nobody joins a sandbox, or takes it elsewhere."""
    if sandbox_of(structure) is not None:
        raise SandboxClosedError


def require_one_world(structure: str, rights: Iterable[Habilitation]) -> None:
    """Raise `SandboxClosedError` where a program would have rights in a sandbox and outside it."""
    if not same_world(structure, *(right.structure for right in rights)):
        raise SandboxClosedError
