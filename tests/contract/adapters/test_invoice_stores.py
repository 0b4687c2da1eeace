"""The same cases on the memory and the DynamoDB stores of flows, invoices, outbox, agenda and files."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace

import pytest

from choriste.application.invoices.treat_invoice import Treatment, treat_invoice
from choriste.application.shared.ports import Acquisition, Bucket
from choriste.domain.deposits.flow import FlowState, Outcome
from choriste.domain.lifecycle import Status
from choriste.domain.shared.errors import (
    DuplicateInvoiceError,
    IdentifierTakenError,
    NotFoundError,
    StaleVersionError,
)
from choriste.domain.shared.ids import FlowId, InvoiceId, new_invoice_id
from choriste.domain.tracking.head import InvoiceHead, StatusChange, audit_row, broken_link
from choriste.domain.tracking.journey import Journey
from choriste.domain.tracking.lists import InvoiceList, ListKind, Queue, Span, invoice_at
from tests.builders.intake import deposited, the_invoice
from tests.builders.invoices import a_cii
from tests.builders.ports import SUPPLIER, TOWN_HALL, Bench, a_bench, a_moto_bench, accountant

pytestmark = pytest.mark.usefixtures("aws_credentials")


@pytest.fixture
def aws_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")


@pytest.fixture(params=["memory", "dynamodb"])
def bench(request: pytest.FixtureRequest) -> Iterator[Bench]:
    if request.param == "memory":
        yield a_bench()
        return
    with a_moto_bench() as on_moto:
        yield on_moto


def test_invoice_read_back_is_the_invoice_registered(bench: Bench) -> None:
    flow = deposited(bench.ports, a_cii())

    head = the_invoice(bench.ports, flow)

    assert head.status is Status.MISE_A_DISPOSITION
    assert head.version == 3
    assert str(head.with_vat) == "1792.18"
    assert bench.ports.invoices.get(head.id) == head


def test_flow_counts_a_document_once_however_often_it_settles(bench: Bench) -> None:
    flow = deposited(bench.ports, a_cii())
    document = bench.ports.flows.document(flow.id, 1)
    assert document is not None

    later = bench.clock.now() + dt.timedelta(minutes=3)
    again = bench.ports.flows.settle(document, at=later)

    assert again.state is FlowState.INTEGRATED
    assert (flow.state_at, again.state_at) == (bench.clock.now(), later)
    assert again.accepted == {1}


def test_same_bytes_of_the_same_depositor_open_one_flow(bench: Bench) -> None:
    first = deposited(bench.ports, a_cii())

    second = deposited(bench.ports, a_cii())

    assert second.id == first.id
    assert len(bench.ports.flows.deposited_by(SUPPLIER, after=None, limit=10).rows) == 1


def test_refused_bytes_may_be_deposited_again(bench: Bench) -> None:
    first = deposited(bench.ports, b"not an invoice")

    second = deposited(bench.ports, b"not an invoice")

    assert first.state is FlowState.REFUSED
    assert second.id != first.id


def test_flow_id_given_to_another_deposit_is_refused(bench: Bench) -> None:
    flow = deposited(bench.ports, a_cii())

    with pytest.raises(IdentifierTakenError):
        bench.ports.flows.open(replace(flow, sha256="0" * 64))


def test_invoice_id_given_to_another_invoice_is_refused(bench: Bench) -> None:
    flow = deposited(bench.ports, a_cii())
    head, document = the_invoice(bench.ports, flow), bench.ports.flows.document(flow.id, 1)
    change = bench.ports.invoices.history(head.id)[0]
    assert document is not None
    other = replace(head, number="OTHER")

    with pytest.raises(IdentifierTakenError):
        bench.ports.invoices.register(other, change, audit_row(change, previous=""), document=document)


def test_number_taken_by_another_invoice_is_a_duplicate(bench: Bench) -> None:
    flow = deposited(bench.ports, a_cii())
    head, document = the_invoice(bench.ports, flow), bench.ports.flows.document(flow.id, 1)
    change = bench.ports.invoices.history(head.id)[0]
    assert document is not None
    other = InvoiceId(head.id + 1)

    with pytest.raises(DuplicateInvoiceError) as refusal:
        bench.ports.invoices.register(
            replace(head, id=other),
            replace(change, invoice_id=other),
            audit_row(change, previous=""),
            document=document,
        )

    assert refusal.value.first == head.id


def test_registration_repeated_changes_nothing(bench: Bench) -> None:
    flow = deposited(bench.ports, a_cii())
    head, document = the_invoice(bench.ports, flow), bench.ports.flows.document(flow.id, 1)
    change = bench.ports.invoices.history(head.id)[0]
    assert document is not None

    bench.ports.invoices.register(head, change, audit_row(change, previous=""), document=document)

    assert bench.ports.invoices.get(head.id) == head
    assert len(bench.ports.invoices.history(head.id)) == 3


def test_write_of_a_stale_version_is_refused_with_the_state_in_force(bench: Bench) -> None:
    head = the_invoice(bench.ports, deposited(bench.ports, a_cii()))
    treat_invoice(bench.ports, accountant(), head.id, Treatment(action="mandate"))

    with pytest.raises(StaleVersionError) as refusal:
        bench.ports.invoices.save(Journey(head, replace(head, version=9)))

    assert refusal.value.parameters == {"version": 4, "status": "MANDATEE"}


def test_write_of_an_unknown_invoice_is_refused(bench: Bench) -> None:
    head = the_invoice(bench.ports, deposited(bench.ports, a_cii()))
    unknown = replace(head, id=new_invoice_id(bench.clock.now()))

    with pytest.raises(NotFoundError):
        bench.ports.invoices.save(Journey(unknown, unknown))


def test_history_and_audit_chain_tell_every_step_in_order(bench: Bench) -> None:
    head = the_invoice(bench.ports, deposited(bench.ports, a_cii()))

    treat_invoice(bench.ports, accountant(), head.id, Treatment(action="pay"))

    chain = bench.ports.invoices.audit_chain(head.id)
    assert [c.transition for c in bench.ports.invoices.history(head.id)] == [
        "submit",
        "route",
        "deliver",
        "pay",
    ]
    assert [row.version for row in chain] == [1, 2, 3, 4]
    assert broken_link(chain) is None


def test_outbox_holds_changes_until_they_are_published(bench: Bench) -> None:
    head = the_invoice(bench.ports, deposited(bench.ports, a_cii()))

    pending = bench.ports.outbox.pending(limit=10)
    bench.ports.outbox.mark_published(pending[:2])

    assert [change.version for change in pending] == [1, 2, 3]
    assert _versions(bench.ports.outbox.pending(limit=10)) == [(head.id, 3)]


def test_outbox_names_only_what_is_yet_to_be_published(bench: Bench) -> None:
    deposited(bench.ports, a_cii())
    first, second, _ = bench.ports.outbox.pending(limit=10)
    bench.ports.outbox.mark_published([first])

    waiting = bench.ports.outbox.unpublished([first.id, second.id, second.id])

    assert [change.id for change in waiting] == [second.id]


def test_lists_are_newest_first_and_go_on_from_a_cursor(bench: Bench) -> None:
    ids = []
    for number in ("F-1", "F-2", "F-3"):
        ids.append(the_invoice(bench.ports, deposited(bench.ports, a_cii(number=number))).id)
        bench.clock.advance(seconds=1)

    invoices, received = bench.ports.invoices, InvoiceList(ListKind.RECEIVED, TOWN_HALL)
    first = invoices.places(received, after=None, limit=2)
    rest = invoices.places(received, after=first.after, limit=2)

    assert [invoice_at(place) for place in (*first.rows, *rest.rows)] == ids[::-1]
    assert rest.after is None
    assert _stands_in(bench, InvoiceList(ListKind.ISSUED, SUPPLIER)) == ids[::-1]
    assert [head.id for head in invoices.heads([ids[2], InvoiceId(7), ids[0]])] == [ids[2], ids[0]]


def test_lists_follow_an_invoice_from_queue_to_queue(bench: Bench) -> None:
    invoice = the_invoice(bench.ports, deposited(bench.ports, a_cii(number="F-1"))).id
    mine = InvoiceList(ListKind.RECEIVED_QUEUE, TOWN_HALL, Queue.MINE)
    others = InvoiceList(ListKind.ISSUED_QUEUE, SUPPLIER, Queue.OTHERS)
    due = InvoiceList(ListKind.DUE, TOWN_HALL)

    before = [_stands_in(bench, each) for each in (mine, others, due)]
    treat_invoice(bench.ports, accountant(), invoice, Treatment(action="pay"))

    assert before == [[invoice]] * 3
    assert [_stands_in(bench, each) for each in (mine, others, due)] == [[]] * 3
    assert _stands_in(bench, InvoiceList(ListKind.BETWEEN, SUPPLIER, TOWN_HALL)) == [invoice]


def test_list_is_read_and_counted_within_a_span(bench: Bench) -> None:
    for number in ("F-1", "F-2", "G-1"):
        deposited(bench.ports, a_cii(number=number))
        bench.clock.advance(seconds=1)
    invoices, numbers = bench.ports.invoices, InvoiceList(ListKind.RECEIVED_NUMBER, TOWN_HALL)
    f_only = Span("f-", "f-\uffff")

    found = invoices.places(numbers, within=f_only, after=None, limit=1)
    more = invoices.places(numbers, within=f_only, after=found.after, limit=9)
    beyond = invoices.places(numbers, within=f_only, after="g", limit=9)

    assert [place.split("#")[0] for place in (*found.rows, *more.rows)] == ["f-1", "f-2"]
    assert (more.after, beyond.rows) == (None, ())
    assert [invoices.count(numbers, within=f_only, most=most) for most in (1, 9)] == [1, 2]
    assert invoices.count(numbers, most=9) == 3


def _stands_in(bench: Bench, which: InvoiceList) -> list[InvoiceId]:
    return [invoice_at(place) for place in bench.ports.invoices.places(which, after=None, limit=9).rows]


def test_unfinished_flow_is_due_after_its_watch_and_may_be_postponed(bench: Bench) -> None:
    flow = deposited(bench.ports, a_cii())
    document = bench.ports.flows.document(flow.id, 1)
    assert document is not None
    waiting = replace(flow, id=FlowId("CPP0011117000000000000001"), sha256="0" * 64, documents=None)
    bench.ports.flows.open(replace(waiting, accepted=frozenset()))
    now = bench.clock.now()

    early = bench.ports.due_items.due_before(now, limit=9)
    due = bench.ports.due_items.due_before(now + dt.timedelta(minutes=11), limit=9)
    bench.ports.due_items.postpone(due[0], now + dt.timedelta(hours=1))

    assert early == ()
    assert [item.id for item in due] == [waiting.id]
    assert bench.ports.due_items.due_before(now + dt.timedelta(minutes=11), limit=9) == ()


def test_blocked_flow_says_so_until_a_document_settles(bench: Bench) -> None:
    flow = deposited(bench.ports, a_cii())
    opened = replace(flow, id=FlowId("CPP0011117000000000000002"), sha256="1" * 64, accepted=frozenset())
    bench.ports.flows.open(replace(opened, documents=None))

    bench.ports.flows.block(opened.id)

    blocked = bench.ports.flows.get(opened.id)
    assert blocked is not None
    assert blocked.state is FlowState.BLOCKED


def test_documents_recorded_twice_keep_their_first_invoice_id(bench: Bench) -> None:
    flow = deposited(bench.ports, a_cii())
    document = bench.ports.flows.document(flow.id, 1)
    assert document is not None

    kept = bench.ports.flows.add_documents(flow, [replace(document, invoice_id=InvoiceId(1))])

    assert kept[0].invoice_id == document.invoice_id
    assert kept[0].outcome is Outcome.ACCEPTED


def test_once_answers_the_first_until_its_time_is_over(bench: Bench) -> None:
    once, until = bench.ports.idempotency, bench.clock.now() + dt.timedelta(hours=1)

    first = once.put_if_absent("key", "a", until=until)
    second = once.put_if_absent("key", "b", until=until)
    bench.clock.advance(hours=2)

    assert (first, second) == ("a", "a")
    assert once.get("key") is None


def test_claim_goes_to_one_holder_until_it_is_over_or_completed(bench: Bench) -> None:
    once, until = bench.ports.idempotency, bench.clock.now() + dt.timedelta(minutes=1)

    claims = [once.acquire("key", by=who, until=until) for who in ("one", "other", "one")]
    bench.clock.advance(minutes=2)
    until = bench.clock.now() + dt.timedelta(minutes=1)
    taken_over = [once.acquire("key", by=who, until=until) for who in ("other", "one")]
    once.complete("key", until=until)
    late = [once.acquire("key", by=who, until=until) for who in ("one", "other")]

    assert claims == [Acquisition.ACQUIRED, Acquisition.HELD, Acquisition.ACQUIRED]
    assert taken_over == [Acquisition.ACQUIRED, Acquisition.HELD]
    assert late == [Acquisition.DONE, Acquisition.DONE]


def test_claim_that_is_asked_again_is_held_longer(bench: Bench) -> None:
    once, minute = bench.ports.idempotency, dt.timedelta(minutes=1)
    once.acquire("key", by="one", until=bench.clock.now() + minute)
    bench.clock.advance(seconds=50)

    once.acquire("key", by="one", until=bench.clock.now() + minute)
    bench.clock.advance(seconds=50)

    assert once.acquire("key", by="other", until=bench.clock.now() + minute) is Acquisition.HELD


def test_files_come_back_as_they_were_put(bench: Bench) -> None:
    files = bench.ports.files
    files.put(Bucket.INBOX, "partners/a/b.xml", b"<a/>", mime_type="application/xml")

    assert files.get(Bucket.INBOX, "partners/a/b.xml") == b"<a/>"
    assert files.size(Bucket.INBOX, "partners/a/b.xml") == 4
    assert files.metadata(Bucket.INBOX, "partners/a/b.xml") == {}
    assert "b.xml" in files.download_address(Bucket.ARCHIVE, "originals/b.xml", filename="b.xml", seconds=60)
    assert "partners" in files.upload_address("partners/a/c.xml", seconds=60)


@pytest.mark.parametrize("ask", ["get", "size", "metadata"])
def test_absent_file_is_not_found(bench: Bench, ask: str) -> None:
    with pytest.raises(NotFoundError):
        getattr(bench.ports.files, ask)(Bucket.ARCHIVE, "nothing")


def _ids(heads: tuple[InvoiceHead, ...]) -> list[InvoiceId]:
    return [head.id for head in heads]


def _versions(changes: tuple[StatusChange, ...]) -> list[tuple[InvoiceId, int]]:
    return [(change.invoice_id, change.version) for change in changes]
