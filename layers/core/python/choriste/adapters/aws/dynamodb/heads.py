"""The head item of a record: its keys, its version and its stored form; written on a condition."""

from __future__ import annotations

from typing import Final, TypeVar

from botocore.exceptions import ClientError

from choriste.adapters.aws.dynamodb.records.formats import RecordFormat
from choriste.adapters.aws.dynamodb.table import CoreTable, Item, failed_conditions, is_condition_failure

Record = TypeVar("Record")

HEAD: Final = "HEAD"
ABSENT: Final = "attribute_not_exists(pk)"


def head_item(pk: str, kind: RecordFormat[Record], record: Record, *, version: int) -> Item:
    """Return the head item of a record."""
    return {"pk": pk, "sk": HEAD, "version": version, **kind.attributes(record)}


def put_one(core: CoreTable, row: Item, *, condition: str, **values: object) -> bool:
    """Write one item; False when its condition is refused."""
    try:
        core.client.put_item(**core.put_operation(row, condition=condition, **values)["Put"])
    except ClientError as error:
        if is_condition_failure(error):
            return False
        raise
    return True


def add_all(core: CoreTable, *rows: Item) -> bool:
    """Write items that must all be new, in one transaction; False when one of them exists."""
    try:
        core.transact([core.put_operation(row, condition=ABSENT) for row in rows])
    except ClientError as error:
        if failed_conditions(error):
            return False
        raise
    return True
