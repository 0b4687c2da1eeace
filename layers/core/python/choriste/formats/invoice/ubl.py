"""UBL 2.1 Invoice and CreditNote: the binding of EN 16931-3-2 in schema order.

Deliberate readings: a note that begins with `#AAB#` carries the subject code AAB (BT-21); an order
reference `NA` is the stand-in for a missing one; a party identification in scheme SEPA is BT-90.
"""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from choriste.domain.invoice.model import Invoice, Line, Note, Totals
from choriste.formats.binding.leaves import leaf_handler
from choriste.formats.binding.reader import compiled, walk
from choriste.formats.binding.runs import is_accounting_total
from choriste.formats.binding.tables import (
    UNDEFINED_MEANS,
    Box,
    Constant,
    Group,
    Identity,
    Ignored,
    Leaf,
    Node,
    Special,
    When,
    WithoutChildren,
)
from choriste.formats.binding.values import DATE_ISO, DECIMAL, WHITESPACE
from choriste.formats.binding.writer import appended, document, emit
from choriste.formats.invoice.ubl_parts import (
    PARTIES,
    SCHEMED,
    SUPPORTING_DOCUMENT,
    VAT_SCHEME,
    allowance_charges,
    amount,
    date,
    indicator_is,
    period,
    tax_category,
)

if TYPE_CHECKING:
    from lxml.etree import _Element

    from choriste.formats.binding.runs import Draft, Handler, Run
    from choriste.formats.binding.writer import Writing

CREDIT_NOTE_CODES: Final = frozenset(
    {"81", "83", "261", "262", "296", "308", "381", "396", "420", "458", "502", "503", "532"}
)
"""UNTDID 1001 codes that UBL writes as a CreditNote (EN 16931 BR-CL-01, and the French 502 and 503)."""

_CODED_NOTE: Final = re.compile(r"#([A-Z]{3})#(.*)", re.DOTALL)


def _read_note(model: str) -> Handler:
    whole = leaf_handler(Leaf("cbc:Note", "text"), f"{model}notes[].")

    def read(element: _Element, scope: Draft, run: Run) -> None:
        notes = scope.setdefault("notes", [])
        note: Draft = {}
        notes.append(note)
        run.prefix = f"BG-1[{len(notes)}]/"
        whole(element, note, run)
        coded = _CODED_NOTE.fullmatch(note.get("text") or "")
        if coded:
            note["subject_code"] = coded[1]
            note["text"] = coded[2].strip(WHITESPACE) or None
            run.record(f"{run.prefix}BT-21", element)
        run.prefix = ""

    return read


def _write_notes(parent: _Element, invoice: Invoice, _writing: Writing) -> bool:
    for note in invoice.notes:
        appended(parent, "cbc:Note").text = _note_text(note)
    return bool(invoice.notes)


def _note_text(note: Note) -> str:
    code = f"#{note.subject_code}#" if note.subject_code else ""
    return f"{code}{note.text or ''}"


_NOTES: Final = Special("cbc:Note", _read_note, _write_notes)

_SUBTOTAL: Final = Group(
    "cac:TaxSubtotal",
    "vat_breakdown",
    (
        amount("cbc:TaxableAmount", "base"),
        amount("cbc:TaxAmount", "tax"),
        Box(
            "cac:TaxCategory",
            (
                Leaf("cbc:ID", "category"),
                Leaf("cbc:Percent", "rate", DECIMAL),
                Leaf("cbc:TaxExemptionReasonCode", "exemption_code"),
                Leaf("cbc:TaxExemptionReason", "exemption_reason"),
                VAT_SCHEME,
            ),
        ),
    ),
)
_INVOICE_TAX: Final = amount("cbc:TaxAmount", "totals.vat")
_ACCOUNTING_TAX: Final = amount("cbc:TaxAmount", "totals.vat_in_accounting_currency", currency="vat_currency")


