"""What the DynamoDB stores do when a call fails, or loses a race: no error is swallowed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any, cast

import pytest
from botocore.exceptions import ClientError

from choriste.adapters.aws.dynamodb.connections import DynamoConnections
from choriste.adapters.aws.dynamodb.identity import DynamoAccounts
from choriste.adapters.aws.dynamodb.sessions import DynamoAttempts, DynamoSessions
from choriste.adapters.aws.dynamodb.structures import DynamoDirectory
from choriste.application.access.records import ApiClient, Credentials
from choriste.domain.access.errors import StaleRecordError
from choriste.domain.access.user import UserId
from choriste.domain.parties.structure import StructureId
from choriste.domain.shared.errors import BusyError
from tests.builders.identity import a_structure, a_user

NOW = dt.datetime(2026, 11, 23, 9, 0, tzinfo=dt.UTC)
THROTTLED = "ProvisionedThroughputExceededException"
REFUSED = "ConditionalCheckFailedException"


class FailingClient:
    """Fails every write with one error code; reads find the items given, one after the other."""

    def __init__(self, code: str, *items: dict[str, Any]) -> None:
        self._code = code
        self._items = list(items)

    def get_item(self, **_: object) -> dict[str, Any]:
        return {"Item": self._items.pop(0)} if self._items else {}

    def __getattr__(self, name: str) -> Callable[..., object]:
        def fail(**_: object) -> object:
            raise ClientError({"Error": {"Code": self._code, "Message": "no"}}, name)

        return fail


def failing(code: str, *items: dict[str, Any]) -> Any:
    return cast("Any", FailingClient(code, *items))


CREDENTIALS = Credentials(user=UserId("u1"), password_hash="s", totp_secret="T")
CLIENT = ApiClient(client_id="c", structure=StructureId("101"), name="ERP", secret_hash="s")
WRITES: dict[str, Callable[[Any], object]] = {
    "add structure": lambda client: DynamoDirectory(client, "core").add_structure(a_structure()),
    "add user": lambda client: DynamoAccounts(client, "core").add_user(a_user(), CREDENTIALS),
    "add client": lambda client: DynamoConnections(client, "core").add_client(CLIENT),
    "spend step": lambda client: DynamoAccounts(client, "core").spend_step("u1", 1),
    "extend": lambda client: DynamoSessions(client, "sessions").extend_session("h", expires_at=NOW),
    "count": lambda client: DynamoAttempts(client, "sessions").count("k", now=NOW),
    "lock": lambda client: DynamoAttempts(client, "sessions").lock("k", until=NOW),
}


@pytest.mark.parametrize("write", WRITES)
def test_failure_of_the_service_is_raised(write: str) -> None:
    with pytest.raises((ClientError, BusyError)):
        WRITES[write](failing(THROTTLED))


def test_attempts_that_lose_every_race_are_refused_not_granted() -> None:
    with pytest.raises(StaleRecordError):
        DynamoAttempts(failing(REFUSED), "sessions").count("k", now=NOW)


def test_attempts_do_not_hide_a_failure_while_forgetting() -> None:
    class FailsToDelete(FailingClient):
        def update_item(self, **_: object) -> object:
            raise ClientError({"Error": {"Code": REFUSED, "Message": "no"}}, "UpdateItem")

    with pytest.raises(ClientError):
        DynamoAttempts(cast("Any", FailsToDelete(THROTTLED)), "sessions").count("k", now=NOW)
