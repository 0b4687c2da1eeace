"""Sorted rows of a moto table by partition of the table and of each index.

moto answers a query by sorting and looking at every item of the table. These rows find the few items that can
answer; moto's own code then still checks, filters, projects and pages them.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from choriste.local.platform.shapes import Json, MotoObject

Value: TypeAlias = tuple[str, Json]
"""A key value as its type and its plain value."""

Key: TypeAlias = tuple[Value, ...]
"""What rows are sorted by: the sort key, and in an index then the keys of the table."""

_ATTRIBUTE: Final = "_choriste_rows"


@dataclass(frozen=True, slots=True, kw_only=True)
class RangeCondition:
    """A condition on the sort key: moto's name of the comparison and the values compared with."""

    comparison: str
    values: tuple[Value, ...]


@dataclass(slots=True)
class SortedRows:
    """The items of one partition in the order of their keys."""

    keys: list[Key] = field(default_factory=list)
    items: list[MotoObject] = field(default_factory=list)

    def add(self, key: Key, item: MotoObject) -> None:
        """Put an item in its place."""
        place = bisect_left(self.keys, key)
        self.keys.insert(place, key)
        self.items.insert(place, item)

    def remove(self, key: Key) -> None:
        """Take the item of that key out, if it is there."""
        place = bisect_left(self.keys, key)
        if place < len(self.keys) and self.keys[place] == key:
            del self.keys[place], self.items[place]

    def span(self, condition: RangeCondition | None) -> tuple[int, int]:
        """The half-open range of places that can meet the condition."""
        whole = 0, len(self.keys)
        if condition is None or not condition.values or not all(self.keys[:1]):
            return whole
        low, high = condition.values[0], condition.values[-1]
        spans = {
            "=": (self._left(low), self._right(low)),
            "<": (0, self._left(low)),
            "<=": (0, self._right(low)),
            ">": (self._right(low), len(self.keys)),
            ">=": (self._left(low), len(self.keys)),
            "BETWEEN": (self._left(low), self._right(high)),
            "BEGINS_WITH": (self._left(low), self._prefix_end(low)),
        }
        return spans.get(condition.comparison, whole)

    def after(self, start: Key, low: int, high: int) -> tuple[int, int]:
        """The part of a range of places that comes after `start`."""
        return max(low, bisect_right(self.keys, start)), high

    def before(self, start: Key, low: int, high: int) -> tuple[int, int]:
        """The part of a range of places that comes before `start`."""
        return low, min(high, bisect_left(self.keys, start))

    def _left(self, value: Value) -> int:
        return bisect_left(self.keys, value, key=lambda key: key[0])

    def _right(self, value: Value) -> int:
        return bisect_right(self.keys, value, key=lambda key: key[0])

    def _prefix_end(self, prefix: Value) -> int:
        kind, start = prefix
        if kind != "S":
            return len(self.keys)
        return bisect_right(self.keys, start, key=lambda key: str(key[0][1])[: len(start)])


class Part:
    """One way into a table: by the table's own keys or by those of an index."""

    def __init__(self, hash_attribute: str, sort_attributes: Sequence[str]) -> None:
        self.hash_attribute = hash_attribute
        self._sort_attributes = tuple(sort_attributes)
        self._partitions: dict[Value, SortedRows] = {}

    def partition(self, value: Value) -> SortedRows:
        """The rows of a partition, empty if it holds none."""
        return self._partitions.get(value, SortedRows())

    def sort_key(self, attributes: MotoObject) -> Key | None:
        """The key of an item by its attributes; None if the index leaves such an item out."""
        if any(name not in attributes for name in self._sort_attributes):
            return None
        return tuple(plain(attributes[name]) for name in self._sort_attributes)

    def add(self, item: MotoObject) -> None:
        """Take an item up, if it has the keys of this part."""
        key = self.sort_key(item.attrs)
        if key is not None and self.hash_attribute in item.attrs:
            self._partitions.setdefault(plain(item.attrs[self.hash_attribute]), SortedRows()).add(key, item)

    def remove(self, item: MotoObject) -> None:
        """Drop an item by the keys it has now."""
        key = self.sort_key(item.attrs)
        if key is None or self.hash_attribute not in item.attrs:
            return
        value = plain(item.attrs[self.hash_attribute])
        rows = self._partitions.get(value)
        if rows is not None:
            rows.remove(key)
            if not rows.keys:
                del self._partitions[value]


class TableRows:
    """All parts of a table, kept on the table itself; the name of the table's own part is None."""

    def __init__(self, table: MotoObject) -> None:
        self.parts: dict[str | None, Part] = {None: _own_part(table)}
        for index in table.all_indexes():
            self.parts[index.name] = _index_part(table, index)
        for item in stored_items(table):
            self.add(item)

    @staticmethod
    def of(table: MotoObject) -> TableRows:
        """The rows of a table, built at the first question and again when the table's indexes changed."""
        names = {None, *(index.name for index in table.all_indexes())}
        rows: TableRows | None = table.__dict__.get(_ATTRIBUTE)
        if rows is None or set(rows.parts) != names:
            rows = TableRows(table)
            setattr(table, _ATTRIBUTE, rows)
        return rows

    def add(self, item: MotoObject) -> None:
        """Take an item up in every part."""
        for part in self.parts.values():
            part.add(item)

    def remove(self, item: MotoObject) -> None:
        """Drop an item from every part, before its attributes change."""
        for part in self.parts.values():
            part.remove(item)


def plain(value: MotoObject) -> Value:
    """A moto attribute value as type and plain value."""
    return value.type, value.cast_value


def stored_items(table: MotoObject) -> Iterator[MotoObject]:
    """Every item of a table, in no order."""
    for value in table.items.values():
        if table.has_range_key:
            yield from value.values()
        else:
            yield value


def stored_item(table: MotoObject, hash_key: MotoObject, range_key: MotoObject | None) -> MotoObject | None:
    """The item of these keys, or None."""
    value = table.items.get(hash_key)
    if table.has_range_key:
        return value.get(range_key) if value else None
    return value


def _own_part(table: MotoObject) -> Part:
    return Part(table.hash_key_attr, [table.range_key_attr] if table.range_key_attr else [])


def _index_part(table: MotoObject, index: MotoObject) -> Part:
    hash_names = [key["AttributeName"] for key in index.schema if key["KeyType"] == "HASH"]
    range_names = [key["AttributeName"] for key in index.schema if key["KeyType"] == "RANGE"]
    own = [name for name in (table.hash_key_attr, table.range_key_attr) if name]
    # moto sorts an index without a sort key by the table's own sort key first.
    return Part(hash_names[0], [*(range_names or own[-1:]), *own])
