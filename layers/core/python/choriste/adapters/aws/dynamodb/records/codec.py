"""Records as JSON with all their fields, and back; nothing is guessed for a field that is not there.

The models are the domain's own dataclasses. Their defaults serve those who make them and are no part of
what is stored: each field is written, and a field that is missing or unknown is refused when it is read.
Bytes are written in base64.
"""

from __future__ import annotations

from collections.abc import Hashable
from functools import cache
from typing import TYPE_CHECKING, Any, Final, TypeVar, cast

from pydantic import TypeAdapter, ValidationError
from pydantic_core import CoreConfig, SchemaSerializer, SchemaValidator

if TYPE_CHECKING:
    from pydantic_core import CoreSchema

Record = TypeVar("Record")

_CONFIG: Final = CoreConfig(strict=True, ser_json_bytes="base64", val_json_bytes="base64")
_LEFT_ALONE: Final = frozenset({"cls", "metadata"})
"""Entries of a schema node that hold no other nodes."""


class MisfitError(Exception):
    """A JSON text that is not the record; it names the places and the faults, never the values."""


def to_json(record: object) -> bytes:
    """Return a record as compact JSON with all its fields."""
    return _codec(cast("Hashable", type(record)))[1].to_json(record)


def from_json(model: type[Record], text: bytes) -> Record:
    """Return the record of a JSON text; raises `MisfitError` unless it holds exactly the model's fields."""
    try:
        return cast("Record", _codec(cast("Hashable", model))[0].validate_json(text))
    except ValidationError as error:
        faults = error.errors(include_input=False, include_context=False, include_url=False)
        places = [f"{'.'.join(map(str, fault['loc']))}: {fault['type']}" for fault in faults]
    # outside the handler, so that no log shows the values of the first error
    raise MisfitError("; ".join(places))


def json_schema_of(model: type[object]) -> dict[str, Any]:
    """Return the JSON Schema of the stored form of a model."""
    return TypeAdapter(model).json_schema(mode="serialization")


@cache
def _codec(model: Hashable) -> tuple[SchemaValidator, SchemaSerializer]:
    schema: CoreSchema = _exact(TypeAdapter(cast("type[Any]", model)).core_schema)
    return SchemaValidator(schema, _CONFIG), SchemaSerializer(schema, _CONFIG)


def _exact(node: Any) -> Any:  # noqa: ANN401 - a schema is a tree of dicts and lists
    """Return a pydantic schema whose dataclasses want all of their fields, and no others."""
    if isinstance(node, list):
        return [_exact(part) for part in node]
    if not isinstance(node, dict):
        return node
    exact = {name: part if name in _LEFT_ALONE else _exact(part) for name, part in node.items()}
    match exact.get("type"):
        case "dataclass":
            exact["config"] = {**exact.get("config", {}), **_CONFIG}
        case "dataclass-args":
            exact["extra_behavior"] = "forbid"
        case "dataclass-field" if exact["schema"]["type"] == "default":
            exact["schema"] = exact["schema"]["schema"]
    return exact
