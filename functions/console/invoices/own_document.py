"""The supplier's own document on the page of its invoice: the file, and where it differs from the data."""

from __future__ import annotations

from dataclasses import dataclass

from choriste.application.invoices.read_own_document import read_own_document
from choriste.domain.tracking.head import AttachedFile, InvoiceHead
from choriste.i18n.typography import typeset
from choriste.runtime.ports import platform_ports
from functions.console.web.visit import Visit


@dataclass(frozen=True, slots=True)
class OwnDocumentView:
    """The file, and each difference in words; both sides see them, for both read the page."""

    file: AttachedFile
    differences: tuple[str, ...]


def own_document_of(visit: Visit, head: InvoiceHead) -> OwnDocumentView | None:
    """Return the supplier's own document of an invoice, None where it has none."""
    found = read_own_document(platform_ports(), visit.user.principal, head.id)
    if found is None:
        return None
    language = visit.language
    said = (typeset(each.message.in_language(language), language=language) for each in found.differences)
    return OwnDocumentView(found.file, tuple(said))
