"""The simulation of searches: what it counts is what DynamoDB would, and each search stays in its bounds."""

from __future__ import annotations

import pytest

from bench.structures import TYPED, figures_of, keystrokes, main, simulate, size_of
from choriste.application.parties.search_structures import MOST_READ


def test_keystrokes_begin_with_the_second_letter() -> None:
    assert list(keystrokes("mai")) == ["ma", "mai"]


def test_size_counts_names_and_values() -> None:
    assert size_of({"pk": "é", "moa": True}) == 2 + 2 + 3 + 2


def test_each_keystroke_reads_a_bounded_number_of_rows() -> None:
    costs, weight = simulate(3_000)

    assert {cost.typed for cost in costs} >= set(TYPED)
    assert all(cost.read <= MOST_READ and cost.units <= 15 for cost in costs)
    assert all(cost.units <= 1 for cost in costs if cost.read <= 10)
    assert 5 < weight["entries"] < 38
    assert "mairie de saint-martin" in figures_of(3_000, costs, weight, 1.0)


def test_figures_are_shown_and_left_off_the_page_unless_wanted(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--structures", "1000"]) == 0

    assert "1,000 invented structures" in capsys.readouterr().out
