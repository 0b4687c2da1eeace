"""DynamoDB: answers with items are written as JSON directly, and keys-only indexes give keys directly.

moto walks its model of every attribute value, ten possible types each, and converts a whole item once per
key that an index projects. The documents that come out are the same.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from typing import Final, cast

from moto.core.responses import ActionResult
from moto.dynamodb.models.dynamo_type import Item
from moto.dynamodb.models.table import SecondaryIndex
from moto.dynamodb.responses import DynamoHandler, DynamoResult

from choriste.local.moto_patches.replacing import Uninstall, replace
from choriste.local.platform.shapes import Json, MotoObject

ITEM_ACTIONS: Final = frozenset(
    {
        "GetItem",
        "PutItem",
        "UpdateItem",
        "DeleteItem",
        "Query",
        "BatchGetItem",
        "BatchWriteItem",
        "TransactGetItems",
    }
)
"""The operations that answer with items, or with those left over."""

_HEADERS: Final = {"Content-Type": "application/x-amz-json-1.0"}


def install_quick_answers() -> Sequence[Uninstall]:
    """Write the documents of item operations without moto's general serializer."""
    serialize, project = DynamoHandler.serialized, SecondaryIndex.project

    def serialized(handler: MotoObject, result: ActionResult) -> Json:
        if not isinstance(result, DynamoResult) or handler._get_action() not in ITEM_ACTIONS:  # noqa: SLF001
            return serialize(handler, result)
        headers = {**_HEADERS, **handler.response_headers}
        return 200, headers, json.dumps(document_of(result), default=_base64)

    def keys_only(index: MotoObject, item: MotoObject) -> MotoObject:
        if (index.projection or {}).get("ProjectionType") != "KEYS_ONLY":
            return project(index, item)
        keys = dict.fromkeys([*index.table_key_attrs, *index.schema_key_attrs])
        attributes = {name: item.attrs[name] for name in keys if name in item.attrs}
        return Item(hash_key=item.hash_key, range_key=item.range_key, attrs=attributes)

    return (
        replace(DynamoHandler, "serialized", serialized),
        replace(SecondaryIndex, "project", keys_only),
    )


def document_of(result: ActionResult) -> dict[str, Json]:
    """The members that an answer has, as plain values: numbers as text, binary values as bytes."""
    members: dict[str, Json] = cast("dict[str, Json]", result.result)
    return {name: value for name, value in members.items() if value is not None}


def _base64(value: object) -> str:
    if isinstance(value, bytes):
        return base64.b64encode(value).decode("ascii")
    raise TypeError(f"{type(value).__name__} does not occur in an item")
