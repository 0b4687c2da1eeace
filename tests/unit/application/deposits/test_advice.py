"""Advice in the report of a deposit: it warns of what only the platform can know, and refuses nothing."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from choriste.application.deposits.switch_advice import read_advice, switch_advice
from choriste.domain.access.principal import Principal
from choriste.domain.deposits.advice import Kind
from choriste.domain.deposits.flow import Document, Outcome
from choriste.domain.invoice.model import CreditTransfer, Delivery, Identifier, Party, PaymentInstructions
from choriste.domain.shared.errors import ForbiddenError
from choriste.domain.shared.findings import Finding, Severity
from tests.builders.identity import a_user
from tests.builders.intake import deposited
from tests.builders.invoices import a_cii
from tests.builders.ports import CLOSED_SIRET, SUPPLIER, Bench, a_bench

OLD, NEW = "FR7630006000011234567890189", "FR1420041010050500013M02606"
ISSUED = dt.date(2026, 11, 2)


@pytest.fixture
def bench() -> Bench:
    return a_bench()


def _settled(bench: Bench, number: str, **changes: Any) -> Document:
    content = a_cii(**{"number": number, "issue_date": ISSUED, "due_date": ISSUED, **changes})
    document = bench.ports.flows.document(deposited(bench.ports, content).id, 1)
    assert document is not None
    assert document.outcome is Outcome.ACCEPTED, [f.rule for f in document.findings]
    return document


def _advice(document: Document) -> dict[str, Finding]:
    found = {f.rule: f for f in document.findings if f.rule.startswith("CHO-W-")}
    assert all(finding.severity is Severity.WARNING for finding in found.values())
    return found


def _paid_to(account: str) -> PaymentInstructions:
    return PaymentInstructions(means_code="58", credit_transfers=(CreditTransfer(account=account),))


def test_account_unlike_the_suppliers_usual_one_is_told(bench: Bench) -> None:
    first = _settled(bench, "A-1", payment=_paid_to(OLD), due_date=ISSUED)

    second = _settled(bench, "A-2", payment=_paid_to(NEW), purchase_order_reference="OTHER")

    assert Kind.ACCOUNT not in _advice(first)
    assert "0189" in _advice(second)[Kind.ACCOUNT].message.fr


def test_invoice_alike_under_another_number_is_told(bench: Bench) -> None:
    first = _settled(bench, "A-1")

    other, again = _settled(bench, "A-2", issue_date=ISSUED - dt.timedelta(1)), _settled(bench, "A-3")

    assert Kind.ALIKE not in _advice(first)
    assert Kind.ALIKE not in _advice(other)
    assert "A-1" in _advice(again)[Kind.ALIKE].message.en


@pytest.mark.parametrize(("days", "told"), [(30, False), (31, True)])
def test_public_buyer_must_pay_earlier(bench: Bench, days: int, told: bool) -> None:  # noqa: FBT001 - a case
    document = _settled(bench, "A-1", due_date=ISSUED + dt.timedelta(days))

    assert (Kind.LATE_PUBLIC in _advice(document)) is told
    assert Kind.LATE not in _advice(document)


def test_closed_and_unknown_establishments_are_told(bench: Bench) -> None:
    payee = Party(name="Affactureur", identifiers=(Identifier("41816609600069", "0009"),))
    place = Delivery(location=Identifier(CLOSED_SIRET, "0009"), date=ISSUED)

    found = _advice(_settled(bench, "A-1", payee=payee, delivery=place))

    assert found[Kind.UNKNOWN].term == "BT-60"
    assert found[Kind.CLOSED].term == "BT-71"


def test_advice_is_switched_off_for_a_structure_and_on_again(bench: Bench) -> None:
    _settled(bench, "A-1")
    operator = Principal.of_user(a_user(operator=True))

    off = switch_advice(bench.ports, operator, SUPPLIER, off=[Kind.ALIKE])
    quiet = _settled(bench, "A-2")
    switch_advice(bench.ports, operator, SUPPLIER, off=[])
    told = _settled(bench, "A-3")

    assert off.off == (Kind.ALIKE,)
    assert Kind.ALIKE not in _advice(quiet)
    assert Kind.ALIKE in _advice(told)
    assert read_advice(bench.ports, operator, SUPPLIER).off == ()


def test_switches_are_for_who_manages_the_structure(bench: Bench) -> None:
    stranger = Principal.of_user(a_user())

    with pytest.raises(ForbiddenError):
        read_advice(bench.ports, stranger, SUPPLIER)
    with pytest.raises(ForbiddenError):
        switch_advice(bench.ports, stranger, SUPPLIER, off=[])
