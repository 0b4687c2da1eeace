"""The invoice line (BG-25) of Cross Industry Invoices, in schema order."""

from __future__ import annotations

from typing import Final

from choriste.formats.binding.tables import Box, Constant, Group, Identity, Leaf
from choriste.formats.binding.values import DECIMAL
from choriste.formats.invoice.cii_parts import (
    SCHEMED_ID,
    allowance_charge,
    indicator_is,
    number,
    period,
    type_is,
)

_PRODUCT: Final = Box(
    "ram:SpecifiedTradeProduct",
    (
        Leaf("ram:GlobalID", "item.standard_id", identity=SCHEMED_ID),
        Leaf("ram:SellerAssignedID", "item.seller_id"),
        Leaf("ram:BuyerAssignedID", "item.buyer_id"),
        Leaf("ram:Name", "item.name"),
        Leaf("ram:Description", "item.description"),
        Group(
            "ram:ApplicableProductCharacteristic",
            "item.attributes",
            (Leaf("ram:Description", "name"), Leaf("ram:Value", "value")),
        ),
        Leaf(
            "ram:DesignatedProductClassification/ram:ClassCode",
            "item.classifications",
            identity=Identity(scheme="listID", version="listVersionID"),
            many=True,
        ),
        Leaf("ram:OriginTradeCountry/ram:ID", "item.origin_country"),
    ),
    keep=True,
)

_LINE_AGREEMENT: Final = Box(
    "ram:SpecifiedLineTradeAgreement",
    (
        Leaf("ram:BuyerOrderReferencedDocument/ram:LineID", "order_line"),
        Box(
            "ram:GrossPriceProductTradePrice",
            (
                number("ram:ChargeAmount", "price.gross"),
                Leaf(
                    "ram:BasisQuantity",
                    "price.base_quantity",
                    DECIMAL,
                    attributes=(("unitCode", "price.base_unit"),),
                    is_echo=True,
                ),
                Box(
                    "ram:AppliedTradeAllowanceCharge",
                    (
                        Constant("ram:ChargeIndicator/udt:Indicator", "false", ("0",)),
                        number("ram:ActualAmount", "price.discount"),
                    ),
                    when=indicator_is("false", "0", ""),
                ),
            ),
        ),
        Box(
            "ram:NetPriceProductTradePrice",
            (
                number("ram:ChargeAmount", "price.net"),
                Leaf(
                    "ram:BasisQuantity",
                    "price.base_quantity",
                    DECIMAL,
                    attributes=(("unitCode", "price.base_unit"),),
                ),
            ),
        ),
    ),
    keep=True,
)

_LINE_SETTLEMENT: Final = Box(
    "ram:SpecifiedLineTradeSettlement",
    (
        Box(
            "ram:ApplicableTradeTax",
            (
                Constant("ram:TypeCode", "VAT"),
                Leaf("ram:CategoryCode", "vat_category"),
                number("ram:RateApplicablePercent", "vat_rate"),
            ),
        ),
        period("period"),
        allowance_charge("allowances", "false", "0"),
        allowance_charge("charges", "true", "1"),
        Box(
            "ram:SpecifiedTradeSettlementLineMonetarySummation",
            (number("ram:LineTotalAmount", "net_amount"),),
        ),
        Box(
            "ram:AdditionalReferencedDocument",
            (
                Leaf("ram:IssuerAssignedID", "object_id.value"),
                Constant("ram:TypeCode", "130"),
                Leaf("ram:ReferenceTypeCode", "object_id.scheme"),
            ),
            when=type_is("130", ""),
        ),
        Leaf("ram:ReceivableSpecifiedTradeAccountingAccount/ram:ID", "buyer_accounting_reference"),
    ),
    keep=True,
)

LINE: Final = Group(
    "ram:IncludedSupplyChainTradeLineItem",
    "lines",
    (
        Box(
            "ram:AssociatedDocumentLineDocument",
            (Leaf("ram:LineID", "id"), Leaf("ram:IncludedNote/ram:Content", "note")),
            keep=True,
        ),
        _PRODUCT,
        _LINE_AGREEMENT,
        Box(
            "ram:SpecifiedLineTradeDelivery",
            (Leaf("ram:BilledQuantity", "quantity", DECIMAL, attributes=(("unitCode", "unit"),)),),
            keep=True,
        ),
        _LINE_SETTLEMENT,
    ),
)
