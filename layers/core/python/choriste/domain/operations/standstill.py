"""Why something stands still that the platform should have moved on: for the operator."""

from __future__ import annotations

from enum import StrEnum


class StuckCause(StrEnum):
    """Why an item stands still; the values are the codes shown to the operator's programs."""

    FLOW_UNFINISHED = "flow-unfinished"
    """Its documents were not all settled within the patience of a flow."""
    FLOW_BLOCKED = "flow-blocked"
    """The sweeper took it up for two hours in vain."""
    INTAKE_UNFINISHED = "intake-unfinished"
    """It was registered and did not go on to whoever comes first."""
    PLATFORM_LATE = "platform-late"
    """The platform itself is to act, and did not."""
    DEADLINE_UNAPPLIED = "deadline-unapplied"
    """A person let a legal deadline pass, and what follows from it was not written."""
