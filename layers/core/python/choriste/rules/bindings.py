"""Where each syntax keeps what the rules on amounts and VAT speak of: one table a syntax, no logic.

Names are the short names of `choriste.rules.tree`; a tuple is a path.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple, TypeVar

from choriste.rules.predicates import CII, UBL
from choriste.rules.tree import Document, Node

Names = tuple[str, ...]
_T = TypeVar("_T")
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


class _OneLine:
    """A line of a file that could not be taken apart."""

    def __init__(self, node: Node) -> None:
        self._node = node
        self.block = node.block

    def settled(self, make: Callable[[Node], _T]) -> _T:
        """Return what `make` reads of the line."""
        return make(self._node)


class _OneBlock:
    """A line that is a block of its own."""

    def __init__(self, node: Node) -> None:
        self.block = node.block
        self.settled = node.block.settled


def line_of(node: Node) -> _OneLine | _OneBlock:
    """Return the line of a node: ask `settled` for numbers of nodes, then `block` for their values."""
    return _OneBlock(node) if node is node.block.root and node.block.layout.is_line else _OneLine(node)


def lines_of(doc: Document) -> list[_OneLine | _OneBlock]:
    """Return the lines of an invoice, in a form that costs little where they are many and alike."""
    return [line_of(node) for path in binding_of(doc).lines for node in doc.root.find(path)]


def binding_of(doc: Document) -> Binding:
    """Return the table of the document's syntax."""
    return CII_BINDING if doc.grammar.syntax == CII else UBL_BINDING


def agreement(doc: Document, *names: str) -> list[Node]:
    """Return nodes of a CII invoice below its header agreement."""
    return doc.root.find((*_AGREEMENT, *names))


def settlement(doc: Document, *names: str) -> list[Node]:
    """Return nodes of a CII invoice below its header settlement."""
    return doc.root.find((*_SETTLEMENT, *names))


def transaction(doc: Document, *names: str) -> list[Node]:
    """Return nodes of a CII invoice below its trade transaction."""
    return doc.root.find(("SupplyChainTradeTransaction", *names))
