"""The names that people read for everything in the lifecycle, from the catalogue (rooms `lifecycle.…`)."""

from __future__ import annotations

from enum import StrEnum

from choriste.domain.lifecycle.frames import Frame
from choriste.domain.lifecycle.reasons import ReasonCode
from choriste.domain.lifecycle.statuses import Status
from choriste.i18n.catalogue import message, template
from choriste.i18n.message import Message


class Kind(StrEnum):
    """The vocabularies of the lifecycle, each a room of the catalogue.

    `DONE` says what an action or act has brought about.
    """

    STATUS = "status"
    FRAME = "frame"
    ROLE = "role"
    ACTION = "action"
    ACT = "act"
    DONE = "done"
    REASON = "reason"
    REFUSAL = "refusal"
    GUARD = "guard"
    DEADLINE = "deadline"
    MARK = "mark"
    SILENCE = "silence"
    REFORM = "reform"


def label(kind: Kind, code: str, **values: object) -> Message:
    """Return the name of a code in both languages, its parameters filled in; raises KeyError if unknown."""
    return message(room(kind), code, **values)


def find_label(kind: Kind, code: str) -> Message | None:
    """Return the name of a code, its parameters still open; None for a code that the vocabulary lacks."""
    return template(room(kind), code)


def room(kind: Kind) -> str:
    """Return the catalogue's room of a vocabulary."""
    return f"lifecycle.{kind.value}"


def status_label(status: Status, *, language: str) -> str:
    """Return a status's name for people."""
    return label(Kind.STATUS, status.value).in_language(language)


def reason_label(reason: ReasonCode, *, language: str) -> str:
    """Return a reason's name for people."""
    return label(Kind.REASON, reason.value).in_language(language)


def frame_label(frame: Frame, *, language: str) -> str:
    """Return a billing frame's name for people."""
    return label(Kind.FRAME, frame.value).in_language(language)
