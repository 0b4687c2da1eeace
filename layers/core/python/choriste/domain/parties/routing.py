"""Routing: whether an invoice can reach its recipient, and what to fix when it cannot.

The rules, and the structure flags of the Chorus Pro API (`consulterStructure`) that they follow, are in
docs/reference/parties.md#routing.
"""

from __future__ import annotations

from collections.abc import Iterator

from choriste.domain.parties.addressing import Addressing
from choriste.domain.parties.structure import ClosingReason, Service, Structure, StructureKind
from choriste.domain.sandbox.world import same_world
from choriste.domain.shared.findings import Finding, worded
from choriste.i18n.catalogue import message
from choriste.i18n.message import Message

_TERMS: dict[str, str] = {
    "ROUTING-SUPPLIER-MISSING": "BT-29",
    "ROUTING-SUPPLIER-UNKNOWN": "BT-29",
    "ROUTING-SUPPLIER-INACTIVE": "BT-29",
    "ROUTING-SUPPLIER-NO-SPACE": "BT-29",
    "ROUTING-NOT-ENTITLED": "BT-29",
    "ROUTING-RECIPIENT-MISSING": "BT-46",
    "ROUTING-RECIPIENT-UNKNOWN": "BT-46",
    "ROUTING-RECIPIENT-APART": "BT-46",
    "ROUTING-RECIPIENT-INACTIVE": "BT-46",
    "ROUTING-RECIPIENT-NO-SPACE": "BT-46",
    "ROUTING-SERVICE-MISSING": "BT-10",
    "ROUTING-SERVICE-UNKNOWN": "BT-10",
    "ROUTING-SERVICE-INACTIVE": "BT-10",
    "ROUTING-SERVICE-INTRA-PUBLIC": "BT-10",
    "ROUTING-ENGAGEMENT-MISSING": "BT-13",
    "ROUTING-SERVICE-OR-ENGAGEMENT-MISSING": "BT-10",
}
"""The term that each routing rule is about."""


PUBLIC_SERVICE = "FACTURES_PUBLIQUES"
"""The service for invoices between public bodies, and no others (docs/reference/parties.md#routing)."""


def may_address(service_code: str | None, *, supplier_is_public: bool, recipient_is_public: bool) -> bool:
    """Whether an invoice may name this service: FACTURES_PUBLIQUES is for intra-public invoices only."""
    return service_code != PUBLIC_SERVICE or (supplier_is_public and recipient_is_public)


def routing_finding(
    rule: str, *, found: str | None = None, expected: str | None = None, **values: object
) -> Finding:
    """Return the fatal finding of a routing rule, its texts filled in; `values` are what only it has."""
    return worded("parties", rule, term=_TERMS[rule], found=found, expected=expected, values=values)


def supplier_closed(supplier: Structure, number: str) -> Finding | None:
    """Return why a supplier can issue nothing at all: it is inactive, or has closed that space."""
    if not supplier.active:
        return routing_finding("ROUTING-SUPPLIER-INACTIVE", found=number, why=why_inactive(supplier))
    return None if supplier.settings.issues else routing_finding("ROUTING-SUPPLIER-NO-SPACE", found=number)


def recipient_closed(recipient: Structure, number: str) -> Finding | None:
    """Return why a recipient can receive nothing at all: it is inactive, or has closed that space."""
    if not recipient.active:
        return routing_finding("ROUTING-RECIPIENT-INACTIVE", found=number, why=why_inactive(recipient))
    received = recipient.settings.receives
    return None if received else routing_finding("ROUTING-RECIPIENT-NO-SPACE", found=number)


def why_inactive(structure: Structure) -> Message:
    """Return in words why a structure is inactive, for whoever wanted to invoice it."""
    reason = structure.closing.reason if structure.closing is not None else ClosingReason.OTHER
    return message("parties", f"closing.{reason}")


def recipient_findings(
    addressing: Addressing, recipient: Structure | None, *, supplier: Structure | None
) -> tuple[Finding, ...]:
    """Check that the recipient is known, in the supplier's world, open, and given the codes it requires.

    The supplier decides whether the service of intra-public invoices may be addressed (see
    docs/reference/parties.md#routing).
    """
    number = addressing.recipient.best
    if number is None:
        return (routing_finding("ROUTING-RECIPIENT-MISSING"),)
    if recipient is None:
        return (routing_finding("ROUTING-RECIPIENT-UNKNOWN", found=number),)
    if supplier is not None and not same_world(supplier.id, recipient.id):
        return (routing_finding("ROUTING-RECIPIENT-APART", found=number),)
    closed = recipient_closed(recipient, number)
    if closed is not None:
        return (closed,)
    return (*_code_findings(addressing, recipient), *_intra_public(addressing, supplier, recipient))


def _code_findings(addressing: Addressing, recipient: Structure) -> Iterator[Finding]:
    service, engagement = addressing.service_code, addressing.engagement
    open_codes = ", ".join(s.code for s in recipient.services if s.active) or None
    if service is None and recipient.requires_service():
        yield routing_finding("ROUTING-SERVICE-MISSING", expected=open_codes)
    if service is not None and recipient.services:
        yield from _service_findings(service, recipient.service(service), open_codes)
    if engagement is None and recipient.requires_engagement(service=service):
        yield routing_finding("ROUTING-ENGAGEMENT-MISSING")
    if service is None and engagement is None and recipient.settings.either_mandatory:
        yield routing_finding("ROUTING-SERVICE-OR-ENGAGEMENT-MISSING")


def _intra_public(
    addressing: Addressing, supplier: Structure | None, recipient: Structure
) -> Iterator[Finding]:
    is_public = supplier is not None and supplier.kind is StructureKind.PUBLIC
    to_public = recipient.kind is StructureKind.PUBLIC
    code = addressing.service_code
    if not may_address(code, supplier_is_public=is_public, recipient_is_public=to_public):
        others = ", ".join(s.code for s in recipient.services if s.active and s.code != PUBLIC_SERVICE)
        yield routing_finding("ROUTING-SERVICE-INTRA-PUBLIC", found=code, expected=others or "—")


def _service_findings(code: str, service: Service | None, open_codes: str | None) -> Iterator[Finding]:
    if service is None:
        yield routing_finding("ROUTING-SERVICE-UNKNOWN", found=code, expected=open_codes)
    elif not service.active:
        yield routing_finding("ROUTING-SERVICE-INACTIVE", found=code, expected=open_codes)
