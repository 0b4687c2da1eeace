"""Deposits: by request, dropped in S3, offered for upload; what is kept, and what is refused."""

from __future__ import annotations

import gzip
import io
import tarfile
from dataclasses import replace

import pytest

from choriste.application.access.records import Credentials
from choriste.application.deposits.deposited_file import clean_filename, mime_type_of
from choriste.application.deposits.offer_upload import flow_of_upload, offer_upload
from choriste.application.deposits.open_flow import resume_flow
from choriste.application.deposits.read_report import list_flows, read_report
from choriste.application.deposits.receive_deposit import MAX_FILE_BYTES, Receipt, receive_deposit
from choriste.application.deposits.receive_inbox_object import receive_inbox_object
from choriste.application.shared.ports import Bucket
from choriste.domain.access.principal import Principal
from choriste.domain.access.user import Membership
from choriste.domain.deposits.flow import Channel, Flow, FlowState, Outcome
from choriste.domain.parties.structure import StructureId
from choriste.domain.shared.errors import ForbiddenError, NotFoundError, TooLargeError
from choriste.domain.shared.ids import FlowId
from tests.builders.identity import a_manager
from tests.builders.intake import deposited, run_intake
from tests.builders.invoices import a_cii
from tests.builders.ports import (
    PARTNER_LOGIN,
    SUPPLIER,
    TOWN_HALL,
    Bench,
    a_bench,
    stranger,
    supplier,
)


@pytest.fixture
def bench() -> Bench:
    return a_bench()


def _deposit(bench: Bench, content: bytes, name: str = "f.xml", by: Principal | None = None) -> Receipt:
    return receive_deposit(
        bench.ports,
        by or supplier(),
        structure=SUPPLIER,
        filename=name,
        content=content,
        channel=Channel.API,
    )


def _tar(*members: tuple[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        for name, content in members:
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return gzip.compress(packed.getvalue())


def _drop(bench: Bench, key: str, content: bytes = b"x", delivery: str = "v1") -> Receipt | None:
    bench.ports.files.put(Bucket.INBOX, key, content, mime_type="")
    return receive_inbox_object(bench.ports, key, delivery=delivery)


def test_deposit_keeps_the_bytes_and_starts_the_intake(bench: Bench) -> None:
    receipt = _deposit(bench, a_cii())

    assert receipt.is_new
    assert bench.ports.files.get(Bucket.ARCHIVE, receipt.flow.key) == a_cii()
    assert bench.intake.started == [(receipt.flow.id, 1, 0)]
    assert receipt.flow.state is FlowState.RUNNING


def test_deposit_for_somebody_else_is_forbidden(bench: Bench) -> None:
    with pytest.raises(ForbiddenError):
        _deposit(bench, a_cii(), by=stranger())


def test_deposit_over_the_limit_names_size_and_limit(bench: Bench) -> None:
    with pytest.raises(TooLargeError) as refusal:
        _deposit(bench, bytes(MAX_FILE_BYTES + 1))

    assert refusal.value.parameters == {"size": MAX_FILE_BYTES + 1, "limit": MAX_FILE_BYTES}


def test_same_bytes_again_answer_with_the_first_flow(bench: Bench) -> None:
    first = _deposit(bench, a_cii())

    second = _deposit(bench, a_cii(), name="other.xml")

    assert not second.is_new
    assert second.flow.id == first.flow.id


def test_archive_becomes_one_document_per_member(bench: Bench) -> None:
    receipt = _deposit(bench, _tar(("a.xml", a_cii(number="A")), ("b.xml", b"?")), "two.tar.gz")

    documents = bench.ports.flows.documents(receipt.flow.id)

    assert [document.filename for document in documents] == ["a.xml", "b.xml"]
    assert bench.ports.files.get(Bucket.ARCHIVE, documents[1].key) == b"?"


def test_archive_that_leads_outside_is_refused_as_a_whole(bench: Bench) -> None:
    receipt = _deposit(bench, _tar(("a.xml", a_cii()), ("../../etc/passwd", b"x")), "evil.tar.gz")

    refused = read_report(bench.ports, supplier(), receipt.flow.id)
    assert refused.flow.state is FlowState.REFUSED
    assert refused.flow.findings[0].rule == "ARCHIVE-PATH"
    assert refused.documents == ()
    with pytest.raises(NotFoundError):
        bench.ports.files.get(Bucket.ARCHIVE, f"members/{receipt.flow.id}/1/a.xml")


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../x.xml", "x.xml"),
        ("C:\\temp\\é à.xml", "é à.xml"),
        ('a"b\r\n.xml', "a_b_.xml"),
        ("a" * 300 + ".xml", "a" * 180 + ".xml"),
    ],
)
def test_filename_keeps_only_what_is_safe(given: str, kept: str) -> None:
    assert clean_filename(given) == kept


