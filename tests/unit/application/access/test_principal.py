from __future__ import annotations

import pytest

from choriste.domain.access.principal import Principal, PrincipalKind
from choriste.domain.access.user import Level, Space, StructureRole
from choriste.domain.parties.structure import ServiceCode, StructureId
from choriste.domain.shared.errors import ForbiddenError
from tests.builders.identity import a_member, a_right, a_structure, a_user

CONSULT, MODIFY = Level.CONSULT, Level.MODIFY


def test_principal_may_what_a_right_on_the_structure_grants() -> None:
    principal = Principal.of_user(a_user(rights=(a_right("101", Space.RECEIVE, CONSULT),)))

    assert principal.may(Space.RECEIVE, CONSULT, structure="101")
    assert principal.may(Space.RECEIVE, CONSULT, structure="101", service="VOIRIE")
    assert not principal.may(Space.RECEIVE, MODIFY, structure="101")
    assert not principal.may(Space.ISSUE, CONSULT, structure="101")
    assert not principal.may(Space.RECEIVE, CONSULT, structure="102")


def test_principal_with_a_right_on_one_service_sees_that_service_only() -> None:
    principal = Principal.of_user(a_user(rights=(a_right("101", level=MODIFY, service="VOIRIE"),)))

    assert principal.may(Space.RECEIVE, CONSULT, structure="101", service="VOIRIE")
    assert not principal.may(Space.RECEIVE, CONSULT, structure="101", service="ÉCOLES")
    assert not principal.may(Space.RECEIVE, CONSULT, structure="101")
    assert principal.services_with(Space.RECEIVE, structure="101") == frozenset({ServiceCode("VOIRIE")})
    assert principal.services_with(Space.ISSUE, structure="101") == frozenset()


def test_primary_manager_may_everything_in_the_structure_and_nothing_outside() -> None:
    principal = Principal.of_user(a_user(memberships=(a_member("101", StructureRole.PRIMARY_MANAGER),)))

    assert all(principal.may(space, MODIFY, structure="101") for space in Space)
    assert not any(principal.may(space, CONSULT, structure="102") for space in Space)
    assert principal.structures_with(Space.API) == {"101"}
    assert principal.services_with(Space.RECEIVE, structure="101") is None


def test_simple_member_has_no_right_by_membership_alone() -> None:
    principal = Principal.of_user(a_user(memberships=(a_member("101"),)))

    assert not any(principal.may(space, CONSULT, structure="101") for space in Space)
    assert principal.structures == {"101"}
    assert principal.structures_with(Space.RECEIVE) == frozenset()


def test_closed_user_has_no_right_left() -> None:
    user = a_user(active=False, operator=True, rights=(a_right("101", level=MODIFY),))

    principal = Principal.of_user(user)

    assert not any(principal.may(space, CONSULT, structure="101") for space in Space)


def test_operator_consults_everywhere_and_modifies_organisations_only() -> None:
    principal = Principal.of_user(a_user(operator=True))

    assert principal.kind is PrincipalKind.OPERATOR
    assert all(principal.may(space, CONSULT, structure="101") for space in Space)
    assert [s for s in Space if principal.may(s, MODIFY, structure="101")] == [Space.ORGANISATION]


def test_platform_may_everything() -> None:
    assert Principal.platform("intake").may(Space.WORKS, MODIFY, structure="101")


def test_require_names_the_missing_right() -> None:
    with pytest.raises(ForbiddenError) as refused:
        Principal.of_user(a_user()).require(Space.API, MODIFY, structure="101")

    assert refused.value.parameters == {"right": "api:modify", "structure": "101", "service": None}


def test_structures_are_those_of_memberships_and_rights() -> None:
    user = a_user(memberships=(a_member("101"),), rights=(a_right("102", Space.ISSUE, MODIFY),))

    principal = Principal.of_user(user)

    assert principal.structures == {"101", "102"}
    assert principal.structures_with(Space.ISSUE, MODIFY) == {StructureId("102")}


def test_structure_requires_an_engagement_for_the_service_that_asks_for_one() -> None:
    structure = a_structure()

    assert structure.requires_engagement(service="VOIRIE")
    assert not structure.requires_engagement(service="ÉCOLES")
    assert not structure.requires_engagement(service=None)
    assert not structure.requires_service()
