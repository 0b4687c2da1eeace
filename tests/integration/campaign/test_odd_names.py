"""Names of files that no person would choose, and work that fails each time, must not end in silence."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from choriste.application.deposits.receive_deposit import receive_deposit
from choriste.application.deposits.receive_inbox_object import receive_inbox_object
from choriste.application.operations.resume_overdue import resume_overdue
from choriste.application.shared.ports import Bucket
from choriste.domain.deposits.flow import Channel, Outcome
from choriste.domain.shared.ids import FlowId
from tests.builders.bad_files import a_tar, a_zip
from tests.builders.invoices import a_cii
from tests.builders.ports import PARTNER_LOGIN, SUPPLIER, Bench, a_bench, supplier

NAMELESS = ("...", " ", "folder/ ", ". .")


@pytest.fixture
def bench() -> Bench:
    return a_bench()


@pytest.mark.parametrize("pack", [a_tar, a_zip])
@pytest.mark.parametrize("name", NAMELESS)
def test_member_whose_name_is_dots_and_spaces_is_a_document(
    bench: Bench, name: str, pack: Callable[[list[tuple[str, bytes]]], bytes]
) -> None:
    archive = pack([("a.xml", a_cii(number="A")), (name, a_cii(number="B"))])

    receipt = receive_deposit(
        bench.ports,
        supplier(),
        structure=SUPPLIER,
        filename="a.tar.gz",
        content=archive,
        channel=Channel.API,
    )

    opened = bench.ports.flows.get(receipt.flow.id)
    assert opened is not None
    assert opened.documents == 2 or opened.findings


@pytest.mark.parametrize("name", ["...", " "])
def test_inbox_key_whose_name_is_dots_and_spaces_is_a_deposit(bench: Bench, name: str) -> None:
    key = f"partners/{PARTNER_LOGIN}/{name}"
    bench.ports.files.put(Bucket.INBOX, key, a_cii(), mime_type="")

    receipt = receive_inbox_object(bench.ports, key, delivery="v1")

    assert receipt is not None


def test_sweeper_passes_over_what_fails(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    flows = [_deposited(bench, number) for number in ("POISON", "SOUND")]
    bench.intake.started.clear()
    bench.clock.advance(days=1)
    start = bench.ports.intake.start

    def fail_for_the_first(flow_id: FlowId, position: int, *, attempt: int = 0) -> None:
        if flow_id == flows[0]:
            raise RuntimeError(flow_id)
        start(flow_id, position, attempt=attempt)

    monkeypatch.setattr(bench.ports.intake, "start", fail_for_the_first)
    with pytest.raises(ExceptionGroup):
        resume_overdue(bench.ports, at_once=False)

    assert [started[0] for started in bench.intake.started] == [flows[1]]


def _deposited(bench: Bench, number: str) -> FlowId:
    receipt = receive_deposit(
        bench.ports,
        supplier(),
        structure=SUPPLIER,
        filename=f"{number}.xml",
        content=a_cii(number=number),
        channel=Channel.API,
    )
    bench.clock.advance(seconds=1)
    assert bench.ports.flows.documents(receipt.flow.id)[0].outcome is Outcome.PENDING
    return receipt.flow.id
