"""Which rights the functions of a running platform use: each call of AWS counts for its function."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar

import pytest

from choriste.local.platform.hosting import FunctionHost, Outcome
from choriste.local.platform.shapes import Json
from tests.builders.aws_calls import Right, record

_FUNCTION: ContextVar[str | None] = ContextVar("function", default=None)
"""The function that runs: what it does side by side counts for it, too."""


@contextmanager
def rights_used() -> Iterator[Mapping[str, set[Right]]]:
    """Note the rights that functions use inside the block, by the name of the function."""
    used: dict[str, set[Right]] = defaultdict(set)
    original = FunctionHost.invoke

    def function() -> str | None:
        return _FUNCTION.get()

    def note(right: Right) -> None:
        used[function() or ""].add(right)

    def invoke(host: FunctionHost, name: str, event: Json) -> Outcome:
        before = _FUNCTION.set(name.removeprefix("choriste-").replace("-", "_"))
        try:
            return original(host, name, event)
        finally:
            _FUNCTION.reset(before)

    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(FunctionHost, "invoke", invoke)
        stop = record(note, when=lambda: function() is not None)
        try:
            yield used
        finally:
            stop()
