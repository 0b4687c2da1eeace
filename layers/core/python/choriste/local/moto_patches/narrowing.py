"""DynamoDB: a query looks at the items that can answer it, not at the whole table."""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from typing import Final

from moto.dynamodb.models.dynamo_type import DynamoType
from moto.dynamodb.models.table import Table

from choriste.local.moto_patches.replacing import Uninstall, replace
from choriste.local.moto_patches.rows import Part, RangeCondition, SortedRows, TableRows, plain
from choriste.local.platform.shapes import Json, MotoObject

_CANDIDATES: Final = "_choriste_candidates"


def install_narrow_queries() -> Sequence[Uninstall]:
    """Hand moto's query only the candidates of the partition, the range and the page asked for."""
    query, all_items = Table.query, Table.all_items
    signature = inspect.signature(query)

    def narrow_query(table: MotoObject, *positional: Json, **named: Json) -> Json:
        arguments = signature.bind(table, *positional, **named).arguments
        candidates = _candidates(table, arguments)
        if candidates is None:
            return query(table, *positional, **named)
        setattr(table, _CANDIDATES, candidates)
        try:
            return query(table, *positional, **named)
        finally:
            delattr(table, _CANDIDATES)

    def narrow_items(table: MotoObject) -> Json:
        candidates = table.__dict__.get(_CANDIDATES)
        return all_items(table) if candidates is None else candidates

    return replace(Table, "query", narrow_query), replace(Table, "all_items", narrow_items)


def _candidates(table: MotoObject, arguments: Mapping[str, Json]) -> list[MotoObject] | None:
    """The items that can answer, in ascending order; None where moto has to look at everything."""
    index_name = arguments.get("index_name")
    part = TableRows.of(table).parts.get(index_name)
    value = None if part is None else _partition_value(part, arguments)
    if part is None or value is None:
        return None
    rows = part.partition(plain(value))
    if arguments.get("filter_kwargs"):
        return rows.items
    return _page(part, rows, arguments)


def _partition_value(part: Part, arguments: Mapping[str, Json]) -> MotoObject | None:
    if arguments.get("index_name") is None:
        return arguments["hash_key"]
    conditions: list[tuple[str, MotoObject]] = arguments.get("hash_key_conditions") or []
    if len(conditions) != 1 or conditions[0][0] != part.hash_attribute:
        return None
    return conditions[0][1]


def _range_condition(arguments: Mapping[str, Json]) -> RangeCondition | None:
    comparison = arguments["range_comparison"]
    if not comparison or len(arguments.get("range_key_conditions") or ()) > 1:
        return None
    return RangeCondition(comparison=comparison, values=tuple(map(plain, arguments["range_objs"])))


def _page(part: Part, rows: SortedRows, arguments: Mapping[str, Json]) -> list[MotoObject]:
    """The candidates of one page and one more, by which moto sees that there is a next page."""
    low, high = rows.span(_range_condition(arguments))
    from_start, limit = arguments["scan_index_forward"], arguments["limit"]
    start = _start_key(part, arguments["exclusive_start_key"])
    if start is not None:
        low, high = rows.after(start, low, high) if from_start else rows.before(start, low, high)
    if limit:
        low, high = (low, min(high, low + limit + 1)) if from_start else (max(low, high - limit - 1), high)
    return rows.items[low:high]


def _start_key(part: Part, given: Mapping[str, Json] | None) -> Json:
    if given is None:
        return None
    return part.sort_key({name: DynamoType(value) for name, value in given.items()})
