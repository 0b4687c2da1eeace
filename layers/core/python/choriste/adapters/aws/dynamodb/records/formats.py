"""What a stored form is: its kind, its schema number, and how older schemas become the present one.

Each item says its `type` and `schema`. A record stands in the item's `body`, deflated JSON, since items pay
by the kilobyte; what is small, or what conditions ask for, stands in attributes. An item of a newer schema
is refused: a function of an older release cannot know what it would lose.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar, cast

from boto3.dynamodb.types import Binary

from choriste.adapters.aws.dynamodb.records.bodies import deflate, inflate
from choriste.adapters.aws.dynamodb.records.codec import MisfitError, from_json, to_json

Record = TypeVar("Record")
Plain = dict[str, Any]
Item = dict[str, Any]
Upcaster = Callable[[Plain], Plain]
"""Makes a record of one schema one of the next: plain JSON values in, new plain JSON values out."""

_KEYS: Final = frozenset({"pk", "sk", "id"})
_SELF: Final = frozenset({"type", "schema"})


class UnreadableRecordError(Exception):
    """An item that this release cannot read; the text names kind, schema and places, never values."""

    def __init__(self, kind: str, schema: int, fault: str) -> None:
        super().__init__(f"stored {kind} of schema {schema}: {fault}")


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordFormat(Generic[Record]):
    """The stored form of a record in the body of its items.

    `upcasters[n]` makes a body of schema n + 1 one of schema n + 2, so their number gives the present schema.
    """

    kind: str
    model: type[Record]
    upcasters: tuple[Upcaster, ...]

    @property
    def schema(self) -> int:
        """The schema that is written."""
        return len(self.upcasters) + 1

    def attributes(self, record: Record) -> Item:
        """Return the attributes that hold a record: `type`, `schema` and `body`."""
        return {"type": self.kind, "schema": self.schema, "body": deflate(to_json(record))}

    def read(self, item: Mapping[str, Any]) -> Record:
        """Return the record of an item; raises `UnreadableRecordError`."""
        return self.decode(item["body"], schema=_schema(item, self.kind, newest=self.schema))

    def decode(self, body: bytes | Binary, *, schema: int) -> Record:
        """Return the record of a body that was written with a schema; raises `UnreadableRecordError`."""
        try:
            text = inflate(bytes(cast("bytes", body)))
        except (TypeError, zlib.error) as error:
            raise UnreadableRecordError(self.kind, schema, "the body is not deflated JSON") from error
        if schema < self.schema:
            text = json.dumps(_upcast(json.loads(text), self.upcasters[schema - 1 :])).encode()
        try:
            return from_json(self.model, text)
        except MisfitError as misfit:
            raise UnreadableRecordError(self.kind, schema, str(misfit)) from misfit


@dataclass(frozen=True, slots=True, kw_only=True)
class RowFormat:
    """The stored form of an item whose content stands in attributes; `optional` ones may be absent."""

    kind: str
    names: frozenset[str] = frozenset()
    optional: frozenset[str] = frozenset()
    upcasters: tuple[Upcaster, ...] = ()

    @property
    def schema(self) -> int:
        """The schema that is written."""
        return len(self.upcasters) + 1

    @property
    def marks(self) -> Item:
        """The attributes that say what the item is: `type` and `schema`."""
        return {"type": self.kind, "schema": self.schema}

    def attributes(self, **values: object) -> Item:
        """Return the attributes of an item with this content."""
        return {**self.marks, **values}

    def read(self, item: Mapping[str, Any]) -> Plain:
        """Return the content of an item; raises `UnreadableRecordError`."""
        schema = _schema(item, self.kind, newest=self.schema)
        content = {name: value for name, value in item.items() if name not in _KEYS | _SELF}
        content = _upcast(content, self.upcasters[schema - 1 :])
        unknown = content.keys() - self.names - self.optional
        missing = self.names - content.keys()
        if unknown or missing:
            faults = f"unknown attributes {sorted(unknown)}, missing attributes {sorted(missing)}"
            raise UnreadableRecordError(self.kind, schema, faults)
        return content


def _schema(item: Mapping[str, Any], kind: str, *, newest: int) -> int:
    """Return the schema of an item; 1 where it has none, as rows had before they all were versioned."""
    schema = int(item.get("schema", 1))
    if item.get("type", kind) != kind:
        raise UnreadableRecordError(kind, schema, f"the item is a {item['type']}")
    if not 1 <= schema <= newest:
        raise UnreadableRecordError(kind, schema, f"this release reads schemas 1 to {newest}")
    return schema


def _upcast(plain: Plain, steps: tuple[Upcaster, ...]) -> Plain:
    for step in steps:
        plain = step(plain)
    return plain
