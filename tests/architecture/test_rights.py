"""The policy as a whole: what no kind of actor may ever be allowed, whatever function is added to it."""

from __future__ import annotations

import pytest

from tests.derived.rights import matrix

INSIDE = {"sees_inside"}
"""What being attached to a structure is enough for."""

PUBLIC = {"may_know"}
"""What everybody may, since the structure that the matrix asks about is real."""

FOR_TESTS = {"may_sandbox"}
"""What is allowed in a test structure only: the matrix asks about a real one."""


@pytest.mark.parametrize("question", matrix())
def test_stranger_is_allowed_nothing_and_a_member_without_rights_only_to_see_inside(question: str) -> None:
    answers = matrix()[question]

    assert answers["stranger"] is (question in PUBLIC)
    assert answers["attached"] is (question in INSIDE | PUBLIC)


@pytest.mark.parametrize("question", matrix())
def test_whoever_may_change_may_read_and_the_manager_has_every_right(question: str) -> None:
    answers = matrix()[question]
    spaces = {name.partition(" ")[0] for name in answers if " " in name}

    assert all(answers[f"{space} C"] for space in spaces if answers[f"{space} R"])
    assert answers["manager"] or answers["operator"] or question in FOR_TESTS
    assert answers["manager"] or not any(answers[f"{space} C"] for space in spaces)


def test_operator_acts_for_no_party_and_administers_no_connection() -> None:
    found = matrix()

    for question in ("may_issue", "may_act_in_works", "may_connect"):
        assert not found[question]["operator"]


def test_program_administers_nothing() -> None:
    found = matrix()

    assert not found["may_connect"]["program"]
    assert not found["may_administer"]["program"]
