"""API connections and technical accounts: who administers them, and what each change ends."""

from __future__ import annotations

import datetime as dt

import pytest

from choriste.application.access.authenticate_request import (
    Caller,
    RequestCredentials,
    authenticate_request,
)
from choriste.application.access.issue_token import TokenRequest, issue_token
from choriste.application.access.ports import AccessPorts
from choriste.application.connections.api_clients import (
    IssuedClient,
    create_api_client,
    list_api_clients,
    renew_api_client,
    revoke_api_client,
    switch_api_client,
    usage_of_api_client,
)
from choriste.application.connections.technical_accounts import (
    IssuedAccount,
    create_technical_account,
    list_technical_accounts,
    reset_technical_account,
    revoke_technical_account,
)
from choriste.domain.access.errors import (
    AlreadyExistsError,
    FactorNeededError,
    InvalidClientError,
    StaleRecordError,
    UnauthenticatedError,
)
from choriste.domain.access.principal import Principal
from choriste.domain.access.user import Level, Space, StructureRole
from choriste.domain.parties.structure import StructureId
from choriste.domain.shared.errors import ForbiddenError, NotFoundError
from tests.builders.identity import StillClock, a_gate, a_member, a_right, a_structure, a_user, fresh

HOME = StructureId("101")
MANAGER = fresh(Principal.of_user(a_user(memberships=(a_member("101", StructureRole.PRIMARY_MANAGER),))))
FOREIGNER = fresh(Principal.of_user(a_user(memberships=(a_member("102", StructureRole.PRIMARY_MANAGER),))))
READER = fresh(Principal.of_user(a_user(rights=(a_right("101", Space.API, Level.CONSULT),))))
OPERATOR = Principal.of_user(a_user(operator=True))


@pytest.fixture
def clock() -> StillClock:
    return StillClock()


@pytest.fixture
def access(clock: StillClock) -> AccessPorts:
    access = a_gate(clock)
    access.directory.add_structure(a_structure("101"))
    return access


def a_client(access: AccessPorts, name: str = "ERP") -> IssuedClient:
    rights = [a_right("101", Space.ISSUE, Level.MODIFY)]
    return create_api_client(HOME, name=name, rights=rights, by=MANAGER, access=access)


def an_account(access: AccessPorts, name: str = "ERP") -> IssuedAccount:
    rights = [a_right("101", Space.ISSUE, Level.MODIFY)]
    return create_technical_account(HOME, name=name, rights=rights, by=MANAGER, access=access)


def a_token(issued: IssuedClient, access: AccessPorts) -> str:
    request = TokenRequest(
        grant_type="client_credentials", client_id=issued.client.client_id, client_secret=issued.secret
    )
    return issue_token(request, access=access).access_token


def who_sends(token: str, access: AccessPorts) -> Caller:
    return authenticate_request(RequestCredentials(authorization=f"Bearer {token}"), access=access)


def test_names_are_unique_in_a_structure_and_case_sensitive(access: AccessPorts) -> None:
    a_client(access, "ERP")
    a_client(access, "erp")
    an_account(access, "ERP")

    with pytest.raises(AlreadyExistsError):
        a_client(access, "ERP")
    with pytest.raises(AlreadyExistsError):
        an_account(access, "ERP")
    listed = list_api_clients(HOME, by=MANAGER, access=access)
    assert [client.name for client in listed] == ["ERP", "erp"]


@pytest.mark.parametrize("actor", [FOREIGNER, READER, OPERATOR], ids=["foreigner", "reader", "operator"])
def test_nobody_but_who_administers_sees_or_changes_them(access: AccessPorts, actor: Principal) -> None:
    client, account = a_client(access).client.client_id, an_account(access).account.login

    with pytest.raises(ForbiddenError):
        list_api_clients(HOME, by=actor, access=access)
    with pytest.raises(ForbiddenError):
        list_technical_accounts(HOME, by=actor, access=access)
    for refused in (
        lambda: usage_of_api_client(client, by=actor, access=access),
        lambda: renew_api_client(client, by=actor, access=access),
        lambda: switch_api_client(client, active=False, by=actor, access=access),
        lambda: revoke_api_client(client, by=actor, access=access),
        lambda: reset_technical_account(account, by=actor, access=access),
        lambda: revoke_technical_account(account, by=actor, access=access),
    ):
        with pytest.raises(NotFoundError):
            refused()


