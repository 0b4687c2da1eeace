from __future__ import annotations

import pytest

from tests.generators.pdf.measure import HELD_OUT, measure
from tests.generators.pdf.supplier_pdf import supplier_pdf


def test_generated_document_says_the_same_for_the_same_seed() -> None:
    first, second = supplier_pdf(7), supplier_pdf(7)

    assert (first.producer, first.printed) == (second.producer, second.printed)


@pytest.mark.slow
def test_prefill_of_unseen_documents_is_right_and_never_wrong_when_certain() -> None:
    tally, _ = measure(range(HELD_OUT, HELD_OUT + 60))

    printed = sum(counts["present"] for counts in tally.values())
    right = sum(counts["right"] for counts in tally.values())
    assert right / printed >= 0.97
    assert {
        name: counts["wrong, certain"] for name, counts in tally.items() if counts["wrong, certain"]
    } == {}


@pytest.mark.slow
def test_prefill_with_words_it_never_met_is_never_wrong_when_certain() -> None:
    tally, _ = measure(range(HELD_OUT, HELD_OUT + 30), unseen=True)

    assert {
        name: counts["wrong, certain"] for name, counts in tally.items() if counts["wrong, certain"]
    } == {}
