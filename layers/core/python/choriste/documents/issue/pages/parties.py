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
    """Return an address as it is written on an envelope, the country last."""
    if address is None:
        return []
    town = " ".join(part for part in (address.postcode, address.city) if part)
    last = ", ".join(part for part in (address.subdivision, words.of("country", address.country)) if part)
    return [line for line in (address.line1, address.line2, address.line3, town, last) if line]


def _party(title: str, party: Party, words: Wording) -> Block:
    shown: list[Pair] = pairs((words["party.trading_name"], party.trading_name))
    for identifier in party.identifiers:
        shown += identifier_pair(words["party.identifier"], identifier)
    shown += identifier_pair(words["party.registration"], party.legal_registration)
    shown += labelled(
        words, "party", (("vat", party.vat_number), ("tax_registration", party.tax_registration))
    )
    shown += _electronic_address(party, words)
    shown += _contact(party.contact, words)
    lines = [
        *postal_lines(party.address, words),
        *([party.legal_information] if party.legal_information else []),
    ]
    return {"title": title, "name": party.name or "", "lines": lines, "pairs": shown}


def _electronic_address(party: Party, words: Wording) -> list[Pair]:
    address = party.electronic_address
    if address is None or not address.value:
        return []
    value = f"{address.scheme}:{address.value}" if address.scheme else address.value
    return [[words["party.electronic_address"], value]]


def _contact(contact: Contact | None, words: Wording) -> list[Pair]:
    if contact is None:
        return []
    values = (("contact", contact.name), ("telephone", contact.telephone), ("email", contact.email))
    return labelled(words, "party", values)


def _delivery(delivery: Delivery, words: Wording) -> Block:
    shown = pairs((words["delivered_on"], words.long_day(delivery.date) if delivery.date else None))
    shown += identifier_pair(words["location"], delivery.location)
    lines = postal_lines(delivery.address, words)
    return {"title": words["delivery"], "name": delivery.name or "", "lines": lines, "pairs": shown}
