"""Several who write the same thing at once: one wins, the others learn the new state, nothing is lost."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import boto3
import pytest

from choriste.adapters.aws.dynamodb.due_items import DynamoDueItems
from choriste.adapters.aws.dynamodb.flows import DynamoFlows
from choriste.adapters.aws.dynamodb.invoices import DynamoInvoices
from choriste.adapters.aws.dynamodb.table import CoreTable
from choriste.application.invoices.act_on_invoice import comment_invoice
from choriste.application.invoices.treat_invoice import Treatment, treat_invoice
from choriste.application.operations.ports import DueItem, DueKind
from choriste.domain.lifecycle import Status
from choriste.domain.shared.errors import StaleVersionError
from choriste.domain.shared.ids import FlowId
from choriste.domain.tracking.head import InvoiceHead, broken_link
from choriste.domain.tracking.journey import Journey
from choriste.local.moto_patches.tables import install_tables
from choriste.runtime.ports import PlatformPorts
from tests.builders.contention import ContendedClient, at_once
from tests.builders.intake import deposited, the_invoice
from tests.builders.invoices import a_cii
from tests.builders.ports import REGION, Bench, a_moto_bench, accountant

STEPS = {"certify-service": Status.SERVICE_FAIT, "mandate": Status.MANDATEE, "pay": Status.MISE_EN_PAIEMENT}


@dataclass(frozen=True)
class Crowd:
    """An invoice at its recipient, and workshops whose writes meet one another."""

    bench: Bench
    head: InvoiceHead

    def ports(self, *, meeting: int) -> tuple[PlatformPorts, ContendedClient]:
        """Return the workshop where the first transaction waits until so many writes have met it."""
        client = ContendedClient(boto3.client("dynamodb", region_name=REGION), meeting=meeting)
        contended: Any = client
        table = CoreTable(contended, "choriste-core")
        invoices = DynamoInvoices(table, audit_table="choriste-audit")
        ports = replace(
            self.bench.ports, invoices=invoices, flows=DynamoFlows(table), due_items=DynamoDueItems(table)
        )
        return ports, client

    def now(self) -> InvoiceHead:
        """Return the invoice as it now is, once its history and its audit chain were found whole."""
        invoices = self.bench.ports.invoices
        head = invoices.get(self.head.id)
        assert head is not None
        versions = [change.version for change in invoices.history(head.id)]
        assert versions == list(range(1, head.version + 1))
        assert broken_link(invoices.audit_chain(head.id)) is None
        return head


@pytest.fixture
def crowd(monkeypatch: pytest.MonkeyPatch) -> Iterator[Crowd]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with ExitStack() as undo:
        bench = undo.enter_context(a_moto_bench())
        for uninstall in install_tables(lambda _writes: None):
            undo.callback(uninstall)
        yield Crowd(bench, the_invoice(bench.ports, deposited(bench.ports, a_cii())))


def _treatment(ports: PlatformPorts, head: InvoiceHead, action: str) -> Callable[[], InvoiceHead]:
    treatment = Treatment(action=action)
    return partial(treat_invoice, ports, accountant(), head.id, treatment, expected_version=head.version)


def test_of_several_who_act_at_once_one_wins_and_the_others_learn_the_new_state(crowd: Crowd) -> None:
    ports, client = crowd.ports(meeting=len(STEPS) - 1)

    answers = at_once(*(_treatment(ports, crowd.head, action) for action in STEPS))

    (won,) = [answer for answer in answers if isinstance(answer, InvoiceHead)]
    refusals = [answer for answer in answers if answer is not won]
    head = crowd.now()
    assert (head, head.version) == (won, crowd.head.version + 1)
    assert head.status in STEPS.values()
    assert [type(refusal) for refusal in refusals] == [StaleVersionError] * (len(STEPS) - 1)
    new_state = {"version": head.version, "status": head.status.value}
    assert [refusal.parameters for refusal in refusals] == [new_state] * (len(STEPS) - 1)
    assert len(client.conflicts) >= len(STEPS) - 1


def test_comments_left_at_once_are_all_kept(crowd: Crowd) -> None:
    words = [f"Remarque {number}." for number in range(3)]
    ports, client = crowd.ports(meeting=len(words) - 1)

    answers = at_once(*(partial(comment_invoice, ports, accountant(), crowd.head.id, text) for text in words))

    assert all(isinstance(answer, InvoiceHead) for answer in answers), answers
    crowd.now()
    said = [change.text for change in crowd.bench.ports.invoices.history(crowd.head.id)]
    assert sorted(text for text in said if text) == words
    assert len(client.conflicts) >= len(words) - 1


def test_same_bytes_deposited_at_once_are_one_flow(crowd: Crowd) -> None:
    ports, client = crowd.ports(meeting=2)
    known = ports.flows.get(crowd.head.flow_id)
    assert known is not None
    blank = replace(known, sha256="5" * 64, documents=None, accepted=frozenset())
    wanted = [replace(blank, id=FlowId(f"CPP00111170000000000004{number:02d}")) for number in range(3)]

    opened = at_once(*(partial(ports.flows.open, flow) for flow in wanted))

    assert len({flow.id for flow in opened}) == 1
    assert [flow.id for flow in wanted if ports.flows.get(flow.id) is not None] == [opened[0].id]
    assert set(client.conflicts) == {"transact_write_items"}


def test_sweeper_that_meets_a_step_under_way_leaves_the_item_to_it(crowd: Crowd) -> None:
    due = replace(crowd.head, version=crowd.head.version + 1, due_at=crowd.bench.clock.now())
    crowd.bench.ports.invoices.save(Journey(crowd.head, due))
    item = DueItem(DueKind.INVOICE, str(due.id), crowd.bench.clock.now())
    ports, client = crowd.ports(meeting=1)
    later = crowd.bench.clock.now().replace(year=2030)

    stepped, postponed = at_once(
        partial(ports.invoices.save, Journey(due, _gone_on(due))),
        partial(_once_held, client, partial(ports.due_items.postpone, item, later)),
    )

    assert (stepped, postponed) == (None, None)
    assert client.conflicts == ["update_item"]
    assert ports.due_items.due_before(later.replace(year=2031), limit=9) == ()


def _gone_on(head: InvoiceHead) -> InvoiceHead:
    return replace(head, version=head.version + 1, due_at=None)


def _once_held(client: ContendedClient, work: Callable[[], object]) -> None:
    client.wait_until_held()
    work()


class LaggingClient:
    """A table whose eventually consistent reads see nothing yet, or the head of some versions ago."""

    def __init__(self, old_head: dict[str, Any] | None) -> None:
        self._client = boto3.client("dynamodb", region_name=REGION)
        self._old_head = old_head

    def batch_get_item(self, **request: Any) -> Any:
        """Answer truly only where it was asked to be consistent."""
        answer: Any = self._client.batch_get_item(**request)
        if request["RequestItems"]["choriste-core"]["ConsistentRead"]:
            return answer
        rows = answer["Responses"]["choriste-core"]
        late = [self._old_head if row["sk"]["S"] == "HEAD" else row for row in rows]
        answer["Responses"]["choriste-core"] = late if self._old_head else []
        return answer


@pytest.mark.parametrize("sees_old_head", [False, True])
def test_notice_reads_again_where_the_table_lags_behind_its_change(
    crowd: Crowd, *, sees_old_head: bool
) -> None:
    key = {"pk": {"S": f"INVOICE#{crowd.head.id}"}, "sk": {"S": "HEAD"}}
    plain: Any = boto3.client("dynamodb", region_name=REGION)
    old_head = plain.get_item(TableName="choriste-core", Key=key)["Item"] if sees_old_head else None
    comment_invoice(crowd.bench.ports, accountant(), crowd.head.id, text="seen")
    now = crowd.now()
    lagging: Any = LaggingClient(old_head)
    invoices = DynamoInvoices(CoreTable(lagging, "choriste-core"), audit_table="choriste-audit")

    found = invoices.with_change(now.id, now.version)

    assert found is not None
    assert (found[0], found[1].version) == (now, now.version)
