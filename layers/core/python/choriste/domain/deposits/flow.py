"""A flow is one deposited file and its documents: what came in, by which channel, what became of it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field, replace
from enum import StrEnum

from choriste.domain.deposits.named_parties import NamedParties, shared_finding
from choriste.domain.invoice.reading import Syntax
from choriste.domain.shared.editions import Edition
from choriste.domain.shared.findings import Finding, Verdict
from choriste.domain.shared.ids import FlowId, InvoiceId


class Channel(StrEnum):
    """How a file came in."""

    API = "api"
    UPLOAD = "upload"
    S3 = "s3"
    CONSOLE = "console"
    CHORUS = "chorus"
    """By the Chorus Pro compatible API, as a file."""
    CHORUS_ENTRY = "chorus-entry"
    """By the Chorus Pro compatible API, as fields."""
    CHORUS_PDF = "chorus-pdf"
    """By the Chorus Pro compatible API, as fields with a PDF."""


class FlowState(StrEnum):
    """The flow states of the Chorus Pro API that this platform shows (consulterCR)."""

    WAITING = "IN_EN_ATTENTE_TRAITEMENT_CPP"
    RUNNING = "IN_EN_COURS_TRAITEMENT_CPP"
    INTEGRATED = "IN_INTEGRE"
    PARTLY_INTEGRATED = "IN_INTEGRE_PARTIEL"
    REFUSED = "IN_REJETE"
    BLOCKED = "IN_EN_ATTENTE_RETRAITEMENT_CPP"

    @property
    def is_final(self) -> bool:
        """Whether the integration report is complete."""
        return self in {FlowState.INTEGRATED, FlowState.PARTLY_INTEGRATED, FlowState.REFUSED}


class Outcome(StrEnum):
    """What became of one document of a flow."""

    PENDING = "pending"
    ACCEPTED = "accepted"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """Who submits a document, when (UTC), and which parties they name: what checking it needs of its flow.

    `depositor` is the structure that deposits, `account` the user or technical account that acts.
    """

    depositor: str
    account: str
    at: dt.datetime
    parties: NamedParties = field(default_factory=NamedParties)


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """One deposited file.

    `depositor` is the structure that deposited, `account` the user or technical account that acted.
    `key` is where the original bytes are kept, `size` is in bytes, `sha256` in hexadecimal: None for a file
    that was refused unread or repeats another flow, which is not kept. `drop` names the version of the inbox
    object that it came as.
    `documents` is None until the file was opened; `accepted` and `refused` hold 1-based positions.
    `parties` are the actors that the depositor named for its documents; they complete what these say.
    """

    id: FlowId
    channel: Channel
    depositor: str
    account: str
    filename: str
    size: int
    sha256: str | None
    key: str
    received_at: dt.datetime
    documents: int | None = None
    accepted: frozenset[int] = frozenset()
    refused: frozenset[int] = frozenset()
    blocked: bool = False
    findings: tuple[Finding, ...] = ()
    state_at: dt.datetime | None = None
    parties: NamedParties = field(default_factory=NamedParties)
    drop: str | None = None

    @property
    def mark(self) -> str:
        """What a depositor's flows are told apart by: the bytes, or the object where nobody read them."""
        return self.sha256 or f"unread#{self.drop}"

    def stands_for(self, wanted: Flow) -> bool:
        """Say whether a deposit with the same mark is this one.

        One that was refused as a whole may be deposited again; an event that comes twice deposits nothing.
        """
        return self.state is not FlowState.REFUSED or (self.drop is not None and self.drop == wanted.drop)

    @property
    def submission(self) -> Submission:
        """Who deposited it, when, and naming whom."""
        return Submission(
            depositor=self.depositor, account=self.account, at=self.received_at, parties=self.parties
        )

    @property
    def all_findings(self) -> tuple[Finding, ...]:
        """The findings about the file as a whole: why it was refused, and what applies to all of it."""
        shared = shared_finding(self.parties, self.documents or 0)
        return (*self.findings, shared) if shared is not None else self.findings

    @property
    def state(self) -> FlowState:
        """The state that follows from what became of the documents."""
        if self.documents is None:
            return FlowState.BLOCKED if self.blocked else FlowState.WAITING
        if len(self.accepted) + len(self.refused) < self.documents:
            return FlowState.BLOCKED if self.blocked else FlowState.RUNNING
        if not self.accepted:
            return FlowState.REFUSED
        return FlowState.PARTLY_INTEGRATED if self.refused else FlowState.INTEGRATED


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One document of a flow: the file itself, or a member of the archive that was deposited.

    `invoice_id` is given when the document is first seen, so that a step that runs twice creates one
    invoice; it stands for an invoice only once `outcome` is accepted. `judged_by` are the editions of the
    rule sets that judged it, as they were on that day.
    """

    flow_id: FlowId
    position: int
    filename: str
    size: int
    sha256: str
    key: str
    invoice_id: InvoiceId
    outcome: Outcome = Outcome.PENDING
    syntax: Syntax = Syntax.UNKNOWN
    profile: str | None = None
    number: str | None = None
    verdict: Verdict | None = None
    findings: tuple[Finding, ...] = ()
    duplicate_of: InvoiceId | None = None
    judged_by: tuple[Edition, ...] = ()

    def refused(self, findings: tuple[Finding, ...], *, verdict: Verdict) -> Document:
        """Return the document as refused for these findings."""
        return replace(self, outcome=Outcome.REFUSED, findings=findings, verdict=verdict)

    def accepted(self, findings: tuple[Finding, ...]) -> Document:
        """Return the document as accepted, with the warnings that travel with it."""
        return replace(self, outcome=Outcome.ACCEPTED, findings=findings, verdict=Verdict.VALID)
