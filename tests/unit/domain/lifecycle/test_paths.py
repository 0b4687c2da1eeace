"""The paths of `docs/lifecycle-paths.md`, executed."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

import pytest

from choriste.domain.lifecycle import (
    TRANSITIONS,
    Origin,
    Position,
    Reason,
    ReasonCode,
    Role,
    TransitionRefusedError,
    decide,
    initial,
    parse_frame,
)
from choriste.domain.lifecycle.deadlines import due_after
from choriste.domain.lifecycle.frames import FRAME_GROUPS

PAGE = Path(__file__).parents[4] / "docs" / "lifecycle-paths.md"


@dataclass(frozen=True)
class Step:
    days: int
    role: Role
    action: str
    reason: Reason | None
    becomes: str


@dataclass(frozen=True)
class Story:
    title: str
    position: Position
    steps: tuple[Step, ...]


def _step(line: str) -> Step:
    days, role, action, reason, becomes = (cell.strip() for cell in line.strip().strip("|").split("|"))
    given = Reason(ReasonCode(reason), "Texte du motif") if reason else None
    return Step(int(days), Role(role), action, given, becomes)


def _position(line: str) -> Position:
    frame, *facts = (word.strip() for word in line.removeprefix("Given:").split(","))
    origin = next((Origin(fact) for fact in facts if fact in list(Origin)), Origin.DEPOSIT)
    flags = {fact: True for fact in facts if fact not in list(Origin)}
    return Position(frame=parse_frame(frame), status=initial(parse_frame(frame), origin=origin), **flags)


def _stories() -> list[Story]:
    found = []
    for section in PAGE.read_text(encoding="utf-8").split("\n## ")[1:]:
        lines = section.split("\n")
        given = next(line for line in lines if line.startswith("Given:"))
        rows = [line for line in lines if line.startswith("|")][2:]
        found.append(Story(lines[0], _position(given), tuple(_step(row) for row in rows)))
    return found


STORIES = _stories()


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.title)
def test_path_of_the_documentation_is_what_happens(story: Story) -> None:
    position, now = story.position, dt.datetime(2026, 1, 5, tzinfo=dt.UTC)
    due: dt.datetime | None = None
    happened = []

    for step in story.steps:
        now += dt.timedelta(days=step.days)
        try:
            decision = decide(position, name=step.action, role=step.role, reason=step.reason)
        except TransitionRefusedError:
            happened.append("refused")
            continue
        if step.role is Role.CLOCK:
            assert due == now
        due = due_after(position, decision.after, at=now, due=due)
        position = decision.after
        happened.append(position.status.value)

    assert happened == [step.becomes for step in story.steps]


@pytest.mark.parametrize("group", FRAME_GROUPS)
def test_paths_tell_every_family_of_frames(group: str) -> None:
    told = {story.position.frame for story in STORIES}

    assert told & FRAME_GROUPS[group]


def test_paths_take_every_action_of_the_table() -> None:
    told = {step.action for story in STORIES for step in story.steps if step.becomes != "refused"}
    table = {row.name for row in TRANSITIONS}

    assert table - told == set()
