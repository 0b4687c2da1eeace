"""The DynamoDB seam gives the answers that unpatched moto gives, only sooner and safely."""

from __future__ import annotations

import random
import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any, cast

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws
from moto.dynamodb.models import dynamodb_backends

from choriste.local.moto_patches.direct import install_direct_calls
from choriste.local.moto_patches.rows import TableRows, stored_items
from choriste.local.moto_patches.tables import OnWrites, Write, install_tables
from choriste.local.platform.shapes import Json

pytestmark = pytest.mark.slow

REGION = "eu-west-3"
INDEXES = {"by_owner": ("owner", "at"), "by_state": ("state", None)}


@contextmanager
def a_table(*, seam: bool, on_writes: OnWrites = lambda _writes: None) -> Iterator[Json]:
    """A client on an empty table with two indexes, on moto as it is or with the seam."""
    with ExitStack() as undo:
        undo.enter_context(mock_aws())
        if seam:
            for uninstall in (*install_tables(on_writes), *install_direct_calls()):
                undo.callback(uninstall)
        client: Json = boto3.client("dynamodb", region_name=REGION)
        keys = sorted({name for pair in (("pk", "sk"), *INDEXES.values()) for name in pair if name})
        client.create_table(
            TableName="t",
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in keys],
            KeySchema=_schema("pk", "sk"),
            GlobalSecondaryIndexes=[
                {
                    "IndexName": name,
                    "KeySchema": _schema(*pair),
                    "Projection": {"ProjectionType": "KEYS_ONLY" if name == "by_owner" else "ALL"},
                }
                for name, pair in INDEXES.items()
            ],
        )
        yield client


def _schema(hash_name: str, range_name: str | None) -> list[dict[str, str]]:
    pairs = [(hash_name, "HASH"), (range_name, "RANGE")]
    return [{"AttributeName": name, "KeyType": kind} for name, kind in pairs if name]


def a_step(choice: random.Random) -> tuple[str, dict[str, Any]]:
    """One write: put, update, delete, batch or transaction, often one that must fail."""
    kind = choice.choice(["put", "put", "update", "update", "delete", "batch", "transact", "transact"])
    if kind == "put":
        return "put_item", {"Item": _item(choice), **_condition(choice)}
    if kind == "update":
        return "update_item", _update(choice)
    if kind == "delete":
        return "delete_item", {"Key": _key(choice), **_condition(choice)}
    if kind == "batch":
        items = {str(item["pk"]) + str(item["sk"]): item for item in (_item(choice) for _ in range(4))}
        return "batch_write_item", {
            "RequestItems": {"t": [{"PutRequest": {"Item": one}} for one in items.values()]}
        }
    return "transact_write_items", {
        "TransactItems": [_operation(choice) for _ in range(choice.randint(1, 4))]
    }


def _operation(choice: random.Random) -> dict[str, Any]:
    kind = choice.choice(["Put", "Update", "Delete", "ConditionCheck"])
    if kind == "Put":
        return {kind: {"TableName": "t", "Item": _item(choice), **_condition(choice)}}
    if kind == "Update":
        return {kind: {"TableName": "t", **_update(choice)}}
    condition = (
        {"ConditionExpression": "attribute_exists(pk)"} if kind == "ConditionCheck" else _condition(choice)
    )
    return {kind: {"TableName": "t", "Key": _key(choice), **condition}}


def _key(choice: random.Random) -> dict[str, Any]:
    return {"pk": {"S": choice.choice("abc")}, "sk": {"S": f"{choice.randint(0, 9):02}"}}


def _item(choice: random.Random) -> dict[str, Any]:
    item: dict[str, Any] = {**_key(choice), "n": {"N": str(choice.randint(0, 5))}}
    if choice.random() < 0.7:
        item |= {"owner": {"S": choice.choice("xy")}, "at": {"S": f"{choice.randint(0, 30):02}"}}
    if choice.random() < 0.5:
        item |= {"state": {"S": choice.choice("oc")}, "list": {"L": [{"S": "é"}, {"B": b"\x00\xff"}]}}
    return item


def _condition(choice: random.Random) -> dict[str, Any]:
    text = choice.choice(
        [None, None, "attribute_not_exists(pk)", "attribute_exists(pk)", "attribute_exists(owner)"]
    )
    return {"ConditionExpression": text} if text else {}


