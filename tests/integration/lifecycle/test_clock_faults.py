"""Every AWS call of the sweeper and of the publisher fails once, in each way: the result is the same."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

import boto3
import pytest

from choriste.application.deposits.receive_deposit import receive_deposit
from choriste.application.notices.publish_changes import publish_changes
from choriste.application.operations.resume_overdue import resume_overdue
from choriste.domain.deposits.flow import Channel
from choriste.domain.deposits.named_parties import NamedParties
from choriste.domain.lifecycle import Frame, Status
from choriste.domain.shared.ids import InvoiceId
from choriste.domain.tracking.head import broken_link
from choriste.runtime.ports import PlatformPorts
from tests.builders.faults import Fault, FaultPlan, Killed
from tests.builders.intake import run_intake
from tests.builders.invoices import BUYER_SIRET, a_cii
from tests.builders.ports import REGION, SUPPLIER, Bench, a_moto_bench, supplier
from tests.fakes.surroundings import MemoryBus

pytestmark = pytest.mark.slow

SWEEPING, PUBLISHING = 13, 9
"""The calls that one run makes; `test_plan_covers_every_call` holds them to that."""

TABLES = ("choriste-core", "choriste-audit")
RUNS = 3


@dataclass(frozen=True)
class World:
    """A workshop whose clients fail as the plan says, and the rows to begin each test with."""

    bench: Bench
    plan: FaultPlan
    ports: PlatformPorts
    invoice: InvoiceId
    rows: dict[str, list[dict[str, Any]]]
    client: Any
    """A client that never fails."""

    def begin_anew(self) -> None:
        """Put the rows back as they were, and forget what was announced."""
        self.plan.fail(at=0)
        self.bench.bus.events.clear()
        for table, rows in self.rows.items():
            for row in self.client.scan(TableName=table)["Items"]:
                key = {name: row[name] for name in ("pk", "sk")}
                self.client.delete_item(TableName=table, Key=key)
            for row in rows:
                self.client.put_item(TableName=table, Item=row)

    def run(self, work: Callable[[], object]) -> None:
        """Run something every ten minutes, whatever becomes of it."""
        for _ in range(RUNS):
            with suppress(Exception, Killed):
                work()
            self.bench.clock.advance(minutes=11)


class FaultyBus:
    """Stands before the bus; its calls fail as the plan says."""

    def __init__(self, bus: MemoryBus, plan: FaultPlan) -> None:
        self._bus = bus
        self._plan = plan

    def publish(self, events: Sequence[dict[str, object]]) -> None:
        self._plan.carry_out("put_events", lambda: self._bus.publish(events))


@pytest.fixture(scope="module")
def everything() -> Iterator[World]:
    """An invoice whose validator let the deadline pass a minute ago, and nothing announced yet."""
    plan = FaultPlan()
    with pytest.MonkeyPatch.context() as environment:
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            environment.setenv(name, "testing")
        with a_moto_bench(plan) as bench:
            invoice = _waiting(bench.ports)
            bench.clock.advance(days=15, minutes=1)
            client: Any = boto3.client("dynamodb", region_name=REGION)
            rows = {table: client.scan(TableName=table)["Items"] for table in TABLES}
            ports = replace(bench.ports, bus=FaultyBus(bench.bus, plan))
            yield World(bench, plan, ports, invoice, rows, client)


@pytest.fixture
def world(everything: World) -> World:
    everything.begin_anew()
    return everything


def _waiting(ports: PlatformPorts) -> InvoiceId:
    flow = receive_deposit(
        ports,
        supplier(),
        structure=SUPPLIER,
        filename="a.xml",
        content=a_cii(),
        channel=Channel.API,
        parties=NamedParties(frame=Frame.A9, validator=BUYER_SIRET),
    ).flow
    return run_intake(ports, flow.id, 1).invoice_id


def _sweep(world: World) -> None:
    resume_overdue(world.ports, at_once=False)


def _publish(world: World) -> None:
    publish_changes(world.ports, by="run")


@pytest.mark.parametrize(("work", "calls"), [(_sweep, SWEEPING), (_publish, PUBLISHING)])
def test_plan_covers_every_call(world: World, work: Callable[[World], None], calls: int) -> None:
    work(world)

    assert world.plan.stop() == calls


@pytest.mark.parametrize("fault", list(Fault))
@pytest.mark.parametrize("at", range(1, SWEEPING + 1))
def test_deadline_is_applied_once_whichever_call_fails(world: World, at: int, fault: Fault) -> None:
    world.plan.fail(at=at, fault=fault)

    world.run(lambda: _sweep(world))

    invoices = world.bench.ports.invoices
    head = invoices.get(world.invoice)
    assert head is not None
    steps = [change.transition for change in invoices.history(head.id)]
    assert (head.status, head.version) == (Status.MISE_A_DISPOSITION, len(steps))
    assert steps.count("let-pass") == 1
    assert broken_link(invoices.audit_chain(head.id)) is None


@pytest.mark.parametrize("fault", list(Fault))
@pytest.mark.parametrize("at", range(1, PUBLISHING + 1))
def test_every_change_is_announced_whichever_call_fails(world: World, at: int, fault: Fault) -> None:
    world.plan.fail(at=at, fault=fault)

    world.run(lambda: _publish(world))

    announced = [event["version"] for event in world.bench.bus.events]
    assert set(announced) == {1, 2}
    assert len(announced) <= 2 * len({1, 2})
    assert world.bench.ports.outbox.pending(limit=9) == ()
