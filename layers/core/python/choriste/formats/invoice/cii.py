"""UN/CEFACT Cross Industry Invoice, D16B and D22B: the binding of EN 16931-3-3 in schema order.

Deliberate readings: BT-8 is kept in UNTDID 2005 codes, which CII writes in UNTDID 2475 ones; an IBAN and
a proprietary account number are the same term; a payment means without an account carries no BG-17.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from choriste.domain.invoice.model import CreditTransfer, Invoice, Line, Totals
from choriste.formats.binding.leaves import leaf_handler
from choriste.formats.binding.runs import is_accounting_total
from choriste.formats.binding.tables import (
    UNDEFINED_MEANS,
    Box,
    Constant,
    Group,
    Leaf,
    Node,
    Special,
    WithoutChildren,
)
from choriste.formats.binding.values import BINARY, DATE_102, DECIMAL, mapped
from choriste.formats.binding.writer import appended, document
from choriste.formats.invoice.cii_lines import LINE
from choriste.formats.invoice.cii_parts import (
    FORMAT_102,
    LOCAL_REGISTRATION,
    address,
    allowance_charge,
    date,
    identifiers,
    legal_organization,
    number,
    period,
    trading_party,
    type_is,
    vat_registration,
)

if TYPE_CHECKING:
    from lxml.etree import _Element

    from choriste.formats.binding.runs import Draft, Handler, Run
    from choriste.formats.binding.writer import Writing

CORE_SPECIFICATION: Final = "urn:cen.eu:en16931:2017"

_TAX_POINT_CODES: Final = mapped({"5": "3", "29": "35", "72": "432"})
_IBAN: Final = re.compile(r"[A-Z]{2}[0-9]{2}[A-Za-z0-9 ]{11,42}")


_CATEGORY_TAX: Final = Box(
    "ram:CategoryTradeTax",
    (
        Constant("ram:TypeCode", "VAT"),
        Leaf("ram:CategoryCode", "vat_category"),
        number("ram:RateApplicablePercent", "vat_rate"),
    ),
)


def _reference(tag: str, path: str) -> Leaf:
    return Leaf(f"{tag}/ram:IssuerAssignedID", path)


_SUPPORTING_DOCUMENT: Final = (
    Leaf("ram:IssuerAssignedID", "reference"),
    Leaf("ram:URIID", "uri"),
    Constant("ram:TypeCode", "916"),
    Leaf("ram:Name", "description"),
    Leaf(
        "ram:AttachmentBinaryObject",
        "content",
        BINARY,
        attributes=(("mimeCode", "mime_type"), ("filename", "filename")),
    ),
)

_AGREEMENT: Final = Box(
    "ram:ApplicableHeaderTradeAgreement",
    (
        Leaf("ram:BuyerReference", "buyer_reference"),
        trading_party("seller", "ram:SellerTradeParty", LOCAL_REGISTRATION),
        trading_party("buyer", "ram:BuyerTradeParty"),
        Box(
            "ram:SellerTaxRepresentativeTradeParty",
            (
                Leaf("ram:Name", "tax_representative.name"),
                address("tax_representative.address"),
                vat_registration("tax_representative.vat_number"),
            ),
        ),
        _reference("ram:SellerOrderReferencedDocument", "sales_order_reference"),
        _reference("ram:BuyerOrderReferencedDocument", "purchase_order_reference"),
        _reference("ram:ContractReferencedDocument", "contract_reference"),
        Box(
            "ram:AdditionalReferencedDocument",
            (Leaf("ram:IssuerAssignedID", "tender_reference"), Constant("ram:TypeCode", "50")),
            when=type_is("50"),
        ),
        Box(
            "ram:AdditionalReferencedDocument",
            (
                Leaf("ram:IssuerAssignedID", "invoiced_object.value"),
                Constant("ram:TypeCode", "130"),
                Leaf("ram:ReferenceTypeCode", "invoiced_object.scheme"),
            ),
            when=type_is("130"),
        ),
        Group("ram:AdditionalReferencedDocument", "supporting_documents", _SUPPORTING_DOCUMENT),
        Box(
            "ram:SpecifiedProcuringProject",
            (Leaf("ram:ID", "project_reference"), Constant("ram:Name", "Project reference", ("Project",))),
        ),
    ),
    keep=True,
)

_DELIVERY: Final = Box(
    "ram:ApplicableHeaderTradeDelivery",
    (
        Box(
            "ram:ShipToTradeParty",
            (
                *identifiers("delivery.location", many=False),
                Leaf("ram:Name", "delivery.name"),
                address("delivery.address"),
            ),
        ),
        date("ram:ActualDeliverySupplyChainEvent/ram:OccurrenceDateTime", "delivery.date"),
        _reference("ram:DespatchAdviceReferencedDocument", "despatch_advice_reference"),
        _reference("ram:ReceivingAdviceReferencedDocument", "receiving_advice_reference"),
    ),
    keep=True,
)


def _is_iban(transfer: CreditTransfer) -> bool:
    return _IBAN.fullmatch(transfer.account or "") is not None


def _account(tag: str, *, iban: bool) -> Special:
    def write(parent: _Element, transfer: CreditTransfer, _writing: Writing) -> bool:
        if transfer.account is None or _is_iban(transfer) is not iban:
            return False
        appended(parent, tag).text = transfer.account
        return True

    return Special(tag, lambda model: leaf_handler(Leaf(tag, "account"), model), write)


_MEANS: Final = (
    Leaf("ram:TypeCode", "/payment.means_code", needed=UNDEFINED_MEANS),
    Leaf("ram:Information", "/payment.means_text"),
)
_CARD: Final = Box(
    "ram:ApplicableTradeSettlementFinancialCard",
    (Leaf("ram:ID", "/payment.card.number"), Leaf("ram:CardholderName", "/payment.card.holder")),
    once=True,
)
_DEBITED: Final = Leaf(
    "ram:PayerPartyDebtorFinancialAccount/ram:IBANID", "/payment.direct_debit.debited_account", once=True
)
_CREDITED: Final = (
    Box(
        "ram:PayeePartyCreditorFinancialAccount",
        (
            _account("ram:IBANID", iban=True),
            Leaf("ram:AccountName", "account_name"),
            _account("ram:ProprietaryID", iban=False),
        ),
    ),
    Leaf("ram:PayeeSpecifiedCreditorFinancialInstitution/ram:BICID", "bic"),
)

_PAYMENT_MEANS: Final = (
    Box(
        "ram:SpecifiedTradeSettlementPaymentMeans",
        (*_MEANS, _CARD, _DEBITED),
        unless="payment.credit_transfers",
        when=WithoutChildren(
            ("ram:PayeePartyCreditorFinancialAccount", "ram:PayeeSpecifiedCreditorFinancialInstitution")
        ),
    ),
    Group(
        "ram:SpecifiedTradeSettlementPaymentMeans",
        "payment.credit_transfers",
        (*_MEANS, _CARD, _DEBITED, *_CREDITED),
    ),
)

_BREAKDOWN: Final = Group(
    "ram:ApplicableTradeTax",
    "vat_breakdown",
    (
        number("ram:CalculatedAmount", "tax"),
        Constant("ram:TypeCode", "VAT"),
        Leaf("ram:ExemptionReason", "exemption_reason"),
        number("ram:BasisAmount", "base"),
        Leaf("ram:CategoryCode", "category"),
        Leaf("ram:ExemptionReasonCode", "exemption_code"),
        Leaf("ram:TaxPointDate/udt:DateString", "/tax_point_date", DATE_102, fixed=FORMAT_102, once=True),
        Leaf("ram:DueDateTypeCode", "/tax_point_code", _TAX_POINT_CODES),
        number("ram:RateApplicablePercent", "rate"),
    ),
)


def _read_tax_total(model: str) -> Handler:
    """BT-110 is in the invoice currency, BT-111 in the VAT accounting currency (EN 16931-3-3)."""
    invoice_total, accounting_total = (
        leaf_handler(Leaf("ram:TaxTotalAmount", f"totals.{name}", DECIMAL, currency=currency), model)
        for name, currency in (("vat", "currency"), ("vat_in_accounting_currency", "vat_currency"))
    )

    def read(element: _Element, scope: Draft, run: Run) -> None:
        chosen = accounting_total if is_accounting_total(element, run) else invoice_total
        chosen(element, scope, run)

    return read


def _write_tax_total(parent: _Element, invoice: Invoice, _writing: Writing) -> bool:
    totals = invoice.totals or Totals()
    amounts = ((totals.vat, invoice.currency), (totals.vat_in_accounting_currency, invoice.vat_currency))
    for amount, currency in amounts:
        if amount is not None:
            element = appended(parent, "ram:TaxTotalAmount")
            element.text = DECIMAL.encode(amount)
            element.set("currencyID", currency or "")
    return any(amount is not None for amount, _ in amounts)


_TOTALS: Final = Box(
    "ram:SpecifiedTradeSettlementHeaderMonetarySummation",
    (
        number("ram:LineTotalAmount", "totals.lines"),
        number("ram:ChargeTotalAmount", "totals.charges"),
        number("ram:AllowanceTotalAmount", "totals.allowances"),
        number("ram:TaxBasisTotalAmount", "totals.without_vat"),
        Special("ram:TaxTotalAmount", _read_tax_total, _write_tax_total),
        number("ram:RoundingAmount", "totals.rounding"),
        number("ram:GrandTotalAmount", "totals.with_vat"),
        number("ram:TotalPrepaidAmount", "totals.paid"),
        number("ram:DuePayableAmount", "totals.due"),
    ),
    keep=True,
)

_SETTLEMENT: Final = Box(
    "ram:ApplicableHeaderTradeSettlement",
    (
        Leaf("ram:CreditorReferenceID", "payment.direct_debit.creditor"),
        Leaf("ram:PaymentReference", "payment.remittance"),
        Leaf("ram:TaxCurrencyCode", "vat_currency"),
        Leaf("ram:InvoiceCurrencyCode", "currency"),
        Box(
            "ram:PayeeTradeParty",
            (
                *identifiers("payee.identifiers"),
                Leaf("ram:Name", "payee.name"),
                legal_organization("payee"),
            ),
        ),
        *_PAYMENT_MEANS,
        _BREAKDOWN,
        period("period"),
        allowance_charge("allowances", "false", "0", _CATEGORY_TAX),
        allowance_charge("charges", "true", "1", _CATEGORY_TAX),
        Box(
            "ram:SpecifiedTradePaymentTerms",
            (
                Leaf("ram:Description", "payment_terms"),
                date("ram:DueDateDateTime", "due_date"),
                Leaf("ram:DirectDebitMandateID", "payment.direct_debit.mandate"),
            ),
        ),
        _TOTALS,
        Group(
            "ram:InvoiceReferencedDocument",
            "preceding_invoices",
            (
                Leaf("ram:IssuerAssignedID", "number"),
                Leaf(
                    "ram:FormattedIssueDateTime/qdt:DateTimeString", "issue_date", DATE_102, fixed=FORMAT_102
                ),
            ),
        ),
        Leaf("ram:ReceivableSpecifiedTradeAccountingAccount/ram:ID", "buyer_accounting_reference"),
    ),
    keep=True,
)

CII: Final[tuple[Node, ...]] = (
    Box(
        "rsm:ExchangedDocumentContext",
        (
            Leaf("ram:BusinessProcessSpecifiedDocumentContextParameter/ram:ID", "business_process"),
            Leaf("ram:GuidelineSpecifiedDocumentContextParameter/ram:ID", "specification"),
        ),
        keep=True,
    ),
    Box(
        "rsm:ExchangedDocument",
        (
            Leaf("ram:ID", "number"),
            Leaf("ram:TypeCode", "type_code"),
            date("ram:IssueDateTime", "issue_date"),
            Group(
                "ram:IncludedNote",
                "notes",
                (Leaf("ram:Content", "text", needed=""), Leaf("ram:SubjectCode", "subject_code")),
            ),
        ),
        keep=True,
    ),
    Box(
        "rsm:SupplyChainTradeTransaction",
        (LINE, _AGREEMENT, _DELIVERY, _SETTLEMENT),
        keep=True,
    ),
)
"""The children of `rsm:CrossIndustryInvoice`."""


def write_cii(invoice: Invoice, *, specification: str | None = None) -> bytes:
    """Return the invoice as a CII document, UTF-8, that the Factur-X EN 16931 and D22B schemas accept.

    `specification` replaces BT-24; an invoice without one claims EN 16931 itself. A price discount
    without its gross price gets the gross price that CII demands (BT-148 = BT-146 + BT-147). Raises
    ValueError for text that XML cannot carry.
    """
    chosen = specification or invoice.specification or CORE_SPECIFICATION
    complete = replace(
        invoice, specification=chosen, lines=tuple(_with_gross_price(line) for line in invoice.lines)
    )
    prefixes = {name: name for name in ("rsm", "ram", "udt", "qdt")}
    return document("rsm:CrossIndustryInvoice", CII, complete, prefixes)


def _with_gross_price(line: Line) -> Line:
    price = line.price
    if price is None or price.discount is None or price.gross is not None or price.net is None:
        return line
    return replace(line, price=replace(price, gross=price.net + price.discount))
