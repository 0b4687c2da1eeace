"""What a person or a program enters of an invoice, and the invoice that comes of it, its sums computed.

The entry holds what an ordinary French invoice needs. Whatever else an invoice says (a duplicate of a
refused one has contacts, allowances, attachments) stays as it was. Amounts are in the invoice's currency,
rounded half up to two decimals as EN 16931 asks; the VAT of a rate is computed on the sum of its bases
(BR-CO-17).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal

from choriste.domain.invoice.model import (
    Address,
    AllowanceCharge,
    CreditTransfer,
    Delivery,
    Identifier,
    Invoice,
    Item,
    Line,
    Note,
    Party,
    PaymentInstructions,
    PrecedingInvoice,
    Price,
    Totals,
    VatBreakdown,
)
from choriste.domain.parties.structure import Structure

SIRET_SCHEME, SIREN_SCHEME, ADDRESS_SCHEME = "0009", "0002", "0225"
_CENT = Decimal("0.01")
LEGAL_NOTES = (
    Note(text="Indemnité forfaitaire pour frais de recouvrement : 40 EUR.", subject_code="PMT"),
    Note(text="Pénalités de retard : trois fois le taux d’intérêt légal.", subject_code="PMD"),
    Note(text="Pas d’escompte pour paiement anticipé.", subject_code="AAB"),
)
"""What the law wants on an invoice between professionals (code de commerce, L441-9 and L441-10)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftLine:
    """A line: `id` names one that the invoice has already, None a new one; `unit` is a UN/ECE code."""

    id: str | None = None
    name: str | None = None
    quantity: Decimal | None = None
    unit: str | None = None
    price: Decimal | None = None
    vat_rate: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftFields:
    """The fields of a draft; all may be missing until it is deposited.

    Of `paid` (BT-113) and `corrected_invoice` (BT-25), None leaves what the invoice says; zero, or an empty
    text, takes it away. `corrected_date` (BT-26) is the corrected invoice's; None leaves what is known of it.
    """

    number: str | None = None
    issue_date: dt.date | None = None
    due_date: dt.date | None = None
    delivery_date: dt.date | None = None
    type_code: str | None = None
    currency: str | None = None
    recipient_siret: str | None = None
    service_code: str | None = None
    engagement: str | None = None
    contract: str | None = None
    payment_terms: str | None = None
    iban: str | None = None
    exemption_reason: str | None = None
    corrected_invoice: str | None = None
    corrected_date: dt.date | None = None
    paid: Decimal | None = None
    lines: tuple[DraftLine, ...] = ()


def fields_of(invoice: Invoice) -> DraftFields:
    """Return what may be entered of an invoice, as it stands there."""
    transfers = invoice.payment.credit_transfers if invoice.payment is not None else ()
    exempt = (row.exemption_reason for row in invoice.vat_breakdown if row.exemption_reason)
    return DraftFields(
        number=invoice.number,
        issue_date=invoice.issue_date,
        due_date=invoice.due_date,
        delivery_date=invoice.delivery.date if invoice.delivery is not None else None,
        type_code=invoice.type_code,
        currency=invoice.currency,
        recipient_siret=_siret_of(invoice.buyer),
        service_code=invoice.buyer_reference,
        engagement=invoice.purchase_order_reference,
        contract=invoice.contract_reference,
        payment_terms=invoice.payment_terms,
        iban=transfers[0].account if transfers else None,
        exemption_reason=next(exempt, None),
        corrected_invoice=next((each.number for each in invoice.preceding_invoices), None),
        corrected_date=next((each.issue_date for each in invoice.preceding_invoices), None),
        paid=invoice.totals.paid if invoice.totals is not None else None,
        lines=tuple(map(_line_entry, invoice.lines)),
    )


def with_fields(
    invoice: Invoice, entry: DraftFields, *, seller: Structure, buyer: Structure | None
) -> Invoice:
    """Return the invoice with what was entered, its sums computed anew.

    `buyer` is the structure of the recipient's SIRET, None where the directory has none.
    """
    known = {line.id: line for line in invoice.lines if line.id is not None}
    lines = tuple(_line(row, n, known.get(row.id or "")) for n, row in enumerate(entry.lines, start=1))
    changed = replace(
        invoice,
        number=entry.number,
        issue_date=entry.issue_date,
        due_date=entry.due_date,
        delivery=_delivery(invoice.delivery, entry.delivery_date),
        type_code=entry.type_code or "380",
        currency=entry.currency or "EUR",
        buyer_reference=entry.service_code,
        purchase_order_reference=entry.engagement,
        contract_reference=entry.contract,
        payment_terms=entry.payment_terms,
        business_process=invoice.business_process or "M1",
        specification=invoice.specification or "urn:cen.eu:en16931:2017",
        notes=invoice.notes or LEGAL_NOTES,
        seller=invoice.seller or party_of(seller),
        buyer=_buyer(invoice.buyer, entry.recipient_siret, buyer),
        payment=_payment(invoice.payment, entry.iban),
        preceding_invoices=_preceding(invoice.preceding_invoices, entry),
        lines=lines,
    )
    return _computed(changed, exemption=entry.exemption_reason, paid=entry.paid)


def _line_entry(line: Line) -> DraftLine:
    return DraftLine(
        id=line.id,
        name=line.item.name if line.item is not None else None,
        quantity=line.quantity,
        unit=line.unit,
        price=line.price.net if line.price is not None else None,
        vat_rate=line.vat_rate,
    )


