"""The bodies that clients send."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from choriste.domain.lifecycle import REASON_TEXT_LIMIT, ReasonCode


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class PartiesBody(_Body):
    """Who is named beside a file, by SIRET: what no invoice format has a term for.

    `frame` is a billing frame (A1 … A25), `previous` the ids of the pieces that the file answers, `adjust`
    amounts without VAT that it admits for other pieces, as `id:amount`.
    """

    frame: str | None = None
    validator: str | None = None
    validator2: str | None = None
    moe: str | None = None
    moe_service: str | None = None
    moa: str | None = None
    previous: list[int] = Field(default_factory=list, max_length=100)
    adjust: list[str] = Field(default_factory=list, max_length=200)


class UploadRequest(_Body):
    """A file that is too large for a request: its name, its size in bytes, and whom it cannot name itself."""

    filename: str = Field(min_length=1, max_length=200)
    size: int = Field(gt=0)
    structure: str | None = None
    parties: PartiesBody | None = None


class AttachmentUploadRequest(_Body):
    """An attachment that is too large for a request: its name, its size in bytes, and its type."""

    filename: str = Field(min_length=1, max_length=200)
    size: int = Field(gt=0)
    category: str | None = Field(default=None, max_length=30)


class ReasonBody(_Body):
    """Why: a code of the published list, and a text of at most 300 characters."""

    code: ReasonCode
    text: str = Field(default="", max_length=REASON_TEXT_LIMIT)


class CorrectionBody(_Body):
    """What a recycling corrects."""

    recipient_siret: str | None = None
    service_code: str | None = None
    engagement: str | None = None


class TransitionRequest(_Body):
    """A step in an invoice's lifecycle; `action` is one of the invoice's `available_actions`."""

    action: str = Field(min_length=1, max_length=60)
    reason: ReasonBody | None = None
    correction: CorrectionBody | None = None
    party: str | None = Field(default=None, max_length=14)
    """SIRET of the structure that a correction of a party names."""


class TechnicalAccountRequest(_Body):
    """A technical account to create: a name by which people recognise it."""

    name: str = Field(min_length=1, max_length=100)
    structure: str | None = None


class CommentRequest(_Body):
    """A comment for all parties of an invoice."""

    text: str = Field(min_length=1, max_length=2000)


class AssignmentRequest(_Body):
    """The colleague who takes care of an invoice, by account; null takes the assignment back."""

    account: str | None


class ReferenceRequest(_Body):
    """The recipient's own accounting reference."""

    reference: str = Field(min_length=1, max_length=50)


class AcknowledgementRequest(_Body):
    """What is acknowledged: `acknowledge-rejection`, `close-rejection` or `acknowledge-suspension`."""

    act: str = Field(min_length=1, max_length=60)


class ReuseRequest(_Body):
    """A file of another piece of the same billing file."""

    piece: int
    name: str = Field(min_length=1, max_length=200)
