"""DynamoDB: state as plain values, and put back as it was."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from moto.dynamodb.models import dynamodb_backends
from moto.dynamodb.models.dynamo_type import DynamoType, Item

from choriste.local.moto_patches.rows import stored_items
from choriste.local.moto_patches.tables import Write
from choriste.local.platform.settings import ACCOUNT, REGION
from choriste.local.platform.shapes import Json, MotoObject


def write_state(write: Write) -> Json:
    """A written place as `[table, keys, item or None]` in DynamoDB JSON."""
    item = None if write.item is None else write.item.to_json()["Attributes"]
    return [write.table_name, write.keys(), item]


def item_states() -> Iterator[Json]:
    """Every item of every table in the shape of `write_state`."""
    for table in _tables().values():
        names = [name for name in (table.hash_key_attr, table.range_key_attr) if name]
        for item in stored_items(table):
            attributes = item.to_json()["Attributes"]
            yield [table.name, {name: attributes[name] for name in names}, attributes]


def restore_item(state: Json) -> None:
    """Put an item back, or take it away; items of tables that are no more are left out.

    Only before the table's first query: the sorted rows are built from what is there then.
    """
    name, keys, attributes = state
    table = _tables().get(name)
    if table is None:
        return
    hash_key = DynamoType(keys[table.hash_key_attr])
    range_key = DynamoType(keys[table.range_key_attr]) if table.has_range_key else None
    if attributes is None:
        _take_away(table, hash_key, range_key)
    elif table.has_range_key:
        table.items[hash_key][range_key] = Item(hash_key, range_key, attributes)
    else:
        table.items[hash_key] = Item(hash_key, None, attributes)


def _take_away(table: MotoObject, hash_key: MotoObject, range_key: MotoObject) -> None:
    if not table.has_range_key:
        table.items.pop(hash_key, None)
    elif hash_key in table.items:
        table.items[hash_key].pop(range_key, None)


def _tables() -> Mapping[str, MotoObject]:
    return dynamodb_backends[ACCOUNT][REGION].tables
