from __future__ import annotations

from choriste.rules.rulesets.deviations import DEVIATIONS
from tests.agreement.document import PAGE, page


def test_the_page_on_rules_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == page()


def test_every_deviation_has_a_reason() -> None:
    assert all(d.reason and d.official != d.ours for d in DEVIATIONS)
