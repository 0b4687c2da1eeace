"""The official descriptions of the Chorus Pro API, where they are at hand: requests and answers against them.

They are no part of the project (nobody stated a licence for them): tests read them in place, beside the
corpora, and check nothing of this kind where they are absent.
"""

from __future__ import annotations

import json
from copy import deepcopy
from functools import cache
from typing import Any

from jsonschema_rs import Draft4Validator

from tests.builders.corpora import CORPORA

SPECIFICATIONS = CORPORA.parent / "specs" / "chorus"


@cache
def described() -> dict[str, dict[str, Any]]:
    """Return the schema of each described operation's `request` and `answer`, by its address."""
    found = {}
    for name in ("factures", "structures"):
        file = SPECIFICATIONS / f"{name}.swagger.json"
        if not file.exists():
            return {}
        swagger = json.loads(file.read_text(encoding="utf-8"))
        for path, methods in swagger["paths"].items():
            operation = methods["post"]
            bodies = [row["schema"] for row in operation["parameters"] if row["in"] == "body"]
            parts = {"request": bodies[0], "answer": operation["responses"]["200"]["schema"]}
            found[f"/cpro/{name}{path}"] = {
                part: {**deepcopy(schema), "definitions": swagger["definitions"]}
                for part, schema in parts.items()
            }
    return found


def faults(path: str, part: str, document: object) -> list[str]:
    """Return how a request or an answer departs from its description, and what that description lacks."""
    schema = described().get(path, {}).get(part)
    if schema is None:
        return []
    # a date-time of theirs is a bare date on the wire: clients parse nothing longer
    validator = Draft4Validator(schema, validate_formats=False)
    found = [f"{error.instance_path}: {error.message[:200]}" for error in validator.iter_errors(document)]
    return [*found, *_unknown(schema, schema["definitions"], document, "")]


def _unknown(schema: dict[str, Any], definitions: dict[str, Any], document: object, place: str) -> list[str]:
    """Return the fields that a description does not know."""
    schema = definitions[schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema
    if isinstance(document, dict) and "properties" in schema:
        own = [f"{place}.{name} is not described" for name in document if name not in schema["properties"]]
        inner = (
            _unknown(schema["properties"][name], definitions, value, f"{place}.{name}")
            for name, value in document.items()
            if name in schema["properties"]
        )
        return [*own, *(fault for faults_ in inner for fault in faults_)]
    if isinstance(document, list) and "items" in schema:
        inner = (_unknown(schema["items"], definitions, row, f"{place}[]") for row in document)
        return [fault for faults_ in inner for fault in faults_]
    return []