def _read_tax_total(model: str) -> Handler:
    """BT-110 with its breakdown is in the invoice currency, BT-111 in the accounting currency."""
    handlers = {
        is_accounting: compiled((tax, _SUBTOTAL), model)
        for is_accounting, tax in ((False, _INVOICE_TAX), (True, _ACCOUNTING_TAX))
    }

    def read(element: _Element, scope: Draft, run: Run) -> None:
        tax = next((child for child in element if str(child.tag).endswith("}TaxAmount")), None)
        walk(element, handlers[tax is not None and is_accounting_total(tax, run)], scope, run)

    return read


def _with_tax_total(invoice: Invoice) -> Invoice:
    """UBL demands the amount: where BT-110 is absent, it is the sum of the breakdown (BR-CO-14)."""
    totals = invoice.totals
    if totals is None or totals.vat is not None:
        return invoice
    total = sum((row.tax or Decimal(0) for row in invoice.vat_breakdown), Decimal(0))
    return replace(invoice, totals=replace(totals, vat=total))


def _write_tax_totals(parent: _Element, invoice: Invoice, writing: Writing) -> bool:
    totals = invoice.totals or Totals()
    if totals.vat is not None or invoice.vat_breakdown:
        total = appended(parent, "cac:TaxTotal")
        emit(_INVOICE_TAX, total, _with_tax_total(invoice), writing)
        emit(_SUBTOTAL, total, invoice, writing)
    if totals.vat_in_accounting_currency is not None:
        emit(_ACCOUNTING_TAX, appended(parent, "cac:TaxTotal"), invoice, writing)
    return True


_TAX_TOTALS: Final = Special("cac:TaxTotal", _read_tax_total, _write_tax_totals)

_MONETARY_TOTAL: Final = Box(
    "cac:LegalMonetaryTotal",
    (
        amount("cbc:LineExtensionAmount", "totals.lines"),
        amount("cbc:TaxExclusiveAmount", "totals.without_vat"),
        amount("cbc:TaxInclusiveAmount", "totals.with_vat"),
        amount("cbc:AllowanceTotalAmount", "totals.allowances"),
        amount("cbc:ChargeTotalAmount", "totals.charges"),
        amount("cbc:PrepaidAmount", "totals.paid"),
        amount("cbc:PayableRoundingAmount", "totals.rounding"),
        amount("cbc:PayableAmount", "totals.due"),
    ),
    keep=True,
)


def _payment_means(*due_date: Leaf) -> tuple[Node, ...]:
    before: tuple[Node, ...] = (
        Leaf(
            "cbc:PaymentMeansCode",
            "/payment.means_code",
            attributes=(("name", "/payment.means_text"),),
            needed=UNDEFINED_MEANS,
        ),
        *due_date,
        Leaf("cbc:PaymentID", "/payment.remittance"),
        Box(
            "cac:CardAccount",
            (
                Leaf("cbc:PrimaryAccountNumberID", "/payment.card.number"),
                Constant("cbc:NetworkID", "NA"),
                Leaf("cbc:HolderName", "/payment.card.holder"),
            ),
            once=True,
        ),
    )
    account = Box(
        "cac:PayeeFinancialAccount",
        (
            Leaf("cbc:ID", "account"),
            Leaf("cbc:Name", "account_name"),
            Leaf("cac:FinancialInstitutionBranch/cbc:ID", "bic"),
        ),
    )
    mandate = Box(
        "cac:PaymentMandate",
        (
            Leaf("cbc:ID", "/payment.direct_debit.mandate"),
            Leaf("cac:PayerFinancialAccount/cbc:ID", "/payment.direct_debit.debited_account"),
        ),
        once=True,
    )
    return (
        Box(
            "cac:PaymentMeans",
            (*before, mandate),
            unless="payment.credit_transfers",
            when=WithoutChildren(("cac:PayeeFinancialAccount",)),
        ),
        Group("cac:PaymentMeans", "payment.credit_transfers", (*before, account, mandate)),
    )


