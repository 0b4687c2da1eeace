"""Lists of invoices: each search reads the heads of the page that it returns, and no others."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pytest

from choriste.application.invoices.act_on_invoice import assign_invoice
from choriste.application.invoices.criteria import Between, Criteria, OtherParty, PartyCriterion, Side
from choriste.application.invoices.export_invoices import Listing, export_csv, export_xlsx
from choriste.application.invoices.search_invoices import (
    Order,
    SortBy,
    Total,
    count_invoices,
    count_queues,
    search_invoices,
)
from choriste.application.invoices.treat_invoice import Treatment, treat_invoice
from choriste.application.shared.ports import Page
from choriste.domain.access.principal import Principal
from choriste.domain.invoice.model import PrecedingInvoice
from choriste.domain.lifecycle import Reason, ReasonCode, Status
from choriste.domain.shared.errors import BadRequestError, ForbiddenError
from choriste.domain.shared.ids import InvoiceId
from choriste.domain.tracking.head import InvoiceHead
from choriste.domain.tracking.lists import Queue
from tests.builders.intake import deposited, the_invoice
from tests.builders.invoices import a_cii
from tests.builders.ports import SUPPLIER, TOWN_HALL, Bench, a_bench, accountant, clerk_of, stranger, supplier

DAY = dt.date(2026, 12, 1)
MINE = Criteria(queues=frozenset({Queue.MINE}))


@pytest.fixture
def bench() -> Bench:
    """Twelve invoices, F-1 the oldest: odd ones for the schools, due in turn; the first nine are paid."""
    bench = a_bench()
    for n in range(1, 13):
        service = "ECOLES" if n % 2 else "SERVICE-TECHNIQUE"
        content = a_cii(number=f"F-{n}", buyer_reference=service, due_date=DAY - dt.timedelta(days=n))
        head = the_invoice(bench.ports, deposited(bench.ports, content))
        if n < 10:
            treat_invoice(bench.ports, accountant(), head.id, Treatment(action="pay"))
        bench.clock.advance(seconds=1)
    return bench


@pytest.fixture
def read(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many heads each read asked for."""
    asked, heads = list[int](), bench.ports.invoices.heads

    def counted(ids: Sequence[InvoiceId]) -> tuple[InvoiceHead, ...]:
        asked.append(len(ids))
        return heads(ids)

    monkeypatch.setattr(bench.ports.invoices, "heads", counted)
    return asked


def _page(
    bench: Bench, criteria: Criteria, *, by: Principal | None = None, side: Side = Side.RECEIVED, **more: Any
) -> Page[InvoiceHead]:
    structure = TOWN_HALL if side is Side.RECEIVED else SUPPLIER
    who = by or (accountant() if side is Side.RECEIVED else supplier())
    return search_invoices(
        bench.ports, who, side=side, structure=structure, criteria=criteria, **{"limit": 2, **more}
    )


def _numbers(page: Page[InvoiceHead]) -> list[str]:
    return [head.number for head in page.rows]


@pytest.mark.parametrize(
    ("criteria", "found"),
    [
        (Criteria(), ["F-12", "F-11"]),
        (MINE, ["F-12", "F-11"]),
        (Criteria(statuses=frozenset({Status.MISE_A_DISPOSITION})), ["F-12", "F-11"]),
        (Criteria(services=frozenset({"ECOLES"})), ["F-11", "F-9"]),
        (Criteria(number="f-7"), ["F-7"]),
        (Criteria(number_begins="f-1"), ["F-12", "F-11"]),
        (Criteria(supplier=PartyCriterion(frozenset({SUPPLIER}))), ["F-12", "F-11"]),
        (Criteria(other=OtherParty("cimes", Side.RECEIVED, frozenset({SUPPLIER}))), ["F-12", "F-11"]),
        (Criteria(words=OtherParty("F-5", Side.RECEIVED, frozenset())), ["F-5"]),
        (Criteria(assignee="nobody"), []),
        (Criteria(queues=frozenset({Queue.REFUSED, Queue.OTHERS})), []),
    ],
)
def test_page_reads_the_heads_that_it_returns(
    bench: Bench, read: list[int], criteria: Criteria, found: list[str]
) -> None:
    page = _page(bench, criteria)

    assert _numbers(page) == found
    assert sum(read) == len(found)


def test_what_waits_is_found_behind_whatever_has_ended(bench: Bench, read: list[int]) -> None:
    both = Criteria(queues=frozenset({Queue.MINE}), services=frozenset({"ECOLES"}))

    assert _numbers(_page(bench, both)) == ["F-11"]
    assert sum(read) == 3  # the three that wait, of twelve


def test_what_waits_is_read_by_the_day_of_payment(bench: Bench, read: list[int]) -> None:
    soonest = Order(SortBy.DUE, rises=True)
    first = _page(bench, MINE, order=soonest)
    rest = _page(bench, MINE, order=soonest, after=first.after)
    by_day = Criteria(queues=MINE.queues, payment_day=Between(DAY - dt.timedelta(days=11), None))

    assert [_numbers(first), _numbers(rest)] == [["F-12", "F-11"], ["F-10"]]
    assert sum(read) == 3
    assert _numbers(_page(bench, by_day, order=soonest)) == ["F-11", "F-10"]


def test_list_goes_on_from_page_to_page_until_its_end(bench: Bench) -> None:
    numbers, after = list[str](), None
    while True:
        page = _page(bench, Criteria(services=frozenset({"ECOLES"})), after=after)
        numbers += _numbers(page)
        after = page.after
        if after is None:
            break

    assert numbers == ["F-11", "F-9", "F-7", "F-5", "F-3", "F-1"]


