from __future__ import annotations

import pytest

from choriste.rules.rulesets.catalogue import BR_FR, EN16931
from choriste.rules.rulesets.deviations import uncovered
from tests.agreement import corpora
from tests.agreement.compare import compare_brfr, compare_en16931, verdicts
from tests.agreement.live import french

pytestmark = [pytest.mark.corpora, pytest.mark.slow]


@pytest.fixture(autouse=True)
def _with_corpora() -> None:
    if not corpora.CORPORA.is_dir():
        pytest.skip(f"the shared corpora are not at {corpora.CORPORA}")


def test_en16931_agrees_on_every_whole_file() -> None:
    tally = compare_en16931(corpora.whole_files(), EN16931)

    assert tally.files > 1400
    assert tally.identical == tally.files, tally.table()


def test_en16931_agrees_on_mutants_and_answers_where_the_official_engine_aborts() -> None:
    tally = compare_en16931(corpora.mutants(), EN16931)

    assert tally.share >= 0.995, tally.table()
    assert tally.answered == tally.aborted, tally.table()


def test_french_rules_agree_on_every_whole_file() -> None:
    tally = compare_brfr(corpora.whole_files(), BR_FR, judge=french)

    assert tally.identical == tally.files, tally.table()
    assert len(tally.settled) <= 4, tally.table()


def test_french_rules_agree_on_mutants() -> None:
    tally = compare_brfr(corpora.mutants(), BR_FR)

    assert tally.share >= 0.995, tally.table()


def test_no_file_that_the_official_rules_refuse_is_called_valid() -> None:
    found = verdicts(corpora.whole_files())

    assert found.accepted == [], found.table()


@pytest.mark.parametrize("syntax", ["cii", "ubl"])
def test_every_official_rule_has_a_check(syntax: str) -> None:
    assert uncovered(EN16931, syntax) == ()
    assert uncovered(BR_FR, syntax) == ()
