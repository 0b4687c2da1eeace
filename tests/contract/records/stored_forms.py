"""The stored form of each kind of item as text: one line a field, so that a change of a model is seen as one.

`forms/KIND.SCHEMA.txt` holds the form of each schema. Names of classes are left out: they are not stored.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from choriste.adapters import aws
from choriste.adapters.aws.dynamodb.records.codec import json_schema_of
from choriste.adapters.aws.dynamodb.records.formats import RecordFormat, RowFormat

FORMS = Path(__file__).parent / "forms"

Format = RecordFormat[Any] | RowFormat
Node = Mapping[str, Any]
"""A node of a JSON Schema."""


def formats() -> dict[str, Format]:
    """Return every stored form that the adapters define, by kind."""
    modules = [module.name for module in pkgutil.walk_packages(aws.__path__, f"{aws.__name__}.")]
    found = (value for name in modules for value in vars(importlib.import_module(name)).values())
    return {value.kind: value for value in found if isinstance(value, RecordFormat | RowFormat)}


def form_of(kind: Format) -> str:
    """Return the form of a kind: a line for each field of a record, or for each attribute of a row."""
    if isinstance(kind, RowFormat):
        lines = [f"{name}: attribute" for name in sorted(kind.names)]
        lines += [f"{name}: optional attribute" for name in sorted(kind.optional)]
    else:
        schema = json_schema_of(kind.model)
        lines = [f"{path}: {kinds}" for path, kinds in _fields(schema, schema.get("$defs", {}), "")]
    return "".join(f"{line}\n" for line in lines)


def path_of(kind: Format) -> Path:
    """Return the file that holds the form of a kind's present schema."""
    return FORMS / f"{kind.kind}.{kind.schema}.txt"


def only_adds_codes(before: str, after: str) -> bool:
    """Say whether a form differs from an earlier one by new values of codes at most."""
    old, new = _by_field(before), _by_field(after)
    return old.keys() == new.keys() and all(
        old[name] == new[name] or ("=" in old[name] and set(old[name].split()) <= set(new[name].split()))
        for name in old
    )


def _by_field(form: str) -> dict[str, str]:
    pairs = (line.partition(": ") for line in form.splitlines())
    return {name: kinds for name, _, kinds in pairs}


def _fields(node: Node, parts: Node, path: str) -> Iterator[tuple[str, str]]:
    """Yield the path and the kind of each value under a node, in the order of the model."""
    node = _resolved(node, parts)
    choices = [_resolved(choice, parts) for choice in node.get("anyOf", [node])]
    present = [choice for choice in choices if choice != {"type": "null"}]
    absent = " or null" if len(present) < len(choices) else ""
    inner = present[0]
    if "properties" in inner:
        if absent:
            yield path, f"object{absent}"
        for name, value in inner["properties"].items():
            yield from _fields(value, parts, f"{path}.{name}" if path else name)
    elif inner.get("type") == "array":
        for mark, item in _items(inner):
            yield from _fields(item, parts, f"{path}[{mark}]")
    else:
        yield path, " or ".join(map(_kind, present)) + absent


def _items(array: Node) -> Iterator[tuple[str, Node]]:
    """Yield the items of an array, each with its position where that has a meaning."""
    if "prefixItems" in array:
        yield from ((str(number), item) for number, item in enumerate(array["prefixItems"]))
    else:
        yield "", array["items"]


def _resolved(node: Node, parts: Node) -> Node:
    reference = node.get("$ref")
    resolved: Node = parts[reference.removeprefix("#/$defs/")] if reference else node
    return resolved


def _kind(node: Node) -> str:
    if "enum" in node or "const" in node:
        values = node.get("enum", [node.get("const")])
        return "one of " + " ".join(f"={value}".replace(" ", "_") for value in values)
    return " ".join(str(node[name]) for name in ("type", "format") if name in node)
