"""What waits for its turn: archives behind the queue, documents by turns, a sweeper that lets them wait."""

from __future__ import annotations

from threading import Barrier

import pytest

from choriste.application.deposits.admit_documents import admit_documents
from choriste.application.deposits.integrate_document import integrate_document
from choriste.application.deposits.open_flow import open_flow
from choriste.application.deposits.receive_deposit import receive_deposit
from choriste.application.deposits.receive_inbox_object import receive_inbox_object
from choriste.application.operations.ports import DueItem, DueKind
from choriste.application.operations.resume_overdue import DEADLINES, resume_overdue
from choriste.application.operations.resume_stuck import list_stuck
from choriste.application.shared.ports import Bucket
from choriste.domain.access.principal import Principal, PrincipalKind
from choriste.domain.deposits.flow import Channel, Flow, FlowState
from choriste.domain.shared.ids import FlowId
from tests.builders.bad_files import a_zip
from tests.builders.intake import run_intake
from tests.builders.invoices import a_cii
from tests.builders.ports import PARTNER_LOGIN, SUPPLIER, Bench, a_bench, supplier

OPERATOR = Principal(kind=PrincipalKind.OPERATOR, id="operator", name="Exploitation")


@pytest.fixture
def bench() -> Bench:
    found = a_bench()
    found.backlog.held = True
    return found


def _archive(count: int) -> bytes:
    return a_zip([(f"{n}.xml", a_cii(number=f"N-{n}")) for n in range(1, count + 1)])


def _deposit(bench: Bench, count: int) -> FlowId:
    return receive_deposit(
        bench.ports,
        supplier(),
        structure=SUPPLIER,
        filename="night.zip",
        content=_archive(count),
        channel=Channel.API,
    ).flow.id


def _flow(bench: Bench, flow_id: FlowId) -> Flow:
    found = bench.ports.flows.get(flow_id)
    assert found is not None
    return found


def test_archive_is_answered_before_it_is_opened_whatever_channel_it_came_by(bench: Bench) -> None:
    asked = _flow(bench, _deposit(bench, 3))
    key = f"partners/{PARTNER_LOGIN}/other.zip"
    bench.ports.files.put(Bucket.INBOX, key, _archive(2), mime_type="")
    dropped = receive_inbox_object(bench.ports, key, delivery="1")

    assert dropped is not None
    assert (asked.state, dropped.flow.state) == (FlowState.WAITING, FlowState.WAITING)
    assert bench.intake.started == []
    bench.backlog.go_on()
    assert {started[0] for started in bench.intake.started} == {asked.id, dropped.flow.id}
    assert len(bench.intake.started) == 5


def test_archive_opened_twice_keeps_its_documents(bench: Bench) -> None:
    flow_id = _deposit(bench, 3)
    bench.backlog.go_on()
    documents = bench.ports.flows.documents(flow_id)

    open_flow(bench.ports, flow_id)

    assert bench.ports.flows.documents(flow_id) == documents


def test_members_of_an_archive_are_kept_side_by_side(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each put waits for the others: in a row none would ever end."""
    together, put = Barrier(4, timeout=20), bench.ports.files.put

    def put_together(bucket: Bucket, key: str, content: bytes, *, mime_type: str) -> None:
        if key.startswith("members/"):
            together.wait()
        put(bucket, key, content, mime_type=mime_type)

    monkeypatch.setattr(bench.ports.files, "put", put_together)

    flow_id = _deposit(bench, 4)
    bench.backlog.go_on()

    assert [document.position for document in bench.ports.flows.documents(flow_id)] == [1, 2, 3, 4]


def test_no_more_documents_are_in_the_intake_than_may_be(bench: Bench) -> None:
    flow_id = _deposit(bench, 9)
    bench.backlog.go_on()
    bench.intake.started.clear()
    highest = 0

    def pause() -> bool:
        nonlocal highest
        settled = _flow(bench, flow_id)
        inside = [n for _, n, _ in bench.intake.started if n not in settled.accepted | settled.refused]
        highest = max(highest, len(inside))
        run_intake(bench.ports, flow_id, inside[0])
        return True

    admit_documents(bench.ports, flow_id, range(1, 10), attempt=1, at_once=2, pause=pause)

    assert highest == 2
    assert _flow(bench, flow_id).state is FlowState.INTEGRATED


def test_documents_without_time_wait_for_another_turn(bench: Bench) -> None:
    flow_id = _deposit(bench, 5)
    bench.backlog.go_on()
    bench.intake.started.clear()
    bench.backlog.held = True

    admit_documents(bench.ports, flow_id, range(1, 6), attempt=7, at_once=2, pause=lambda: False)

    assert bench.intake.started == [(flow_id, 1, 7), (flow_id, 2, 7)]
    bench.backlog.go_on()
    assert bench.intake.started[2:] == [(flow_id, n, 7) for n in (3, 4, 5)]


def test_what_waits_for_its_turn_is_neither_asked_again_nor_an_incident(bench: Bench) -> None:
    """Load would feed on load: each sweep would start a second execution of everything that still waits."""
    flow_id = _deposit(bench, 3)
    for _ in range(20):
        bench.clock.advance(minutes=15)
        resume_overdue(bench.ports)

    assert bench.backlog.openings == 1
    assert not _flow(bench, flow_id).blocked
    assert list_stuck(bench.ports, OPERATOR) == ()
    bench.backlog.go_on()
    bench.clock.advance(minutes=15)
    resume_overdue(bench.ports)
    assert not _flow(bench, flow_id).blocked, "its documents are in the intake for some minutes only"
    bench.clock.advance(hours=3)
    resume_overdue(bench.ports)
    assert _flow(bench, flow_id).blocked, "and now nothing is before it"


def test_sweeper_stops_in_time_and_leases_before_it_works(bench: Bench) -> None:
    """What outlived the function was first again at every run, and all behind it never came up."""
    for count in (1, 2):
        _deposit(bench, count)
    bench.backlog.go_on()
    bench.clock.advance(hours=1)
    left = iter([True, False])

    resume_overdue(bench.ports, has_time=lambda: next(left))

    assert bench.ports.due_items.due_before(bench.clock.now(), limit=9) == ()


def test_item_that_another_run_has_is_left_alone(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    _deposit(bench, 1)
    bench.backlog.go_on()
    bench.intake.started.clear()
    bench.clock.advance(hours=1)
    monkeypatch.setattr(bench.ports.due_items, "postpone", lambda *_: False)

    resume_overdue(bench.ports)

    assert bench.intake.started == []


def test_deadlines_are_found_behind_any_number_of_flows(bench: Bench) -> None:
    flow_id = _deposit(bench, 1)
    bench.backlog.go_on()
    document = integrate_document(bench.ports, flow_id, 1)
    for count in (2, 3, 4):
        _deposit(bench, count)
    bench.clock.advance(days=400)
    head = bench.ports.invoices.get(document.invoice_id)
    assert head is not None
    assert head.due_at is not None

    (found,) = bench.ports.due_items.due_before(bench.clock.now(), limit=1, kinds=DEADLINES)

    assert found == DueItem(DueKind.INVOICE, str(head.id), head.due_at)
