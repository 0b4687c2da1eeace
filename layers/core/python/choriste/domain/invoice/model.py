"""The EN 16931-1 semantic model of an invoice: every business term (BT) and group (BG), immutable.

All terms are optional, the mandatory ones too: the model must hold an invalid invoice as it was
written, so that the rules can explain what is wrong with it. Which term each attribute is stands in
`choriste.domain.invoice.terms`. Where a term was read from, and what could not be represented here, travels
beside the invoice in `choriste.domain.invoice.reading`, so that two readings of the same data are equal.

Amounts, quantities, prices and rates are exact `Decimal`; dates are `datetime.date` without a time.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Identifier:
    """An identifier with its scheme: an ISO 6523 ICD, an EAS code or a UNTDID 1153 code, as the term says."""

    value: str
    scheme: str | None = None
    scheme_version: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """BG-1: free text, with its UNTDID 4451 subject code where one is given."""

    text: str | None = None
    subject_code: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PrecedingInvoice:
    """BG-3: an invoice that this one corrects, credits or follows."""

    number: str | None = None
    issue_date: dt.date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """A postal address: BG-5, BG-8, BG-12 or BG-15. The country is an ISO 3166-1 alpha-2 code."""

    line1: str | None = None
    line2: str | None = None
    line3: str | None = None
    city: str | None = None
    postcode: str | None = None
    subdivision: str | None = None
    country: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """BG-6 or BG-9: whom to ask about the invoice."""

    name: str | None = None
    telephone: str | None = None
    email: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """Seller (BG-4), buyer (BG-7), payee (BG-10) or the seller's tax representative (BG-11).

    A role uses only the attributes that EN 16931 gives it; `choriste.domain.invoice.terms` lists them.
    `tax_registration` is BT-32, the seller's local tax number; `vat_number` is BT-31, BT-48 or BT-63.
    """

    name: str | None = None
    trading_name: str | None = None
    identifiers: tuple[Identifier, ...] = ()
    legal_registration: Identifier | None = None
    vat_number: str | None = None
    tax_registration: str | None = None
    legal_information: str | None = None
    electronic_address: Identifier | None = None
    address: Address | None = None
    contact: Contact | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """BG-14 or BG-26: both ends are included."""

    start: dt.date | None = None
    end: dt.date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """BG-13: where and when the goods or services were delivered."""

    name: str | None = None
    location: Identifier | None = None
    date: dt.date | None = None
    address: Address | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditTransfer:
    """BG-17: an account to pay to; `account` is an IBAN or a national account number."""

    account: str | None = None
    account_name: str | None = None
    bic: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentCard:
    """BG-18: the card that was used; never a full card number."""

    number: str | None = None
    holder: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectDebit:
    """BG-19: the mandate under which the payment will be collected."""

    mandate: str | None = None
    creditor: str | None = None
    debited_account: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentInstructions:
    """BG-16: how the amount due is to be paid; `means_code` is a UNTDID 4461 code."""

    means_code: str | None = None
    means_text: str | None = None
    remittance: str | None = None
    credit_transfers: tuple[CreditTransfer, ...] = ()
    card: PaymentCard | None = None
    direct_debit: DirectDebit | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AllowanceCharge:
    """BG-20 or BG-21 on the document, BG-27 or BG-28 on a line (there, without VAT terms)."""

    amount: Decimal | None = None
    base_amount: Decimal | None = None
    percentage: Decimal | None = None
    vat_category: str | None = None
    vat_rate: Decimal | None = None
    reason: str | None = None
    reason_code: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """BG-22: the document's totals, in the invoice currency but for BT-111."""

    lines: Decimal | None = None
    allowances: Decimal | None = None
    charges: Decimal | None = None
    without_vat: Decimal | None = None
    vat: Decimal | None = None
    vat_in_accounting_currency: Decimal | None = None
    with_vat: Decimal | None = None
    paid: Decimal | None = None
    rounding: Decimal | None = None
    due: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class VatBreakdown:
    """BG-23: the base and the tax of one VAT category and rate."""

    base: Decimal | None = None
    tax: Decimal | None = None
    category: str | None = None
    rate: Decimal | None = None
    exemption_reason: str | None = None
    exemption_code: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SupportingDocument:
    """BG-24: a document that goes with the invoice, embedded (`content`, bytes) or linked (`uri`)."""

    reference: str | None = None
    description: str | None = None
    uri: str | None = None
    content: bytes | None = None
    mime_type: str | None = None
    filename: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """BG-29: the price of `base_quantity` units of the item, without VAT."""

    net: Decimal | None = None
    discount: Decimal | None = None
    gross: Decimal | None = None
    base_quantity: Decimal | None = None
    base_unit: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemAttribute:
    """BG-32: a property of the item, such as a colour."""

    name: str | None = None
    value: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """BG-31: what the line sells. Classifications (BT-158) carry their list in `scheme`."""

    name: str | None = None
    description: str | None = None
    seller_id: str | None = None
    buyer_id: str | None = None
    standard_id: Identifier | None = None
    classifications: tuple[Identifier, ...] = ()
    origin_country: str | None = None
    attributes: tuple[ItemAttribute, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """BG-25: an invoice line; `unit` is a UN/ECE Recommendation 20 or 21 code."""

    id: str | None = None
    note: str | None = None
    object_id: Identifier | None = None
    quantity: Decimal | None = None
    unit: str | None = None
    net_amount: Decimal | None = None
    order_line: str | None = None
    buyer_accounting_reference: str | None = None
    period: Period | None = None
    allowances: tuple[AllowanceCharge, ...] = ()
    charges: tuple[AllowanceCharge, ...] = ()
    price: Price | None = None
    vat_category: str | None = None
    vat_rate: Decimal | None = None
    item: Item | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Invoice:
    """An invoice or a credit note; `type_code` (UNTDID 1001) tells them apart."""

    number: str | None = None
    issue_date: dt.date | None = None
    type_code: str | None = None
    currency: str | None = None
    vat_currency: str | None = None
    tax_point_date: dt.date | None = None
    tax_point_code: str | None = None
    due_date: dt.date | None = None
    buyer_reference: str | None = None
    project_reference: str | None = None
    contract_reference: str | None = None
    purchase_order_reference: str | None = None
    sales_order_reference: str | None = None
    receiving_advice_reference: str | None = None
    despatch_advice_reference: str | None = None
    tender_reference: str | None = None
    invoiced_object: Identifier | None = None
    buyer_accounting_reference: str | None = None
    payment_terms: str | None = None
    notes: tuple[Note, ...] = ()
    business_process: str | None = None
    specification: str | None = None
    preceding_invoices: tuple[PrecedingInvoice, ...] = ()
    seller: Party | None = None
    buyer: Party | None = None
    payee: Party | None = None
    tax_representative: Party | None = None
    delivery: Delivery | None = None
    period: Period | None = None
    payment: PaymentInstructions | None = None
    allowances: tuple[AllowanceCharge, ...] = ()
    charges: tuple[AllowanceCharge, ...] = ()
    totals: Totals | None = None
    vat_breakdown: tuple[VatBreakdown, ...] = ()
    supporting_documents: tuple[SupportingDocument, ...] = ()
    lines: tuple[Line, ...] = ()
