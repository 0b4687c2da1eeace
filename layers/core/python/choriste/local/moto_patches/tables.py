"""DynamoDB: one call at a time, rows kept sorted, and word of every write before its answer leaves.

moto's backend is not thread-safe, so one lock surrounds each of its calls; the order of the words is
therefore the order of the writes.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.dynamo_type import DynamoType
from moto.dynamodb.models.table import Table
from moto.dynamodb.responses import DynamoHandler

from choriste.local.moto_patches.answers import install_quick_answers
from choriste.local.moto_patches.items import install_light_items
from choriste.local.moto_patches.narrowing import install_narrow_queries
from choriste.local.moto_patches.replacing import Uninstall, replace
from choriste.local.moto_patches.rows import TableRows, stored_item
from choriste.local.moto_patches.transactions import install_light_transactions
from choriste.local.platform.shapes import Json, MotoObject

TABLE_LOCK: Final = threading.RLock()


@dataclass(frozen=True, slots=True)
class Write:
    """A written place of a table, with the item that is there now, or None if there is none."""

    table: MotoObject
    hash_key: MotoObject
    range_key: MotoObject | None
    item: MotoObject | None

    @property
    def table_name(self) -> str:
        """The table's name."""
        return str(self.table.name)

    def keys(self) -> Mapping[str, Json]:
        """The keys in DynamoDB JSON."""
        keys = {self.table.hash_key_attr: self.hash_key.to_json()}
        if self.range_key is not None:
            keys[self.table.range_key_attr] = self.range_key.to_json()
        return keys

    def has(self, attribute: str) -> bool:
        """Whether the item that is there now has an attribute."""
        return self.item is not None and attribute in self.item.attrs


OnWrites = Callable[[Sequence[Write]], None]


class _Touched:
    """The places written during the call under way; callers hold the lock."""

    def __init__(self) -> None:
        self._places: dict[tuple[str, MotoObject, MotoObject], MotoObject] = {}

    def note(self, table: MotoObject, hash_key: MotoObject, range_key: MotoObject) -> None:
        self._places[table.name, hash_key, range_key] = table

    def take(self) -> list[Write]:
        places, self._places = self._places, {}
        return [
            Write(table, hash_key, range_key, stored_item(table, hash_key, range_key))
            for (_, hash_key, range_key), table in places.items()
        ]


def install_tables(on_writes: OnWrites) -> Sequence[Uninstall]:
    """Make DynamoDB safe and quick; `on_writes` hears of the writes of each call before its answer leaves.

    An error that `on_writes` raises becomes the call's error.
    """
    touched = _Touched()
    return (
        *_install_keeping(touched),
        *install_narrow_queries(),
        *install_quick_answers(),
        *install_light_items(),
        *install_light_transactions(undone=touched.take),
        _install_lock(touched, on_writes),
    )


def _install_lock(touched: _Touched, on_writes: OnWrites) -> Uninstall:
    call = DynamoHandler.call_action

    def call_action(handler: MotoObject) -> Json:
        with TABLE_LOCK:
            try:
                return call(handler)
            finally:
                writes = touched.take()
                if writes:
                    on_writes(writes)

    return replace(DynamoHandler, "call_action", call_action)


def _install_keeping(touched: _Touched) -> Sequence[Uninstall]:
    put, delete, update = Table.put_item, Table.delete_item, DynamoDBBackend.update_item

    def put_item(table: MotoObject, item_attrs: Json, *rest: Json, **named: Json) -> Json:
        with _kept_sorted(touched, table, item_attrs):
            return put(table, item_attrs, *rest, **named)

    def delete_item(table: MotoObject, hash_key: MotoObject, range_key: MotoObject) -> Json:
        keys = {table.hash_key_attr: hash_key, table.range_key_attr: range_key}
        with _kept_sorted(touched, table, keys):
            return delete(table, hash_key, range_key)

    def update_item(backend: MotoObject, table_name: str, key: Json, *rest: Json, **named: Json) -> Json:
        with _kept_sorted(touched, backend.get_table(table_name), key):
            return update(backend, table_name, key, *rest, **named)

    return (
        replace(Table, "put_item", put_item),
        replace(Table, "delete_item", delete_item),
        replace(DynamoDBBackend, "update_item", update_item),
    )


@contextmanager
def _kept_sorted(touched: _Touched, table: MotoObject, attributes: Mapping[str, Json]) -> Iterator[None]:
    """Keep the rows in step with one write, which may change an item in its place or fail half-way."""
    keys = _keys(table, attributes)
    if keys is None:
        yield
        return
    rows, before = TableRows.of(table), stored_item(table, *keys)
    if before is not None:
        rows.remove(before)
    try:
        yield
    finally:
        after = stored_item(table, *keys)
        if after is not None:
            rows.remove(after)
            rows.add(after)
        if before is not None or after is not None:
            touched.note(table, *keys)


def _keys(table: MotoObject, attributes: Mapping[str, Json]) -> tuple[MotoObject, MotoObject | None] | None:
    names = [table.hash_key_attr, *([table.range_key_attr] if table.has_range_key else [])]
    if any(attributes.get(name) is None for name in names):
        return None
    values = [DynamoType(attributes[name]) for name in names]
    return values[0], values[1] if table.has_range_key else None
