"""The two syntaxes of EN 16931, as the rules name them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from choriste.rules.engine.facts import words

CII: Final = "cii"
UBL: Final = "ubl"
BOTH: Final = (CII, UBL)

SINGLE: Final[Mapping[str, frozenset[str]]] = {
    CII: frozenset(
        words(
            "TypeCode CountryID PostalTradeAddress DateTimeString IssueDateTime RateApplicablePercent "
            "CategoryCode BasisAmount CalculatedAmount ChargeAmount BilledQuantity LineID "
            "SellerTradeParty BuyerTradeParty SellerTaxRepresentativeTradeParty InvoiceCurrencyCode "
            "TaxCurrencyCode DuePayableAmount GrandTotalAmount TaxBasisTotalAmount ExchangedDocument "
            "SupplyChainTradeTransaction ApplicableHeaderTradeAgreement ApplicableHeaderTradeDelivery "
            "ApplicableHeaderTradeSettlement SpecifiedLineTradeAgreement SpecifiedLineTradeDelivery "
            "SpecifiedLineTradeSettlement AssociatedDocumentLineDocument SpecifiedTradeProduct URIID "
            "ChargeIndicator Indicator"
        )
    ),
    UBL: frozenset(
        words(
            "InvoiceTypeCode CreditNoteTypeCode PaymentMeansCode Percent StartDate EndDate IssueDate "
            "DocumentCurrencyCode TaxCurrencyCode PostalAddress AccountingSupplierParty "
            "AccountingCustomerParty Party LegalMonetaryTotal PayableAmount TaxInclusiveAmount "
            "TaxExclusiveAmount Country IdentificationCode ChargeIndicator Item Price PriceAmount "
            "TaxableAmount EndpointID TaxScheme CustomizationID LineExtensionAmount"
        )
    ),
}
"""The elements that stand at most once in their parent, whatever the parent, by syntax."""
