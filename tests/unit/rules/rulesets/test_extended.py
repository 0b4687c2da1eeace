from __future__ import annotations

import pytest
from lxml import etree

from choriste.rules.engine.ruleset import RuleSet
from choriste.rules.engine.run import run
from choriste.rules.rulesets.catalogue import CTC_FR, FACTURX

RAM = "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100"
RSM = "urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100"
UDT = "urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100"


def an_invoice(total: str, *amounts: str) -> bytes:
    allowances = "".join(
        "<a:SpecifiedTradeAllowanceCharge><a:ChargeIndicator><u:Indicator>false</u:Indicator>"
        f"</a:ChargeIndicator><a:ActualAmount>{amount}</a:ActualAmount></a:SpecifiedTradeAllowanceCharge>"
        for amount in amounts
    )
    sums = "SpecifiedTradeSettlementHeaderMonetarySummation"
    return (
        f'<i:CrossIndustryInvoice xmlns:i="{RSM}" xmlns:a="{RAM}" xmlns:u="{UDT}">'
        f"<i:SupplyChainTradeTransaction><a:ApplicableHeaderTradeSettlement>{allowances}"
        f"<a:{sums}><a:AllowanceTotalAmount>{total}</a:AllowanceTotalAmount></a:{sums}>"
        "</a:ApplicableHeaderTradeSettlement></i:SupplyChainTradeTransaction></i:CrossIndustryInvoice>"
    ).encode()


@pytest.mark.parametrize(
    ("rule_set", "rule", "total", "is_broken"),
    [
        (FACTURX["EXTENDED"], "BR-FXEXT-CO-11", "-0.28", False),
        (FACTURX["EXTENDED"], "BR-FXEXT-CO-11", "-0.24", False),
        (FACTURX["EXTENDED"], "BR-FXEXT-CO-11", "-0.23", True),
        (FACTURX["EXTENDED"], "BR-FXEXT-CO-11", "-0.22", True),
        (CTC_FR, "BR-FREXT-CO-11", "-0.23", False),
        (CTC_FR, "BR-FREXT-CO-11", "-0.22", True),
    ],
)
def test_margin_of_the_allowances_is_that_of_the_official_arithmetic(
    rule_set: RuleSet,
    rule: str,
    total: str,
    is_broken: bool,  # noqa: FBT001 -- a case
) -> None:
    data = an_invoice(total, "-0.10", "-0.06", "-0.05", "-0.05", "-0.02")

    found = run(etree.fromstring(data), [rule_set], syntax="cii").ids()

    assert ((rule, "fatal") in found) is is_broken
