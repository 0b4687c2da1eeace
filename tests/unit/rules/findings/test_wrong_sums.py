from __future__ import annotations

import re

import pytest
from lxml import etree

from choriste.domain.shared.findings import Finding, Message
from tests.builders.broken_invoices import BrokenInvoice
from tests.builders.rule_samples import a_french_invoice, findings_of


def changed(*changes: tuple[str, str], syntax: str = "cii", lines: int = 2) -> tuple[Finding, ...]:
    text = a_french_invoice(syntax, lines=lines).decode()
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    return findings_of(text.encode())


def leads(findings: tuple[Finding, ...]) -> list[tuple[str | None, str | None, str]]:
    return [
        (f.term, f.found, (f.expected or "").rpartition(" = ")[2])
        for f in findings
        if f.consequence_of is None
    ]


@pytest.mark.parametrize("syntax", ["cii", "ubl"])
def test_the_mistyped_total_is_named_and_the_right_one_is_left_in_peace(syntax: str) -> None:
    tag = "ram:GrandTotalAmount" if syntax == "cii" else "cbc:TaxInclusiveAmount"
    text = a_french_invoice(syntax).decode()
    wrong = re.sub(rf"(<{tag}[^>]*>)240.00", r"\g<1>9240.00", text)

    first, second = findings_of(wrong.encode())

    assert (first.rule, first.term, first.found) == ("BR-CO-15", "BT-112", "9240.00")
    assert first.expected == "BT-109 200.00 + BT-110 40.00 = 240.00"
    assert (second.rule, second.consequence_of, second.expected) == ("BR-CO-16", "BR-CO-15", None)
    assert "9\u00a0240,00" in first.message.fr
    assert "9,240.00" in first.message.en


def test_the_cause_may_be_an_amount_that_no_rule_is_about() -> None:
    line = "<ram:LineTotalAmount>100.00"

    found = changed((line, "<ram:LineTotalAmount>1000.00"))

    assert leads(found) == [("BT-131", "1000.00", "100.00")]
    assert {f.rule for f in found} == {"BR-CO-10", "BR-S-08"}
    assert found[0].location is not None
    assert "IncludedSupplyChainTradeLineItem[1]" in found[0].location
    assert "ligne 1" in found[0].message.fr


def test_two_wrong_amounts_are_both_named() -> None:
    found = changed(
        ("<ram:TaxBasisTotalAmount>200.00", "<ram:TaxBasisTotalAmount>20.00"),
        ("<ram:DuePayableAmount>240.00", "<ram:DuePayableAmount>420.00"),
    )

    assert leads(found) == [("BT-109", "20.00", "200.00"), ("BT-115", "420.00", "240.00")]
    assert {f.rule for f in found} == {"BR-CO-13", "BR-CO-15", "BR-CO-16"}


def test_where_nothing_decides_both_amounts_are_named() -> None:
    due = "<ram:DuePayableAmount>240.00"
    paid = "<ram:TotalPrepaidAmount>50.00</ram:TotalPrepaidAmount>"

    (found,) = changed((due, f"{paid}<ram:DuePayableAmount>190.01"))

    assert found.rule == "BR-CO-16"
    assert found.expected is None
    assert "(BT-113)" in found.message.en
    assert "(BT-115)" in found.message.en
    assert "49.99 instead of 50.00" in found.message.en
    assert "190.00 instead of 190.01" in found.message.en


def test_a_line_under_a_wrong_category_is_the_cause_of_all_that_its_base_breaks() -> None:
    category = "<ram:CategoryCode>S</ram:CategoryCode>"

    found = changed((category, "<ram:CategoryCode>Q</ram:CategoryCode>"))

    assert [f.term for f in found if f.consequence_of is None] == ["BT-151"]
    assert {"BR-CL-18", "BR-S-08"} <= {f.rule for f in found}
    assert "S at 20%" in found[0].message.en


def test_a_missing_total_is_one_cause_and_its_sums_say_what_they_lack() -> None:
    net = "<ram:TaxBasisTotalAmount>200.00</ram:TaxBasisTotalAmount>"

    found = changed((net, ""))

    assert {f.term for f in found if f.consequence_of is None} == {"BT-109"}
    assert {"BR-13", "BR-CO-13"} <= {f.rule for f in found}


@pytest.mark.parametrize("syntax", ["cii", "ubl"])
def test_a_tax_total_without_currency_says_how_to_write_it(syntax: str) -> None:
    tag = "ram:TaxTotalAmount" if syntax == "cii" else "cbc:TaxAmount"
    text = a_french_invoice(syntax).decode()
    bare = re.sub(rf'<{tag} currencyID="EUR">40.00', f"<{tag}>40.00", text, count=1)

    found = {f.rule: f for f in findings_of(bare.encode())}["BR-CO-15"]

    assert found.term == "BT-110"
    assert f'<{tag} currencyID="EUR">40.00</{tag}>' in found.message.fr
    assert found.expected == 'currencyID="EUR"'


@pytest.mark.parametrize(
    ("rule", "tag"),
    [
        ("BR-CO-13", "TaxBasisTotalAmount"),
        ("BR-CO-16", "GrandTotalAmount"),
        ("BR-CO-17", "CalculatedAmount"),
        ("BR-CO-10", "LineTotalAmount"),
    ],
)
def test_no_computation_is_shown_empty(rule: str, tag: str) -> None:
    root = etree.fromstring(a_french_invoice())
    for element in root.iter(f"{{*}}{tag}"):
        parent = element.getparent()
        if parent is not None and (tag != "LineTotalAmount" or "Header" in str(parent.tag)):
            parent.remove(element)

    found = [f for f in findings_of(etree.tostring(root)) if f.rule == rule]

    assert found
    for finding in found:
        for text in (finding.message.fr, finding.message.en):
            assert re.search(r"\(BT-1\d\d\)", text), text
            assert not re.search(r": \.|:\s*\.|missing [(.]|manque [(.]", text), text


def test_a_missing_profile_is_one_thing_to_mend_with_the_values_to_write() -> None:
    invoice = BrokenInvoice(
        "no-profile",
        Message("", ""),
        "invoice-cii.xml",
        (("<ram:ID>urn:cen.eu:en16931:2017</ram:ID>", ""),),
        "BR-01",
    )

    first, *others = invoice.validated().findings

    assert first.rule == "BR-01"
    assert "urn:cen.eu:en16931:2017 (EN 16931)" in first.message.fr
    assert "urn:factur-x.eu:1p0:minimum (MINIMUM)" in first.message.en
    assert {f.consequence_of for f in others if f.term == "BT-24"} <= {"BR-01"}
