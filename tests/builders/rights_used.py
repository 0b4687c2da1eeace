"""Which rights the functions of a running platform use: each call of AWS counts for its function."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import pytest

from choriste.local.platform.hosting import FunctionHost, Outcome
from choriste.local.platform.shapes import Json
from tests.builders.aws_calls import Right, record


@contextmanager
def rights_used() -> Iterator[Mapping[str, set[Right]]]:
    """Note the rights that functions use inside the block, by the name of the function."""
    used: dict[str, set[Right]] = defaultdict(set)
    here = threading.local()
    original = FunctionHost.invoke

    def function() -> str | None:
        name: str | None = getattr(here, "function", None)
        return name

    def note(right: Right) -> None:
        used[function() or ""].add(right)

    def invoke(host: FunctionHost, name: str, event: Json) -> Outcome:
        before, here.function = function(), name.removeprefix("choriste-").replace("-", "_")
        try:
            return original(host, name, event)
        finally:
            here.function = before

    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(FunctionHost, "invoke", invoke)
        stop = record(note, when=lambda: function() is not None)
        try:
            yield used
        finally:
            stop()
