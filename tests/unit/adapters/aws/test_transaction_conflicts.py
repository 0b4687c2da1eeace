"""What is tried again when a write meets a transaction, and what is not."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from choriste.adapters.aws.dynamodb.table import CoreTable


class Client:
    """A client whose transactions are cancelled for the given reasons, one after the other."""

    def __init__(self, *reasons: str) -> None:
        self.reasons = list(reasons)
        self.calls = 0

    def transact_write_items(self, **_: object) -> None:
        self.calls += 1
        if self.reasons:
            answer: Any = {"Error": {"Code": "TransactionCanceledException"}}
            answer["CancellationReasons"] = [{"Code": self.reasons.pop(0)}]
            raise ClientError(answer, "TransactWriteItems")


def test_transaction_that_met_another_is_tried_again() -> None:
    client: Any = Client("TransactionConflict", "TransactionConflict")

    CoreTable(client, "core").transact([])

    assert client.calls == 3


@pytest.mark.parametrize("reason", ["ThrottlingError", "ProvisionedThroughputExceeded"])
def test_transaction_that_met_a_busy_table_is_tried_again(reason: str) -> None:
    client: Any = Client(reason)

    CoreTable(client, "core").transact([])

    assert client.calls == 2


def test_write_of_one_item_that_met_a_transaction_is_tried_again() -> None:
    answers = iter(["TransactionConflictException"])

    def write() -> str:
        for code in answers:
            answer: Any = {"Error": {"Code": code}}
            raise ClientError(answer, "UpdateItem")
        return "written"

    client: Any = Client()

    assert CoreTable(client, "core").insist(write) == "written"


@pytest.mark.parametrize(
    ("reasons", "calls"), [(["ConditionalCheckFailed"], 1), (["TransactionConflict"] * 9, 4)]
)
def test_transaction_that_cannot_be_written_is_told(reasons: list[str], calls: int) -> None:
    client: Any = Client(*reasons)

    with pytest.raises(ClientError):
        CoreTable(client, "core").transact([])

    assert client.calls == calls
