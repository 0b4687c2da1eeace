"""What people read: the FR and EN names of everything in the lifecycle, from `labels.json`."""

from __future__ import annotations

import json
from enum import StrEnum
from functools import cache
from importlib.resources import files

from choriste.domain.shared.findings import Message


class Kind(StrEnum):
    """The vocabularies of `labels.json`."""

    STATUS = "status"
    FRAME = "frame"
    ROLE = "role"
    ACTION = "action"
    ACT = "act"
    REASON = "reason"
    REFUSAL = "refusal"
    GUARD = "guard"
    DEADLINE = "deadline"
    MARK = "mark"
    SILENCE = "silence"
    REFORM = "reform"


@cache
def vocabulary(kind: Kind) -> dict[str, Message]:
    """Return one vocabulary: code → texts, in the order of the file."""
    return {code: Message(**texts) for code, texts in _labels()[kind.value].items()}


def label(kind: Kind, code: str) -> Message:
    """Return the name of a code in both languages. Raises KeyError for an unknown one."""
    return vocabulary(kind)[code]


@cache
def _labels() -> dict[str, dict[str, dict[str, str]]]:
    text = (files(__package__) / "labels.json").read_text(encoding="utf-8")
    loaded: dict[str, dict[str, dict[str, str]]] = json.loads(text)
    return loaded