@pytest.mark.parametrize("given", ["///", "...", " "])
def test_filename_of_nothing_becomes_file(given: str) -> None:
    assert clean_filename(given) == "file"


def test_mime_type_follows_the_name() -> None:
    assert mime_type_of("a.pdf") == "application/pdf"
    assert mime_type_of("a") == "application/octet-stream"


def test_dropped_file_of_a_partner_becomes_its_deposit(bench: Bench) -> None:
    receipt = _drop(bench, f"partners/{PARTNER_LOGIN}/f.xml", a_cii())

    assert receipt is not None
    assert (receipt.flow.depositor, receipt.flow.channel) == (SUPPLIER, Channel.S3)


def test_event_delivered_twice_opens_one_flow(bench: Bench) -> None:
    first = _drop(bench, f"partners/{PARTNER_LOGIN}/f.xml", b"refused content")

    second = _drop(bench, f"partners/{PARTNER_LOGIN}/f.xml", b"refused content")

    assert first is not None
    assert second is not None
    assert (second.flow.id, second.is_new) == (first.flow.id, False)


def test_dropped_file_is_taken_in_from_any_depth_of_folders(bench: Bench) -> None:
    folders = "/".join(f"{year}" for year in range(2000, 2040))

    receipt = _drop(bench, f"partners/{PARTNER_LOGIN}/{folders}/f.xml", a_cii())

    assert receipt is not None
    assert (receipt.is_new, receipt.flow.filename) == (True, "f.xml")


@pytest.mark.parametrize("key", ["partners/nobody@cpro.fr/f.xml", "elsewhere/f.xml", "partners/x/"])
def test_object_of_nobody_is_left_alone(bench: Bench, key: str) -> None:
    assert _drop(bench, key) is None


def test_dropped_file_of_an_account_without_right_is_refused_with_a_report(bench: Bench) -> None:
    account = bench.ports.accounts.technical_account(PARTNER_LOGIN)
    assert account is not None
    bench.ports.connections.replace_account(replace(account, rights=frozenset(), version=2))

    receipt = _drop(bench, f"partners/{PARTNER_LOGIN}/f.xml")

    assert receipt is not None
    assert receipt.flow.findings[0].rule == "DEPOSIT-NOT-ENTITLED"


def test_drop_of_an_account_with_several_structures_is_refused_and_names_them(bench: Bench) -> None:
    memberships = tuple(Membership(structure=StructureId(id_)) for id_ in (SUPPLIER, TOWN_HALL))
    both = replace(a_manager(SUPPLIER, "both@cimes.example"), memberships=memberships)
    bench.ports.accounts.add_user(both, Credentials(user=both.id, password_hash="", totp_secret=""))

    receipt = _drop(bench, f"partners/{both.id}/f.xml", a_cii())

    assert receipt is not None
    assert receipt.flow.state is FlowState.REFUSED
    (finding,) = receipt.flow.findings
    assert (finding.rule, finding.found) == ("DEPOSIT-STRUCTURE-UNNAMED", f"{TOWN_HALL}, {SUPPLIER}")


def test_drop_of_an_account_without_a_structure_comes_again(bench: Bench) -> None:
    alone = replace(a_manager(SUPPLIER, "alone@cimes.example"), memberships=())
    bench.ports.accounts.add_user(alone, Credentials(user=alone.id, password_hash="", totp_secret=""))

    with pytest.raises(NotFoundError) as failure:
        _drop(bench, f"partners/{alone.id}/f.xml", a_cii())

    assert failure.value.parameters["kind"] == "structure"


