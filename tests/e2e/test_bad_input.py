"""Whatever is deposited, on whichever channel, ends in a report that says what is wrong; nothing breaks."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

from choriste.application.connections.technical_accounts import create_technical_account
from choriste.application.deposits import receive_inbox_object
from choriste.domain.access.principal import Principal
from choriste.domain.access.user import Habilitation, Level, Space
from choriste.domain.parties.structure import StructureId
from choriste.runtime.identity import access_ports
from choriste.runtime.ports import platform_ports
from tests.builders.bad_files import BAD_FILES, BadFile, a_cii
from tests.builders.platform_here import PlatformHere, aws

pytestmark = pytest.mark.slow

named = pytest.mark.parametrize("bad", BAD_FILES, ids=lambda bad: bad.name)


@named
def test_bad_file_by_api_gets_its_report(here: PlatformHere, bad: BadFile) -> None:
    content = bad.make("API-" + bad.name.partition(".")[0])

    report = here.report_on(content, by=here.client_of("2001"), filename=bad.name)

    check_report(here, report, bad, content)


@named
def test_bad_file_by_s3_gets_its_report(here: PlatformHere, bad: BadFile) -> None:
    content = bad.make("S3-" + bad.name.partition(".")[0])

    report = here.drop(content, filename=bad.name)

    check_report(here, report, bad, content)


def check_report(here: PlatformHere, report: dict[str, Any], bad: BadFile, content: bytes) -> None:
    """Hold a report to what its file must get, and the archive to the file's bytes."""
    assert report["complete"], report
    assert report["sha256"] == hashlib.sha256(content).hexdigest()
    assert here.original_of(report) == content
    refused = [d for d in report["documents"] if d["outcome"] == "refused"]
    assert report["counts"]["accepted"] == bad.accepted, report
    assert bool(refused or report["findings"]) == bool(bad.rules), report
    for findings in ([d["findings"] for d in refused] or [report["findings"]]) if bad.rules else []:
        fatal = [finding for finding in findings if finding["severity"] == "fatal"]
        assert bad.rules & {finding["rule"] for finding in fatal}, fatal
        for finding in fatal:
            assert finding["message"]["fr"]
            assert finding["message"]["en"]
            assert finding["message"]["fr"] != finding["message"]["en"]


def test_body_of_five_megabytes_is_told_about_uploads(here: PlatformHere) -> None:
    body = b"<a>" + b" " * 5_000_000 + b"</a>"

    answer = here.ask(
        "POST",
        "/v1/deposits?filename=large.xml",
        by=here.partner(),
        body=body,
        headers={"Content-Type": "application/xml"},
    )

    assert (answer.status, answer.code) == (413, "too-large")
    assert "/v1/uploads" in answer.json["detail"]


@pytest.mark.parametrize("channel", ["partners", "uploads"])
def test_oversize_file_in_the_inbox_is_refused_unread_and_left_there(
    here: PlatformHere, monkeypatch: pytest.MonkeyPatch, channel: str
) -> None:
    monkeypatch.setattr(receive_inbox_object, "MAX_FILE_BYTES", 9_000_000)
    name, content = f"oversize-{channel}.xml", a_cii(f"OVERSIZE-{channel}") + b" " * 9_000_000

    report = here.drop(content, filename=name) if channel == "partners" else _uploaded(here, name, content)

    assert report["state"] == "IN_REJETE"
    assert [finding["rule"] for finding in report["findings"]] == ["FILE-TOO-LARGE"]
    assert report["sha256"] is None
    assert content in _left_in_the_inbox(here)
    with pytest.raises(aws("s3").exceptions.NoSuchKey):
        here.original_of(report)


def _left_in_the_inbox(here: PlatformHere) -> list[bytes]:
    client, bucket = aws("s3"), here.credentials["inbox"]["bucket"]
    keys = [found["Key"] for found in client.list_objects_v2(Bucket=bucket)["Contents"]]
    return [client.get_object(Bucket=bucket, Key=key)["Body"].read() for key in keys if "oversize" in key]


def _uploaded(here: PlatformHere, name: str, content: bytes) -> dict[str, Any]:
    """Send a file to a presigned upload address, and return its report."""
    partner = here.partner()
    offer = here.post_json("/v1/uploads", {"filename": name, "size": len(content)}, by=partner)
    assert offer.status == 201
    aws("s3").put_object(Bucket=here.credentials["inbox"]["bucket"], Key=offer.json["key"], Body=content)
    here.platform.drain(timeout=120)
    flow = partner.call(f"/v1/uploads?key={offer.json['key'].replace('@', '%40')}")["flow_id"]
    return partner.report(flow, timeout=60)


def test_drop_of_an_account_that_may_no_longer_issue_is_refused(here: PlatformHere) -> None:
    town_hall, content = StructureId("1001"), a_cii("NOT-ENTITLED")
    right = Habilitation(structure=town_hall, space=Space.RECEIVE, level=Level.MODIFY)
    account = create_technical_account(
        town_hall, name="reads only", rights=[right], by=Principal.platform("test"), access=access_ports()
    ).account
    key = f"partners/{account.login}/not-entitled.xml"

    aws("s3").put_object(Bucket=here.credentials["inbox"]["bucket"], Key=key, Body=content)
    here.platform.drain(timeout=120)

    (flow,) = platform_ports().flows.deposited_by("1001", after=None, limit=10).rows
    dead = here.dead_letters()
    aws("sqs").purge_queue(QueueUrl=aws("sqs").get_queue_url(QueueName="choriste-inbox-dlq")["QueueUrl"])
    assert dead == {}
    assert [finding.rule for finding in flow.findings] == ["DEPOSIT-NOT-ENTITLED"]


def test_upload_of_more_than_a_gigabyte_is_refused_before_it_is_sent(here: PlatformHere) -> None:
    answer = here.post_json("/v1/uploads", {"filename": "huge.tar.gz", "size": 2 << 30}, by=here.partner())

    assert (answer.status, answer.code) == (413, "too-large")


def test_same_file_sent_twice_is_one_deposit(here: PlatformHere) -> None:
    partner, content = here.partner(), a_cii("TWICE")

    first = here.deposit(content, by=partner, filename="twice.xml")
    again = here.deposit(content, by=partner, filename="other-name.xml")

    assert (first.status, again.status) == (202, 200)
    assert first.json["flow_id"] == again.json["flow_id"]


@pytest.mark.parametrize(
    "filename",
    [
        "../../etc/passwd",
        "..\\..\\boot.ini",
        "a\r\nSet-Cookie: x=1.xml",
        "facture n°1 «é».xml",
        "发票🧾.xml",
        "a" * 1_000 + ".xml",
        "<script>alert(1)</script>.xml",
        "%2e%2e%2f.xml",
        "\x00.xml",
    ],
)
def test_weird_filename_does_no_harm(here: PlatformHere, filename: str) -> None:
    content = a_cii("NAME-" + hashlib.sha256(filename.encode()).hexdigest()[:8])

    report = here.report_on(content, by=here.partner(), filename=filename)

    assert report["state"] == "IN_INTEGRE"
    assert not set(report["filename"]) & set("/\\\r\n\0<>")
    assert len(report["filename"]) <= 200
    assert here.original_of(report) == content


@pytest.mark.parametrize("filename", ["..", "///", " "])
def test_file_without_a_name_is_taken_in_as_any_other(here: PlatformHere, filename: str) -> None:
    answer = here.deposit(b"<a/>", by=here.partner(), filename=filename)

    assert answer.status in {200, 202}