def _update(choice: random.Random) -> dict[str, Any]:
    values = {":n": {"N": "1"}, ":o": {"S": choice.choice("xy")}, ":a": {"S": f"{choice.randint(0, 30):02}"}}
    expression, used = choice.choice(
        [
            ("ADD n :n", [":n"]),
            ("SET #o = :o, #at = :a", [":o", ":a"]),
            ("REMOVE #o, #at", []),
            ("SET #at = :a REMOVE n", [":a"]),
        ]
    )
    names = {"#o": "owner", "#at": "at"}
    update: dict[str, Any] = {"Key": _key(choice), "UpdateExpression": expression, **_condition(choice)}
    used_names = {name: value for name, value in names.items() if name in expression}
    if used_names:
        update["ExpressionAttributeNames"] = used_names
    if used:
        update["ExpressionAttributeValues"] = {name: values[name] for name in used}
    return update


def apply(client: Json, step: tuple[str, dict[str, Any]]) -> Json:
    """The answer of one write, or the error it raised."""
    name, arguments = step
    table = {} if name in {"batch_write_item", "transact_write_items"} else {"TableName": "t"}
    try:
        answer = getattr(client, name)(**table, **arguments)
    except ClientError as error:
        return error.response["Error"], error.response.get("CancellationReasons")
    return {key: value for key, value in answer.items() if key != "ResponseMetadata"}


QUESTIONS: list[dict[str, Any]] = [
    {"KeyConditionExpression": "pk = :p"},
    {"KeyConditionExpression": "pk = :p AND sk > :s"},
    {"KeyConditionExpression": "pk = :p AND sk >= :s"},
    {"KeyConditionExpression": "pk = :p AND sk < :s"},
    {"KeyConditionExpression": "pk = :p AND sk <= :s"},
    {"KeyConditionExpression": "pk = :p AND sk = :s"},
    {"KeyConditionExpression": "pk = :p AND begins_with(sk, :b)"},
    {"KeyConditionExpression": "pk = :p AND sk BETWEEN :b AND :s"},
    {"KeyConditionExpression": "pk = :p", "FilterExpression": "n = :n"},
    {
        "IndexName": "by_owner",
        "KeyConditionExpression": "#o = :o",
        "ExpressionAttributeNames": {"#o": "owner"},
    },
    {
        "IndexName": "by_owner",
        "KeyConditionExpression": "#o = :o AND #a BETWEEN :b AND :s",
        "ExpressionAttributeNames": {"#o": "owner", "#a": "at"},
    },
    {
        "IndexName": "by_state",
        "KeyConditionExpression": "#s = :o",
        "ExpressionAttributeNames": {"#s": "state"},
        "ProjectionExpression": "pk, sk",
    },
]
VALUES = {":p": "a", ":s": "06", ":b": "0", ":o": "x", ":n": "1"}


def answers(client: Json, question: dict[str, Any], *, limit: int | None, forward: bool) -> list[Json]:
    """All items of a question, page by page."""
    text = question["KeyConditionExpression"] + question.get("FilterExpression", "")
    values = {
        name: {"N" if name == ":n" else "S": "o" if name == ":o" and "#s" in text else value}
        for name, value in VALUES.items()
        if name in text
    }
    paging: dict[str, Any] = {"Limit": limit} if limit else {}
    found: list[Json] = []
    while True:
        page = client.query(
            TableName="t", ScanIndexForward=forward, ExpressionAttributeValues=values, **question, **paging
        )
        found.extend(page["Items"])
        if "LastEvaluatedKey" not in page:
            return found
        paging["ExclusiveStartKey"] = page["LastEvaluatedKey"]


def run_script(seed: int, *, seam: bool) -> list[Json]:
    """Everything that a random script of writes and questions answers."""
    choice = random.Random(seed)  # noqa: S311 - a repeatable script, no secret
    with a_table(seam=seam) as client:
        seen = [apply(client, a_step(choice)) for _ in range(60)]
        for question in QUESTIONS:
            for limit in (None, 1, 3):
                seen.extend(answers(client, question, limit=limit, forward=way) for way in (True, False))
        items = client.scan(TableName="t")["Items"]
        return [*seen, sorted(items, key=lambda item: (item["pk"]["S"], item["sk"]["S"]))]


@pytest.mark.parametrize("seed", range(4))
def test_tables_answer_as_unpatched_moto(seed: int) -> None:
    expected = run_script(seed, seam=False)

    actual = run_script(seed, seam=True)

    assert actual == expected


