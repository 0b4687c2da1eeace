"""Numbers with check digits: IBAN, SIREN, SIRET and VAT numbers that cannot exist, or that are another's."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from choriste.domain.deposits.advice import Kind
from choriste.domain.invoice.identifiers import french_vat_number, is_iban, is_siren, is_siret, is_vat_number
from choriste.domain.invoice.model import Identifier, Invoice, Party
from choriste.rules.advice.said import Said

_IBAN: Final = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{8,30}\Z")
_MASK: Final = "XXXX"
_SIREN: Final = re.compile(r"\d{9}\Z")
_SIRET: Final = re.compile(r"\d{14}\Z")
_FRENCH_VAT: Final = 13
_MONACO: Final = "000"
_SIREN_SCHEME, _SIRET_SCHEME, _GROUP_SCHEME = "0002", "0009", "0231"
_TERMS: Final = (  # role, identifiers, legal registration, VAT number
    ("seller", "BT-29", "BT-30", "BT-31"),
    ("buyer", "BT-46", "BT-47", "BT-48"),
    ("payee", "BT-60", "BT-61", ""),
    ("tax_representative", "", "", "BT-63"),
)


def numbers(invoice: Invoice) -> Iterator[Said]:
    """Yield advice on the numbers of the parties and of the account to pay to."""
    for role, identifiers, registration, vat in _TERMS:
        party = getattr(invoice, role)
        if party is not None:
            yield from _identifiers(party, identifiers)
            yield from _registration(party, registration)
            yield from _vat_number(party, vat)
    if invoice.payment is not None:
        for position, transfer in enumerate(invoice.payment.credit_transfers, start=1):
            yield from _iban(transfer.account, f"BG-17[{position}]/BT-84")


def _iban(account: str | None, path: str) -> Iterator[Said]:
    number = (account or "").replace(" ", "").upper()
    if _IBAN.match(number) and _MASK not in number and not is_iban(number):
        yield Said(Kind.IBAN, path, account)


def _identifiers(party: Party, term: str) -> Iterator[Said]:
    """Yield advice on the identifiers; a SIRET whose SIREN is told wrong beside it is not told again."""
    wrong = [s.found for s in _registration(party, "") if s.found]
    for position, identifier in enumerate(party.identifiers, start=1):
        if not identifier.value.startswith(tuple(wrong)):
            yield from _number(identifier, f"{term}[{position}]")


def _registration(party: Party, term: str) -> Iterator[Said]:
    if party.legal_registration is not None:
        yield from _number(party.legal_registration, term)


def _number(identifier: Identifier, path: str) -> Iterator[Said]:
    value = identifier.value.replace(" ", "")
    if identifier.scheme == _SIREN_SCHEME and _SIREN.match(value) and not is_siren(value):
        yield Said(Kind.SIREN, path, identifier.value)
    if identifier.scheme == _SIRET_SCHEME and _SIRET.match(value) and not is_siret(value):
        yield Said(Kind.SIRET, path, identifier.value)


def _vat_number(party: Party, term: str) -> Iterator[Said]:
    """Yield advice on a French VAT number; a member of a VAT group (0231) may bear that of the group."""
    number = (party.vat_number or "").replace(" ", "").upper()
    if not number.startswith("FR"):
        return
    siren = _siren_of(party)
    if siren is not None and not is_siren(siren) and number.endswith(siren):
        return  # the SIREN is wrong, which is said of it
    right = french_vat_number(siren) if siren is not None and is_siren(siren) else None
    if len(number) != _FRENCH_VAT or not is_vat_number(number):
        yield Said(Kind.VAT_NUMBER, term, party.vat_number, right)
    elif right is not None and not _is_of(number, siren or "") and not _is_of_group(party):
        yield Said(Kind.VAT_OF_ANOTHER, term, party.vat_number, right, {"siren": siren})


def _siren_of(party: Party) -> str | None:
    known = [party.legal_registration, *party.identifiers]
    schemes = {identifier.scheme: identifier.value for identifier in known if identifier is not None}
    siret = schemes.get(_SIRET_SCHEME, "").replace(" ", "")
    number = schemes.get(_SIREN_SCHEME, "").replace(" ", "") or (siret[:9] if _SIRET.match(siret) else "")
    return number if _SIREN.match(number) else None


def _is_of(number: str, siren: str) -> bool:
    return number[4:] == siren or number[4:].startswith(_MONACO)


def _is_of_group(party: Party) -> bool:
    return any(identifier.scheme == _GROUP_SCHEME for identifier in party.identifiers)
