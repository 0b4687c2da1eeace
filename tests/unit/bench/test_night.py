"""The worst night: its page is what the simulation says, and waiting is no incident."""

from __future__ import annotations

import tomllib

import pytest

from bench import night
from bench.night import INPUTS, Account, Night, Outcome, Simulation


@pytest.fixture(scope="module")
def inputs() -> dict[str, object]:
    return tomllib.loads(INPUTS.read_text(encoding="utf-8"))


def _played(inputs: dict[str, object], monkeypatch: pytest.MonkeyPatch, **changes: object) -> Outcome:
    monkeypatch.setattr(night, "ARCHIVES", 12)
    given: dict[str, object] = {**inputs["account"][0], **changes}  # type: ignore[index]
    return Simulation(Account(**given), Night(name=""), inputs["seconds"]).run()  # type: ignore[arg-type]


def test_night_in_a_new_account_ends_without_an_incident(
    inputs: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    found = _played(inputs, monkeypatch)

    assert found.last_report > 0
    assert (found.incidents, found.dead_letters, found.put_off) == (0, 0, 0)


def test_without_turns_the_api_starves(inputs: dict[str, object], monkeypatch: pytest.MonkeyPatch) -> None:
    """What the admission is for: ten executions, and everything at once."""
    by_turns = _played(inputs, monkeypatch)
    at_once = _played(inputs, monkeypatch, consumers=8, intake_at_once=20)

    assert at_once.percentile(0.95) > 3 * by_turns.percentile(0.95)