def _line(tag: str, quantity: str) -> Group:
    return Group(
        tag,
        "lines",
        (
            Leaf("cbc:ID", "id"),
            Leaf("cbc:Note", "note"),
            Leaf(quantity, "quantity", DECIMAL, attributes=(("unitCode", "unit"),)),
            amount("cbc:LineExtensionAmount", "net_amount"),
            Leaf("cbc:AccountingCost", "buyer_accounting_reference"),
            period("period"),
            Leaf("cac:OrderLineReference/cbc:LineID", "order_line"),
            Box(
                "cac:DocumentReference",
                (Leaf("cbc:ID", "object_id", identity=SCHEMED), Constant("cbc:DocumentTypeCode", "130")),
                when=When("cbc:DocumentTypeCode", frozenset({"130", ""})),
            ),
            *allowance_charges(),
            _ITEM,
            _PRICE,
        ),
    )


_ITEM: Final = Box(
    "cac:Item",
    (
        Leaf("cbc:Description", "item.description"),
        Leaf("cbc:Name", "item.name"),
        Leaf("cac:BuyersItemIdentification/cbc:ID", "item.buyer_id"),
        Leaf("cac:SellersItemIdentification/cbc:ID", "item.seller_id"),
        Leaf("cac:StandardItemIdentification/cbc:ID", "item.standard_id", identity=SCHEMED),
        Leaf("cac:OriginCountry/cbc:IdentificationCode", "item.origin_country"),
        Leaf(
            "cac:CommodityClassification/cbc:ItemClassificationCode",
            "item.classifications",
            identity=Identity(scheme="listID", version="listVersionID"),
            many=True,
        ),
        tax_category("cac:ClassifiedTaxCategory"),
        Group(
            "cac:AdditionalItemProperty",
            "item.attributes",
            (Leaf("cbc:Name", "name"), Leaf("cbc:Value", "value")),
        ),
    ),
    keep=True,
)

_PRICE: Final = Box(
    "cac:Price",
    (
        amount("cbc:PriceAmount", "price.net"),
        Leaf(
            "cbc:BaseQuantity", "price.base_quantity", DECIMAL, attributes=(("unitCode", "price.base_unit"),)
        ),
        Box(
            "cac:AllowanceCharge",
            (
                Constant("cbc:ChargeIndicator", "false", ("0",)),
                amount("cbc:Amount", "price.discount"),
                amount("cbc:BaseAmount", "price.gross"),
            ),
            when=indicator_is("false", "0"),
        ),
    ),
)

_HEAD: Final[tuple[Node, ...]] = (
    Ignored("cbc:UBLVersionID"),
    Leaf("cbc:CustomizationID", "specification"),
    Leaf("cbc:ProfileID", "business_process"),
    Leaf("cbc:ID", "number"),
    date("cbc:IssueDate", "issue_date"),
)
_CURRENCIES: Final[tuple[Node, ...]] = (
    Leaf("cbc:DocumentCurrencyCode", "currency"),
    Leaf("cbc:TaxCurrencyCode", "vat_currency"),
    Leaf("cbc:AccountingCost", "buyer_accounting_reference"),
    Leaf("cbc:BuyerReference", "buyer_reference"),
    period("period", Leaf("cbc:DescriptionCode", "tax_point_code")),
    Box(
        "cac:OrderReference",
        (
            Leaf("cbc:ID", "purchase_order_reference", stand_in="NA"),
            Leaf("cbc:SalesOrderID", "sales_order_reference"),
        ),
    ),
    Group(
        "cac:BillingReference",
        "preceding_invoices",
        (
            Box(
                "cac:InvoiceDocumentReference",
                (Leaf("cbc:ID", "number"), date("cbc:IssueDate", "issue_date")),
            ),
        ),
    ),
    Leaf("cac:DespatchDocumentReference/cbc:ID", "despatch_advice_reference"),
    Leaf("cac:ReceiptDocumentReference/cbc:ID", "receiving_advice_reference"),
)
_TENDER: Final = Leaf("cac:OriginatorDocumentReference/cbc:ID", "tender_reference")
_CONTRACT: Final = Leaf("cac:ContractDocumentReference/cbc:ID", "contract_reference")
_INVOICED_OBJECT: Final = Box(
    "cac:AdditionalDocumentReference",
    (Leaf("cbc:ID", "invoiced_object", identity=SCHEMED), Constant("cbc:DocumentTypeCode", "130")),
    when=When("cbc:DocumentTypeCode", frozenset({"130"})),
)
_CREDITED_PROJECT: Final = Box(
    "cac:AdditionalDocumentReference",
    (Leaf("cbc:ID", "project_reference"), Constant("cbc:DocumentTypeCode", "50")),
    when=When("cbc:DocumentTypeCode", frozenset({"50"})),
)
_TERMS: Final = Leaf("cbc:Note", "payment_terms")
_DUE_WITHOUT_PAYMENT: Final = Leaf("cbc:PaymentDueDate", "/due_date", DATE_ISO, unless="/payment")
_DOCUMENT_ALLOWANCES: Final = allowance_charges(tax_category("cac:TaxCategory"))

