"""What is due, the same on the memory and the DynamoDB agenda, beyond one page of an answer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace

import pytest

from choriste.domain.shared.ids import FlowId
from tests.builders.intake import deposited
from tests.builders.invoices import a_cii
from tests.builders.ports import Bench, a_bench, a_moto_bench


@pytest.fixture(params=["memory", "dynamodb"])
def bench(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    if request.param == "memory":
        yield a_bench()
        return
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setattr("choriste.adapters.aws.dynamodb.due_items._PAGE", 1)
    with a_moto_bench() as on_moto:
        yield on_moto


def _waiting(bench: Bench, number: int) -> FlowId:
    """An opened flow that nobody has looked into yet."""
    flow = deposited(bench.ports, a_cii(number=f"DUE-{number}"))
    waiting = replace(flow, id=FlowId(f"CPP001111700000000000020{number}"), sha256=f"{number}" * 64)
    bench.clock.advance(seconds=1)
    return bench.ports.flows.open(replace(waiting, documents=None, accepted=frozenset())).id


def test_due_items_are_found_to_the_last_one_oldest_first(bench: Bench) -> None:
    waiting = [_waiting(bench, number) for number in range(6)]
    later = bench.clock.now() + dt.timedelta(days=1)

    found = bench.ports.due_items.due_before(later, limit=99)

    assert [item.id for item in found] == waiting
    assert bench.ports.due_items.due_before(later, limit=4) == found[:4]


@pytest.mark.parametrize("bench", ["dynamodb"], indirect=True)  # the memory agenda has one caller at a time
def test_item_found_before_it_was_postponed_is_not_postponed_again(bench: Bench) -> None:
    _waiting(bench, 1)
    later = bench.clock.now() + dt.timedelta(days=1)
    (item,) = bench.ports.due_items.due_before(later, limit=9)

    bench.ports.due_items.postpone(item, later + dt.timedelta(days=2))
    bench.ports.due_items.postpone(item, later + dt.timedelta(days=1))

    (moved,) = bench.ports.due_items.due_before(later + dt.timedelta(days=3), limit=9)
    assert moved.due_at == later + dt.timedelta(days=2)
