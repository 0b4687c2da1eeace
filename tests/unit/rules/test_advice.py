from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from importlib.resources import files

import pytest

from choriste.domain.invoice.model import (
    Address,
    AllowanceCharge,
    CreditTransfer,
    Identifier,
    Invoice,
    Line,
    Note,
    Party,
    PaymentInstructions,
    Price,
)
from choriste.domain.invoice.reading import Reading, Syntax
from choriste.domain.shared.findings import Severity
from choriste.formats.read import read_xml
from choriste.rules.advice import advise
from choriste.rules.advice.contents import latest_due


def a_sample(name: str) -> bytes:
    return files("choriste.local.samples").joinpath(name).read_bytes()


FRANCE = Address(country="FR")


def a_party(**terms: object) -> Party:
    return replace(Party(address=FRANCE), **terms)  # type: ignore[arg-type]


def kinds(invoice: Invoice, *, off: frozenset[str] = frozenset()) -> list[str]:
    reading = Reading(invoice=invoice, syntax=Syntax.CII, profile=None, xml=b"")
    return [finding.rule for finding in advise(reading, off=off)]


def paid_to(account: str) -> Invoice:
    return Invoice(payment=PaymentInstructions(credit_transfers=(CreditTransfer(account=account),)))


@pytest.mark.parametrize(
    ("account", "told"),
    [
        ("FR7630006000011234567890189", []),
        ("FR76 3000 6000 0112 3456 7890 189", []),
        ("FR7630006000011234567890198", ["CHO-W-IBAN"]),
        ("DE8576040061XXXXXXXXXX", []),
        ("1234567", []),
    ],
)
def test_an_iban_whose_check_digits_fail_is_told(account: str, told: list[str]) -> None:
    assert kinds(paid_to(account)) == told


@pytest.mark.parametrize(
    ("scheme", "value", "told"),
    [
        ("0002", "832145692", []),
        ("0002", "832145693", ["CHO-W-SIREN"]),
        ("0009", "83214569200014", []),
        ("0009", "83214569200015", ["CHO-W-SIRET"]),
        ("0009", "35600000049837", []),  # a post office: La Poste's own rule
        ("0009", "35600000049838", ["CHO-W-SIRET"]),
        ("0088", "832145693", []),
    ],
)
def test_identifiers_that_cannot_exist_are_told(scheme: str, value: str, told: list[str]) -> None:
    assert kinds(Invoice(seller=a_party(identifiers=(Identifier(value, scheme),)))) == told


@pytest.mark.parametrize(
    ("number", "told"),
    [
        ("FR80832145692", []),
        ("FR8083214569", ["CHO-W-VAT-NUMBER"]),
        ("FR14792541831", ["CHO-W-VAT-SIREN"]),
        ("DE12", []),
    ],
)
def test_a_vat_number_that_is_cut_or_anothers_is_told(number: str, told: list[str]) -> None:
    seller = a_party(legal_registration=Identifier("832145692", "0002"), vat_number=number)

    assert kinds(Invoice(seller=seller)) == told


def test_the_member_of_a_vat_group_may_bear_the_groups_number() -> None:
    seller = a_party(
        legal_registration=Identifier("832145692", "0002"),
        identifiers=(Identifier("792541831", "0231"),),
        vat_number="FR14792541831",
    )

    assert kinds(Invoice(seller=seller)) == []


def test_one_wrong_siren_is_told_once() -> None:
    seller = a_party(
        legal_registration=Identifier("832145693", "0002"),
        identifiers=(Identifier("83214569300015", "0009"),),
        vat_number="FR80832145693",
    )

    assert kinds(Invoice(seller=seller)) == ["CHO-W-SIREN"]


@pytest.mark.parametrize("text", ["n/a", "-", "Néant", " . ", "", "N.A.", "sans objet"])
def test_a_legal_note_that_says_nothing_is_told(text: str) -> None:
    assert kinds(Invoice(notes=(Note(text=text, subject_code="PMT"),))) == ["CHO-W-NOTE"]
    assert kinds(Invoice(notes=(Note(text=text, subject_code="AAI"),))) == []


def test_a_line_is_told_that_its_price_does_not_give() -> None:
    line = Line(id="1", quantity=Decimal(3), net_amount=Decimal("10.00"), price=Price(net=Decimal("3.333")))
    wrong = replace(line, net_amount=Decimal("100.00"))
    reduced = replace(line, net_amount=Decimal("8.00"), allowances=(AllowanceCharge(amount=Decimal("2.00")),))

    assert kinds(Invoice(lines=(line, reduced))) == []
    assert kinds(Invoice(lines=(line, wrong))) == ["CHO-W-LINE"]


def test_a_line_whose_base_quantity_repeats_its_price_tells_nothing() -> None:
    price = Price(net=Decimal("0.00880"), base_quantity=Decimal("0.0088"))
    line = Line(quantity=Decimal(16_000), price=price, net_amount=Decimal("140.80"))

    assert kinds(Invoice(lines=(line,))) == []
    assert kinds(Invoice(lines=(replace(line, price=replace(price, base_quantity=Decimal(10))),))) == [
        "CHO-W-LINE"
    ]


def test_the_longest_delay_is_sixty_days_or_forty_five_and_the_month_end() -> None:
    issued = dt.date(2026, 11, 2)

    assert latest_due(issued) == dt.date(2027, 1, 14)
    assert latest_due(dt.date(2026, 11, 30)) == dt.date(2027, 1, 31)


@pytest.mark.parametrize(
    ("due", "told"), [(dt.date(2027, 1, 14), []), (dt.date(2027, 1, 15), ["CHO-W-LATE"])]
)
def test_a_due_date_beyond_the_law_is_told(due: dt.date, told: list[str]) -> None:
    invoice = Invoice(
        issue_date=dt.date(2026, 11, 2), due_date=due, type_code="380", seller=a_party(), buyer=a_party()
    )

    assert kinds(invoice) == told
    assert kinds(replace(invoice, type_code="381")) == []
    assert kinds(replace(invoice, buyer=Party(address=Address(country="DE")))) == []


def test_advice_warns_where_the_term_stands_and_can_be_switched_off() -> None:
    text = a_sample("invoice-cii.xml").decode()
    reading = read_xml(text.replace("<ram:LineTotalAmount>950.00", "<ram:LineTotalAmount>90.00", 1).encode())

    (found,) = [finding for finding in advise(reading) if finding.rule == "CHO-W-LINE"]

    assert found.severity is Severity.WARNING
    assert (found.term, found.found, found.expected) == ("BT-131", "90.00", "950.00")
    assert found.location is not None
    assert found.line is not None
    assert advise(reading, off={"CHO-W-LINE"}) == ()


def test_a_valid_invoice_gets_no_advice() -> None:
    for name in ("invoice-cii.xml", "invoice-ubl.xml", "credit-note-ubl.xml"):
        assert advise(read_xml(a_sample(name))) == ()
