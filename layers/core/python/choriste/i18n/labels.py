"""The labels of the lifecycle, in the language asked for; the lifecycle's own catalogue is their source."""

from __future__ import annotations

from choriste.domain.lifecycle import Frame, ReasonCode, Status
from choriste.domain.lifecycle.labels import Kind, label


def status_label(status: Status, *, language: str) -> str:
    """Return a status's name for people."""
    return label(Kind.STATUS, status.value).in_language(language)


def reason_label(reason: ReasonCode, *, language: str) -> str:
    """Return a reason's name for people."""
    return label(Kind.REASON, reason.value).in_language(language)


def frame_label(frame: Frame, *, language: str) -> str:
    """Return a billing frame's name for people."""
    return label(Kind.FRAME, frame.value).in_language(language)
