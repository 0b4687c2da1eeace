from __future__ import annotations

import datetime as dt

import pytest
from lxml import etree

from choriste.domain.invoice.reading import Syntax
from choriste.domain.shared.findings import Severity
from choriste.formats.detect import Detected, Profile
from choriste.rules import check, judge, rule_ids
from tests.builders.rule_samples import TODAY, a_french_invoice, findings_after, findings_of


@pytest.mark.parametrize("syntax", ["cii", "ubl"])
@pytest.mark.parametrize("lines", [1, 12])
def test_check_finds_nothing_in_a_right_invoice(syntax: str, lines: int) -> None:
    assert findings_of(a_french_invoice(syntax, lines=lines)) == ()


@pytest.mark.parametrize(
    ("syntax", "old", "new"),
    [
        ("cii", "<ram:LineTotalAmount>200.00", "<ram:LineTotalAmount>290.00"),
        (
            "ubl",
            'currencyID="EUR">200.00</cbc:LineExtensionAmount>',
            'currencyID="EUR">290.00</cbc:LineExtensionAmount>',
        ),
    ],
)
def test_a_wrong_total_shows_its_arithmetic(syntax: str, old: str, new: str) -> None:
    found = findings_after(old, new, syntax=syntax)["BR-CO-10"]

    assert found.severity is Severity.FATAL
    assert found.term == "BT-106"
    assert found.found == "290.00"
    assert found.expected == "Σ BT-131 (2) = 200.00"
    assert found.location is not None
    assert found.location.endswith(("ram:LineTotalAmount", "cbc:LineExtensionAmount"))
    assert found.line is not None
    assert "290,00" in found.message.fr
    assert "200.00" in found.message.en


def test_a_total_without_vat_names_each_part() -> None:
    found = findings_after("<ram:TaxBasisTotalAmount>200.00", "<ram:TaxBasisTotalAmount>180.00")["BR-CO-13"]

    assert (found.found, found.expected) == ("180.00", "BT-106 200.00 = 200.00")


@pytest.mark.parametrize(
    ("old", "new", "rule", "term"),
    [
        ("<ram:ID>FA-2026-0417</ram:ID>", "<ram:ID> </ram:ID>", "BR-02", "BT-1"),
        ("<ram:Name>Mobilier du Centre SAS</ram:Name>", "", "BR-06", "BT-27"),
        ('unitCode="C62"', 'unitCode="PIECES"', "BR-CL-23", None),
        (
            "<ram:CategoryCode>S</ram:CategoryCode>",
            "<ram:CategoryCode>X</ram:CategoryCode>",
            "BR-CL-18",
            "BT-151",
        ),
        ("<ram:ChargeAmount>55.00", "<ram:ChargeAmount>-55.00", "BR-27", "BT-146"),
        (
            "<ram:SubjectCode>PMD</ram:SubjectCode>",
            "<ram:SubjectCode>AAI</ram:SubjectCode>",
            "BR-FR-05_BT-22_PMD",
            "BT-22",
        ),
        ("73282932000074", "73282932100074", "BR-FR-09_BT-29", "BT-29"),
        ("<ram:ID>M1</ram:ID>", "<ram:ID>Z1</ram:ID>", "BR-FR-08_BT-23", "BT-23"),
    ],
)
def test_each_mistake_is_told_under_its_rule(old: str, new: str, rule: str, term: str | None) -> None:
    found = findings_after(old, new)

    assert rule in found
    assert term is None or found[rule].term == term
    assert found[rule].message.fr
    assert "{" not in found[rule].message.fr + found[rule].message.en


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ("<ram:ActualAmount>10.00", "<ram:ActualAmount>10,00", "DATATYPE-DECIMAL"),
        ("<ram:GrandTotalAmount>240.00", "<ram:GrandTotalAmount>2.4E2", "DATATYPE-DECIMAL"),
        ("<udt:Indicator>false", "<udt:Indicator>non", "DATATYPE-BOOLEAN"),
        (
            "<ram:InvoiceCurrencyCode>EUR</ram:InvoiceCurrencyCode>",
            "<ram:InvoiceCurrencyCode>EUR</ram:InvoiceCurrencyCode><ram:InvoiceCurrencyCode>EUR</ram:InvoiceCurrencyCode>",
            "DATATYPE-SINGLE",
        ),
    ],
)
def test_a_value_that_its_type_refuses_is_told_where_the_official_engine_aborts(
    old: str, new: str, rule: str
) -> None:
    found = findings_after(old, new)

    if rule == "DATATYPE-DECIMAL" and "ActualAmount" in old:
        assert "BR-FR-DEC-01_BT-136_BT-141" in found
    else:
        assert rule in found
        assert found[rule].location is not None


