"""Records of suppliers, kept alike in memory and in DynamoDB."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from choriste.domain.deposits.supplier_record import SupplierRecord
from choriste.domain.shared.errors import StaleVersionError
from tests.builders.ports import Bench, a_bench, a_moto_bench


@pytest.fixture(params=["memory", "dynamodb"])
def bench(request: pytest.FixtureRequest) -> Iterator[Bench]:
    if request.param == "memory":
        yield a_bench()
        return
    with a_moto_bench() as bench:
        yield bench


def test_record_comes_back_and_its_second_writer_is_refused(bench: Bench) -> None:
    records, first = bench.ports.supplier_records, SupplierRecord(supplier="2001")
    mine = first.with_invoice("F-1", "alike", ["FR76 1"])
    theirs = first.switched(frozenset({"CHO-W-LINE"}))

    records.save(mine, expected_version=0)
    records.save(mine, expected_version=0)

    with pytest.raises(StaleVersionError):
        records.save(theirs, expected_version=0)
    assert records.get("2001") == mine
    assert records.get("2002") is None

    both = mine.switched(frozenset({"CHO-W-LINE"}))
    records.save(both, expected_version=1)
    assert records.get("2001") == both
