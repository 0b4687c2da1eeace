"""Every single AWS call of the intake fails once, in each way: the result is always the same."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from choriste.domain.deposits.flow import Flow, FlowState
from choriste.domain.lifecycle import Status
from choriste.domain.tracking.head import InvoiceHead, broken_link
from choriste.domain.tracking.lists import InvoiceList, ListKind, invoice_at
from tests.builders.faults import Fault, FaultPlan
from tests.builders.intake import deposited, persistently, the_invoice
from tests.builders.invoices import a_cii
from tests.builders.ports import SUPPLIER, TOWN_HALL, Bench, a_moto_bench

pytestmark = pytest.mark.slow

CALLS = 14
"""What the intake of one invoice makes; `test_plan_covers_every_call` holds it to that."""


@pytest.fixture(scope="module")
def plan() -> FaultPlan:
    return FaultPlan()


@pytest.fixture(scope="module")
def bench(plan: FaultPlan) -> Iterator[Bench]:
    with pytest.MonkeyPatch.context() as environment:
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            environment.setenv(name, "testing")
        with a_moto_bench(plan) as on_moto:
            yield on_moto


@pytest.fixture(autouse=True)
def _moment_of_its_own(bench: Bench) -> None:
    """Numbers drawn within one millisecond can meet, and cost calls that a sound intake does not make."""
    bench.clock.advance(seconds=1)


def test_plan_covers_every_call(bench: Bench, plan: FaultPlan) -> None:
    plan.fail(at=0)

    persistently(lambda: deposited(bench.ports, a_cii(number="SOUND")))

    assert plan.stop() == CALLS


@pytest.mark.parametrize("fault", list(Fault))
@pytest.mark.parametrize("at", range(1, CALLS + 1))
def test_intake_ends_the_same_whichever_call_fails(
    bench: Bench, plan: FaultPlan, at: int, fault: Fault
) -> None:
    ports, number = bench.ports, f"F-{at}-{fault.name}"
    plan.fail(at=at, fault=fault)

    flow = deposited(ports, a_cii(number=number))

    calls = plan.stop()
    head = the_invoice(ports, flow)
    assert calls > CALLS - 1
    assert flow.state is FlowState.INTEGRATED
    assert (head.status, head.version) == (Status.MISE_A_DISPOSITION, 3)
    assert [change.version for change in ports.invoices.history(head.id)] == [1, 2, 3]
    assert broken_link(ports.invoices.audit_chain(head.id)) is None
    assert [h.id for h in _received(bench) if h.number == number] == [head.id]
    assert len([f for f in _flows(bench) if f.sha256 == flow.sha256]) == 1


def _received(bench: Bench) -> tuple[InvoiceHead, ...]:
    received = InvoiceList(ListKind.RECEIVED, TOWN_HALL)
    places = bench.ports.invoices.places(received, after=None, limit=200).rows
    return bench.ports.invoices.heads([invoice_at(place) for place in places])


def _flows(bench: Bench) -> tuple[Flow, ...]:
    return bench.ports.flows.deposited_by(SUPPLIER, after=None, limit=200).rows
