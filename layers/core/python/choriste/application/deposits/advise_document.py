"""Advise on an invoice with what the platform knows: the directory, and the supplier's earlier invoices.

What the invoice alone tells is found by `choriste.rules.advice`. A supplier switches off the kinds of advice
that it does not want (`switch_advice`).
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from typing import Final

from choriste.application.deposits.ports import DepositPorts
from choriste.application.deposits.remember_invoice import accounts_of, likeness
from choriste.domain.deposits.advice import Kind
from choriste.domain.deposits.supplier_record import SupplierRecord
from choriste.domain.invoice.model import Identifier, Invoice
from choriste.domain.invoice.reading import Reading
from choriste.domain.parties.structure import Structure, StructureIdentifier, StructureKind
from choriste.domain.shared.findings import Finding
from choriste.rules.advice import advise
from choriste.rules.advice.said import Said, finding_of

_SIRET: Final = "0009"
_CREDIT_NOTE: Final = "381"
_DAYS, _HOSPITAL_DAYS = 30, 50
_HOSPITAL: Final = re.compile(
    r"\b(?:h[oô]pital|hospitalier|hospitali[eè]re|CHU|CHRU|CHR|AP-?HP|EHPAD)\b", re.IGNORECASE
)


def advice_on(
    ports: DepositPorts,
    reading: Reading,
    *,
    record: SupplierRecord,
    recipient: Structure | None,
    in_works: bool,
) -> tuple[Finding, ...]:
    """Return the advice on an invoice, without the kinds that its supplier switched off.

    `in_works` says that it is a document of a works contract: each of these repeats what the one before says.
    """
    public = recipient is not None and recipient.kind is StructureKind.PUBLIC
    off = record.off | ({Kind.ALIKE} if in_works else set())
    own = advise(reading, off=off | ({Kind.LATE} if public else set()))
    known = [
        *_from_history(record, reading.invoice),
        *_from_directory(ports, reading.invoice),
        *(_late_for_public(reading.invoice, recipient) if public and recipient is not None else ()),
    ]
    return (*own, *(finding_of(said, reading) for said in known if said.kind not in off))


def _from_history(record: SupplierRecord, invoice: Invoice) -> Iterator[Said]:
    for position, account in enumerate(accounts_of(invoice), start=1):
        usual = record.unlike(account)
        if usual:
            endings = ", ".join(f"…{ending}" for ending in usual)
            yield Said(Kind.ACCOUNT, f"BG-17[{position}]/BT-84", account, None, {"usual": endings})
    other = record.alike(likeness(invoice), invoice.number or "")
    if other is not None:
        yield Said(Kind.ALIKE, "BT-1", invoice.number, None, {"other": other})


def _from_directory(ports: DepositPorts, invoice: Invoice) -> Iterator[Said]:
    """Yield advice on the SIRET of the payee and of the place of delivery; routing asks for the others."""
    if invoice.payee is not None:
        for position, identifier in enumerate(invoice.payee.identifiers, start=1):
            yield from _closed(ports, identifier, f"BT-60[{position}]")
    if invoice.delivery is not None and invoice.delivery.location is not None:
        yield from _closed(ports, invoice.delivery.location, "BT-71")


def _closed(ports: DepositPorts, identifier: Identifier, path: str) -> Iterator[Said]:
    if identifier.scheme != _SIRET:
        return
    found = ports.directory.structure_by_identifier(StructureIdentifier.siret(identifier.value))
    if found is None:
        yield Said(Kind.UNKNOWN, path, identifier.value)
    elif not found.active:
        yield Said(Kind.CLOSED, path, identifier.value)


def _late_for_public(invoice: Invoice, recipient: Structure) -> Iterator[Said]:
    """Yield advice on a due date later than a public buyer must pay (code de la commande publique).

    30 days (art. R2192-10), 50 for public health (art. R2192-11), from the receipt of the invoice.
    """
    days = _HOSPITAL_DAYS if _HOSPITAL.search(recipient.name) else _DAYS
    issued, due = invoice.issue_date, invoice.due_date
    if issued is None or due is None or invoice.type_code == _CREDIT_NOTE:
        return
    if due > issued + dt.timedelta(days=days):
        yield Said(Kind.LATE_PUBLIC, "BT-9", due.isoformat(), None, {"days": days})
