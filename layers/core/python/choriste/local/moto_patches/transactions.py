"""DynamoDB: a transaction keeps what it may have to undo, not a copy of every table; and it is idempotent.

moto copies each table once per operation. Here only the items that the transaction names are kept; moto's own
code still validates, applies and cancels. moto also ignores ClientRequestToken, which AWS honours for ten
minutes.
"""

from __future__ import annotations

import copy
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Final

from moto.core.exceptions import JsonRESTError
from moto.core.responses import ActionResult
from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.dynamo_type import DynamoType
from moto.dynamodb.models.table import Table
from moto.dynamodb.responses import DynamoHandler

from choriste.local.moto_patches.replacing import Uninstall, replace
from choriste.local.moto_patches.rows import TableRows, stored_item
from choriste.local.platform.shapes import Json, MotoObject

TOKEN_SECONDS: Final = 600
_MOST_TOKENS: Final = 20_000

Kept = tuple[MotoObject, MotoObject, MotoObject, MotoObject]
"""A table, a partition key, a sort key or None, and a copy of the item or None."""


def install_light_transactions(undone: Callable[[], object]) -> Sequence[Uninstall]:
    """Undo by item and answer a repeated token without writing again; `undone` is called after undoing."""
    write = DynamoDBBackend.transact_write_items

    def light_write(backend: MotoObject, operations: list[dict[str, Json]]) -> None:
        kept = [entry for operation in operations for entry in _kept(backend, operation)]
        with _tables_not_copied():
            try:
                write(backend, operations)
            except Exception:
                for entry in kept:
                    _put_back(entry)
                undone()
                raise

    return replace(DynamoDBBackend, "transact_write_items", light_write), _install_tokens()


def _kept(backend: MotoObject, operation: Mapping[str, Json]) -> Iterator[Kept]:
    """What an operation may have to give back; nothing if it is malformed, which moto refuses by itself."""
    for details in operation.values():
        table = backend.tables.get(details.get("TableName"))
        attributes = details.get("Key") or details.get("Item") or {}
        if table is None or table.hash_key_attr not in attributes:
            continue
        if table.has_range_key and table.range_key_attr not in attributes:
            continue
        hash_key = DynamoType(attributes[table.hash_key_attr])
        range_key = DynamoType(attributes[table.range_key_attr]) if table.has_range_key else None
        yield table, hash_key, range_key, copy.deepcopy(stored_item(table, hash_key, range_key))


def _put_back(entry: Kept) -> None:
    table, hash_key, range_key, item = entry
    rows = TableRows.of(table)
    written = stored_item(table, hash_key, range_key)
    if written is not None:
        rows.remove(written)
    if item is None:
        _forget(table, hash_key, range_key)
    elif table.has_range_key:
        table.items[hash_key][range_key] = item
        rows.add(item)
    else:
        table.items[hash_key] = item
        rows.add(item)


def _forget(table: MotoObject, hash_key: MotoObject, range_key: MotoObject) -> None:
    if not table.has_range_key:
        table.items.pop(hash_key, None)
    elif hash_key in table.items:
        table.items[hash_key].pop(range_key, None)


@contextmanager
def _tables_not_copied() -> Iterator[None]:
    """Inside, a deep copy of a table is the table; callers hold the lock around DynamoDB."""
    setattr(Table, "__deepcopy__", lambda table, _memo: table)  # noqa: B010 - the class declares none
    try:
        yield
    finally:
        delattr(Table, "__deepcopy__")


def _install_tokens() -> Uninstall:
    write = DynamoHandler.transact_write_items
    done: OrderedDict[str, tuple[float, Json]] = OrderedDict()

    def write_once(handler: MotoObject) -> ActionResult:
        token, operations = handler.body.get("ClientRequestToken"), handler.body["TransactItems"]
        if token in done and done[token][0] > time.monotonic():
            if done[token][1] != operations:
                raise JsonRESTError(
                    "IdempotentParameterMismatchException", "The token was used for other items"
                )
            return ActionResult({"ConsumedCapacity": [], "ItemCollectionMetrics": {}})
        answer = write(handler)
        if token:
            done[token] = (time.monotonic() + TOKEN_SECONDS, operations)
            while len(done) > _MOST_TOKENS or next(iter(done.values()))[0] < time.monotonic():
                done.popitem(last=False)
        return answer

    return replace(DynamoHandler, "transact_write_items", write_once)
