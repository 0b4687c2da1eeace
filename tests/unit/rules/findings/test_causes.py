from __future__ import annotations

from dataclasses import replace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from choriste.domain.invoice.reading import Syntax
from choriste.domain.shared.findings import Finding, Message, Severity
from choriste.formats.detect import detect_xml
from choriste.formats.xml.schema import check_schema
from choriste.rules import check, rule_ids
from choriste.rules.findings.order import Fault, RuleFinding, in_order
from tests.agreement.mutate import mutants
from tests.builders.rule_samples import TODAY, a_french_invoice

TEXT = Message(fr="faux", en="wrong")


def a_finding(rule: str, *, location: str = "/a/b", term: str | None = None, fatal: bool = True) -> Finding:
    severity = Severity.FATAL if fatal else Severity.WARNING
    return Finding(rule=rule, severity=severity, message=TEXT, term=term, location=location, line=1)


def a_rule_finding(finding: Finding, fault: Fault = Fault.OTHER) -> RuleFinding:
    return RuleFinding(finding, fault, finding.rule)


def rules_of(ruled: list[RuleFinding]) -> list[str]:
    return [t.finding.rule for t in ruled]


def test_findings_stand_in_the_order_in_which_sums_are_computed() -> None:
    ruled = [
        a_rule_finding(a_finding(rule)) for rule in ("BR-CO-16", "BR-S-08", "BR-CO-15", "BR-CO-10", "BR-S-05")
    ]

    ordered = rules_of(in_order(ruled))

    assert ordered == ["BR-S-05", "BR-CO-10", "BR-S-08", "BR-CO-15", "BR-CO-16"]


def test_unreadable_values_come_first_and_warnings_last() -> None:
    ruled = [
        a_rule_finding(a_finding("CII-SR-001", fatal=False), Fault.FORBIDDEN),
        a_rule_finding(a_finding("BR-02", location="/c"), Fault.MISSING),
        a_rule_finding(a_finding("DATATYPE-DECIMAL", location="/d"), Fault.UNREADABLE),
    ]
    schema = [a_finding("XSD-UNEXPECTED", location="/e")]

    ordered = rules_of(in_order(ruled, schema=schema))

    assert ordered == ["DATATYPE-DECIMAL", "XSD-UNEXPECTED", "BR-02", "CII-SR-001"]


def test_what_schema_and_rules_both_refuse_is_told_once() -> None:
    value = in_order([a_rule_finding(a_finding("BR-CL-04"), Fault.CODE)], schema=[a_finding("XSD-LIST")])
    place = in_order(
        [a_rule_finding(a_finding("FX-NOT-USED"), Fault.FORBIDDEN)], schema=[a_finding("XSD-UNEXPECTED")]
    )
    absent = in_order(
        [a_rule_finding(a_finding("BR-02", term="BT-1", location="/a"), Fault.MISSING)],
        schema=[a_finding("XSD-MISSING", term="BT-1", location="/a/b")],
    )

    assert rules_of(value) == ["BR-CL-04"]
    assert rules_of(place) == ["XSD-UNEXPECTED"]
    assert rules_of(absent) == ["BR-02"]


def test_a_warning_never_takes_the_place_of_a_refusal() -> None:
    warned = a_rule_finding(a_finding("CII-DT-098", fatal=False), Fault.CODE)

    kept = in_order([warned], schema=[a_finding("XSD-TYPE")])
    both = in_order([warned, a_rule_finding(replace(warned.finding, severity=Severity.FATAL), Fault.CODE)])

    assert rules_of(kept) == ["XSD-TYPE", "CII-DT-098"]
    assert [t.finding.severity for t in both] == [Severity.FATAL]


@given(
    seed=st.integers(0, 2**32),
    syntax=st.sampled_from(["cii", "ubl"]),
    container=st.sampled_from([Syntax.CII, Syntax.FACTURX]),
)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_telling_things_once_never_changes_the_verdict(seed: int, syntax: str, container: Syntax) -> None:
    for _, xml in mutants(a_french_invoice(syntax), seed=seed, count=1):
        root = etree.fromstring(xml)
        found = detect_xml(root)
        detected = replace(found, syntax=container) if syntax == "cii" else found
        schema = check_schema(root, detected=detected)
        broken = {pair for pairs in rule_ids(root, detected=detected, on=TODAY).values() for pair in pairs}

        ruled = check(root, detected=detected, on=TODAY, schema=schema)

        refused = any(f.severity is Severity.FATAL for f in ruled)
        assert refused or not (schema or any(severity == "fatal" for _, severity in broken))
