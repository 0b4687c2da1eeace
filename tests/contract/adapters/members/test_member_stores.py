"""The same cases on the memory and the DynamoDB stores of members and of their history."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, replace

import boto3
import pytest
from moto import mock_aws

from choriste.adapters.aws.dynamodb.factor_resets import DynamoFactorResets
from choriste.adapters.aws.dynamodb.history import DynamoHistory
from choriste.adapters.aws.dynamodb.identity import DynamoAccounts
from choriste.adapters.aws.dynamodb.members import DynamoMembers
from choriste.adapters.aws.dynamodb.structures import DynamoDirectory
from choriste.adapters.aws.dynamodb.table import CoreTable
from choriste.application.access.ports import Accounts, Directory, FactorResets, History
from choriste.application.access.records import Credentials, FactorReset, ResetState
from choriste.application.members.ports import Change, Members, StoredUser
from choriste.domain.access.errors import AlreadyExistsError, StaleRecordError
from choriste.domain.access.principal import PrincipalKind
from choriste.domain.access.user import StructureRole, User, UserId
from choriste.domain.members.act import ActKind, AdministrativeAct
from choriste.domain.members.request import AccessRequest, RequestId, RequestState
from choriste.domain.parties.structure import ServiceCode, StructureId
from choriste.domain.shared.errors import BrokenInvariantError
from tests.builders.identity import a_manager, a_member, a_right, a_user
from tests.builders.ports import REGION, create_stores
from tests.fakes.identity import MemoryAccounts, MemoryDirectory, MemoryFactorResets
from tests.fakes.members import MemoryHistory, MemoryMembers

NOW = dt.datetime(2026, 11, 23, 9, 0, tzinfo=dt.UTC)


@dataclass(frozen=True)
class Stores:
    accounts: Accounts
    directory: Directory
    members: Members
    history: History
    factor_resets: FactorResets

    def keep(self, user: User) -> StoredUser:
        """Store a user who never signs in, and return it as stored."""
        self.accounts.add_user(user, Credentials(user=user.id, password_hash="", totp_secret=""))
        return self.of(user.id)

    def of(self, user_id: str) -> StoredUser:
        found = self.members.member(user_id)
        assert found is not None
        return found

    def change(self, known: StoredUser, **changes: object) -> StoredUser:
        self.members.save(Change(acts=(), users=((known, replace(known.user, **changes)),)))  # type: ignore[arg-type]
        return self.of(known.user.id)


@pytest.fixture(params=["memory", "dynamodb"])
def stores(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stores]:
    if request.param == "memory":
        accounts, history = MemoryAccounts(), MemoryHistory()
        yield Stores(
            accounts,
            MemoryDirectory(accounts),
            MemoryMembers(accounts, history),
            history,
            MemoryFactorResets(),
        )
        return
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with mock_aws():
        names = create_stores()
        client = boto3.client("dynamodb", region_name=REGION)
        core, audit = CoreTable(client, names["CoreTable"]), CoreTable(client, names["AuditTable"])
        yield Stores(
            DynamoAccounts(client, core.name),
            DynamoDirectory(client, core.name),
            DynamoMembers(core, audit),
            DynamoHistory(audit),
            DynamoFactorResets(core),
        )


def an_act(
    number: int = 1, *, structure: str | None = "101", account: str | None = "u1"
) -> AdministrativeAct:
    return AdministrativeAct(
        id=f"{number:012X}",
        at=NOW + dt.timedelta(seconds=number),
        kind=ActKind.RIGHTS_CHANGED,
        actor="m",
        actor_name="Max",
        actor_kind=PrincipalKind.USER,
        structure=structure,
        account=account,
        subject="Ana Petit",
        before={"rights": ""},
        after={"rights": "receive:consult"},
    )


def a_request(number: int = 1, *, service: str | None = None, **changes: object) -> AccessRequest:
    values = {
        "id": RequestId(f"{number:024d}"),
        "requester": UserId("u1"),
        "requester_name": "Ana Petit",
        "structure": StructureId("101"),
        "service": ServiceCode(service) if service else None,
        "rights": frozenset({a_right(service=service)}),
        "joins": True,
        "comment": "",
        "requested_at": NOW,
    }
    return AccessRequest(**{**values, **changes})  # type: ignore[arg-type]


def test_user_is_changed_with_the_acts_that_tell_of_it(stores: Stores) -> None:
    known = stores.keep(a_user(memberships=(a_member(),)))
    after = replace(known.user, rights=frozenset({a_right("102")}))

    stores.members.save(Change(acts=(an_act(),), users=((known, after),)))

    assert stores.of("u1") == StoredUser(after, known.version + 1)
    assert stores.accounts.user("u1") == after
    assert stores.directory.users_of("102") == (after,)
    assert stores.history.of_structure("101", after=None, limit=9).rows == (an_act(),)


def test_user_that_changed_since_it_was_read_is_not_overwritten(stores: Stores) -> None:
    known = stores.keep(a_user(memberships=(a_member(),)))
    stores.change(known, rights=frozenset({a_right()}))

    with pytest.raises(StaleRecordError):
        stores.members.save(Change(acts=(an_act(),), users=((known, replace(known.user, memberships=())),)))

    assert stores.of("u1").user.rights == {a_right()}
    assert stores.history.of_structure("101", after=None, limit=9).rows == ()


def test_user_who_has_left_is_no_longer_found_by_the_structure(stores: Stores) -> None:
    known = stores.keep(a_user(memberships=(a_member("101"), a_member("102"))))

    stores.change(known, memberships=(a_member("102"),))

    assert stores.members.of_structure("101", after=None, limit=9).rows == ()
    assert len(stores.members.of_structure("102", after=None, limit=9).rows) == 1


def test_users_of_a_structure_come_in_pages_suspended_and_closed_ones_too(stores: Stores) -> None:
    suspended = replace(a_member(), active=False)
    users = [
        a_user("u1", email="1@example.fr", memberships=(a_member(),)),
        a_user("u2", email="2@example.fr", memberships=(suspended,)),
        a_user("u3", email="3@example.fr", rights=(a_right(service="VOIRIE"),), active=False),
        a_user("u4", email="4@example.fr", memberships=(a_member("102"),)),
    ]
    for user in users:
        stores.keep(user)

    first = stores.members.of_structure("101", after=None, limit=2)
    second = stores.members.of_structure("101", after=first.after, limit=2)

    assert [stored.user for stored in (*first.rows, *second.rows)] == users[:3]
    assert second.after is None
    assert [user.id for user in stores.directory.users_of("101")] == ["u1"]


def test_seat_passes_from_its_holder_to_another(stores: Stores) -> None:
    holder = stores.keep(a_manager("101", "m@example.fr", user_id="m"))
    other = stores.keep(a_user(memberships=(a_member(),)))

    stores.members.save(
        Change(
            acts=(),
            users=(
                (holder, replace(holder.user, memberships=(a_member(),))),
                (other, replace(other.user, memberships=(a_member(role=StructureRole.PRIMARY_MANAGER),))),
            ),
        )
    )

    assert stores.members.manager_of("101") == "u1"
    assert stores.members.manager_of("102") is None


def test_seat_is_never_taken_twice_nor_left_empty(stores: Stores) -> None:
    holder = stores.keep(a_manager("101", "m@example.fr", user_id="m"))
    other = stores.keep(a_user(memberships=(a_member(),)))
    manager = (a_member(role=StructureRole.PRIMARY_MANAGER),)

    with pytest.raises(StaleRecordError):
        stores.change(other, memberships=manager)
    with pytest.raises(BrokenInvariantError):
        stores.change(holder, memberships=(a_member(),))
    with pytest.raises(AlreadyExistsError):
        stores.keep(a_manager("101", "n@example.fr", user_id="n"))

    assert stores.members.manager_of("101") == "m"
    assert stores.members.member("n") is None


def test_acts_are_listed_newest_first_by_structure_and_by_account(stores: Stores) -> None:
    acts = [an_act(1), an_act(2, account="u2"), an_act(3, structure="102"), an_act(4)]
    for act in acts:
        stores.history.add(act)
        stores.history.add(act)

    first = stores.history.of_structure("101", after=None, limit=2)
    second = stores.history.of_structure("101", after=first.after, limit=2)

    assert first.rows == (acts[3], acts[1])
    assert (second.rows, second.after) == ((acts[0],), None)
    assert stores.history.of_account("u1", after=None, limit=9).rows == (acts[3], acts[2], acts[0])
    assert stores.history.of_account("nobody", after=None, limit=9).rows == ()


def test_requests_wait_apart_by_service(stores: Stores) -> None:
    for request in (a_request(1), a_request(2, service="A"), a_request(3, service="A#B")):
        stores.members.save(Change(acts=(), request=request))

    def waiting(*services: str) -> list[int]:
        found = stores.members.waiting("101", frozenset(map(ServiceCode, services)) if services else None)
        return [int(request) for request in found]

    assert waiting() == [1, 2, 3]
    assert waiting("A") == [2]
    assert waiting("A#B", "C") == [3]
    assert waiting("*") == []
    assert stores.members.waiting("102", None) == ()


def test_request_that_was_decided_waits_no_longer(stores: Stores) -> None:
    asked = a_request(service="A")
    refused = asked.decided(RequestState.REFUSED, by="m", name="Max", at=NOW, reason="Non.")
    stores.members.save(Change(acts=(), request=asked))

    stores.members.save(Change(acts=(), request=refused))

    service = ServiceCode("A")
    assert stores.members.request(asked.id) == refused
    assert stores.members.waiting("101", None) == ()
    assert stores.members.closed("101", service, after=None, limit=9).rows == (asked.id,)
    assert stores.members.closed("101", None, after=None, limit=9).rows == ()
    assert stores.members.requests_of("u1") == (asked.id,)
    with pytest.raises(StaleRecordError):
        stores.members.save(Change(acts=(), request=refused))


def test_closed_requests_come_in_pages_newest_first(stores: Stores) -> None:
    for number in (1, 2, 3):
        asked = a_request(number)
        stores.members.save(Change(acts=(), request=asked))
        stores.members.save(Change(acts=(), request=asked.expired(NOW)))

    first = stores.members.closed("101", None, after=None, limit=2)
    second = stores.members.closed("101", None, after=first.after, limit=2)

    assert [int(request) for request in (*first.rows, *second.rows)] == [3, 2, 1]
    assert second.after is None


def test_change_that_meets_one_fault_writes_nothing(stores: Stores) -> None:
    known = stores.keep(a_user(memberships=(a_member(),)))
    stores.members.save(Change(acts=(), request=a_request()))

    with pytest.raises(StaleRecordError):
        stores.members.save(
            Change(
                acts=(an_act(),),
                users=((known, replace(known.user, rights=frozenset({a_right()}))),),
                request=a_request(),
            )
        )

    assert stores.of("u1") == known
    assert stores.history.of_structure("101", after=None, limit=9).rows == ()


def test_login_address_passes_on_and_belongs_to_one_account(stores: Stores) -> None:
    ana = stores.keep(a_user("ana", email="ana@example.fr"))
    stores.keep(a_user("bo", email="bo@example.fr"))

    with pytest.raises(StaleRecordError):
        stores.members.save(Change(acts=(), users=((ana, replace(ana.user, email="bo@example.fr")),)))
    stores.members.save(Change(acts=(), users=((ana, replace(ana.user, email="a.petit@example.fr")),)))

    assert stores.accounts.user_by_email("ana@example.fr") is None
    assert stores.accounts.user_by_email("a.petit@example.fr") == stores.of("ana").user
    stores.keep(a_user("cy", email="ana@example.fr"))


@pytest.mark.parametrize("place", [StructureId("101"), None])
def test_factor_reset_waits_where_it_is_decided_and_is_written_once(
    stores: Stores, place: StructureId | None
) -> None:
    asked = FactorReset(user=UserId("ana"), structure=place, asked_at=NOW)
    stores.factor_resets.save(asked)

    with pytest.raises(StaleRecordError):
        stores.factor_resets.save(asked)
    assert stores.factor_resets.waiting(place) == (asked,)
    assert stores.factor_resets.waiting(StructureId("102")) == ()
    refused = replace(asked, state=ResetState.REFUSED, version=2)
    stores.factor_resets.save(refused)
    assert stores.factor_resets.waiting(place) == ()
    assert stores.factor_resets.of_user("ana") == refused
