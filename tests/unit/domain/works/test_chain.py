"""Works chains: what follows what, and that the table carries each follower."""

from __future__ import annotations

import pytest

from choriste.domain.lifecycle import Frame, Role, open_transitions
from choriste.domain.lifecycle.frames import TO_PAYER, WORKS
from choriste.domain.lifecycle.transitions import awaits_document
from choriste.domain.works.chain import ending_of, may_follow
from tests.builders.lifecycle import reachable


def test_works_chain_ends_with_a_payable_document() -> None:
    last = {frame for frame in WORKS if not frame.followers}

    assert last == TO_PAYER


def test_works_chain_stays_within_works() -> None:
    assert {frame for frame in Frame if frame.followers} | TO_PAYER == WORKS
    assert frozenset().union(*(frame.followers for frame in Frame)) <= WORKS


def test_works_chain_is_opened_by_contractors_alone() -> None:
    opening = WORKS - frozenset().union(*(frame.followers for frame in WORKS))

    assert all(frame.depositors == {Role.SUPPLIER} for frame in opening)


@pytest.mark.parametrize(
    ("frame", "preceding", "legal"),
    [
        (Frame.A15, Frame.A4, True),
        (Frame.A19, Frame.A15, True),
        (Frame.A19, Frame.A4, True),
        (Frame.A17, Frame.A7, True),
        (Frame.A20, Frame.A17, True),
        (Frame.A8, Frame.A20, True),
        (Frame.A22, Frame.A17, True),
        (Frame.A23, Frame.A22, True),
        (Frame.A8, Frame.A4, False),
        (Frame.A19, Frame.A19, False),
        (Frame.A15, Frame.A1, False),
    ],
)
def test_works_document_may_follow_its_predecessor_only(
    *, frame: Frame, preceding: Frame, legal: bool
) -> None:
    assert may_follow(frame, preceding=preceding) is legal


def test_works_followers_are_all_carried_by_the_table() -> None:
    """Each depositor of each follower has a transition that ends the preceding document."""
    missing = [
        (preceding.short, follower.short, role.value)
        for preceding in WORKS
        for follower in preceding.followers
        for role in follower.depositors
        if not any(
            row.name == ending_of(preceding, follower=follower) and role in row.roles
            for position in reachable()
            if position.frame is preceding
            for row in open_transitions(position)
        )
    ]

    assert missing == []


def test_works_document_that_may_not_follow_ends_nothing() -> None:
    with pytest.raises(ValueError, match="A4"):
        ending_of(Frame.A4, follower=Frame.A8)


def test_works_document_replaced_by_the_tacit_draft_is_not_associated() -> None:
    assert ending_of(Frame.A7, follower=Frame.A22) == "replace"
    assert ending_of(Frame.A7, follower=Frame.A17) == "associate"


def test_works_documents_wait_for_an_answer_exactly_where_one_can_come() -> None:
    wrong = [
        position
        for position in reachable()
        if awaits_document(position.frame, position.status)
        != any(row.name in {"associate", "replace"} for row in open_transitions(position))
    ]

    assert wrong == []


def test_addressee_of_anything_but_works_is_the_recipient() -> None:
    assert Frame.A1.addressee is Role.RECIPIENT
    assert Frame.A18.addressee is Role.SUPPLIER
