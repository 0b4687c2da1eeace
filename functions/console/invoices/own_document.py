"""The supplier's own document on the page of its invoice: the file, and where it differs from the data."""

from __future__ import annotations

from dataclasses import dataclass

from choriste.application.deposits.read_report import read_report
from choriste.domain.deposits.advice import Kind
from choriste.domain.shared.errors import NotFoundError
from choriste.domain.shared.findings import Finding
from choriste.domain.tracking.head import AttachedFile, FileKind, InvoiceHead
from choriste.i18n.typography import typeset
from choriste.runtime.ports import platform_ports
from functions.console.web.visit import Visit


@dataclass(frozen=True, slots=True)
class OwnDocument:
    """The file, and each difference in words; both sides see them, for both read the page."""

    file: AttachedFile
    differences: tuple[str, ...]


def own_document_of(visit: Visit, head: InvoiceHead) -> OwnDocument | None:
    """Return the supplier's own document of an invoice, None where it has none."""
    file = head.file(FileKind.OWN_DOCUMENT)
    if file is None:
        return None
    language = visit.language
    said = (typeset(each.message.in_language(language), language=language) for each in _found(visit, head))
    return OwnDocument(file, tuple(said))


def _found(visit: Visit, head: InvoiceHead) -> tuple[Finding, ...]:
    try:
        report = read_report(platform_ports(), visit.user.principal, head.flow_id)
    except NotFoundError:
        return ()
    own = (document for document in report.documents if document.position == head.position)
    return tuple(finding for document in own for finding in document.findings if finding.rule == Kind.PAPER)
