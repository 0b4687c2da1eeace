"""The further lists and the number guard of invoices, the same on the memory and the DynamoDB stores."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from choriste.domain.deposits.flow import Document, Flow, Outcome
from choriste.domain.lifecycle import Frame, Role, Status
from choriste.domain.shared.errors import DuplicateInvoiceError, PieceAnsweredError
from choriste.domain.shared.ids import FlowId, InvoiceId
from choriste.domain.tracking.head import (
    AuditRow,
    InvoiceHead,
    PartyReference,
    StatusChange,
    audit_row,
)
from choriste.domain.tracking.journey import Actor, Journey
from choriste.domain.tracking.lists import InvoiceList, ListKind, invoice_at
from tests.builders.intake import deposited, the_invoice
from tests.builders.invoices import a_cii
from tests.builders.ports import Bench, a_bench, a_moto_bench

WATCHER = PartyReference(identifier="80456712100012", name="Cabinet Delorme", structure="2004")
OTHER = PartyReference(identifier="19750123200015", name="Université", structure="1003")


@pytest.fixture(params=["memory", "dynamodb"])
def bench(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    if request.param == "memory":
        yield a_bench()
        return
    with a_moto_bench() as on_moto:
        yield on_moto


def _step(bench: Bench, transition: str, **changed: object) -> None:
    """Write one change on the one invoice deposited, whatever the lifecycle would say of it."""
    issued = bench.ports.invoices.places(InvoiceList(ListKind.ISSUED, "2001"), after=None, limit=1)
    (head,) = bench.ports.invoices.heads([invoice_at(issued.rows[0])])
    status = changed.get("status", head.status)
    change = StatusChange(
        invoice_id=head.id,
        version=head.version + 1,
        at=bench.clock.now(),
        transition=transition,
        before=head.status,
        after=Status(str(status)),
        role=Role.SUPPLIER,
        actor="x",
        actor_name="X",
    )
    audit = audit_row(change, previous=head.audit_hash)
    moved = replace(head, version=change.version, audit_hash=audit.hash, **changed)  # type: ignore[arg-type]
    bench.ports.invoices.save(Journey(head, moved, (change,), (audit,)))


def _involved(bench: Bench, owner: str, kind: ListKind) -> list[str]:
    page = bench.ports.invoices.places(InvoiceList(kind, owner), after=None, limit=10)
    return [head.number for head in bench.ports.invoices.heads([invoice_at(each) for each in page.rows])]


def test_corrected_party_finds_the_invoice_in_its_list(bench: Bench) -> None:
    deposited(bench.ports, a_cii(number="W-1"))

    _step(bench, "correct-party", frame=Frame.A4, moe=WATCHER)
    _step(bench, "correct-validator", validator_1=OTHER)

    assert _involved(bench, "2004", ListKind.WORKS) == ["W-1"]
    assert _involved(bench, "1003", ListKind.VALIDATED) == ["W-1"]
    assert _involved(bench, "1003", ListKind.WORKS) == []


def test_pieces_of_a_billing_file_are_found_by_its_first(bench: Bench) -> None:
    head = the_invoice(bench.ports, deposited(bench.ports, a_cii(number="W-1")))

    _step(bench, "associate", frame=Frame.A4)

    assert _involved(bench, str(head.id), ListKind.FILE) == ["W-1"]


def test_recycling_to_where_the_number_is_taken_is_refused(bench: Bench) -> None:
    deposited(bench.ports, a_cii(number="W-1"))
    _step(bench, "recycle", recipient=OTHER)
    bench.clock.advance(seconds=1)
    deposited(bench.ports, a_cii(number="W-2"))

    with pytest.raises(DuplicateInvoiceError):
        _step(bench, "recycle", recipient=OTHER, number="W-1")


def test_deleted_draft_gives_its_number_back(bench: Bench) -> None:
    deposited(bench.ports, a_cii(number="W-1"))

    _step(bench, "delete-draft", status=Status.SUPPRIMEE)
    bench.clock.advance(seconds=1)
    again = deposited(bench.ports, a_cii(number="W-1", payment_terms="30 jours"))

    assert the_invoice(bench.ports, again).number == "W-1"


def test_act_beside_the_status_is_read_back(bench: Bench) -> None:
    head = the_invoice(bench.ports, deposited(bench.ports, a_cii(number="W-1")))
    actor = Actor(Role.SUPPLIER, "x", "X")

    journey = Journey.begin(head).with_act("comment", actor=actor, at=bench.clock.now(), text="Bonjour")
    bench.ports.invoices.save(journey)

    assert bench.ports.invoices.history(head.id)[-1] == journey.changes[0]
    assert bench.ports.invoices.get(head.id) == journey.head


def test_piece_is_answered_by_one_document_only(bench: Bench) -> None:
    piece = the_invoice(bench.ports, deposited(bench.ports, a_cii(number="W-1")))
    first, second = (_answer(bench, piece, number) for number in (1, 2))

    bench.ports.invoices.register(*first[:3], document=first[3])
    bench.ports.invoices.register(*first[:3], document=first[3])

    with pytest.raises(PieceAnsweredError) as refusal:
        bench.ports.invoices.register(*second[:3], document=second[3])
    assert (refusal.value.piece, refusal.value.by) == (piece.id, first[0].id)
    assert bench.ports.invoices.get(second[0].id) is None


def _answer(
    bench: Bench, piece: InvoiceHead, number: int
) -> tuple[InvoiceHead, StatusChange, AuditRow, Document]:
    """Return a document that answers a piece, ready to be registered."""
    flow = replace(
        _flow(bench, piece), id=FlowId(f"CPP001111700000000000020{number}"), sha256=f"{number}" * 64
    )
    opened = bench.ports.flows.open(replace(flow, documents=None, accepted=frozenset()))
    source = bench.ports.flows.document(piece.flow_id, 1)
    assert source is not None
    invoice = InvoiceId(piece.id + number)
    pending = replace(source, flow_id=opened.id, invoice_id=invoice, outcome=Outcome.PENDING)
    (document,) = bench.ports.flows.add_documents(opened, [pending])
    head = replace(
        piece,
        id=invoice,
        number=f"A15-{number}",
        frame=Frame.A15,
        version=1,
        previous=(piece.id,),
        flow_id=opened.id,
    )
    change = StatusChange(
        invoice_id=invoice,
        version=1,
        at=head.status_at,
        transition="submit",
        before=None,
        after=head.status,
        role=Role.MOE,
        actor="x",
        actor_name="X",
    )
    audit = audit_row(change, previous="")
    return replace(head, audit_hash=audit.hash), change, audit, replace(document, outcome=Outcome.ACCEPTED)


def _flow(bench: Bench, piece: InvoiceHead) -> Flow:
    flow = bench.ports.flows.get(piece.flow_id)
    assert flow is not None
    return flow
