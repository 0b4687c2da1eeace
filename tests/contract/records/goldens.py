"""The golden records: what each schema of each kind of item looks like in its table.

`items/KIND.json` holds, under `table key`, the item as each schema wrote it: `item` in the wire form of
DynamoDB's JSON (`B` in base64) and, where it has one, its `body` readable. A file is only ever added to.
"""

from __future__ import annotations

import json
from base64 import b64decode
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from choriste.adapters.aws.dynamodb.records.bodies import inflate

ITEMS = Path(__file__).parent / "items"

_UNTYPED = {"audit": "audit-row", "sessions": "attempts", "idempotency": "idempotency"}
"""The kinds of the items that schema 1 wrote without their type and schema, by table."""


def kind_of(table: str, item: Mapping[str, Any]) -> str:
    """Return the kind of an item."""
    return str(item["type"]["S"]) if "type" in item else _UNTYPED[table]


def schema_of(item: Mapping[str, Any]) -> int:
    """Return the schema of an item."""
    return int(item["schema"]["N"]) if "schema" in item else 1


def described(item: Mapping[str, Any]) -> dict[str, Any]:
    """Return an item as it stands in the files."""
    if "B" not in item.get("body", {}):
        return {"item": dict(item)}
    return {"item": dict(item), "body": json.loads(inflate(b64decode(item["body"]["B"])))}


def goldens(kind: str) -> dict[str, dict[str, Any]]:
    """Return the golden items of a kind: by table and key, then by schema."""
    path = ITEMS / f"{kind}.json"
    found: dict[str, dict[str, Any]] = json.loads(path.read_text("utf-8")) if path.exists() else {}
    return found


def kinds() -> list[str]:
    """Return the kinds that have golden items."""
    return sorted(path.stem for path in ITEMS.glob("*.json"))


def items_up_to(schema: int) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield table and item of every golden, each in its newest schema up to this one."""
    for kind in kinds():
        for place, versions in goldens(kind).items():
            known = [number for number in map(int, versions) if number <= schema]
            if known:
                yield place.partition(" ")[0], versions[str(max(known))]["item"]


def add(found: Mapping[tuple[str, str], Mapping[str, Any]]) -> None:
    """Add items to the files, where there is none of their schema yet."""
    ITEMS.mkdir(exist_ok=True)
    for (table, key), item in sorted(found.items()):
        kind = kind_of(table, item)
        known = goldens(kind)
        known.setdefault(f"{table} {key}", {}).setdefault(str(schema_of(item)), described(item))
        text = json.dumps(known, ensure_ascii=False, indent=1)
        (ITEMS / f"{kind}.json").write_text(text + "\n", "utf-8")