UBL_INVOICE: Final[tuple[Node, ...]] = (
    *_HEAD,
    date("cbc:DueDate", "due_date"),
    Leaf("cbc:InvoiceTypeCode", "type_code"),
    _NOTES,
    date("cbc:TaxPointDate", "tax_point_date"),
    *_CURRENCIES,
    _TENDER,
    _CONTRACT,
    _INVOICED_OBJECT,
    SUPPORTING_DOCUMENT,
    Leaf("cac:ProjectReference/cbc:ID", "project_reference"),
    *PARTIES,
    *_payment_means(),
    Box("cac:PaymentTerms", (_TERMS,)),
    *_DOCUMENT_ALLOWANCES,
    _TAX_TOTALS,
    _MONETARY_TOTAL,
    _line("cac:InvoiceLine", "cbc:InvoicedQuantity"),
)
"""The children of `Invoice`."""

UBL_CREDIT_NOTE: Final[tuple[Node, ...]] = (
    *_HEAD,
    date("cbc:TaxPointDate", "tax_point_date"),
    Leaf("cbc:CreditNoteTypeCode", "type_code"),
    _NOTES,
    *_CURRENCIES,
    _CONTRACT,
    _INVOICED_OBJECT,
    _CREDITED_PROJECT,
    SUPPORTING_DOCUMENT,
    _TENDER,
    *PARTIES,
    *_payment_means(Leaf("cbc:PaymentDueDate", "/due_date", DATE_ISO, is_echo=True)),
    Box("cac:PaymentTerms", (_TERMS, _DUE_WITHOUT_PAYMENT)),
    *_DOCUMENT_ALLOWANCES,
    _TAX_TOTALS,
    _MONETARY_TOTAL,
    _line("cac:CreditNoteLine", "cbc:CreditedQuantity"),
)
"""The children of `CreditNote`, which has no due date of its own: it stands in the payment means."""


def write_ubl(invoice: Invoice) -> bytes:
    """Return the invoice as a UBL 2.1 document, UTF-8: a CreditNote for the type codes of credit notes.

    A gross price without discount gets the discount that UBL demands (BT-147 = BT-148 - BT-146). Raises
    ValueError for text that XML cannot carry.
    """
    complete = replace(invoice, lines=tuple(_with_discount(line) for line in invoice.lines))
    if invoice.type_code in CREDIT_NOTE_CODES:
        return document("cn:CreditNote", UBL_CREDIT_NOTE, complete, {"": "cn", "cac": "cac", "cbc": "cbc"})
    return document("inv:Invoice", UBL_INVOICE, complete, {"": "inv", "cac": "cac", "cbc": "cbc"})


def _with_discount(line: Line) -> Line:
    price = line.price
    if price is None or price.gross is None or price.discount is not None or price.net is None:
        return line
    return replace(line, price=replace(price, discount=price.gross - price.net))
