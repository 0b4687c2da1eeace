"""Functions in one process: JSON across, errors as documents, one event at a time."""

from __future__ import annotations

import itertools
import threading
from pathlib import Path
from typing import Final

import pytest

from choriste.local.platform.hosting import PAYLOAD_LIMIT, FunctionHost, FunctionSpec, PayloadTooLargeError
from choriste.local.platform.shapes import Json

PLAIN: Final = """
import threading
from decimal import Decimal

ACTIVE, MOST = [], []
GATE = threading.Event()

def handler(event, context):
    ACTIVE.append(1)
    MOST.append(len(ACTIVE))
    try:
        GATE.wait(0.05)
        if event.get("raise"):
            raise KeyError("lost")
        if event.get("large"):
            return "x" * event["large"]
        return {"event": event, "amount": Decimal("1.5"), "name": context.function_name,
                "left": context.get_remaining_time_in_millis()}
    finally:
        ACTIVE.pop()
"""

ROUTED: Final = (
    PLAIN
    + """
from aws_lambda_powertools.event_handler import APIGatewayHttpResolver
app = APIGatewayHttpResolver()
"""
)

_NUMBERS = itertools.count()


def a_function(folder: Path, source: str) -> FunctionSpec:
    """A function in a package of its own."""
    package = f"hosted_{next(_NUMBERS)}"
    (folder / package).mkdir()
    (folder / package / "__init__.py").touch()
    (folder / package / "handler.py").write_text(source, "utf-8")
    return FunctionSpec(name=package, handler=f"{package}.handler.handler", timeout=30)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder whose packages can be imported."""
    monkeypatch.syspath_prepend(str(tmp_path))
    return tmp_path


def most_at_once(host: FunctionHost, specs: list[FunctionSpec]) -> list[int]:
    """How many events each function held at once while eight threads called them all."""

    def call(number: int) -> None:
        host.invoke(specs[number % len(specs)].name, {})

    host.warm()
    threads = [threading.Thread(target=call, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [max(_module(spec).MOST) for spec in specs]


def _module(spec: FunctionSpec) -> Json:
    return __import__(spec.handler.rsplit(".", 1)[0], fromlist=["handler"])


def test_event_and_answer_cross_as_json(folder: Path) -> None:
    spec = a_function(folder, PLAIN)
    given = {"list": (1, 2)}

    outcome = FunctionHost([spec]).invoke(spec.name, given)

    answer = outcome.value()
    assert not outcome.failed
    assert answer["event"] == {"list": [1, 2]}
    assert (answer["amount"], answer["name"]) == (1.5, spec.name)
    assert 0 < answer["left"] <= 30_000


def test_error_of_a_function_is_its_error_document(folder: Path) -> None:
    spec = a_function(folder, PLAIN)

    outcome = FunctionHost([spec]).invoke(spec.name, {"raise": True})

    document = outcome.value()
    assert outcome.failed
    assert (document["errorType"], document["errorMessage"]) == ("KeyError", "'lost'")
    assert any("handler.py" in line for line in document["stackTrace"])


def test_function_that_cannot_be_imported_fails_each_time(folder: Path) -> None:
    spec = a_function(folder, "raise ImportError('missing')")
    host = FunctionHost([spec])
    host.warm()

    assert host.invoke(spec.name, {}).value()["errorType"] == "ImportError"
    assert host.invoke(spec.name, {}).failed


def test_payloads_over_the_limit_are_refused_both_ways(folder: Path) -> None:
    spec = a_function(folder, PLAIN)
    host = FunctionHost([spec])

    with pytest.raises(PayloadTooLargeError):
        host.invoke(spec.name, {"text": "x" * PAYLOAD_LIMIT})
    answer = host.invoke(spec.name, {"large": PAYLOAD_LIMIT})

    assert answer.value()["errorType"] == "Function.ResponseSizeTooLarge"
    assert host.busy == 0


def test_function_takes_one_event_at_a_time_beside_others(folder: Path) -> None:
    specs = [a_function(folder, PLAIN) for _ in range(2)]
    host = FunctionHost(specs)

    assert most_at_once(host, specs) == [1, 1]


def test_functions_with_a_resolver_share_one_turn(folder: Path) -> None:
    shared = "ACTIVE, MOST = [], []"
    first = a_function(folder, ROUTED)
    other = a_function(folder, ROUTED.replace(shared, f"from {first.name}.handler import ACTIVE, MOST"))
    host = FunctionHost([first, other])

    assert most_at_once(host, [first, other]) == [1, 1]
