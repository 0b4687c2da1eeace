"""Integrating a document: every reason for which an invoice that reads well cannot reach its recipient."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from choriste.domain.deposits.flow import Document, Outcome
from choriste.domain.invoice.model import Identifier, Invoice, Party
from choriste.domain.parties.structure import StructureSettings
from choriste.formats.invoice.cii import write_cii
from choriste.rules.rulesets.catalogue import BR_FR, EN16931
from tests.builders.intake import deposited
from tests.builders.invoices import a_buyer, a_cii, a_seller, an_invoice
from tests.builders.ports import CLOSED_SIRET, TOWN_HALL, Bench, a_bench


@pytest.fixture
def bench() -> Bench:
    return a_bench()


def _settled(bench: Bench, **changes: Any) -> Document:
    return _settled_bytes(bench, a_cii(**changes))


def _settled_bytes(bench: Bench, content: bytes) -> Document:
    document = bench.ports.flows.document(deposited(bench.ports, content).id, 1)
    assert document is not None
    return document


def _rules(document: Document) -> set[str]:
    return {finding.rule for finding in document.findings}


def _numbered(party: Party, siret: str) -> Party:
    return replace(
        party,
        identifiers=(Identifier(siret, "0009"),),
        legal_registration=Identifier(siret[:9], "0002"),
        electronic_address=Identifier(siret[:9], "0225"),
        vat_number=None,
    )


def _anonymous(party: Party) -> Party:
    return replace(party, identifiers=(), legal_registration=None, vat_number=None, electronic_address=None)


def test_right_invoice_is_accepted_with_its_routing(bench: Bench) -> None:
    document = _settled(bench)

    head = bench.ports.invoices.get(document.invoice_id)
    assert document.outcome is Outcome.ACCEPTED
    assert head is not None
    assert (head.service_code, head.engagement) == ("SERVICE-TECHNIQUE", "ENG-2026-0815")
    assert (head.supplier.structure, head.recipient.structure) == ("2001", TOWN_HALL)


def test_report_keeps_which_editions_of_the_rules_judged(bench: Bench) -> None:
    accepted, refused = _settled(bench), _settled(bench, number=None)
    unread = _settled_bytes(bench, b"<html/>")

    on = bench.ports.clock.now().date()
    expected = {
        (rule_set.name, rule_set.title, rule_set.version)
        for rule_set in (EN16931, BR_FR)
        if rule_set.in_force(on)
    }
    for document in (accepted, refused):
        assert {(e.rule_set, e.title, e.version) for e in document.judged_by} == expected
    assert unread.judged_by == ()


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"buyer": _numbered(a_buyer(), "41816609600069")}, "ROUTING-RECIPIENT-UNKNOWN"),
        ({"buyer": _numbered(a_buyer(), CLOSED_SIRET)}, "ROUTING-RECIPIENT-INACTIVE"),
        ({"buyer": _anonymous(a_buyer())}, "ROUTING-RECIPIENT-MISSING"),
        ({"seller": _numbered(a_seller(), "41816609600069")}, "ROUTING-SUPPLIER-UNKNOWN"),
        ({"seller": _numbered(a_seller(), CLOSED_SIRET)}, "ROUTING-SUPPLIER-INACTIVE"),
        ({"seller": _anonymous(a_seller())}, "ROUTING-SUPPLIER-MISSING"),
        ({"seller": _numbered(a_seller(), "21690123100011")}, "ROUTING-NOT-ENTITLED"),
        ({"buyer_reference": "NOWHERE"}, "ROUTING-SERVICE-UNKNOWN"),
        ({"buyer_reference": "FETES"}, "ROUTING-SERVICE-INACTIVE"),
        ({"buyer_reference": "ECOLES", "purchase_order_reference": None}, "ROUTING-ENGAGEMENT-MISSING"),
        (
            {"buyer_reference": None, "purchase_order_reference": None},
            "ROUTING-SERVICE-OR-ENGAGEMENT-MISSING",
        ),
        ({"number": None}, "TRACKING-BT-1-MISSING"),
        ({"issue_date": None}, "TRACKING-BT-2-MISSING"),
        ({"totals": None}, "TRACKING-BT-112-MISSING"),
    ],
)
def test_invoice_that_cannot_arrive_is_refused_saying_why(
    bench: Bench, changes: dict[str, Any], rule: str
) -> None:
    document = _settled(bench, **changes)

    assert document.outcome is Outcome.REFUSED
    assert rule in _rules(document)
    for finding in document.findings:
        assert finding.message.fr
        assert finding.message.en


def test_date_that_is_there_but_does_not_exist_is_not_called_missing(bench: Bench) -> None:
    date = f"{an_invoice().issue_date:%Y%m%d}".encode()
    document = _settled_bytes(bench, a_cii().replace(date, b"20261345"))

    assert document.outcome is Outcome.REFUSED
    assert "TRACKING-BT-2-MISSING" not in _rules(document)
    assert any(each.term == "BT-2" for each in document.findings)


def test_siret_that_is_none_is_blamed_although_its_siren_is_known(bench: Bench) -> None:
    document = _settled(bench, buyer=_numbered(a_buyer(), "21690123100012"))

    unknown = next(each for each in document.findings if each.rule == "ROUTING-RECIPIENT-UNKNOWN")
    assert unknown.found == "21690123100012"


def test_mandatory_service_is_asked_for_with_the_open_codes(bench: Bench) -> None:
    town_hall = bench.ports.directory.structure(TOWN_HALL)
    assert town_hall is not None
    settings = StructureSettings(service_mandatory=True)
    bench.ports.directory.replace_structure(replace(town_hall, settings=settings), known=town_hall)

    document = _settled(bench, buyer_reference=None)

    finding = next(f for f in document.findings if f.rule == "ROUTING-SERVICE-MISSING")
    assert finding.expected == "SERVICE-TECHNIQUE, ECOLES"


def test_second_invoice_of_the_same_number_points_to_the_first(bench: Bench) -> None:
    first = _settled(bench)

    second = _settled(bench, payment_terms="Autre texte, même numéro")

    assert second.outcome is Outcome.REFUSED
    assert second.duplicate_of == first.invoice_id
    assert "DUPLICATE" in _rules(second)


def test_foreign_supplier_is_found_by_its_vat_number(bench: Bench) -> None:
    seller = replace(_anonymous(a_seller()), vat_number="DE123456789")

    document = _settled(bench, seller=seller)

    finding = next(f for f in document.findings if f.rule == "ROUTING-SUPPLIER-UNKNOWN")
    assert finding.found == "DE123456789"


@pytest.mark.parametrize("content", [b"", b"\x00\xff", b"<a", b"<a/>", b"%PDF-1.7\ntruncated"])
def test_file_without_an_invoice_is_refused_as_unreadable(bench: Bench, content: bytes) -> None:
    document = _settled_bytes(bench, content)

    assert document.outcome is Outcome.REFUSED
    assert document.verdict is not None
    assert document.verdict.value == "unreadable"
    assert len(document.findings) == 1


def test_id_given_twice_is_exchanged(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    first = _settled(bench)
    ids = iter([first.invoice_id, first.invoice_id + 1])
    monkeypatch.setattr("choriste.application.deposits.open_flow.new_invoice_id", lambda _: next(ids))
    monkeypatch.setattr(
        "choriste.application.deposits.integrate_document.new_invoice_id", lambda _: next(ids)
    )

    second = _settled(bench, number="OTHER")

    assert second.outcome is Outcome.ACCEPTED
    assert second.invoice_id == first.invoice_id + 1


def test_flow_number_given_twice_is_exchanged(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    numbers = iter(["CPP-1", "CPP-1", "CPP-2"])
    monkeypatch.setattr("choriste.application.deposits.receive_deposit.new_flow_id", lambda _: next(numbers))
    first = deposited(bench.ports, a_cii())

    second = deposited(bench.ports, a_cii(number="OTHER"))

    assert (first.id, second.id) == ("CPP-1", "CPP-2")
    assert second.key == "originals/CPP-2/invoice.xml"


def test_account_closed_since_the_deposit_issues_nothing_more(bench: Bench) -> None:
    invoice: Invoice = an_invoice()
    bench.ports.accounts._users.clear()  # type: ignore[attr-defined]

    document = _settled_bytes(bench, write_cii(invoice))

    assert "ROUTING-NOT-ENTITLED" in _rules(document)
