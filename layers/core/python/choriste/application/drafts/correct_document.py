"""Correct a refused document here: a draft with what its file said, under the parties named beside it."""

from __future__ import annotations

from choriste.application.deposits.read_report import read_report
from choriste.application.drafts.begin_draft import DraftSource, begin_draft
from choriste.application.drafts.ports import DraftPorts
from choriste.application.shared.ports import Bucket
from choriste.domain.access.principal import Principal
from choriste.domain.deposits.flow import Document, Outcome
from choriste.domain.drafts.draft import Draft
from choriste.domain.invoice.entry import fields_of
from choriste.domain.invoice.reading import Syntax
from choriste.domain.shared.errors import NotFoundError
from choriste.domain.shared.findings import Verdict
from choriste.domain.shared.ids import FlowId

_READ = frozenset({Syntax.CII, Syntax.UBL_INVOICE, Syntax.UBL_CREDIT_NOTE})
"""The syntaxes whose data are the file itself, so that they can be read again."""

_OF_ANOTHER = frozenset(
    {
        "ROUTING-NOT-ENTITLED",
        "ROUTING-SUPPLIER-UNKNOWN",
        "ROUTING-SUPPLIER-INACTIVE",
        "ROUTING-SUPPLIER-NO-SPACE",
    }
)
"""What is wrong with a seller in whose name the depositor cannot issue: no field of a form mends it."""


def is_of_another(document: Document) -> bool:
    """Say whether a refused document has a seller in whose name its depositor cannot issue."""
    return any(finding.rule in _OF_ANOTHER for finding in document.findings)


def is_correctable(document: Document) -> bool:
    """Say whether a document was refused for what it says, can be read into a draft and mended there."""
    is_refused = document.outcome is Outcome.REFUSED and document.verdict is Verdict.INVALID
    is_read = document.syntax in _READ and document.duplicate_of is None
    return is_refused and is_read and not is_of_another(document)


def correct_document(ports: DraftPorts, principal: Principal, flow_id: FlowId, position: int) -> Draft:
    """Begin a draft with what a refused document said, and return it; its number may be kept.

    Raises `NotFoundError` for a flow that is not the reader's or a document that cannot be corrected so, and
    `ForbiddenError` for whoever may not issue for its depositor.
    """
    report = read_report(ports, principal, flow_id)
    document = next((each for each in report.documents if each.position == position), None)
    if document is None or not is_correctable(document):
        raise NotFoundError(kind="document", id=f"{flow_id}/{position}")
    # reading XML costs memory and start-up time that no other page must pay
    from choriste.formats.read import read_xml  # noqa: PLC0415

    invoice = read_xml(ports.files.get(Bucket.ARCHIVE, document.key)).invoice
    source = DraftSource(invoice=invoice, parties=report.flow.parties)
    return begin_draft(
        ports, principal, structure=report.flow.depositor, fields=fields_of(invoice), source=source
    )
