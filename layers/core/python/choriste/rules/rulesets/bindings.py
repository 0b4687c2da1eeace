"""Where each syntax keeps what the rules on amounts and VAT speak of: one table a syntax, no logic.

Names are the short names of `choriste.rules.engine.tree`; a tuple is a path.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from choriste.rules.engine.syntax import CII, UBL
from choriste.rules.engine.tree import Document, Node

Names = tuple[str, ...]
_SETTLEMENT: Final = ("SupplyChainTradeTransaction", "ApplicableHeaderTradeSettlement")
_AGREEMENT: Final = ("SupplyChainTradeTransaction", "ApplicableHeaderTradeAgreement")


class Binding(NamedTuple):
    """The paths of one syntax. `totals` maps BT-106 … BT-115 to children of the totals group."""

    syntax: str
    totals: dict[str, str]
    lines: tuple[Names, ...]
    line_total: Names
    line_taxes: Names
    allowances: Names
    allowance_amount: str
    allowance_taxes: str
    indicator: Names
    breakdown: Names
    taxable: str
    tax: str
    category: Names
    rate: Names
    currency: Names
    tax_currency: Names


CII_BINDING: Final = Binding(
    syntax=CII,
    totals={
        "BT-106": "LineTotalAmount",
        "BT-107": "AllowanceTotalAmount",
        "BT-108": "ChargeTotalAmount",
        "BT-109": "TaxBasisTotalAmount",
        "BT-110": "TaxTotalAmount",
        "BT-112": "GrandTotalAmount",
        "BT-113": "TotalPrepaidAmount",
        "BT-114": "RoundingAmount",
        "BT-115": "DuePayableAmount",
    },
    lines=(("SupplyChainTradeTransaction", "IncludedSupplyChainTradeLineItem"),),
    line_total=(
        "SpecifiedLineTradeSettlement",
        "SpecifiedTradeSettlementLineMonetarySummation",
        "LineTotalAmount",
    ),
    line_taxes=("SpecifiedLineTradeSettlement", "ApplicableTradeTax"),
    allowances=(*_SETTLEMENT, "SpecifiedTradeAllowanceCharge"),
    allowance_amount="ActualAmount",
    allowance_taxes="CategoryTradeTax",
    indicator=("ChargeIndicator", "Indicator"),
    breakdown=(*_SETTLEMENT, "ApplicableTradeTax"),
    taxable="BasisAmount",
    tax="CalculatedAmount",
    category=("CategoryCode",),
    rate=("RateApplicablePercent",),
    currency=(*_SETTLEMENT, "InvoiceCurrencyCode"),
    tax_currency=(*_SETTLEMENT, "TaxCurrencyCode"),
)

UBL_BINDING: Final = Binding(
    syntax=UBL,
    totals={
        "BT-106": "LineExtensionAmount",
        "BT-107": "AllowanceTotalAmount",
        "BT-108": "ChargeTotalAmount",
        "BT-109": "TaxExclusiveAmount",
        "BT-110": "TaxAmount",
        "BT-112": "TaxInclusiveAmount",
        "BT-113": "PrepaidAmount",
        "BT-114": "PayableRoundingAmount",
        "BT-115": "PayableAmount",
    },
    lines=(("InvoiceLine",), ("CreditNoteLine",)),
    line_total=("LineExtensionAmount",),
    line_taxes=("Item", "ClassifiedTaxCategory"),
    allowances=("AllowanceCharge",),
    allowance_amount="Amount",
    allowance_taxes="TaxCategory",
    indicator=("ChargeIndicator",),
    breakdown=("TaxTotal", "TaxSubtotal"),
    taxable="TaxableAmount",
    tax="TaxAmount",
    category=("ID",),
    rate=("Percent",),
    currency=("DocumentCurrencyCode",),
    tax_currency=("TaxCurrencyCode",),
)


def binding_of(doc: Document) -> Binding:
    """Return the table of the document's syntax."""
    return CII_BINDING if doc.syntax == CII else UBL_BINDING


def agreement(doc: Document, *names: str) -> list[Node]:
    """Return nodes of a CII invoice below its header agreement."""
    return doc.below((*_AGREEMENT, *names))


def settlement(doc: Document, *names: str) -> list[Node]:
    """Return nodes of a CII invoice below its header settlement."""
    return doc.below((*_SETTLEMENT, *names))


def transaction(doc: Document, *names: str) -> list[Node]:
    """Return nodes of a CII invoice below its trade transaction."""
    return doc.root.find(("SupplyChainTradeTransaction", *names))
