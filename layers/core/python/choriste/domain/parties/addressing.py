"""Who an invoice is from and for, read from its parties: SIRET, SIREN, service code, engagement.

In French invoices the SIRET stands in a party identifier (BT-29, BT-46) or legal registration (BT-30,
BT-47) under scheme 0009, or in the electronic address (BT-34, BT-49) under scheme 0225 as
`SIREN_SIRET` or `SIREN_SIRET_CodeRoutage`; older Chorus files mark it with scheme "1". A public buyer's
service code is the buyer reference (BT-10), its engagement number the purchase order reference (BT-13).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from choriste.domain.invoice.identifiers import is_siren, is_siret
from choriste.domain.invoice.model import Identifier, Invoice, Party

_SIRET_SCHEMES = frozenset({"0009", "1", None})
_SIREN_SCHEMES = frozenset({"0002", "1", None})
_ADDRESS_SCHEME = "0225"


@dataclass(frozen=True, slots=True)
class PartyNumbers:
    """The registration numbers of a party, each None when the invoice does not give a valid one."""

    siret: str | None
    siren: str | None
    vat_number: str | None
    other: str | None
    wrong_siret: str | None = None
    """What stands in place of a SIRET and is none: fourteen digits whose check digit is wrong."""

    @property
    def best(self) -> str | None:
        """The most precise number known."""
        return self.siret or self.wrong_siret or self.siren or self.vat_number or self.other


@dataclass(frozen=True, slots=True)
class Addressing:
    """Whom the invoice is for, and under which service and commitment of that recipient."""

    recipient: PartyNumbers
    service_code: str | None
    engagement: str | None
    contract: str | None


def numbers_of(party: Party | None) -> PartyNumbers:
    """Return the registration numbers that a party states."""
    if party is None:
        return PartyNumbers(siret=None, siren=None, vat_number=None, other=None)
    stated = tuple(_stated(party))
    siret = next((i.value for i in stated if i.scheme in _SIRET_SCHEMES and is_siret(i.value)), None)
    siren = siret[:9] if siret else None
    return PartyNumbers(
        siret=siret,
        siren=siren
        or next((i.value for i in stated if i.scheme in _SIREN_SCHEMES and is_siren(i.value)), None),
        vat_number=party.vat_number,
        other=next((i.value for i in stated if i.value), None),
        wrong_siret=None if siret else next((i.value for i in stated if _is_wrong_siret(i)), None),
    )


def _is_wrong_siret(identifier: Identifier) -> bool:
    return identifier.scheme in _SIRET_SCHEMES and re.fullmatch("[0-9]{14}", identifier.value) is not None


def addressing_of(invoice: Invoice) -> Addressing:
    """Return whom an invoice is for."""
    return Addressing(
        recipient=numbers_of(invoice.buyer),
        service_code=_clean(invoice.buyer_reference) or _routing_code(invoice.buyer),
        engagement=_clean(invoice.purchase_order_reference),
        contract=_clean(invoice.contract_reference),
    )


def _stated(party: Party) -> Iterator[Identifier]:
    """Yield the identifiers of a party, the parts of its 0225 address included."""
    yield from (_stripped(identifier) for identifier in party.identifiers)
    if party.legal_registration is not None:
        yield _stripped(party.legal_registration)
    parts = _address_parts(party)
    if parts:
        yield Identifier(parts[0], "0002")
    if len(parts) > 1 and is_siret(parts[1]):
        yield Identifier(parts[1], "0009")


def _stripped(identifier: Identifier) -> Identifier:
    return Identifier(identifier.value.replace(" ", ""), identifier.scheme)


def _address_parts(party: Party) -> list[str]:
    address = party.electronic_address
    return address.value.split("_") if address is not None and address.scheme == _ADDRESS_SCHEME else []


def _routing_code(party: Party | None) -> str | None:
    """Return the third part of `SIREN_SIRET_CodeRoutage`; a code may itself hold underscores."""
    parts = _address_parts(party) if party is not None else []
    has_code = len(parts) > 2 and is_siret(parts[1])  # noqa: PLR2004 - SIREN, SIRET, code
    return "_".join(parts[2:]) if has_code else None


def _clean(text: str | None) -> str | None:
    return text.strip() or None if text is not None else None
