"""The same cases on the memory and the DynamoDB stores of identity."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import boto3
import pytest
from moto import mock_aws

from choriste.adapters.aws.dynamodb.identity import DynamoAccounts
from choriste.adapters.aws.dynamodb.sessions import (
    DynamoAttempts,
    DynamoChallenges,
    DynamoDevices,
    DynamoLinks,
    DynamoSessions,
)
from choriste.adapters.aws.dynamodb.structures import DynamoDirectory
from choriste.application.access.ports import (
    Accounts,
    Attempts,
    Challenges,
    Devices,
    Directory,
    Links,
    Sessions,
)
from choriste.application.access.records import (
    AccessToken,
    Challenge,
    ChallengePurpose,
    Credentials,
    LinkPurpose,
    OneTimeLink,
    Session,
    SessionStage,
)
from choriste.domain.access.errors import AlreadyExistsError, StaleRecordError
from choriste.domain.access.user import Level, Space, StructureRole, UserId
from choriste.domain.parties.structure import StructureIdentifier
from tests.builders.identity import a_member, a_right, a_structure, a_user
from tests.fakes.identity import (
    MemoryAccounts,
    MemoryAttempts,
    MemoryChallenges,
    MemoryDevices,
    MemoryDirectory,
    MemoryLinks,
    MemorySessions,
)

NOW = dt.datetime(2026, 11, 23, 9, 0, 0, 250_000, tzinfo=dt.UTC)


@dataclass(frozen=True)
class Stores:
    directory: Directory
    accounts: Accounts
    sessions: Sessions
    attempts: Attempts
    links: Links
    challenges: Challenges
    devices: Devices
    threads: int


def _memory() -> Stores:
    accounts = MemoryAccounts()
    return Stores(
        MemoryDirectory(accounts),
        accounts,
        MemorySessions(),
        MemoryAttempts(),
        MemoryLinks(),
        MemoryChallenges(),
        MemoryDevices(),
        threads=8,
    )


def _dynamodb() -> Stores:
    client = boto3.client("dynamodb", region_name="eu-west-3")
    client.create_table(
        TableName="core",
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[
            {"AttributeName": "pk", "AttributeType": "S"},
            {"AttributeName": "sk", "AttributeType": "S"},
        ],
        KeySchema=[
            {"AttributeName": "pk", "KeyType": "HASH"},
            {"AttributeName": "sk", "KeyType": "RANGE"},
        ],
    )
    client.create_table(
        TableName="sessions",
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
    )
    return Stores(
        DynamoDirectory(client, "core"),
        DynamoAccounts(client, "core"),
        DynamoSessions(client, "sessions"),
        DynamoAttempts(client, "sessions"),
        DynamoLinks(client, "sessions"),
        DynamoChallenges(client, "sessions"),
        DynamoDevices(client, "sessions"),
        threads=1,  # moto's tables are not safe between threads; DynamoDB's are
    )


@pytest.fixture(params=["memory", "dynamodb"])
def stores(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stores]:
    if request.param == "memory":
        yield _memory()
        return
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with mock_aws():
        yield _dynamodb()


def some_credentials(user_id: str = "u1") -> Credentials:
    return Credentials(user=UserId(user_id), password_hash="scrypt$…", totp_secret="ABCDEFGH", last_step=7)


def a_session(named: str = "h1") -> Session:
    return Session(
        token_hash=named,
        user=UserId("u1"),
        stage=SessionStage.AWAITS_CODE,
        started_at=NOW,
        expires_at=NOW + dt.timedelta(minutes=10),
        ends_at=NOW + dt.timedelta(hours=8),
    )


def test_directory_returns_a_structure_as_stored(stores: Stores) -> None:
    structure = a_structure()

    stores.directory.add_structure(structure)

    assert stores.directory.structure("101") == structure
    assert stores.directory.structure_by_identifier(structure.identifier) == structure
    assert stores.directory.structure("102") is None
    assert stores.directory.structure_by_identifier(StructureIdentifier.siret("00000000000000")) is None


def test_directory_refuses_a_second_structure_with_the_same_identifier(stores: Stores) -> None:
    stores.directory.add_structure(a_structure("101"))

    with pytest.raises(AlreadyExistsError):
        stores.directory.add_structure(a_structure("102"))

    assert stores.directory.structure("102") is None


def test_directory_refuses_a_second_structure_with_the_same_id(stores: Stores) -> None:
    stores.directory.add_structure(a_structure("101"))

    with pytest.raises(AlreadyExistsError):
        stores.directory.add_structure(a_structure("101", siret="98765432100010"))


def test_directory_replaces_what_was_read(stores: Stores) -> None:
    known = a_structure()
    stores.directory.add_structure(known)

    stores.directory.replace_structure(replace(known, active=False), known=known)

    assert stores.directory.structure("101") == replace(known, active=False)


def test_directory_refuses_to_replace_what_has_changed_since(stores: Stores) -> None:
    known = a_structure()
    stores.directory.add_structure(known)
    stores.directory.replace_structure(replace(known, active=False), known=known)

    with pytest.raises(StaleRecordError):
        stores.directory.replace_structure(replace(known, name="Lutetia"), known=known)
    with pytest.raises(StaleRecordError):
        stores.directory.replace_structure(a_structure("9"), known=a_structure("9"))


def test_directory_lists_the_active_users_of_a_structure(stores: Stores) -> None:
    member = a_user("u2", email="b@example.fr", memberships=(a_member(),))
    entitled = a_user("u1", email="a@example.fr", rights=(a_right(),))
    closed = a_user("u3", email="c@example.fr", rights=(a_right(),), active=False)
    elsewhere = a_user("u4", email="d@example.fr", rights=(a_right("102"),))
    for user in (member, entitled, closed, elsewhere):
        stores.accounts.add_user(user, some_credentials(user.id))

    assert stores.directory.users_of("101") == (entitled, member)
    assert stores.directory.users_of("103") == ()


def test_accounts_return_a_user_as_stored(stores: Stores) -> None:
    user = a_user(
        operator=True,
        rights=(a_right(service="VOIRIE"), a_right("102", Space.WORKS, Level.MODIFY)),
        memberships=(a_member(role=StructureRole.PRIMARY_MANAGER),),
    )

    stores.accounts.add_user(user, some_credentials())

    assert stores.accounts.user("u1") == user
    assert stores.accounts.user_by_email("ana@example.fr") == user
    assert stores.accounts.credentials("u1") == some_credentials()
    assert stores.accounts.user("u2") is None
    assert stores.accounts.user_by_email("bob@example.fr") is None
    assert stores.accounts.credentials("u2") is None


def test_accounts_refuse_a_second_user_with_the_same_address(stores: Stores) -> None:
    stores.accounts.add_user(a_user("u1"), some_credentials("u1"))

    with pytest.raises(AlreadyExistsError):
        stores.accounts.add_user(a_user("u2"), some_credentials("u2"))

    assert stores.accounts.user("u2") is None


def test_accounts_spend_a_step_once_and_never_an_older_one(stores: Stores) -> None:
    stores.accounts.add_user(a_user(), some_credentials())

    spent = [stores.accounts.spend_step("u1", step) for step in (10, 10, 9, 11)]

    assert spent == [True, False, False, True]
    assert not stores.accounts.spend_step("nobody", 12)


def test_accounts_keep_each_version_of_credentials_and_the_step_that_was_spent(stores: Stores) -> None:
    known = some_credentials()
    stores.accounts.add_user(a_user(), known)
    changed = replace(known, password_hash=None, recovery_codes=("a", "b"), version=2)
    stores.accounts.spend_step("u1", 11)

    stores.accounts.save_credentials(changed)

    assert stores.accounts.credentials("u1") == replace(changed, last_step=11)
    with pytest.raises(StaleRecordError):
        stores.accounts.save_credentials(changed)
    with pytest.raises(StaleRecordError):
        stores.accounts.save_credentials(replace(changed, user=UserId("nobody")))


def test_links_are_there_until_one_caller_takes_them(stores: Stores) -> None:
    link = OneTimeLink(token_hash="l", purpose=LinkPurpose.RESET, user=UserId("u1"), expires_at=NOW)
    stores.links.save_link(link)

    taken = [stores.links.link("l"), stores.links.take_link("l"), stores.links.take_link("l")]

    assert taken == [link, link, None]
    assert stores.links.link("l") is None


def test_challenges_are_taken_by_one_caller(stores: Stores) -> None:
    asked = Challenge(token_hash="c", purpose=ChallengePurpose.ENROL, user=UserId("u1"), expires_at=NOW)
    stores.challenges.save_challenge(asked)

    assert [stores.challenges.take_challenge("c") for _ in range(2)] == [asked, None]


def test_sessions_return_a_token_as_stored(stores: Stores) -> None:
    token = AccessToken(token_hash="t", client_id="Abc", client_version=3, expires_at=NOW)

    stores.sessions.save_token(token)

    assert stores.sessions.token("t") == token
    assert stores.sessions.token("u") is None


def test_sessions_can_be_extended_and_ended(stores: Stores) -> None:
    stores.sessions.save_session(a_session("h1"))
    stores.sessions.save_session(a_session("h2"))
    later = NOW + dt.timedelta(hours=1)

    stores.sessions.extend_session("h1", expires_at=later)
    stores.sessions.end_sessions(["h2", "unknown"])

    assert stores.sessions.session("h1") == replace(a_session("h1"), expires_at=later)
    assert stores.sessions.session("h2") is None


def test_sessions_that_ended_are_not_revived_by_an_extension(stores: Stores) -> None:
    stores.sessions.save_session(a_session())
    stores.sessions.end_sessions(["h1"])

    stores.sessions.extend_session("h1", expires_at=NOW)

    assert stores.sessions.session("h1") is None


def test_sessions_keep_what_they_have_to_answer(stores: Stores) -> None:
    stores.sessions.save_session(a_session())
    stores.sessions.challenge_session("h1", "hash", until=NOW)
    stores.sessions.challenge_session("unknown", "hash", until=NOW)

    expected = replace(a_session(), challenge="hash", challenge_until=NOW)
    assert stores.sessions.session("h1") == expected
    assert stores.sessions.session("unknown") is None


def test_sessions_of_a_user_are_those_that_still_exist_oldest_first(stores: Stores) -> None:
    first, second = a_session("h2"), replace(a_session("h1"), started_at=NOW + dt.timedelta(minutes=1))
    for session in (second, first, a_session("h3"), replace(a_session("h4"), user=UserId("u2"))):
        stores.sessions.save_session(session)
    stores.sessions.end_sessions(["h3"])

    assert stores.sessions.sessions_of("u1") == (first, second)
    assert stores.sessions.sessions_of("u1") == (first, second)
    stores.sessions.end_sessions(["h1", "h2"])
    assert stores.sessions.sessions_of("u1") == ()
    assert stores.sessions.sessions_of("u1") == ()
    assert stores.sessions.sessions_of("nobody") == ()
    stores.sessions.save_session(a_session("h5"))
    assert stores.sessions.sessions_of("u1") == (a_session("h5"),)


def test_devices_are_known_until_they_are_forgotten(stores: Stores) -> None:
    stores.devices.remember_device("d", until=NOW)

    assert stores.devices.knows_device("d", now=NOW - dt.timedelta(seconds=1))
    assert not stores.devices.knows_device("d", now=NOW)
    assert not stores.devices.knows_device("other", now=NOW)


def test_attempts_may_be_remembered_for_longer(stores: Stores) -> None:
    year, later = dt.timedelta(days=365), NOW + dt.timedelta(days=300)
    stores.attempts.count("k", now=NOW, remember=year)

    assert stores.attempts.count("k", now=later, remember=year).rank == 2


def test_attempts_are_counted_until_cleared(stores: Stores) -> None:
    ranks = [stores.attempts.count("k", now=NOW).rank for _ in range(3)]
    stores.attempts.clear("k")

    assert ranks == [1, 2, 3]
    assert stores.attempts.count("k", now=NOW).rank == 1
    assert stores.attempts.count("other", now=NOW).rank == 1


def test_attempts_under_a_lock_are_not_counted_and_do_not_lengthen_it(stores: Stores) -> None:
    stores.attempts.count("k", now=NOW)
    until = stores.attempts.lock("k", until=NOW + dt.timedelta(hours=1))

    attempt = stores.attempts.count("k", now=NOW + dt.timedelta(minutes=59))
    again = stores.attempts.lock("k", until=NOW + dt.timedelta(hours=2))

    assert (attempt.rank, attempt.locked_until) == (1, until)
    assert again == until == NOW + dt.timedelta(hours=1)


def test_attempts_start_again_when_the_lock_has_ended(stores: Stores) -> None:
    stores.attempts.count("k", now=NOW)
    until = stores.attempts.lock("k", until=NOW + dt.timedelta(hours=1))

    attempt = stores.attempts.count("k", now=until)

    assert (attempt.rank, attempt.locked_until) == (1, None)


def test_attempts_are_forgotten_after_a_day(stores: Stores) -> None:
    stores.attempts.count("k", now=NOW)

    attempt = stores.attempts.count("k", now=NOW + dt.timedelta(days=1, seconds=2))

    assert attempt.rank == 1


def test_attempts_at_the_same_moment_have_different_ranks(stores: Stores) -> None:
    def attempt(_: int) -> int:
        return stores.attempts.count("k", now=NOW).rank

    with ThreadPoolExecutor(stores.threads) as pool:
        ranks = list(pool.map(attempt, range(20)))

    assert sorted(ranks) == list(range(1, 21))
