"""What invoices are asked with: the bodies of their steps and acts."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from choriste.domain.lifecycle import REASON_TEXT_LIMIT, ReasonCode
from functions.api.http.models import LARGEST_ID, Action, Body


class AttachmentUploadRequest(Body):
    """An attachment that is too large for a request: its name, its size in bytes, and its type."""

    filename: str = Field(min_length=1, max_length=200)
    size: int = Field(gt=0)
    category: str | None = Field(default=None, max_length=30)


class ReasonBody(Body):
    """Why: a code of the published list, and a text of at most 300 characters."""

    code: ReasonCode
    text: str = Field(default="", max_length=REASON_TEXT_LIMIT)


class CorrectionBody(Body):
    """What a recycling corrects."""

    recipient_siret: str | None = None
    service_code: str | None = None
    engagement: str | None = None


class TransitionRequest(Body):
    """A step in an invoice's lifecycle; `action` is one of the invoice's `available_actions`.

    `party` is the SIRET of the structure that a correction of a party names.
    """

    action: Annotated[Action, Field(min_length=1, max_length=60)]
    reason: ReasonBody | None = None
    correction: CorrectionBody | None = None
    party: str | None = Field(default=None, max_length=14)


class CommentRequest(Body):
    """A comment for all parties of an invoice."""

    text: str = Field(min_length=1, max_length=2000)


class AssignmentRequest(Body):
    """The colleague who takes care of an invoice, by account; null takes the assignment back."""

    account: str | None


class ReferenceRequest(Body):
    """The recipient's own accounting reference."""

    reference: str = Field(min_length=1, max_length=50)


class AcknowledgementRequest(Body):
    """What is acknowledged: `acknowledge-rejection`, `close-rejection` or `acknowledge-suspension`."""

    act: str = Field(min_length=1, max_length=60)


class ReuseRequest(Body):
    """A file of another piece of the same billing file."""

    piece: int = Field(ge=1, le=LARGEST_ID)
    name: str = Field(min_length=1, max_length=200)
