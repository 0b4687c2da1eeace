"""How fast the local platform's stores are with none and with many documents stored.

    python -m bench.local [--stored 10000] [--rounds 100] [--plain]

One round is what a deposit does to the stores, without parsing: the original to S3, one transaction of five
rows (head, guard, event with outbox keys, audit, flow), the outbox emptied, the original read.
A page is 25 rows of a supplier's list. `--plain` leaves moto as it is, for comparison. Rates are per second
of processor time, so that what else the machine does does not count.
"""

from __future__ import annotations

import argparse
import resource
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Final

import boto3
from moto import mock_aws

from choriste.local.moto_patches.calls import install_light_calls
from choriste.local.moto_patches.direct import install_direct_calls
from choriste.local.moto_patches.tables import install_tables
from choriste.local.platform.settings import REGION
from choriste.local.platform.shapes import AwsClient, Json

_KEYS: Final = {
    "by_supplier": ("supplier_key", "deposit_key"),
    "outbox": ("outbox_shard", "outbox_at"),
}


_BATCH: Final = 25


@contextmanager
def stores(*, plain: bool) -> Iterator[tuple[AwsClient, AwsClient]]:
    """A DynamoDB and an S3 client on an empty table `core` and an empty bucket `archive`."""
    with ExitStack() as undo:
        undo.enter_context(mock_aws())
        if not plain:
            for uninstall in (
                *install_tables(lambda _writes: None),
                *install_light_calls(),
                *install_direct_calls(),
            ):
                undo.callback(uninstall)
        tables: AwsClient = boto3.client("dynamodb", region_name=REGION)
        objects: AwsClient = boto3.client("s3", region_name=REGION)
        names = ["pk", "sk", *(name for pair in _KEYS.values() for name in pair)]
        projection = {"ProjectionType": "KEYS_ONLY"}
        tables.create_table(
            TableName="core",
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in names],
            KeySchema=_schema("pk", "sk"),
            GlobalSecondaryIndexes=[
                {
                    "IndexName": name,
                    "KeySchema": _schema(*pair),
                    "Projection": projection,
                }
                for name, pair in _KEYS.items()
            ],
        )
        objects.create_bucket(Bucket="archive", CreateBucketConfiguration={"LocationConstraint": REGION})
        objects.put_bucket_versioning(Bucket="archive", VersioningConfiguration={"Status": "Enabled"})
        yield tables, objects


def _schema(hash_name: str, range_name: str) -> list[Json]:
    return [
        {"AttributeName": hash_name, "KeyType": "HASH"},
        {"AttributeName": range_name, "KeyType": "RANGE"},
    ]


def deposit(tables: AwsClient, objects: AwsClient, number: int) -> None:
    """One round of number `number`."""
    objects.put_object(Bucket="archive", Key=f"originals/{number:08}.xml", Body=b"x" * 8000)
    tables.transact_write_items(TransactItems=[_put(row) for row in _rows(number)])
    waiting = _query(tables, "outbox", "outbox_shard", "0", newest_first=False)
    for row in waiting["Items"]:
        key = {"pk": row["pk"], "sk": row["sk"]}
        tables.update_item(TableName="core", Key=key, UpdateExpression="REMOVE outbox_shard, outbox_at")
    objects.get_object(Bucket="archive", Key=f"originals/{number:08}.xml")["Body"].read()


def fill(tables: AwsClient, objects: AwsClient, numbers: range) -> None:
    """Store the rows and originals of rounds long past, without their outbox keys."""
    requests: list[Json] = []
    for number in numbers:
        objects.put_object(Bucket="archive", Key=f"originals/{number:08}.xml", Body=b"x" * 8000)
        for row in _rows(number):
            past = {name: value for name, value in row.items() if not name.startswith("outbox")}
            requests.append({"PutRequest": {"Item": past}})
        if len(requests) >= _BATCH or number == numbers[-1]:
            tables.batch_write_item(RequestItems={"core": requests})
            requests = []


def page(tables: AwsClient, number: int) -> None:
    """The newest page of a supplier's list."""
    _query(tables, "by_supplier", "supplier_key", f"S{number % 50}", newest_first=True)


def _rows(number: int) -> list[Json]:
    filling = {f"attribute_{place}": {"S": "some text of an invoice"} for place in range(20)}
    at = f"2026-01-01T00:00:00.{number:08}"
    head = {"supplier_key": {"S": f"S{number % 50}"}, "deposit_key": {"S": at}, **filling}
    return [
        {"pk": {"S": f"INVOICE#{number}"}, "sk": {"S": "HEAD"}, **head},
        {"pk": {"S": f"GUARD#{number}"}, "sk": {"S": "GUARD"}},
        {
            "pk": {"S": f"INVOICE#{number}"},
            "sk": {"S": f"EVENT#{at}"},
            "outbox_shard": {"S": "0"},
            "outbox_at": {"S": at},
        },
        {"pk": {"S": f"AUDIT#{number % 16}"}, "sk": {"S": at}},
        {"pk": {"S": f"FLOW#{number}"}, "sk": {"S": "FLOW"}, **filling},
    ]


def _put(row: Json) -> Json:
    return {"Put": {"TableName": "core", "Item": row, "ConditionExpression": "attribute_not_exists(pk)"}}


def _query(tables: AwsClient, index: str, name: str, value: str, *, newest_first: bool) -> Json:
    return tables.query(
        TableName="core",
        IndexName=index,
        Limit=25,
        ScanIndexForward=not newest_first,
        KeyConditionExpression="#k = :v",
        ExpressionAttributeNames={"#k": name},
        ExpressionAttributeValues={":v": {"S": value}},
    )


def rate(action: Callable[[int], None], numbers: range) -> float:
    """Rounds per second of processor time."""
    start = time.process_time()
    for number in numbers:
        action(number)
    return len(numbers) / (time.process_time() - start)


def main() -> int:
    """Print the two rates and their ratio."""
    parser = argparse.ArgumentParser(prog="bench.local", description=__doc__)
    parser.add_argument("--stored", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--plain", action="store_true")
    options = parser.parse_args()
    with stores(plain=options.plain) as (tables, objects):
        rate(lambda number: deposit(tables, objects, number), range(10))
        empty = rate(lambda number: deposit(tables, objects, number), range(10, 10 + options.rounds))
        first = 10 + options.rounds
        last = max(first, options.stored)
        fill(tables, objects, range(first, last))
        full = rate(lambda number: deposit(tables, objects, number), range(last, last + options.rounds))
        pages = rate(lambda number: page(tables, number), range(50))
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    sys.stdout.write(
        f"{'plain' if options.plain else 'seams'}: empty {empty:.1f}/s, "
        f"with {last} stored {full:.1f}/s, ratio {full / empty:.2f}, "
        f"{pages:.1f} pages/s, {memory} MB\n"
    )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
