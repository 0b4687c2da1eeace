"""The archive: nothing is written twice, and nothing is read that is not what was deposited."""

from __future__ import annotations

from dataclasses import replace

import boto3
import pytest

from choriste.application.deposits.integrate_document import integrate_document
from choriste.application.deposits.receive_deposit import receive_deposit
from choriste.application.shared.ports import Bucket
from choriste.domain.deposits.flow import Channel, Document, FlowState, Outcome
from choriste.domain.shared.errors import AlteredFileError
from choriste.domain.shared.findings import Verdict
from tests.builders.invoices import a_cii
from tests.builders.ports import REGION, SUPPLIER, Bench, a_bench, a_moto_bench, supplier


def _deposited(bench: Bench) -> Document:
    flow = receive_deposit(
        bench.ports,
        supplier(),
        structure=SUPPLIER,
        filename="a.xml",
        content=a_cii(),
        channel=Channel.API,
    ).flow
    document = bench.ports.flows.document(flow.id, 1)
    assert document is not None
    return document


def test_retry_writes_no_further_locked_version_and_moves_no_original() -> None:
    with a_moto_bench() as bench:
        key = _deposited(bench).key
        s3 = boto3.client("s3", region_name=REGION)
        s3.put_bucket_versioning(Bucket="choriste-archive", VersioningConfiguration={"Status": "Enabled"})
        bench.ports.files.put(Bucket.ARCHIVE, key, b"something else", mime_type="application/xml")

        assert bench.ports.files.get(Bucket.ARCHIVE, key) == a_cii()
        assert len(s3.list_object_versions(Bucket="choriste-archive", Prefix=key)["Versions"]) == 1


def test_original_that_was_replaced_is_never_judged_and_is_said_plainly(
    caplog: pytest.LogCaptureFixture,
) -> None:
    bench = a_bench()
    document = _deposited(bench)
    forged = replace(document, key="originals/forged.xml")
    bench.ports.files.put(Bucket.ARCHIVE, forged.key, a_cii(number="FORGED"), mime_type="")
    bench.ports.flows._documents[document.flow_id, 1] = forged  # type: ignore[attr-defined]

    with pytest.raises(AlteredFileError) as refused:
        integrate_document(bench.ports, document.flow_id, 1)

    assert refused.value.parameters["expected"] == document.sha256
    assert "altered original" in caplog.text
    assert bench.ports.invoices.get(document.invoice_id) is None


@pytest.mark.parametrize("on_moto", [False, True])
def test_refusal_that_comes_after_an_acceptance_counts_as_the_acceptance(*, on_moto: bool) -> None:
    """Express runs one name twice at the same time: the later judge must not count a document twice."""
    with a_moto_bench() as moto:
        bench = moto if on_moto else a_bench()
        pending = _deposited(bench)
        accepted = integrate_document(bench.ports, pending.flow_id, 1)

        flow = bench.ports.flows.settle(pending.refused((), verdict=Verdict.INVALID), at=bench.clock.now())

        assert accepted.outcome is Outcome.ACCEPTED
        assert (flow.accepted, flow.refused) == (frozenset({1}), frozenset())
        assert flow.state is FlowState.INTEGRATED
