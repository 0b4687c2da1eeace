"""What the inbox refuses unread, from what S3 says of the object alone: it is told, and told once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from choriste.application.deposits.open_flow import resume_flow
from choriste.application.deposits.read_report import read_report
from choriste.application.deposits.receive_deposit import MAX_ARCHIVE_BYTES, MAX_FILE_BYTES, Receipt
from choriste.application.deposits.receive_inbox_object import receive_inbox_object
from choriste.application.shared.ports import Bucket
from choriste.domain.deposits.flow import Flow, FlowState
from choriste.i18n.reports import report_lines
from functions.api.v1.deposits.schemas import report_out
from tests.builders.invoices import a_cii
from tests.builders.ports import PARTNER_LOGIN, SUPPLIER, Bench, a_bench, a_moto_bench, supplier

FOLDER = f"partners/{PARTNER_LOGIN}"
HUGE = 30 * 1024**3
GOOD = a_cii(number="F-1")


@pytest.fixture(params=["memory", "moto"])
def bench(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    if request.param == "memory":
        yield a_bench()
        return
    with a_moto_bench() as on_moto:
        yield on_moto


@pytest.fixture
def weigh(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Make every inbox object weigh so much; whoever reads or archives one then fails the test."""

    def weighing(size: int) -> None:
        monkeypatch.setattr(bench.ports.files, "size", lambda _shelf, _key: size)
        monkeypatch.setattr(bench.ports.files, "get", _unread)
        monkeypatch.setattr(bench.ports.files, "put", _unread)

    return weighing


def _unread(*_: object, **__: object) -> bytes:
    pytest.fail("the object was read or archived")


def _drop(bench: Bench, name: str = "f.xml", content: bytes = b"x") -> str:
    key = f"{FOLDER}/{name}"
    bench.ports.files.put(Bucket.INBOX, key, content, mime_type="")
    return key


def _receive(bench: Bench, key: str, *, delivery: str = "v1") -> Receipt:
    receipt = receive_inbox_object(bench.ports, key, delivery=delivery)
    assert receipt is not None
    return receipt


def _flows(bench: Bench) -> tuple[Flow, ...]:
    return bench.ports.flows.deposited_by(SUPPLIER, after=None, limit=9).rows


@pytest.mark.parametrize(
    ("name", "size", "limit", "remedy"),
    [
        ("f.xml", HUGE, "104\N{NO-BREAK SPACE}857\N{NO-BREAK SPACE}600 B", "en autant de fichiers"),
        (
            "f.xml",
            MAX_FILE_BYTES + 1,
            "104\N{NO-BREAK SPACE}857\N{NO-BREAK SPACE}600 B",
            "joignez-les ensuite",
        ),
        (
            "lot.tar.gz",
            HUGE,
            "1\N{NO-BREAK SPACE}073\N{NO-BREAK SPACE}741\N{NO-BREAK SPACE}824 B",
            "plusieurs archives",
        ),
        (
            "lot.ZIP",
            MAX_ARCHIVE_BYTES + 1,
            "1\N{NO-BREAK SPACE}073\N{NO-BREAK SPACE}741\N{NO-BREAK SPACE}824 B",
            "500 factures au plus",
        ),
    ],
)
def test_file_over_the_limit_is_refused_from_its_size_alone(  # noqa: PLR0913, PLR0917 - a table of cases
    bench: Bench, weigh: Callable[[int], None], name: str, size: int, limit: str, remedy: str
) -> None:
    key = _drop(bench, name)
    weigh(size)

    flow = _receive(bench, key).flow

    (finding,) = flow.findings
    assert (flow.state, flow.size, flow.sha256) == (FlowState.REFUSED, size, None)
    assert (finding.rule, finding.expected) == ("FILE-TOO-LARGE", f"≤ {limit}")
    assert remedy in finding.message.fr
    assert "neither read nor archived" in finding.message.en


def test_file_at_the_limit_is_read(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    key = _drop(bench, content=GOOD)
    monkeypatch.setattr(bench.ports.files, "size", lambda _shelf, _key: MAX_FILE_BYTES)

    assert _receive(bench, key).flow.findings == ()


def test_refused_file_stays_in_the_inbox_and_has_a_report(bench: Bench, weigh: Callable[[int], None]) -> None:
    key, kept = _drop(bench, content=b"whole"), bench.ports.files.get
    weigh(HUGE)

    flow = _receive(bench, key).flow

    report = report_out(read_report(bench.ports, supplier(), flow.id)).model_dump(mode="json")
    assert (report["state"], report["complete"], report["sha256"]) == ("IN_REJETE", True, None)
    assert "(1 Go au plus)" in " ".join(" ".join(report_lines(report, "fr")).split())
    assert kept(Bucket.INBOX, key) == b"whole"


def test_event_that_comes_twice_refuses_once(bench: Bench, weigh: Callable[[int], None]) -> None:
    key = _drop(bench)
    weigh(HUGE)

    first, second = _receive(bench, key), _receive(bench, key)

    assert (first.is_new, second.is_new, second.flow.id) == (True, False, first.flow.id)
    assert [flow.id for flow in _flows(bench)] == [first.flow.id]


@pytest.mark.parametrize("name", ["huge.xml", "broken.tar.gz"])
def test_event_that_comes_again_after_a_break_refuses_once(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    key = _drop(bench, name, b"\x1f\x8b no archive")
    monkeypatch.setattr("choriste.application.deposits.receive_inbox_object.MAX_FILE_BYTES", 5)
    with monkeypatch.context() as broken:
        broken.setattr(bench.ports.idempotency, "put_if_absent", _broken)
        with pytest.raises(TimeoutError):
            _receive(bench, key)

    again = _receive(bench, key)

    assert again.flow.state is FlowState.REFUSED
    assert [flow.id for flow in _flows(bench)] == [again.flow.id]
    assert resume_flow(bench.ports, again.flow.id, attempt=1) is None
    assert bench.ports.due_items.due_before(bench.clock.now().replace(year=2030), limit=9) == ()


def _broken(*_: object, **__: object) -> str:
    raise TimeoutError


def test_two_files_refused_at_the_same_time_have_each_their_flow(
    bench: Bench, weigh: Callable[[int], None]
) -> None:
    one, other = _drop(bench, "a.xml"), _drop(bench, "b.xml")
    weigh(HUGE)

    flows = {_receive(bench, key).flow.filename for key in (one, other)}

    assert flows == {"a.xml", "b.xml"}
    assert len(_flows(bench)) == 2


def test_new_version_under_the_same_key_is_taken_in(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    key = _drop(bench, content=GOOD)
    with monkeypatch.context() as heavy:
        heavy.setattr(bench.ports.files, "size", lambda _shelf, _key: HUGE)
        refused = _receive(bench, key, delivery="v1")

    taken = _receive(bench, key, delivery="v2")

    assert (refused.flow.state, taken.flow.state) == (FlowState.REFUSED, FlowState.RUNNING)
    assert bench.ports.files.get(Bucket.ARCHIVE, taken.flow.key) == GOOD


def test_file_of_an_account_without_right_is_refused_unread(
    bench: Bench, weigh: Callable[[int], None]
) -> None:
    account = bench.ports.accounts.technical_account(PARTNER_LOGIN)
    assert account is not None
    bench.ports.connections.replace_account(replace(account, rights=frozenset(), version=2))
    key = _drop(bench)
    weigh(1)

    assert _receive(bench, key).flow.findings[0].rule == "DEPOSIT-NOT-ENTITLED"
