"""The OpenAPI description of the Chorus Pro compatible API, made from the table of its operations.

`schemas/chorus-openapi.json` is its committed copy. It says what this platform reads and tells; the operator
of Chorus Pro publishes descriptions of his own for two of the families (docs/reference/chorus-operations.md).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from functions.chorus.operation import Operation, Rows, Tells, Within
from functions.chorus.operations import OPERATIONS
from functions.chorus.reading import Schema, schema_of_fields

PATH: Final = "/cpro/openapi.json"
"""Where the description is, for everybody."""

_SAID: Final[Mapping[str, Schema]] = {
    "codeRetour": {"type": "integer", "description": "0 where all went well"},
    "libelle": {"type": "string"},
}
_REFUSED: Final = {
    "400": "Not a request",
    "401": "Token or technical account refused",
    "404": "No such operation",
}
_SCHEMES: Final = {
    "oauth2": {
        "type": "oauth2",
        "description": "Client credentials of an API connection; a token lives one hour.",
        "flows": {"clientCredentials": {"tokenUrl": "/api/oauth/token", "scopes": {}}},
    },
    "technicalAccount": {
        "type": "apiKey",
        "in": "header",
        "name": "cpro-account",
        "description": "base64(login:password) of the technical account",
    },
}
_DESCRIPTION: Final = (
    "The operations of Chorus Pro on PISTE that existing clients call, with their names and quirks. A client "
    "changes the address of the tokens and the address of the API, nothing else.\n\n"
    "A refusal for what a request says comes with status 200 and a `codeRetour` other than 0."
)


def description_text() -> str:
    """Return the description as indented JSON with a final newline."""
    described = {
        "openapi": "3.1.0",
        "info": {"title": "Choriste, Chorus Pro compatible API", "version": "1", "description": _DESCRIPTION},
        "servers": [{"url": "/"}],
        "paths": {path: _path(operation) for path, operation in sorted(OPERATIONS.items())},
        "components": {
            "securitySchemes": _SCHEMES,
            "schemas": {"Refusal": _object(_SAID)},
        },
    }
    return json.dumps(described, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def _path(operation: Operation) -> Schema:
    refusal = {"application/json": {"schema": {"$ref": "#/components/schemas/Refusal"}}}
    refused = {status: {"description": words, "content": refusal} for status, words in _REFUSED.items()}
    told = _told(operation.tells)
    answer = told if operation.bare else {**told, "properties": {**_SAID, **told["properties"]}}
    described: dict[str, Any] = {
        "operationId": operation.path.replace("/v1/", "/").replace("/", "-"),
        "summary": operation.name,
        "tags": [operation.path.partition("/")[0]],
        "security": [{"oauth2": [], "technicalAccount": []}],
        "responses": {"200": {"description": "Done, or refused", "content": _json(answer)}, **refused},
    }
    if operation.method == "POST":
        described["requestBody"] = {"content": _json(schema_of_fields(operation.asks))}
    return {operation.method.lower(): described}


def _told(tells: Tells) -> dict[str, Any]:
    """Return the schema of what an answer holds: its names, since what fills a field is any value."""
    return _object({name: _filled(how) for name, how in tells.items()})


def _filled(how: object) -> Schema:
    if isinstance(how, Mapping):
        return _told(how)
    if isinstance(how, Rows):
        return {"type": "array", "items": _told(how.tells)}
    return _told(how.tells) if isinstance(how, Within) else {}


def _object(properties: Mapping[str, Schema]) -> dict[str, Any]:
    return {"type": "object", "properties": dict(properties)}


def _json(schema: Schema) -> Schema:
    return {"application/json": {"schema": schema}}
