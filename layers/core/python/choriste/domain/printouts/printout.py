"""The printouts (*éditions*) that the platform makes on request beside an invoice's readable copy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from choriste.domain.access.user import Language
from choriste.domain.deposits.flow import Flow
from choriste.domain.lifecycle import Frame
from choriste.domain.shared.ids import FlowId, InvoiceId
from choriste.domain.tracking.head import InvoiceHead


class PrintoutKind(StrEnum):
    """The printouts; the value is the last part of the address."""

    FOLLOW_UP = "follow-up"
    """The history of an invoice (*bordereau de suivi*; docs/reference/b2g-lifecycle.md#follow-up-slip)."""
    DEPOSIT_CERTIFICATE = "deposit-certificate"
    """That a file reached the platform, when, and that it is kept unaltered."""
    WORKS_DOCUMENT = "works-document"
    """A piece of a billing file, set as the works contracts know it (docs/reference/works-contracts.md)."""
    SUBCONTRACTOR_REQUEST = "subcontractor-request"
    """A subcontractor's request for direct payment, and where the contractor's answer stands (B5)."""
    INTEGRATION_REPORT = "integration-report"
    """What became of a deposited file (*compte rendu d'intégration*; docs/reference/deposits.md)."""


SUBCONTRACTED = frozenset({Frame.A9, Frame.A10, Frame.A11})
"""The frames of a subcontractor's requests for payment."""


def printouts_of_flow(flow: Flow) -> tuple[PrintoutKind, ...]:
    """Return the printouts that a flow has: no certificate of a file that was refused unread."""
    if flow.sha256 is None:
        return (PrintoutKind.INTEGRATION_REPORT,)
    return (PrintoutKind.INTEGRATION_REPORT, PrintoutKind.DEPOSIT_CERTIFICATE)


def printouts_of(head: InvoiceHead) -> tuple[PrintoutKind, ...]:
    """Return the printouts that an invoice has: two always, and that of its kind of piece where it is one."""
    always = (PrintoutKind.FOLLOW_UP, PrintoutKind.DEPOSIT_CERTIFICATE)
    if head.frame in SUBCONTRACTED:
        return (*always, PrintoutKind.SUBCONTRACTOR_REQUEST)
    return (*always, PrintoutKind.WORKS_DOCUMENT) if head.frame.is_works else always


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintoutRequest:
    """What is to be made: a kind of printout of an invoice or of a flow, in a language.

    Exactly one of `invoice_id` and `flow_id` is given. Whoever asks has checked that the reader may
    see it.
    """

    kind: PrintoutKind
    language: Language
    invoice_id: InvoiceId | None = None
    flow_id: FlowId | None = None

    @property
    def filename(self) -> str:
        """The name that people save the printout under."""
        subject = self.flow_id if self.flow_id is not None else self.invoice_id
        return f"{_FILENAMES[self.kind][self.language]}-{subject}.pdf"

    @property
    def key(self) -> str:
        """Where the printout is kept for a day; the next one of its kind and language takes its place."""
        owner = f"flows/{self.flow_id}" if self.flow_id is not None else f"invoices/{self.invoice_id}"
        return f"printouts/{owner}/{self.kind}-{self.language}.pdf"

    def as_json(self) -> dict[str, object]:
        """Return the request as it travels to the function that makes it."""
        return {
            "printout": self.kind.value,
            "language": self.language.value,
            "invoice_id": self.invoice_id,
            "flow_id": self.flow_id,
        }

    @classmethod
    def from_json(cls, request: Mapping[str, Any]) -> PrintoutRequest:
        """Return the request that `as_json` wrote."""
        invoice, flow = request["invoice_id"], request["flow_id"]
        return cls(
            kind=PrintoutKind(request["printout"]),
            language=Language(request["language"]),
            invoice_id=InvoiceId(int(invoice)) if invoice is not None else None,
            flow_id=FlowId(flow) if flow is not None else None,
        )


_FILENAMES: dict[PrintoutKind, dict[Language, str]] = {
    PrintoutKind.FOLLOW_UP: {Language.FRENCH: "bordereau-de-suivi", Language.ENGLISH: "follow-up-slip"},
    PrintoutKind.DEPOSIT_CERTIFICATE: {
        Language.FRENCH: "certificat-de-depot",
        Language.ENGLISH: "deposit-certificate",
    },
    PrintoutKind.WORKS_DOCUMENT: {Language.FRENCH: "piece-de-travaux", Language.ENGLISH: "works-document"},
    PrintoutKind.SUBCONTRACTOR_REQUEST: {
        Language.FRENCH: "demande-de-paiement-sous-traitant",
        Language.ENGLISH: "subcontractor-request",
    },
    PrintoutKind.INTEGRATION_REPORT: {
        Language.FRENCH: "compte-rendu-integration",
        Language.ENGLISH: "integration-report",
    },
}