def test_transaction_that_is_cancelled_leaves_items_and_indexes_as_they_were() -> None:
    before = {"pk": {"S": "a"}, "sk": {"S": "1"}, "owner": {"S": "x"}, "at": {"S": "1"}}
    with a_table(seam=True) as client:
        client.put_item(TableName="t", Item=before)
        operations = [
            {"Put": {"TableName": "t", "Item": {"pk": {"S": "a"}, "sk": {"S": "2"}}}},
            {
                "Update": {
                    "TableName": "t",
                    "Key": {"pk": {"S": "a"}, "sk": {"S": "1"}},
                    "UpdateExpression": "REMOVE #o",
                    "ExpressionAttributeNames": {"#o": "owner"},
                }
            },
            {
                "ConditionCheck": {
                    "TableName": "t",
                    "Key": {"pk": {"S": "zz"}, "sk": {"S": "1"}},
                    "ConditionExpression": "attribute_exists(pk)",
                }
            },
        ]

        with pytest.raises(client.exceptions.TransactionCanceledException):
            client.transact_write_items(TransactItems=operations)

        assert answers(client, QUESTIONS[0], limit=None, forward=True) == [before]
        assert len(answers(client, QUESTIONS[9], limit=None, forward=True)) == 1


def test_transaction_with_a_repeated_token_writes_once() -> None:
    counter = {"Key": {"pk": {"S": "a"}, "sk": {"S": "1"}}, "UpdateExpression": "ADD n :one"}
    add = {"Update": {"TableName": "t", **counter, "ExpressionAttributeValues": {":one": {"N": "1"}}}}
    with a_table(seam=True) as client:
        for _ in range(2):
            client.transact_write_items(TransactItems=[add], ClientRequestToken="same-token")

        other = {"Delete": {"TableName": "t", "Key": counter["Key"]}}
        with pytest.raises(ClientError, match="IdempotentParameterMismatch"):
            client.transact_write_items(TransactItems=[other], ClientRequestToken="same-token")

        assert client.get_item(TableName="t", Key=counter["Key"])["Item"]["n"] == {"N": "1"}


def test_conditional_puts_from_threads_have_one_winner_and_no_lost_additions() -> None:
    wins: list[int] = []
    with a_table(seam=True) as client:

        def compete(number: int) -> None:
            add = {"UpdateExpression": "ADD n :one", "ExpressionAttributeValues": {":one": {"N": "1"}}}
            for turn in range(20):
                key = {"pk": {"S": "race"}, "sk": {"S": str(turn)}}
                client.update_item(TableName="t", Key={"pk": {"S": "sum"}, "sk": {"S": "0"}}, **add)
                try:
                    client.put_item(TableName="t", Item=key, ConditionExpression="attribute_not_exists(pk)")
                except client.exceptions.ConditionalCheckFailedException:
                    continue
                wins.append(number)

        threads = [threading.Thread(target=compete, args=(number,)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert len(wins) == 20
        total = client.get_item(TableName="t", Key={"pk": {"S": "sum"}, "sk": {"S": "0"}})["Item"]["n"]
        assert total == {"N": "160"}


def test_writes_are_told_in_their_order_and_not_those_of_a_cancelled_transaction() -> None:
    told: list[tuple[str, bool]] = []

    def listen(writes: Sequence[Write]) -> None:
        told.extend((str(write.keys()["sk"]["S"]), write.item is not None) for write in writes)

    with a_table(seam=True, on_writes=listen) as client:
        puts = [{"Put": {"TableName": "t", "Item": {"pk": {"S": "a"}, "sk": {"S": sk}}}} for sk in ("1", "2")]
        client.transact_write_items(TransactItems=puts)
        client.delete_item(TableName="t", Key={"pk": {"S": "a"}, "sk": {"S": "1"}})
        failing = {"Key": {"pk": {"S": "b"}, "sk": {"S": "9"}}, "ConditionExpression": "attribute_exists(pk)"}
        with pytest.raises(ClientError):
            client.transact_write_items(
                TransactItems=[
                    {"Put": {"TableName": "t", "Item": {"pk": {"S": "a"}, "sk": {"S": "3"}}}},
                    {"ConditionCheck": {"TableName": "t", **failing}},
                ]
            )

    assert told == [("1", True), ("2", True), ("1", False)]


@pytest.mark.parametrize("seed", range(10, 14))
def test_rows_hold_what_the_table_holds(seed: int) -> None:
    choice = random.Random(seed)  # noqa: S311 - a repeatable script, no secret
    with a_table(seam=True) as client:
        for _ in range(200):
            apply(client, a_step(choice))

        table = cast("Json", dynamodb_backends["123456789012"][REGION].tables["t"])
        kept = TableRows.of(table)
        for name, part in TableRows(table).parts.items():
            expected = {value: rows.keys for value, rows in part._partitions.items()}
            assert {value: rows.keys for value, rows in kept.parts[name]._partitions.items()} == expected
        assert kept.parts[None].sort_key({}) is None
        assert sum(len(rows.items) for rows in kept.parts[None]._partitions.values()) == len(
            list(stored_items(table))
        )
