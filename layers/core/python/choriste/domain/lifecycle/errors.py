"""What the lifecycle refuses, with everything a client needs to act otherwise."""

from __future__ import annotations

from enum import StrEnum

from choriste.domain.shared.errors import ChoristeError


class RefusalCode(StrEnum):
    """Why a transition is refused: stable codes, with texts in the catalogue."""

    UNKNOWN_ACTION = "transition-unknown"
    NOT_FOR_FRAME = "transition-not-for-frame"
    WRONG_STATUS = "transition-wrong-status"
    CONDITION = "transition-condition"
    WRONG_ROLE = "transition-wrong-role"
    REASON_MISSING = "reason-missing"
    REASON_TEXT_MISSING = "reason-text-missing"
    REASON_TOO_LONG = "reason-text-too-long"
    REASON_NOT_ALLOWED = "reason-not-allowed"
    REASON_AMOUNT_BLOCKED = "reason-amount-blocked"


class TransitionRefusedError(ChoristeError):
    """An actor asked for what the table does not allow.

    Parameters: `action`, `frame`, `status`, `role` as asked; `allowed`, the names that this role may use
    now; and by code `condition` (a guard), `reasons` (the codes allowed) or `limit` (characters).
    """

    def __init__(self, refusal: RefusalCode, *, allowed: tuple[str, ...], **parameters: object) -> None:
        self.code = refusal.value
        super().__init__(allowed=allowed, **parameters)
        self.refusal = refusal
        self.allowed = allowed
