"""The way of an invoice to a status: every status that an invoice can ever have is reached from a deposit."""

from __future__ import annotations

from choriste.domain.lifecycle import Frame, Position, Reason, ReasonCode, Status
from choriste.domain.lifecycle.statuses import STATUSES, Phase
from choriste.domain.sandbox.way import reachable, way_to

DRAFTED = {Status.BROUILLON, Status.SUPPRIMEE, Status.INTERPRETEE_OCR}
"""What a draft is, before anything is deposited."""


def test_every_status_is_reached_in_some_frame() -> None:
    found: set[Status] = set()
    for frame in Frame:
        for facts in ({}, {"second_validator": True}, {"overdue": True}, {"validation_step": True}):
            found |= {Status.DEPOSEE, *reachable(Position(frame=frame, status=Status.DEPOSEE, **facts))}

    unused = {status for status in Status if STATUSES[status].phase is Phase.UNUSED}
    assert set(Status) - found - unused == DRAFTED - unused


def test_way_goes_through_what_the_recipient_would_do() -> None:
    start = Position(frame=Frame.A1, status=Status.MISE_A_DISPOSITION)

    way = way_to(start, Status.ABANDONNEE)

    assert way is not None
    assert [(step.row.name, step.reason and step.reason.code) for step in way] == [
        ("send-back", ReasonCode.AUTRE),
        ("abandon", None),
    ]


def test_reason_that_is_given_is_that_of_the_last_step() -> None:
    start = Position(frame=Frame.A1, status=Status.MISE_A_DISPOSITION)
    reason = Reason(ReasonCode.CALCUL_ERR, "Total faux")

    way = way_to(start, Status.REJETEE, reason=reason)

    assert way is not None
    assert [step.reason for step in way] == [reason]


def test_nothing_leads_back_from_an_end() -> None:
    assert way_to(Position(frame=Frame.A1, status=Status.ABANDONNEE), Status.MANDATEE) is None
