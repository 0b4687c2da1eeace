"""The published files follow the table."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from choriste.domain.lifecycle import TRANSITIONS, Frame, Status
from tests.builders.lifecycle import reachable
from tests.derived.artefacts import lifecycle_json
from tests.derived.coverage import UNREACHED
from tests.derived.diagrams import FAMILIES, diagram
from tests.derived.publish import DERIVED

ROOT = Path(__file__).parents[4]


@pytest.mark.parametrize("name", DERIVED)
def test_derived_file_is_what_the_table_says(name: str) -> None:
    committed = (ROOT / name).read_text(encoding="utf-8")

    assert committed == DERIVED[name](), "run: make docs"


def test_lifecycle_json_holds_the_whole_table() -> None:
    published = json.loads(lifecycle_json())

    assert len(published["transitions"]) == len(TRANSITIONS)
    assert [status["code"] for status in published["statuses"]] == list(Status)


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.drawn.short)
def test_diagram_draws_every_status_its_frame_can_have(family: object) -> None:
    frame: Frame = family.drawn  # type: ignore[attr-defined]
    drawn = set(re.findall(r"[A-Z][A-Z0-9_]{4,}", diagram(frame).replace("PLATFORM", "")))

    reached = {position.status.value for position in reachable() if position.frame is frame}

    left_out = {"SUPPRIMEE", "ABANDONNEE", "DUPLIQUE_APRES_REFUS"}
    assert reached - left_out <= drawn


def test_unreached_statuses_are_exactly_those_listed() -> None:
    reached = {position.status for position in reachable()}

    assert set(Status) - reached == set(UNREACHED)
