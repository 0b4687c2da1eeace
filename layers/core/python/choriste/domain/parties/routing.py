"""Routing: whether an invoice can reach its recipient, and what to mend when it cannot.

Rules of handbook C1, C3 and B2 and of the structure flags of the Chorus Pro API (`consulterStructure`).
"""

from __future__ import annotations

from collections.abc import Iterator

from choriste.domain.parties.addressing import Addressing
from choriste.domain.parties.structure import Service, Structure, StructureKind
from choriste.domain.shared.findings import Finding, Message, Severity

_TEXTS: dict[str, tuple[str, str, str]] = {
    "ROUTING-SUPPLIER-MISSING": (
        "BT-29",
        "Le fournisseur n’est identifié par aucun SIRET, SIREN ou numéro de TVA : indiquez son SIRET "
        "(identifiant du vendeur, schéma 0009).",
        "The seller states no SIRET, SIREN or VAT number: give its SIRET (seller identifier, scheme 0009).",
    ),
    "ROUTING-SUPPLIER-UNKNOWN": (
        "BT-29",
        "Le fournisseur {found} n’a pas de structure sur la plateforme : créez-la, ou corrigez le SIRET.",
        "The seller {found} has no structure on the platform: create it, or correct the SIRET.",
    ),
    "ROUTING-SUPPLIER-INACTIVE": (
        "BT-29",
        "La structure du fournisseur {found} est désactivée : elle ne peut plus émettre de facture.",
        "The seller's structure {found} is deactivated: it can no longer issue invoices.",
    ),
    "ROUTING-NOT-ENTITLED": (
        "BT-29",
        "Le compte qui dépose n’est pas habilité à émettre pour le fournisseur {found} : demandez ce droit "
        "au gestionnaire principal de cette structure.",
        "The depositing account may not issue invoices for the seller {found}: ask the primary manager of "
        "that structure for the right.",
    ),
    "ROUTING-RECIPIENT-MISSING": (
        "BT-46",
        "Le destinataire n’est identifié par aucun SIRET : indiquez-le (identifiant de l’acheteur, "
        "schéma 0009).",
        "The buyer states no SIRET: give it (buyer identifier, scheme 0009).",
    ),
    "ROUTING-RECIPIENT-UNKNOWN": (
        "BT-46",
        "Aucun destinataire {found} dans l’annuaire : vérifiez le SIRET de l’acheteur.",
        "No recipient {found} in the directory: check the buyer's SIRET.",
    ),
    "ROUTING-RECIPIENT-INACTIVE": (
        "BT-46",
        "Le destinataire {found} est désactivé (établissement fermé) : demandez à l’acheteur son SIRET "
        "actuel et déposez une facture à ce SIRET.",
        "The recipient {found} is deactivated (closed establishment): ask the buyer for its current SIRET "
        "and deposit an invoice to it.",
    ),
    "ROUTING-SERVICE-MISSING": (
        "BT-10",
        "Le destinataire exige un code service : indiquez-le dans la référence de l’acheteur. Codes "
        "possibles : {expected}.",
        "The recipient requires a service code: give it as the buyer reference. Possible codes: {expected}.",
    ),
    "ROUTING-SERVICE-UNKNOWN": (
        "BT-10",
        "Le destinataire n’a pas de service « {found} ». Codes possibles : {expected}.",
        "The recipient has no service “{found}”. Possible codes: {expected}.",
    ),
    "ROUTING-SERVICE-INACTIVE": (
        "BT-10",
        "Le service « {found} » du destinataire est fermé. Codes possibles : {expected}.",
        "The recipient's service “{found}” is closed. Possible codes: {expected}.",
    ),
    "ROUTING-SERVICE-INTRA-PUBLIC": (
        "BT-10",
        "Le service « {found} » ne reçoit que les factures entre entités publiques : indiquez un autre code "
        "service. Codes possibles : {expected}.",
        "The service “{found}” receives invoices between public entities only: give another service code. "
        "Possible codes: {expected}.",
    ),
    "ROUTING-ENGAGEMENT-MISSING": (
        "BT-13",
        "Le destinataire exige un numéro d’engagement : indiquez-le dans la référence du bon de commande.",
        "The recipient requires an engagement number: give it as the purchase order reference.",
    ),
    "ROUTING-SERVICE-OR-ENGAGEMENT-MISSING": (
        "BT-10",
        "Le destinataire exige un code service (référence de l’acheteur) ou un numéro d’engagement "
        "(référence du bon de commande) : indiquez l’un des deux.",
        "The recipient requires a service code (buyer reference) or an engagement number (purchase order "
        "reference): give one of them.",
    ),
}


PUBLIC_SERVICE = "FACTURES_PUBLIQUES"
"""The service that receives invoices between public bodies, and nothing else (Chorus Pro, A7)."""


def may_address(service_code: str | None, *, supplier_is_public: bool, recipient_is_public: bool) -> bool:
    """Whether an invoice may name this service: FACTURES_PUBLIQUES is for intra-public invoices only."""
    return service_code != PUBLIC_SERVICE or (supplier_is_public and recipient_is_public)


def routing_finding(rule: str, *, found: str | None = None, expected: str | None = None) -> Finding:
    """Return the fatal finding of a routing rule, its texts filled in."""
    term, fr, en = _TEXTS[rule]
    values = {"found": found or "", "expected": expected or ""}
    return Finding(
        rule=rule,
        severity=Severity.FATAL,
        message=Message(fr=fr.format(**values), en=en.format(**values)),
        term=term,
        found=found,
        expected=expected,
    )


def recipient_findings(
    addressing: Addressing, recipient: Structure | None, *, supplier: Structure | None
) -> tuple[Finding, ...]:
    """Check that the recipient is known, open, and given the codes that it requires.

    The supplier decides whether the service of intra-public invoices may be addressed (handbook A7).
    """
    number = addressing.recipient.best
    if number is None:
        return (routing_finding("ROUTING-RECIPIENT-MISSING"),)
    if recipient is None:
        return (routing_finding("ROUTING-RECIPIENT-UNKNOWN", found=number),)
    if not recipient.active:
        return (routing_finding("ROUTING-RECIPIENT-INACTIVE", found=number),)
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
