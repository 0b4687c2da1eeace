"""How people sign in at their organisation: set by the manager of each structure, with a fresh factor."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from choriste.application.access.organisation_records import OrganisationSignIn
from choriste.application.access.ports import AccessPorts
from choriste.application.access.served import still_served
from choriste.application.access.set_organisation_sign_in import (
    SignInEntry,
    end_organisation_elsewhere,
    organisation_elsewhere,
    read_organisation_sign_in,
    served_sirets,
    set_organisation_sign_in,
)
from choriste.domain.access.errors import FactorNeededError, StaleRecordError
from choriste.domain.access.organisation_errors import OrganisationUnavailableError
from choriste.domain.access.principal import Principal
from choriste.domain.access.user import Level, Space, StructureRole
from choriste.domain.sandbox.errors import SandboxClosedError
from choriste.domain.shared.errors import BadRequestError, ForbiddenError, NotFoundError
from tests.builders.identity import a_company, a_gate, a_member, a_right, a_structure, a_user, fresh, keep
from tests.fakes.organisations import MemoryProviders

TOWN, SCHOOL, WORKSHOP = "101", "102", "103"
SCHOOL_SIRET, WORKSHOP_SIRET = "19750123200015", "83214569200014"
ENTRY = SignInEntry(
    issuer="https://identite.example",
    client_id="choriste",
    secret="secret",
    sirets=(SCHOOL_SIRET,),
    strong=("eidas2",),
    vouches=False,
    active=True,
    version=0,
)
_MANAGER = StructureRole.PRIMARY_MANAGER
MANAGER = fresh(Principal.of_user(a_user(memberships=(a_member(TOWN, _MANAGER), a_member(SCHOOL, _MANAGER)))))
OPERATOR = fresh(Principal.of_user(a_user("op", operator=True)))


@pytest.fixture
def access() -> AccessPorts:
    access = a_gate()
    access.directory.add_structure(a_structure(TOWN, siret="21690123100011"))
    access.directory.add_structure(a_structure(SCHOOL, siret=SCHOOL_SIRET))
    access.directory.add_structure(a_company(WORKSHOP, siret=WORKSHOP_SIRET, name="Atelier"))
    return access


def save(access: AccessPorts, by: Principal = MANAGER, at: str = TOWN, **changes: Any) -> OrganisationSignIn:
    return set_organisation_sign_in(by, at, replace(ENTRY, **changes), access=access)


def test_manager_sets_it_for_own_structures_and_the_secret_is_sealed(access: AccessPorts) -> None:
    stored = save(access)

    assert stored.served == (TOWN, SCHOOL)
    assert served_sirets(stored, access=access) == (SCHOOL_SIRET,)
    assert access.vault.is_sealed(stored.secret)
    assert access.vault.unseal(stored.secret, account="organisation-101") == "secret"
    (act,) = access.history.of_structure(TOWN, after=None, limit=9).rows
    assert act.after["issuer"] == "https://identite.example"
    assert "secret" not in repr(act)


def test_secret_is_kept_for_the_same_provider_and_never_sent_to_another(access: AccessPorts) -> None:
    first = save(access)

    kept = save(access, secret="", version=1)
    assert kept.secret == first.secret
    changes: tuple[dict[str, Any], ...] = ({"issuer": "https://evil.example"}, {"client_id": "another"})
    for each in changes:
        with pytest.raises(BadRequestError) as refused:
            save(access, secret="", version=2, **each)
        assert refused.value.parameters["field"] == "secret"


def test_others_neither_read_nor_set_it(access: AccessPorts) -> None:
    colleague = a_user(
        rights=(a_right(TOWN, Space.ORGANISATION, Level.MODIFY),), memberships=(a_member(TOWN),)
    )
    stranger = a_user(memberships=(a_member(WORKSHOP, _MANAGER),))
    for user in (colleague, stranger):
        by = fresh(Principal.of_user(user))
        for structure in (TOWN, "999"):
            with pytest.raises(ForbiddenError):
                read_organisation_sign_in(by, structure, access=access)
            with pytest.raises(ForbiddenError):
                save(access, by, structure)
    with pytest.raises(FactorNeededError):
        save(access, replace(MANAGER, factor_at=None))
    with pytest.raises(FactorNeededError):
        read_organisation_sign_in(replace(MANAGER, factor_at=None), TOWN, access=access)


def test_manager_serves_no_structure_of_somebody_else_but_the_operator_does(access: AccessPorts) -> None:
    for siret in (WORKSHOP_SIRET, "00000000000000", "x"):
        with pytest.raises(BadRequestError):
            save(access, sirets=(siret,))

    assert save(access, OPERATOR, sirets=(WORKSHOP_SIRET,)).served == (TOWN, WORKSHOP)
    with pytest.raises(NotFoundError):
        save(access, OPERATOR, "999")
    with pytest.raises(StaleRecordError):
        save(access, OPERATOR, SCHOOL, sirets=(WORKSHOP_SIRET,))


def test_structure_whose_role_passed_on_is_its_new_managers_to_take_back(access: AccessPorts) -> None:
    former = a_user(memberships=(a_member(TOWN, _MANAGER), a_member(SCHOOL, _MANAGER)))
    accounts: Any = access.accounts
    keep(accounts, former)
    first = save(access)
    assert still_served(first, [TOWN, SCHOOL], access=access) == {TOWN, SCHOOL}

    new = a_user("new", email="new@example.fr", memberships=(a_member(SCHOOL, _MANAGER),))
    accounts.replace_user(replace(former, memberships=(a_member(TOWN, _MANAGER),)))
    keep(accounts, new)
    by = fresh(Principal.of_user(new))

    assert still_served(first, [TOWN, SCHOOL], access=access) == {TOWN}
    assert organisation_elsewhere(by, SCHOOL, access=access) == (first, "Ville de Lutèce")
    with pytest.raises(ForbiddenError):
        end_organisation_elsewhere(by, TOWN, access=access)
    own = save(access, by, SCHOOL, issuer="https://ours.example", sirets=())
    assert access.organisations.serving(SCHOOL) == own


def test_manager_ends_what_the_operator_lets_another_organisation_do(access: AccessPorts) -> None:
    shared = save(access, OPERATOR)
    assert still_served(shared, [SCHOOL], access=access) == {SCHOOL}

    end_organisation_elsewhere(MANAGER, SCHOOL, access=access)

    assert access.organisations.serving(SCHOOL) is None
    assert access.organisations.serving(TOWN) is not None
    (act,) = access.history.of_structure(SCHOOL, after=None, limit=9).rows
    assert act.after == {}
    with pytest.raises(NotFoundError):
        end_organisation_elsewhere(MANAGER, SCHOOL, access=access)


def test_no_provider_signs_anybody_in_to_a_test_structure(access: AccessPorts) -> None:
    test, siret = "900000000000101", "01234567800019"
    access.directory.add_structure(a_company(test, siret=siret, name="Essai"))
    dev = fresh(Principal.of_user(a_user(memberships=(a_member(TOWN, _MANAGER), a_member(test, _MANAGER)))))

    for at, sirets in ((test, ()), (TOWN, (siret,))):
        with pytest.raises(SandboxClosedError):
            save(access, dev, at, sirets=sirets)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("issuer", "http://identite.example"),
        ("issuer", "http://127.0.0.1:9001"),
        ("issuer", "https://user@identite.example"),
        ("issuer", "https://identite.example/?a=b"),
        ("issuer", "https://identite.example/#a"),
        ("issuer", "file:///etc/passwd"),
        ("issuer", ""),
        ("client_id", "two words"),
        ("secret", "s" * 301),
        ("strong", ("a b",)),
        ("strong", tuple("abcdefghijk")),
    ],
)
def test_odd_entries_are_refused_at_their_field(access: AccessPorts, field: str, value: object) -> None:
    with pytest.raises(BadRequestError) as refused:
        set_organisation_sign_in(MANAGER, TOWN, replace(ENTRY, **{field: value}), access=access)  # type: ignore[arg-type]

    assert refused.value.parameters["field"] == field


def test_provider_must_answer_and_a_form_that_is_out_of_date_changes_nothing(access: AccessPorts) -> None:
    assert isinstance(access.providers, MemoryProviders)
    access.providers.silent = True
    with pytest.raises(OrganisationUnavailableError):
        save(access)
    assert save(access, active=False).active is False
    with pytest.raises(StaleRecordError):
        save(access)
