"""Every operation against bodies that no client should send: a return code, never an incident."""

from __future__ import annotations

import json
from typing import Any

import pytest

from functions.chorus.operations import OPERATIONS
from tests.builders.chorus import Chorus, a_chorus

ODD: dict[str, Any] = {
    "nothing": None,
    "text": "x\x00é\ud800",
    "long": "é" * 5000,
    "negative": -1,
    "huge": 10**30,
    "fraction": 1.5,
    "yes": True,
    "list": [[{}], None, "x", 3],
    "object": {"a": {"b": []}},
    "not a number": "NaN",
    "exponent": "1e999999",
    "small": "1e-999999",
}


def _filled(path: str, value: Any) -> dict[str, Any]:
    """Return a body that has the value in every field that an operation reads."""
    body: dict[str, Any] = {}
    for field in OPERATIONS[path].asks.values():
        *parents, name = field.path.split(".")
        place = body
        for parent in parents:
            place = place.setdefault(parent, {})
            if not isinstance(place, dict):
                break
        else:
            place[name] = value
    return body


@pytest.mark.parametrize("value", ODD.values(), ids=ODD)
@pytest.mark.parametrize("path", sorted(OPERATIONS))
def test_odd_body_is_answered_with_a_return_code(
    monkeypatch: pytest.MonkeyPatch, path: str, value: Any
) -> None:
    chorus: Chorus = a_chorus(monkeypatch)
    operation = OPERATIONS[path]

    answer = chorus.ask(operation.path, _filled(path, value), method=operation.method)

    told = json.loads(answer["body"])
    assert answer["statusCode"] in {200, 400, 413}, told
    assert operation.bare or "codeRetour" in told