def test_list_is_put_in_an_order_that_none_is_kept_in(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    by_number = Order(SortBy.NUMBER, rises=True)

    first = _page(bench, Criteria(), order=by_number)
    second = _page(bench, Criteria(), order=by_number, after=first.after)

    assert [*_numbers(first), *_numbers(second)] == ["F-1", "F-10", "F-11", "F-12"]
    monkeypatch.setattr("choriste.application.invoices.search_invoices.SORTED", 11)
    with pytest.raises(BadRequestError):
        _page(bench, Criteria(), order=by_number)


def test_search_that_no_list_answers_ends_after_some_heads_and_goes_on_from_there(
    bench: Bench, read: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("choriste.application.invoices.search_invoices.READ", 5)
    old = Criteria(payment_day=Between(None, DAY - dt.timedelta(days=12)))

    first = search_invoices(
        bench.ports, accountant(), side=Side.RECEIVED, structure=TOWN_HALL, criteria=old, limit=2
    )

    assert _numbers(first) == ["F-12"]
    assert (first.after is None, sum(read)) == (False, 5)


def test_counts_are_read_from_keys(bench: Bench, read: list[int]) -> None:
    counts = count_queues(bench.ports, accountant(), side=Side.RECEIVED, structure=TOWN_HALL)
    issued = count_queues(bench.ports, supplier(), side=Side.ISSUED, structure=SUPPLIER)

    nothing = Total(0, exact=True)
    waiting = Total(3, exact=True)
    assert counts == {
        Queue.MINE: waiting,
        Queue.OTHERS: nothing,
        Queue.CORRECTION: nothing,
        Queue.REFUSED: nothing,
    }
    assert issued[Queue.OTHERS] == waiting
    assert read == []


def test_count_of_a_clerk_is_of_the_own_services(bench: Bench) -> None:
    clerk = clerk_of("ECOLES")

    found = count_invoices(bench.ports, clerk, side=Side.RECEIVED, criteria=MINE, structure=TOWN_HALL)

    assert found == Total(1, exact=True)
    assert _numbers(_page(bench, Criteria(), by=clerk)) == ["F-11", "F-9"]


def test_suspended_invoice_waits_for_its_supplier(bench: Bench) -> None:
    (head,) = _page(bench, Criteria(number="F-12")).rows
    reason = Reason(ReasonCode.AUTRE, "Le bon de livraison manque")
    treat_invoice(bench.ports, accountant(), head.id, Treatment(action="suspend", reason=reason))

    assert _numbers(_page(bench, MINE, side=Side.ISSUED)) == ["F-12"]
    assert _numbers(_page(bench, Criteria(queues=frozenset({Queue.CORRECTION})))) == ["F-12"]
    assert _numbers(_page(bench, Criteria(statuses=frozenset({Status.SUSPENDUE})))) == ["F-12"]
    assert "F-12" not in _numbers(_page(bench, MINE))


def test_assigned_invoices_are_found_from_their_assignee(bench: Bench, read: list[int]) -> None:
    (head,) = _page(bench, Criteria(number="F-10")).rows
    assign_invoice(bench.ports, accountant(), head.id, accountant().id)
    read.clear()

    assert _numbers(_page(bench, Criteria(assignee=accountant().id))) == ["F-10"]
    assert sum(read) == 1


def test_list_of_somebody_else_is_forbidden(bench: Bench) -> None:
    with pytest.raises(ForbiddenError):
        _page(bench, Criteria(), by=stranger())


def test_export_is_what_is_listed_and_no_formula(bench: Bench) -> None:
    listing = Listing(Side.RECEIVED, TOWN_HALL, MINE, Order(SortBy.DUE, rises=True))

    lines = export_csv(bench.ports, accountant(), listing).decode("utf-8-sig").splitlines()

    assert [line.split(";")[0] for line in lines] == ["Numéro", "F-12", "F-11", "F-10"]
    assert "1792,18" in lines[1]
    assert export_xlsx(bench.ports, accountant(), listing)[:2] == b"PK"


def test_export_names_the_credit_notes_and_takes_their_amounts_off(bench: Bench) -> None:
    content = a_cii(
        number="AV-1", type_code="381", preceding_invoices=(PrecedingInvoice(number="F-1", issue_date=DAY),)
    )
    the_invoice(bench.ports, deposited(bench.ports, content))
    listing = Listing(Side.RECEIVED, TOWN_HALL, MINE)

    lines = export_csv(bench.ports, accountant(), listing).decode("utf-8-sig").splitlines()

    assert [line.split(";")[1] for line in lines] == ["Type", "Avoir", "Facture", "Facture", "Facture"]
    assert ["-1792,18" in line for line in lines[1:]] == [True, False, False, False]


def test_export_looks_through_no_more_than_its_budget(
    bench: Bench, read: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("choriste.application.invoices.export_invoices.READ_BY_MANY", 5)
    old = Criteria(payment_day=Between(None, DAY - dt.timedelta(days=99)))

    with pytest.raises(BadRequestError):
        export_csv(bench.ports, accountant(), Listing(Side.RECEIVED, TOWN_HALL, old))

    assert sum(read) == 5


def test_amounts_narrow_a_list(bench: Bench) -> None:
    assert _numbers(_page(bench, Criteria(with_vat=Between(Decimal(1793), None)))) == []
