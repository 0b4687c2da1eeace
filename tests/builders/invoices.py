"""Invoices for tests: one complete French B2G invoice that every rule set accepts, and its documents.

The parties are invented; their numbers satisfy the checksums. Change what a test is about by keyword:
`an_invoice(number="F-2")`; for lines, totals and parties use `dataclasses.replace` on the parts.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from typing import Any

from choriste.domain.invoice.model import (
    Address,
    AllowanceCharge,
    Contact,
    CreditTransfer,
    Delivery,
    Identifier,
    Invoice,
    Item,
    Line,
    Note,
    Party,
    PaymentInstructions,
    Period,
    Price,
    Totals,
    VatBreakdown,
)
from choriste.formats.invoice.cii import write_cii
from choriste.formats.invoice.ubl import write_ubl

SELLER_SIREN = "832145692"
SELLER_SIRET = "83214569200014"
BUYER_SIREN = "216901231"
BUYER_SIRET = "21690123100011"


def a_seller() -> Party:
    """Return a fictitious French company with every term that a seller may have."""
    return Party(
        name="Atelier des Cimes SAS",
        trading_name="Les Cimes",
        identifiers=(Identifier(SELLER_SIRET, "0009"),),
        legal_registration=Identifier(SELLER_SIREN, "0002"),
        vat_number="FR80832145692",
        legal_information="SAS au capital de 20 000 EUR, RCS Grenoble 832 145 692",
        electronic_address=Identifier(SELLER_SIREN, "0225"),
        address=Address(
            line1="12 rue des Tisserands", line2="Bâtiment B", city="Grenoble", postcode="38000", country="FR"
        ),
        contact=Contact(
            name="Service facturation", telephone="+33 4 76 00 00 00", email="facturation@cimes.example"
        ),
    )


def a_buyer() -> Party:
    """Return a fictitious French town hall."""
    return Party(
        name="Commune de Valbrume",
        identifiers=(Identifier(BUYER_SIRET, "0009"),),
        legal_registration=Identifier(BUYER_SIREN, "0002"),
        electronic_address=Identifier(BUYER_SIREN, "0225"),
        address=Address(line1="1 place de la Mairie", city="Valbrume", postcode="69123", country="FR"),
        contact=Contact(name="Service comptabilité"),
    )


def the_legal_notes() -> tuple[Note, ...]:
    """Return the three notes that French law wants on every invoice (BR-FR-05)."""
    return (
        Note(subject_code="PMT", text="Indemnité forfaitaire pour frais de recouvrement : 40 EUR."),
        Note(subject_code="PMD", text="Pénalités de retard : trois fois le taux d'intérêt légal."),
        Note(subject_code="AAB", text="Pas d'escompte pour paiement anticipé."),
    )


def a_line(  # noqa: PLR0913 - the terms that make one line differ from another
    number: str,
    name: str,
    *,
    quantity: str,
    unit: str,
    price: str,
    rate: str,
    net: str | None = None,
    **more: Any,
) -> Line:
    """Return a line of category S whose net amount is quantity × price, unless `net` says otherwise."""
    amount = Decimal(net) if net else Decimal(quantity) * Decimal(price)
    return Line(
        id=number,
        quantity=Decimal(quantity),
        unit=unit,
        net_amount=amount.quantize(Decimal("0.01")),
        price=Price(net=Decimal(price)),
        vat_category="S",
        vat_rate=Decimal(rate),
        item=Item(name=name),
        **more,
    )


def the_lines() -> tuple[Line, ...]:
    """Return five lines at three VAT rates; the second has an allowance, the fifth a charge."""
    study = a_line("1", "Étude d'accessibilité", quantity="10", unit="HUR", price="95.00", rate="20")
    allowance = AllowanceCharge(
        amount=Decimal("11.50"), reason="Remise fidélité", reason_code="95", base_amount=Decimal("361.50")
    )
    charge = AllowanceCharge(amount=Decimal("5.00"), reason="Emballage", reason_code="PC")
    return (
        replace(study, note="Rapport remis le 30 septembre", period=_september()),
        a_line(
            "2",
            "Panneau signalétique",
            quantity="3",
            unit="C62",
            price="120.50",
            rate="20",
            net="350.00",
            allowances=(allowance,),
        ),
        a_line("3", "Livret d'accueil", quantity="100", unit="C62", price="0.85", rate="5.5"),
        a_line("4", "Transport de personnes", quantity="2", unit="C62", price="45.00", rate="10"),
        a_line(
            "5",
            "Plateau repas",
            quantity="1",
            unit="C62",
            price="40.00",
            rate="10",
            net="45.00",
            charges=(charge,),
        ),
    )


def _september() -> Period:
    return Period(start=dt.date(2026, 9, 1), end=dt.date(2026, 9, 30))


def the_totals() -> Totals:
    """Return the totals of `the_lines` with the document's allowance of 20.00 and charge of 15.00."""
    return Totals(
        lines=Decimal("1520.00"),
        allowances=Decimal("20.00"),
        charges=Decimal("15.00"),
        without_vat=Decimal("1515.00"),
        vat=Decimal("277.18"),
        with_vat=Decimal("1792.18"),
        due=Decimal("1792.18"),
    )


def the_breakdown() -> tuple[VatBreakdown, ...]:
    """Return the VAT breakdown of `the_totals`."""
    rows = (("1295.00", "259.00", "20"), ("85.00", "4.68", "5.5"), ("135.00", "13.50", "10"))
    return tuple(
        VatBreakdown(base=Decimal(base), tax=Decimal(tax), category="S", rate=Decimal(rate))
        for base, tax, rate in rows
    )


def an_invoice(**changes: Any) -> Invoice:
    """Return a complete invoice that EN 16931, Factur-X EN 16931 and BR-FR accept, with the changes."""
    invoice = Invoice(
        number="F2026-0042",
        issue_date=dt.date(2026, 10, 5),
        type_code="380",
        currency="EUR",
        due_date=dt.date(2026, 11, 4),
        buyer_reference="SERVICE-TECHNIQUE",
        contract_reference="MARCHE-2026-17",
        purchase_order_reference="ENG-2026-0815",
        payment_terms="Paiement à 30 jours",
        notes=the_legal_notes(),
        business_process="M1",
        specification="urn:cen.eu:en16931:2017",
        seller=a_seller(),
        buyer=a_buyer(),
        delivery=Delivery(date=dt.date(2026, 9, 30)),
        payment=PaymentInstructions(
            means_code="30",
            remittance="F2026-0042",
            credit_transfers=(
                CreditTransfer(
                    account="FR7630006000011234567890189",
                    account_name="Atelier des Cimes SAS",
                    bic="AGRIFRPPXXX",
                ),
            ),
        ),
        allowances=(_document_level("20.00", "Remise commerciale", "95"),),
        charges=(_document_level("15.00", "Frais de port", "FC"),),
        totals=the_totals(),
        vat_breakdown=the_breakdown(),
        lines=the_lines(),
    )
    return replace(invoice, **changes)


def _document_level(amount: str, reason: str, code: str) -> AllowanceCharge:
    return AllowanceCharge(
        amount=Decimal(amount), reason=reason, reason_code=code, vat_category="S", vat_rate=Decimal(20)
    )


def a_cii(**changes: Any) -> bytes:
    """Return `an_invoice` as a CII document."""
    return write_cii(an_invoice(**changes))


def a_ubl(**changes: Any) -> bytes:
    """Return `an_invoice` as a UBL document."""
    return write_ubl(an_invoice(**changes))
