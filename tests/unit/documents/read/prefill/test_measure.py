"""The reader on documents by many hands: nothing wrong is certain, and nearly everything is read."""

from __future__ import annotations

from functools import partial

import pytest

from tests.generators.pdf import further_kinds, hands, kinds
from tests.generators.pdf.case import NOTHING, Judged
from tests.generators.pdf.measure import measure, misses
from tests.generators.pdf.sources import HELD_OUT, generated
from tests.generators.pdf.supplier_pdf import supplier_pdf


def share(verdicts: list[Judged]) -> float:
    """Return the share of right fields."""
    asked = [each for each in verdicts if each.verdict != NOTHING]
    return sum(each.verdict == "right" for each in asked) / len(asked)


def wrong_but_certain(verdicts: list[Judged]) -> list[str]:
    """Return what must never be."""
    return misses(each for each in verdicts if each.verdict == "wrong-certain")


def test_generated_document_says_the_same_for_the_same_seed() -> None:
    first, second = supplier_pdf(7), supplier_pdf(7)

    assert (first.producer, first.printed) == (second.producer, second.printed)


@pytest.mark.slow
def test_every_kind_of_fact_is_read() -> None:
    verdicts = measure({"kinds": kinds.cases, "further": further_kinds.cases})

    assert wrong_but_certain(verdicts) == []
    assert share(verdicts) >= 0.99


@pytest.mark.slow
def test_hands_that_the_reader_was_made_on_are_read() -> None:
    verdicts = measure({"hands": partial(hands.cases, hands.BUILD)})

    assert wrong_but_certain(verdicts) == []
    assert share(verdicts) >= 0.95


@pytest.mark.slow
def test_hands_that_the_reader_was_not_made_on_are_read() -> None:
    verdicts = measure({"hands": partial(hands.cases, hands.HELD)})

    assert wrong_but_certain(verdicts) == []
    assert share(verdicts) >= 0.9


@pytest.mark.slow
def test_unseen_documents_of_our_generator_are_read() -> None:
    verdicts = measure({"generator": lambda: generated(HELD_OUT, 60)})

    assert wrong_but_certain(verdicts) == []
    assert share(verdicts) >= 0.97


@pytest.mark.slow
def test_words_never_met_are_never_wrong_when_certain() -> None:
    verdicts = measure({"generator": lambda: generated(HELD_OUT, 30, unseen=True)})

    assert wrong_but_certain(verdicts) == []
