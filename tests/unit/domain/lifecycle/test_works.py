"""Works chains: what follows what, and that the table carries each follower."""

from __future__ import annotations

import pytest

from choriste.domain.lifecycle import Frame, Role, Status, open_transitions
from choriste.domain.lifecycle.frames import TO_PAYER, WORKS
from choriste.domain.works.chain import (
    CIRCUIT_OPEN,
    OPENING_FRAMES,
    WORKS_CHAIN,
    addressee,
    ending_of,
    may_follow,
    sees_whole_file,
)
from tests.builders.lifecycle import reachable


def test_works_chain_describes_every_works_frame() -> None:
    assert set(WORKS_CHAIN) == WORKS


def test_works_chain_ends_with_a_payable_document() -> None:
    last = {frame for frame, step in WORKS_CHAIN.items() if not step.next}

    assert last == TO_PAYER


def test_works_chain_is_opened_by_contractors_alone() -> None:
    assert all(frame.depositors == {Role.SUPPLIER} for frame in OPENING_FRAMES)


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
        for preceding, step in WORKS_CHAIN.items()
        for follower in step.next
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
    answered = {
        position.status
        for position in reachable()
        if position.frame in WORKS
        for row in open_transitions(position)
        if row.name == "associate"
    }

    assert answered == CIRCUIT_OPEN


def test_addressee_of_anything_but_works_is_the_recipient() -> None:
    assert addressee(Frame.A1) is Role.RECIPIENT
    assert addressee(Frame.A18) is Role.SUPPLIER


@pytest.mark.parametrize(
    ("role", "contractor", "sees"),
    [
        (Role.MOE, False, True),
        (Role.MOA, False, True),
        (Role.SUPPLIER, True, True),
        (Role.SUPPLIER, False, False),
        (Role.RECIPIENT, False, False),
    ],
)
def test_billing_file_is_seen_whole_by_contractor_moe_and_moa(
    *, role: Role, contractor: bool, sees: bool
) -> None:
    assert sees_whole_file(role, is_contractor=contractor) is sees


def test_works_statuses_of_an_unanswered_circuit_are_official() -> None:
    assert all(isinstance(status, Status) for status in CIRCUIT_OPEN)