def test_suspended_client_gets_no_token_until_it_is_activated(access: AccessPorts) -> None:
    issued = a_client(access)
    token = a_token(issued, access)
    switch_api_client(issued.client.client_id, active=False, by=MANAGER, access=access)

    with pytest.raises(InvalidClientError):
        a_token(issued, access)
    with pytest.raises(UnauthenticatedError):
        who_sends(token, access)
    again = switch_api_client(issued.client.client_id, active=True, by=MANAGER, access=access)
    assert switch_api_client(issued.client.client_id, active=True, by=MANAGER, access=access) == again
    with pytest.raises(UnauthenticatedError):
        who_sends(token, access)
    assert who_sends(a_token(issued, access), access).client_id == issued.client.client_id


def test_renewed_secret_ends_the_old_one_and_its_tokens(access: AccessPorts) -> None:
    issued = a_client(access)
    token = a_token(issued, access)
    renewed = renew_api_client(issued.client.client_id, by=MANAGER, access=access, version=1)

    with pytest.raises(InvalidClientError):
        a_token(issued, access)
    with pytest.raises(UnauthenticatedError):
        who_sends(token, access)
    assert who_sends(a_token(renewed, access), access).client_id == issued.client.client_id


def test_form_that_comes_twice_replaces_no_secret_twice(access: AccessPorts) -> None:
    client, account = a_client(access).client, an_account(access).account
    renew_api_client(client.client_id, by=MANAGER, access=access, version=client.version)
    reset_technical_account(account.login, by=MANAGER, access=access, version=account.version)

    with pytest.raises(StaleRecordError):
        renew_api_client(client.client_id, by=MANAGER, access=access, version=client.version)
    with pytest.raises(StaleRecordError):
        reset_technical_account(account.login, by=MANAGER, access=access, version=account.version)


def test_revoked_ones_are_gone_for_their_managers_too_and_free_their_name(access: AccessPorts) -> None:
    issued, account = a_client(access), an_account(access).account
    revoke_api_client(issued.client.client_id, by=MANAGER, access=access)
    revoke_technical_account(account.login, by=MANAGER, access=access)

    assert list_api_clients(HOME, by=MANAGER, access=access) == ()
    assert list_technical_accounts(HOME, by=MANAGER, access=access) == ()
    with pytest.raises(NotFoundError):
        switch_api_client(issued.client.client_id, active=True, by=MANAGER, access=access)
    with pytest.raises(NotFoundError):
        reset_technical_account(account.login, by=MANAGER, access=access)
    a_client(access)
    an_account(access)


def test_usage_counts_the_tokens_of_each_day(access: AccessPorts, clock: StillClock) -> None:
    issued = a_client(access)
    for days in (0, 31, 1):
        clock.advance(days=days)
        a_token(issued, access)

    usage = usage_of_api_client(issued.client.client_id, by=MANAGER, access=access)

    today = clock.now().date()
    assert [(day.day, day.tokens) for day in usage.days] == [
        (today, 1),
        (today - dt.timedelta(days=1), 1),
    ]
    assert usage.last_refusal is None


def test_new_secret_asks_a_person_for_a_fresh_factor(access: AccessPorts, clock: StillClock) -> None:
    client, account = a_client(access).client, an_account(access).account
    clock.advance(minutes=11)

    for refused in (
        lambda: a_client(access, "Autre"),
        lambda: an_account(access, "Autre"),
        lambda: renew_api_client(client.client_id, by=MANAGER, access=access),
        lambda: reset_technical_account(account.login, by=MANAGER, access=access),
    ):
        with pytest.raises(FactorNeededError):
            refused()
    switch_api_client(client.client_id, active=False, by=MANAGER, access=access)
