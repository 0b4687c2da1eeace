"""Fill in a draft: what was typed, with the parties that the directory knows."""

from __future__ import annotations

from choriste.application.drafts.ports import DraftPorts
from choriste.domain.invoice.entry import DraftFields, with_fields
from choriste.domain.invoice.model import Invoice
from choriste.domain.parties.structure import Structure, StructureIdentifier
from choriste.domain.shared.errors import NotFoundError


def filled_in(ports: DraftPorts, structure: str, invoice: Invoice, fields: DraftFields) -> Invoice:
    """Return an invoice of a structure with what was typed; raises `NotFoundError` for no such structure."""
    seller = ports.directory.structure(structure)
    if seller is None:
        raise NotFoundError(kind="structure", id=structure)
    return with_fields(invoice, fields, seller=seller, buyer=_recipient(ports, fields.recipient_siret))


def _recipient(ports: DraftPorts, siret: str | None) -> Structure | None:
    if siret is None:
        return None
    return ports.directory.structure_by_identifier(StructureIdentifier.siret(siret))