def _line(row: DraftLine, position: int, known: Line | None) -> Line:
    before = known or Line()
    item, price = before.item or Item(), before.price or Price()
    if row.price != price.net:
        price = Price(net=row.price)
    line = replace(
        before,
        id=str(position),
        item=replace(item, name=row.name),
        quantity=row.quantity,
        unit=row.unit or "C62",
        price=price,
        vat_rate=row.vat_rate,
        vat_category=_category(row.vat_rate, before),
    )
    return replace(line, net_amount=_net(line))


def _category(rate: Decimal | None, before: Line) -> str | None:
    """Return the VAT category: as it was under the same rate, else standard, or exempt under none."""
    if rate is None:
        return None
    if rate == before.vat_rate and before.vat_category is not None:
        return before.vat_category
    return "S" if rate else "E"


def _net(line: Line) -> Decimal | None:
    price = line.price
    if price is None or price.net is None or line.quantity is None:
        return None
    gross = price.net * line.quantity / (price.base_quantity or 1)
    return _cents(gross) - _sum(line.allowances) + _sum(line.charges)


def _computed(invoice: Invoice, *, exemption: str | None, paid: Decimal | None) -> Invoice:
    """Return the invoice with its totals and VAT breakdown (EN 16931, BR-CO-10 to BR-CO-17)."""
    bases: dict[tuple[str | None, Decimal | None], Decimal] = {}
    for line in invoice.lines:
        _add(bases, (line.vat_category, line.vat_rate), line.net_amount)
    for allowance in invoice.allowances:
        _add(bases, (allowance.vat_category, allowance.vat_rate), -(allowance.amount or Decimal(0)))
    for charge in invoice.charges:
        _add(bases, (charge.vat_category, charge.vat_rate), charge.amount)
    breakdown = tuple(_vat(*key, base, exemption) for key, base in bases.items() if key[0] is not None)
    return replace(invoice, vat_breakdown=breakdown, totals=_totals(invoice, breakdown, paid))


def _add(
    bases: dict[tuple[str | None, Decimal | None], Decimal],
    key: tuple[str | None, Decimal | None],
    amount: Decimal | None,
) -> None:
    bases[key] = bases.get(key, Decimal(0)) + (amount or Decimal(0))


def _vat(category: str | None, rate: Decimal | None, base: Decimal, exemption: str | None) -> VatBreakdown:
    return VatBreakdown(
        base=_cents(base),
        tax=_cents(base * (rate or 0) / 100),
        category=category,
        rate=rate,
        exemption_reason=exemption if category == "E" else None,
    )


def _totals(invoice: Invoice, breakdown: tuple[VatBreakdown, ...], entered: Decimal | None) -> Totals:
    lines = sum((line.net_amount or Decimal(0) for line in invoice.lines), Decimal("0.00"))
    allowances, charges = _sum(invoice.allowances), _sum(invoice.charges)
    without_vat = lines - allowances + charges
    vat = sum((row.tax or Decimal(0) for row in breakdown), Decimal("0.00"))
    before = invoice.totals or Totals()
    with_vat = without_vat + vat
    paid = before.paid if entered is None else (entered or None)
    return Totals(
        lines=lines,
        allowances=allowances or None,
        charges=charges or None,
        without_vat=without_vat,
        vat=vat,
        with_vat=with_vat,
        paid=paid,
        rounding=before.rounding,
        due=with_vat - (paid or 0) + (before.rounding or 0),
    )


def _sum(rows: tuple[AllowanceCharge, ...]) -> Decimal:
    return sum((row.amount or Decimal(0) for row in rows), Decimal(0))


def _cents(amount: Decimal) -> Decimal:
    return amount.quantize(_CENT, rounding=ROUND_HALF_UP)


def _delivery(before: Delivery | None, date: dt.date | None) -> Delivery | None:
    if before is None and date is None:
        return None
    return replace(before or Delivery(), date=date)


def _payment(before: PaymentInstructions | None, iban: str | None) -> PaymentInstructions | None:
    known = before.credit_transfers[0] if before is not None and before.credit_transfers else None
    if iban is None or (known is not None and known.account == iban):
        return before
    instructions = before or PaymentInstructions(means_code="30")
    return replace(instructions, credit_transfers=(CreditTransfer(account=iban),))


def _preceding(before: tuple[PrecedingInvoice, ...], entry: DraftFields) -> tuple[PrecedingInvoice, ...]:
    """Return the invoices that this one corrects, the first of them as it was entered."""
    first = before[0] if before else PrecedingInvoice()
    number = first.number if entry.corrected_invoice is None else entry.corrected_invoice
    if not number:
        return before[1:]
    known = first.issue_date if first.number == number else None
    return (PrecedingInvoice(number=number, issue_date=entry.corrected_date or known), *before[1:])


def _siret_of(party: Party | None) -> str | None:
    identifiers = party.identifiers if party is not None else ()
    return next((each.value for each in identifiers if each.scheme == SIRET_SCHEME), None)


def _buyer(before: Party | None, siret: str | None, structure: Structure | None) -> Party | None:
    if siret is None:
        return None
    if before is not None and _siret_of(before) == siret:
        return before
    return party_of(structure) if structure is not None else Party(identifiers=_identifiers(siret))


def party_of(structure: Structure) -> Party:
    """Return a structure as a party of an invoice, with what the directory says of it."""
    siren = structure.identifier.value[:9]
    return Party(
        name=structure.name,
        identifiers=_identifiers(structure.identifier.value),
        legal_registration=Identifier(siren, SIREN_SCHEME),
        vat_number=structure.vat_number,
        electronic_address=Identifier(siren, ADDRESS_SCHEME),
        address=structure.address or Address(country="FR"),
    )


def _identifiers(siret: str) -> tuple[Identifier, ...]:
    return (Identifier(siret, SIRET_SCHEME),)