def test_upload_is_offered_and_found_once_it_arrived(bench: Bench) -> None:
    offer = offer_upload(bench.ports, supplier(), structure=SUPPLIER, filename="big.xml", size=9)
    before = flow_of_upload(bench.ports, supplier(), offer.key)

    receipt = _drop(bench, offer.key, a_cii())

    assert before is None
    assert receipt is not None
    assert receipt.flow.channel is Channel.UPLOAD
    assert flow_of_upload(bench.ports, supplier(), offer.key) == receipt.flow.id


def test_upload_of_somebody_else_is_not_found(bench: Bench) -> None:
    offer = offer_upload(bench.ports, supplier(), structure=SUPPLIER, filename="big.xml", size=9)

    with pytest.raises(NotFoundError):
        flow_of_upload(bench.ports, stranger(), offer.key)


def test_upload_over_one_gigabyte_is_refused(bench: Bench) -> None:
    with pytest.raises(TooLargeError):
        offer_upload(bench.ports, supplier(), structure=SUPPLIER, filename="b.zip", size=2 * 1024**3)


def test_report_is_for_the_depositor_only(bench: Bench) -> None:
    flow = deposited(bench.ports, a_cii())

    report = read_report(bench.ports, supplier(), flow.id)

    assert report.flow.state is FlowState.INTEGRATED
    with pytest.raises(NotFoundError):
        read_report(bench.ports, stranger(), flow.id)
    with pytest.raises(NotFoundError):
        read_report(bench.ports, supplier(), FlowId("none"))


def test_flows_of_somebody_else_are_forbidden(bench: Bench) -> None:
    deposited(bench.ports, a_cii())

    mine = list_flows(bench.ports, supplier(), structure=SUPPLIER)

    assert len(mine.rows) == 1
    with pytest.raises(ForbiddenError):
        list_flows(bench.ports, stranger(), structure=SUPPLIER)


def test_flow_is_resumed_from_where_it_stands(bench: Bench) -> None:
    two = _tar(("a.xml", a_cii(number="A")), ("b.xml", a_cii(number="B")))
    flow = _deposit(bench, two, "two.tar.gz").flow
    run_intake(bench.ports, flow.id, 1)

    resumed = resume_flow(bench.ports, flow.id, attempt=7)

    assert resumed is not None
    assert bench.intake.started[-1] == (flow.id, 2, 7)


def test_finished_and_unknown_flows_are_not_resumed(bench: Bench) -> None:
    flow = deposited(bench.ports, a_cii())

    assert resume_flow(bench.ports, flow.id, attempt=1) is None
    assert resume_flow(bench.ports, FlowId("none"), attempt=1) is None


def test_unopened_flow_is_opened_by_its_resumption(bench: Bench) -> None:
    flow = _unopened(bench)
    bench.ports.files.put(Bucket.ARCHIVE, flow.key, a_cii(), mime_type="")

    resume_flow(bench.ports, flow.id, attempt=1)

    assert len(bench.ports.flows.documents(flow.id)) == 1


def test_flow_whose_bytes_never_arrived_is_refused(bench: Bench) -> None:
    flow = _unopened(bench)

    resume_flow(bench.ports, flow.id, attempt=1)

    resumed = bench.ports.flows.get(flow.id)
    assert resumed is not None
    assert resumed.findings[0].rule == "DEPOSIT-INTERRUPTED"


def test_flow_of_a_drop_whose_bytes_have_not_arrived_waits_for_its_event(bench: Bench) -> None:
    flow = _unopened(bench, drop="drop#partners/x/f.xml#1")

    resumed = resume_flow(bench.ports, flow.id, attempt=1)

    assert resumed is not None
    assert not resumed.state.is_final


def _unopened(bench: Bench, *, drop: str | None = None) -> Flow:
    return bench.ports.flows.open(
        Flow(
            drop=drop,
            id=FlowId("CPP0011117000000000000009"),
            channel=Channel.API,
            depositor=SUPPLIER,
            account="facturation@cimes.example",
            filename="f.xml",
            size=1,
            sha256="9" * 64,
            key="originals/9/f.xml",
            received_at=bench.clock.now(),
        )
    )


def test_refused_document_shows_in_the_report(bench: Bench) -> None:
    flow = deposited(bench.ports, b"\x00\x01 noise")

    report = read_report(bench.ports, supplier(), flow.id)

    assert report.documents[0].outcome is Outcome.REFUSED
    assert report.flow.state is FlowState.REFUSED