def test_findings_put_causes_first_and_tell_each_place_once() -> None:
    text = a_french_invoice().decode()
    broken = text.replace("<ram:GrandTotalAmount>240.00", "<ram:GrandTotalAmount>2,4")
    broken = broken.replace("<ram:Reason>Remise de fidélité</ram:Reason>", "", 1)

    found = findings_of(broken.encode())

    assert found[0].rule == "DATATYPE-DECIMAL"
    assert [f.rule for f in found].count("BR-42") == 1
    assert not any(f.rule == "BR-CO-23" for f in found)
    assert len({(f.rule, f.location) for f in found}) == len(found)


def test_french_rules_wait_for_their_date_and_for_a_french_seller() -> None:
    text = a_french_invoice().decode().replace("<ram:SubjectCode>PMD</ram:SubjectCode>", "")
    abroad = text.replace("<ram:CountryID>FR</ram:CountryID>", "<ram:CountryID>BE</ram:CountryID>", 1)

    today = {f.rule for f in findings_of(text.encode())}
    before = {f.rule for f in findings_of(text.encode(), on=dt.date(2026, 8, 31))}
    foreign = {f.rule for f in findings_of(abroad.encode())}

    assert "BR-FR-05_BT-22_PMD" in today
    assert not any(rule.startswith("BR-FR") for rule in before | foreign)


@pytest.mark.parametrize(
    ("profile", "sets"),
    [
        (Profile.MINIMUM, {"facturx"}),
        (Profile.BASIC_WL, {"facturx", "brfr"}),
        (Profile.BASIC, {"en16931", "facturx", "brfr"}),
        (Profile.EN16931, {"en16931", "facturx", "brfr"}),
        (Profile.EXTENDED, {"en16931", "facturx", "brfr"}),
        (Profile.EXTENDED_CTC_FR, {"ctcfr", "brfr"}),
        (Profile.PLAIN, {"en16931", "brfr"}),
    ],
)
def test_a_profile_picks_its_rule_sets(profile: Profile, sets: set[str]) -> None:
    root = etree.fromstring(a_french_invoice())

    found = rule_ids(root, detected=Detected(Syntax.FACTURX, profile), on=TODAY)

    assert set(found) == sets


@pytest.mark.parametrize(
    ("syntax", "profile", "judged_by"),
    [
        (Syntax.CII, Profile.EN16931, ["EN 16931 1.3.16", "BR-FR flux 2 1.4.0.04"]),
        (
            Syntax.FACTURX,
            Profile.EN16931,
            ["EN 16931 1.3.16", "Factur-X EN 16931 1.09", "BR-FR flux 2 1.4.0.04"],
        ),
        (Syntax.CII, Profile.EXTENDED_CTC_FR, ["EXTENDED-CTC-FR 1.4.0.04", "BR-FR flux 2 1.4.0.04"]),
    ],
)
def test_a_verdict_names_the_versions_that_judged(
    syntax: Syntax, profile: Profile, judged_by: list[str]
) -> None:
    root = etree.fromstring(a_french_invoice())

    found = judge(root, detected=Detected(syntax, profile), on=TODAY)

    assert [f"{edition.title} {edition.version}" for edition in found.judged_by] == judged_by


def test_foreign_and_misplaced_elements_do_not_stop_the_rules() -> None:
    text = a_french_invoice().decode()
    odd = text.replace(
        "<ram:BuyerReference>", '<x:y xmlns:x="urn:x"><x:ID>1</x:ID></x:y><ram:BuyerReference>', 1
    )
    odd = odd.replace("<ram:ID>FA-2026-0417</ram:ID>", "<ram:ID>FA-<!-- note -->2026<?p i?>-0417</ram:ID>", 1)
    root = etree.fromstring(odd.encode())

    found = check(root, detected=Detected(Syntax.CII, Profile.PLAIN), on=TODAY)

    assert not [f for f in found if f.severity is Severity.FATAL and f.rule.startswith("BR-")]


def test_a_rule_behind_a_gate_is_silent_where_its_context_depends_on_a_value() -> None:
    """BR-FR-MV-08 is for invoices of several sellers; its context in CII depends on the line's status."""
    text = a_french_invoice().decode()
    grouped = text.replace(
        "</ram:LineID>", "</ram:LineID><ram:LineStatusReasonCode>GROUP</ram:LineStatusReasonCode>", 1
    )

    found = rule_ids(
        etree.fromstring(grouped.encode()), detected=Detected(Syntax.CII, Profile.EXTENDED), on=TODAY
    )

    assert not any(rule.startswith("BR-FR-MV") for rule, _ in found["brfr"])
