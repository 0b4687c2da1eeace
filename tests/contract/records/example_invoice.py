"""An invoice with every business term that a draft can hold, and groups with a single term each."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from choriste.domain.invoice.model import (
    Address,
    AllowanceCharge,
    Contact,
    CreditTransfer,
    Delivery,
    DirectDebit,
    Identifier,
    Invoice,
    Item,
    ItemAttribute,
    Line,
    Note,
    Party,
    PaymentCard,
    PaymentInstructions,
    Period,
    PrecedingInvoice,
    Price,
    SupportingDocument,
    Totals,
    VatBreakdown,
)

_DAY = dt.date(2026, 11, 20)
_SCHEMED = Identifier("832145692", "0002", "1")
_ADDRESS = Address(
    line1="12 rue des Tisserands",
    line2="Bâtiment B",
    line3="Étage 2",
    city="Grenoble",
    postcode="38000",
    subdivision="Isère",
    country="FR",
)
_PARTY = Party(
    name="Atelier des Cimes SAS",
    trading_name="Les Cimes",
    identifiers=(_SCHEMED, Identifier("A-1")),
    legal_registration=_SCHEMED,
    vat_number="FR80832145692",
    tax_registration="38-1",
    legal_information="SAS au capital de 20 000 EUR",
    electronic_address=_SCHEMED,
    address=_ADDRESS,
    contact=Contact(name="Facturation", telephone="+33 4 76 00 00 00", email="f@cimes.example"),
)
_ALLOWANCE = AllowanceCharge(
    amount=Decimal("20.00"),
    base_amount=Decimal("200.00"),
    percentage=Decimal("10.0"),
    vat_category="S",
    vat_rate=Decimal("5.5"),
    reason="Remise",
    reason_code="95",
)
_PERIOD = Period(start=_DAY, end=dt.date(2026, 11, 30))
_LINE = Line(
    id="1",
    note="Rapport remis",
    object_id=_SCHEMED,
    quantity=Decimal("10.5"),
    unit="HUR",
    net_amount=Decimal("997.50"),
    order_line="3",
    buyer_accounting_reference="6228",
    period=_PERIOD,
    allowances=(_ALLOWANCE,),
    charges=(_ALLOWANCE, AllowanceCharge(amount=Decimal(1))),
    price=Price(
        net=Decimal("95.00"),
        discount=Decimal("5.00"),
        gross=Decimal("100.00"),
        base_quantity=Decimal(1),
        base_unit="HUR",
    ),
    vat_category="S",
    vat_rate=Decimal(20),
    item=Item(
        name="Étude d'accessibilité",
        description="Étude de site",
        seller_id="V-1",
        buyer_id="A-1",
        standard_id=Identifier("3453120000011", "0160", "1"),
        classifications=(Identifier("72000000", "STI", "2008"),),
        origin_country="FR",
        attributes=(ItemAttribute(name="Format", value="PDF"), ItemAttribute()),
    ),
)

SPARSE_INVOICE = Invoice(
    number="F-3",
    seller=Party(address=Address(), contact=Contact(), legal_registration=Identifier("216901231")),
    payee=Party(),
    delivery=Delivery(),
    payment=PaymentInstructions(
        credit_transfers=(CreditTransfer(),), card=PaymentCard(), direct_debit=DirectDebit()
    ),
    totals=Totals(),
    supporting_documents=(SupportingDocument(),),
)

WHOLE_INVOICE = Invoice(
    number="F-4",
    issue_date=_DAY,
    type_code="380",
    currency="EUR",
    vat_currency="CHF",
    tax_point_date=_DAY,
    tax_point_code="3",
    due_date=dt.date(2026, 12, 20),
    buyer_reference="ECOLES",
    project_reference="P-1",
    contract_reference="MARCHE-1",
    purchase_order_reference="ENG-1",
    sales_order_reference="V-9",
    receiving_advice_reference="R-1",
    despatch_advice_reference="D-1",
    tender_reference="AO-1",
    invoiced_object=_SCHEMED,
    buyer_accounting_reference="6228",
    payment_terms="30 jours",
    notes=(Note(text="Escompte néant", subject_code="AAB"), Note()),
    business_process="M1",
    specification="urn:cen.eu:en16931:2017",
    preceding_invoices=(PrecedingInvoice(number="F-2", issue_date=_DAY), PrecedingInvoice()),
    seller=_PARTY,
    buyer=_PARTY,
    payee=_PARTY,
    tax_representative=_PARTY,
    delivery=Delivery(name="École", location=_SCHEMED, date=_DAY, address=_ADDRESS),
    period=_PERIOD,
    payment=PaymentInstructions(
        means_code="30",
        means_text="Virement",
        remittance="F-4",
        credit_transfers=(
            CreditTransfer(
                account="FR7630006000011234567890189", account_name="Les Cimes", bic="AGRIFRPPXXX"
            ),
            CreditTransfer(),
        ),
        card=PaymentCard(number="1234", holder="Ana Petit"),
        direct_debit=DirectDebit(mandate="M-1", creditor="FR72ZZZ123456", debited_account="FR76"),
    ),
    allowances=(_ALLOWANCE,),
    charges=(_ALLOWANCE,),
    totals=Totals(
        lines=Decimal("1000.00"),
        allowances=Decimal("20.00"),
        charges=Decimal("20.00"),
        without_vat=Decimal("1000.00"),
        vat=Decimal("200.00"),
        vat_in_accounting_currency=Decimal("190.00"),
        with_vat=Decimal("1200.00"),
        paid=Decimal("0.00"),
        rounding=Decimal("0.01"),
        due=Decimal("1200.01"),
    ),
    vat_breakdown=(
        VatBreakdown(
            base=Decimal("1000.00"),
            tax=Decimal("200.00"),
            category="S",
            rate=Decimal(20),
            exemption_reason="aucune",
            exemption_code="VATEX-EU-O",
        ),
        VatBreakdown(),
    ),
    supporting_documents=(
        SupportingDocument(
            reference="PJ-1",
            description="Plan",
            uri="https://cimes.example/plan",
            content=b"%PDF-1.7",
            mime_type="application/pdf",
            filename="plan.pdf",
        ),
        SupportingDocument(reference="PJ-2"),
    ),
    lines=(_LINE, Line(price=Price(), item=Item(), period=Period())),
)
