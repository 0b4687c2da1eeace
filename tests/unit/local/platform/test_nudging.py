"""Nudges leave at once; held ones wait and then leave together."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from choriste.local.platform.hosting import Outcome
from choriste.local.platform.nudging import OutboxNudger, StreamSource
from choriste.local.platform.shapes import Json

PATIENT = StreamSource(table="patient", stream_arn="arn:patient", function="publisher", window=5)
PROMPT = StreamSource(table="prompt", stream_arn="arn:prompt", function="prompt")


class Calls:
    """The batches that were delivered, as function and size."""

    def __init__(self) -> None:
        self.made: list[tuple[str, int]] = []
        self._changed = threading.Condition()

    def __call__(self, function: str, event: Json) -> Outcome:
        with self._changed:
            self.made.append((function, len(event["Records"])))
            self._changed.notify_all()
        return Outcome(payload="{}", failed=False)

    def wait_for(self, count: int) -> list[tuple[str, int]]:
        """Return the batches once there are so many of them."""
        with self._changed:
            assert self._changed.wait_for(lambda: len(self.made) >= count, timeout=5)
            return list(self.made)


@pytest.fixture
def calls() -> Calls:
    return Calls()


@pytest.fixture
def nudger(calls: Calls) -> Iterator[OutboxNudger]:
    nudger = OutboxNudger((PATIENT, PROMPT), calls)
    nudger.start()
    yield nudger
    nudger.stop()


def test_nudge_leaves_at_once_whatever_the_window(nudger: OutboxNudger, calls: Calls) -> None:
    nudger.written("patient", {"pk": {"S": "1"}})

    assert calls.wait_for(1) == [("publisher", 1)]


def test_held_nudges_leave_together_and_others_do_not_wait(nudger: OutboxNudger, calls: Calls) -> None:
    nudger.hold()
    for key in "123":
        nudger.written("patient", {"pk": {"S": key}})
    nudger.written("prompt", {"pk": {"S": "4"}})
    before = calls.wait_for(1)
    nudger.release()

    assert (before, calls.wait_for(2)) == ([("prompt", 1)], [("prompt", 1), ("publisher", 3)])
