"""The parties of an invoice (BG-4, 7, 10, 11) and its delivery (BG-13), as blocks of a page."""

from __future__ import annotations

from choriste.documents.issue.pages.pairs import Pair, identifier_pair, labelled, pairs
from choriste.documents.issue.wording import Wording
from choriste.domain.invoice.model import Address, Contact, Delivery, Invoice, Party

Block = dict[str, object]


def party_columns(invoice: Invoice, words: Wording) -> list[list[Block]]:
    """Return two columns of blocks in reading order: the seller's side, then the buyer's."""
    sellers = (
        ("seller", invoice.seller),
        ("tax_representative", invoice.tax_representative),
        ("payee", invoice.payee),
    )
    left = [_party(words[role], party, words) for role, party in sellers if party is not None]
    right = [_party(words["buyer"], invoice.buyer, words)] if invoice.buyer is not None else []
    if invoice.delivery is not None and invoice.delivery != Delivery():
        right.append(_delivery(invoice.delivery, words))
    return [left, right]


def postal_lines(address: Address | None, words: Wording) -> list[str]:
    """Return an address in two lines: the street with its complements, then the town and the country."""
    if address is None:
        return []
    street = ", ".join(part for part in (address.line1, address.line2, address.line3) if part)
    town = " ".join(part for part in (address.postcode, address.city) if part)
    region = words.of("country", address.country)
    last = ", ".join(part for part in (town, address.subdivision, region) if part)
    return [line for line in (street, last) if line]


def _party(title: str, party: Party, words: Wording) -> Block:
    shown: list[Pair] = pairs((words["party.trading_name"], party.trading_name))
    for identifier in party.identifiers:
        shown += identifier_pair(words["party.identifier"], identifier)
    if not is_told_by_siret(party):
        shown += identifier_pair(words["party.registration"], party.legal_registration)
    shown += labelled(
        words, "party", (("vat", party.vat_number), ("tax_registration", party.tax_registration))
    )
    shown += _contact(party.contact, words)
    return {
        "title": title,
        "name": party.name or "",
        "lines": postal_lines(party.address, words),
        "pairs": shown,
        "legal": party.legal_information or "",
    }


def is_told_by_siret(party: Party) -> bool:
    """Whether the registration is a SIREN that a SIRET of the party begins with, so that it is told twice."""
    registration = party.legal_registration
    if registration is None or registration.scheme not in {None, "0002"}:
        return False
    return any(
        each.scheme == "0009" and each.value.startswith(registration.value) and registration.value
        for each in party.identifiers
    )


def _contact(contact: Contact | None, words: Wording) -> list[Pair]:
    if contact is None:
        return []
    text = " · ".join(part for part in (contact.name, contact.telephone, contact.email) if part)
    return pairs((words["party.contact"], text))


def _delivery(delivery: Delivery, words: Wording) -> Block:
    shown = pairs((words["delivered_on"], words.long_day(delivery.date) if delivery.date else None))
    shown += identifier_pair(words["location"], delivery.location)
    lines = postal_lines(delivery.address, words)
    return {
        "title": words["delivery"],
        "name": delivery.name or "",
        "lines": lines,
        "pairs": shown,
        "legal": "",
    }
