"""The rule sets we hold: their version, the dates they are in force, their facts, their predicates."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from typing import Final

from choriste.rules.facts import words
from choriste.rules.predicates import CII, UBL, Register
from choriste.rules.rule import Check


class RuleSet:
    """One version of one set of rules. `since` is included, `until` is not; both are dates of effect.

    `released` is the date of the artefact. The oldest version we hold of a standard also judges what is
    older than it, so its `since` is that of the standard; French law has a first day, and BR-FR none before.

    `facts` names the facts file of each syntax that the set covers; `registers` names the modules whose
    `REGISTER` holds its predicates, the first that knows a rule being the one that judges it; the first
    `own` of them are the set's own.
    """

    __slots__ = ("facts", "name", "own", "registers", "released", "since", "title", "until", "version")

    def __init__(  # noqa: PLR0913 -- one parameter a fact, all by name
        self,
        *,
        name: str,
        title: str,
        version: str,
        since: dt.date,
        released: dt.date,
        until: dt.date | None = None,
        facts: Mapping[str, str],
        registers: tuple[str, ...],
        own: int = 1,
    ) -> None:
        self.name = name
        self.title = title
        self.version = version
        self.since = since
        self.released = released
        self.until = until
        self.facts = facts
        self.registers = registers
        self.own = own

    def in_force(self, on: dt.date) -> bool:
        """Whether the set is in force on a day."""
        return self.since <= on and (self.until is None or on < self.until)

    def predicate(self, rule: str, syntax: str, *, own: bool = False) -> Check | None:
        """Return the Python predicate of a rule; None where there is none.

        `own`: the set words the rule otherwise than EN 16931 does, so only its own register counts.
        """
        for module in self.registers[: self.own] if own else self.registers:
            found = _register(module).find(rule, syntax)
            if found is not None:
                return found
        return None


@cache
def _register(module: str) -> Register:
    """Return the register of a module, imported when a rule of it is first asked for."""
    register: Register = import_module(module).REGISTER
    return register


_EN: Final = "choriste.rules.en16931"
_NO_EARLIER: Final = dt.date(2017, 6, 28)  # EN 16931-1:2017
EN16931: Final = RuleSet(
    name="en16931",
    title="EN 16931",
    version="1.3.16",
    since=_NO_EARLIER,
    released=dt.date(2026, 3, 30),
    facts={CII: "en16931-cii", UBL: "en16931-ubl"},
    registers=(_EN,),
)

BR_FR: Final = RuleSet(
    name="brfr",
    title="BR-FR flux 2",
    version="1.4.0",
    since=dt.date(2026, 9, 1),
    released=dt.date(2026, 9, 1),
    facts={CII: "brfr-cii", UBL: "brfr-ubl"},
    registers=("choriste.rules.brfr",),
)

CTC_FR: Final = RuleSet(
    name="ctcfr",
    title="EXTENDED-CTC-FR",
    version="1.4.0",
    since=_NO_EARLIER,
    released=dt.date(2026, 9, 1),
    facts={CII: "ctcfr-cii", UBL: "ctcfr-ubl"},
    registers=("choriste.rules.ctcfr", _EN),
)


def _facturx(profile: str, facts: str, *more: str) -> RuleSet:
    own = ("choriste.rules.facturx", *more)
    return RuleSet(
        name="facturx",
        title=f"Factur-X {profile}",
        version="1.09",
        since=_NO_EARLIER,
        released=dt.date(2026, 9, 1),
        facts={CII: facts},
        registers=(*own, _EN),
        own=len(own),
    )


_EXTENDED: Final = "choriste.rules.extended_lines"
FACTURX: Final[Mapping[str, RuleSet]] = {
    "MINIMUM": _facturx("MINIMUM", "facturx-minimum", "choriste.rules.facturx.minimum", _EXTENDED),
    "BASIC WL": _facturx("BASIC WL", "facturx-basicwl"),
    "BASIC": _facturx("BASIC", "facturx-basic", _EXTENDED),
    "EN 16931": _facturx("EN 16931", "facturx-en16931"),
    "EXTENDED": _facturx("EXTENDED", "facturx-extended", _EXTENDED),
}

_REGISTERED: Final[Mapping[str, frozenset[str]]] = {
    CII: frozenset(
        words(
            "ApplicableTradeTax CategoryTradeTax CategoryCode CountryID TaxPointDate DueDateTypeCode "
            "SellerTradeParty BuyerTradeParty SellerTaxRepresentativeTradeParty "
            "IncludedSupplyChainTradeLineItem SpecifiedTradeSettlementPaymentMeans PaymentReference "
            "BilledQuantity"
        )
    ),
    UBL: frozenset(
        words(
            "TaxCategory ClassifiedTaxCategory AllowanceCharge InvoiceLine CreditNoteLine "
            "AccountingSupplierParty AccountingCustomerParty TaxRepresentativeParty TaxTotal "
            "IdentificationCode PaymentID PaymentMeansCode PartyIdentification "
            "AdditionalDocumentReference"
        )
    ),
}
_SINGLE: Final[Mapping[str, frozenset[str]]] = {
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


_CODED: Final[Mapping[str, frozenset[str]]] = {
    CII: frozenset(
        words(
            "TypeCode CategoryCode RateApplicablePercent Indicator ReasonCode ExemptionReasonCode "
            "LineStatusReasonCode InvoiceCurrencyCode TaxCurrencyCode"
        )
    ),
    UBL: frozenset(
        words(
            "TaxCategory/ID ClassifiedTaxCategory/ID TaxScheme/ID Percent ChargeIndicator "
            "DocumentTypeCode PaymentMeansCode IdentificationCode AllowanceChargeReasonCode "
            "TaxExemptionReasonCode DocumentCurrencyCode TaxCurrencyCode"
        )
    ),
}


def coded_names(syntax: str) -> frozenset[str]:
    """Return the names of the values that come again and again: codes, rates; alone or as `Parent/Name`."""
    return _CODED[syntax]


def registered_names(syntax: str) -> frozenset[str]:
    """Return the names of the elements that rules look up anywhere in a document."""
    return _REGISTERED[syntax]


def single_names(syntax: str) -> frozenset[str]:
    """Return the names of the elements that stand at most once in their parent, whatever the parent."""
    return _SINGLE[syntax]
