"""Amounts at the very margin of a rule, where the official arithmetic decides the verdict."""

from __future__ import annotations

import pytest
from lxml import etree

from choriste.domain.invoice.reading import Syntax
from choriste.formats.detect import Detected, Profile
from choriste.rules import rule_ids
from tests.builders.rule_samples import TODAY, a_french_invoice


def broken(data: str, syntax: Syntax, profile: Profile) -> set[str]:
    found = rule_ids(etree.fromstring(data.encode()), detected=Detected(syntax, profile), on=TODAY)
    return {rule for pairs in found.values() for rule, _ in pairs}


@pytest.mark.parametrize(("line", "is_broken"), [("100.004", False), ("100.005", True)])
def test_base_of_ctc_fr_in_ubl_is_compared_in_binary(line: str, *, is_broken: bool) -> None:
    text = a_french_invoice("ubl", lines=1).decode()
    text = text.replace(
        '<cbc:LineExtensionAmount currencyID="EUR">100.00</cbc:LineExtensionAmount>\n    <cac:Allow',
        f'<cbc:LineExtensionAmount currencyID="EUR">{line}</cbc:LineExtensionAmount>\n    <cac:Allow',
    )
    assert line in text

    found = broken(text, Syntax.UBL_INVOICE, Profile.EXTENDED_CTC_FR)

    assert ("BR-FREXT-S-08" in found) is is_broken


@pytest.mark.parametrize(("base", "is_broken"), [("199.00", True), ("199.01", False), ("201.00", False)])
def test_base_of_facturx_may_be_one_over_its_sum_but_not_one_under(base: str, *, is_broken: bool) -> None:
    text = a_french_invoice("cii", lines=2).decode().replace(">S<", ">E<")
    text = text.replace("<ram:BasisAmount>200.00<", f"<ram:BasisAmount>{base}<")
    assert base in text

    found = broken(text, Syntax.FACTURX, Profile.BASIC)

    assert ("FX-SCH-A-000228" in found) is is_broken


@pytest.mark.parametrize("profile", [Profile.EXTENDED, Profile.EXTENDED_CTC_FR])
def test_line_without_a_total_still_widens_the_margin_of_the_gross_amount(profile: Profile) -> None:
    text = a_french_invoice("cii", lines=1).decode()
    start, end = (f"<{slash}ram:SpecifiedTradeSettlementLineMonetarySummation>" for slash in ("", "/"))
    text = text[: text.index(start)] + text[text.index(end) + len(end) :]
    text = text.replace("<ram:GrandTotalAmount>120.00<", "<ram:GrandTotalAmount>120.01<")
    assert "120.01" in text

    found = broken(text, Syntax.FACTURX, profile)

    assert not {"BR-FREXT-CO-15", "BR-FXEXT-CO-15"} & found
    assert {"BR-FREXT-CO-10", "BR-FXEXT-CO-10"} & found


def test_minimum_sums_the_lines_of_an_export_whatever_their_reason() -> None:
    text = a_french_invoice("cii", lines=1).decode().replace(">S<", ">G<")

    found = broken(text, Syntax.FACTURX, Profile.MINIMUM)

    assert "FX-SCH-A-000310" not in found
    assert "FX-SCH-A-000310" in broken(
        text.replace("<ram:BasisAmount>100.00<", "<ram:BasisAmount>90.00<"), Syntax.FACTURX, Profile.MINIMUM
    )
