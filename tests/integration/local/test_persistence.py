"""The data directory: nothing that was answered is lost when the process is killed."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import boto3
import pytest

from choriste.local.platform.free_ports import PortTakenError
from choriste.local.platform.journal import FILE_NAME, DataDirTakenError, Journal
from choriste.local.platform.mailbox import mails
from choriste.local.platform.process import RESUME_EVENT, Platform
from choriste.local.platform.shapes import AwsClient
from tests.builders import local_handlers
from tests.builders.local_handlers import SEEN
from tests.builders.local_topology import a_topology

pytestmark = pytest.mark.slow

REGION = "eu-west-3"

WRITER = """
import sys, boto3
from choriste.local.platform.process import Platform
from tests.builders.local_topology import a_topology

platform = Platform(sys.argv[1], port=0, aws_port=0, topology=a_topology()).start()
tables = boto3.client("dynamodb", region_name="eu-west-3")
objects = boto3.client("s3", region_name="eu-west-3")
number = 0
while True:
    number += 1
    name = {"Bucket": "test-inbox", "Key": f"{number}.xml"}
    objects.put_object(**name, Body=b"x" * number, Metadata={"n": str(number)})
    rows = [{"pk": {"S": "row"}, "sk": {"S": f"{number:06}-{half}"}} for half in "ab"]
    tables.transact_write_items(
        TransactItems=[{"Put": {"TableName": "test-core", "Item": row}} for row in rows]
    )
    print(number, flush=True)
"""


def a_platform(folder: Path) -> Platform:
    """A platform on a data directory."""
    return Platform(folder, port=0, aws_port=0, topology=a_topology(), retry_delay=0)


def client(service: str) -> AwsClient:
    """A client of this process."""
    return boto3.client(service, region_name=REGION)  # type: ignore[call-overload]


def test_killed_process_loses_nothing_that_was_answered(tmp_path: Path) -> None:
    command = [sys.executable, "-c", WRITER, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writer:  # noqa: S603 - ours
        assert writer.stdout is not None
        answered = 0
        for line in writer.stdout:
            answered = int(line)
            if answered == 25:
                writer.send_signal(signal.SIGKILL)
                break
        answered = max([answered, *(int(line) for line in writer.stdout if line.endswith("\n"))])
    local_handlers.forget()

    with a_platform(tmp_path) as platform:
        platform.drain()
        answer = client("dynamodb").query(
            TableName="test-core",
            KeyConditionExpression="pk = :p",
            ExpressionAttributeValues={":p": {"S": "row"}},
        )
        kept = {row["sk"]["S"] for row in answer["Items"]}
        stored = client("s3").get_object(Bucket="test-inbox", Key=f"{answered}.xml")

        assert {f"{number:06}-{half}" for number in range(1, answered + 1) for half in "ab"} <= kept
        assert len(kept) % 2 == 0
        assert (stored["Body"].read(), stored["Metadata"]) == (b"x" * answered, {"n": str(answered)})
        assert sum(len(event["Records"]) for event in SEEN["deposit"]) >= answered
        assert SEEN["sweeper"] == [RESUME_EVENT]


def test_versions_locks_and_clock_come_back(tmp_path: Path) -> None:
    with a_platform(tmp_path) as platform:
        objects = client("s3")
        name = {"Bucket": "test-archive", "Key": "a", "Tagging": "k=v", "ContentType": "text/plain"}
        versions = [objects.put_object(**name, Body=body) for body in (b"one", b"two")]
        objects.put_object(Bucket="test-archive", Key="gone", Body=b"x")
        objects.delete_object(Bucket="test-archive", Key="gone")
        platform.clock.advance(days=3)

    with a_platform(tmp_path) as platform:
        objects = client("s3")
        first = objects.get_object(Bucket="test-archive", Key="a", VersionId=versions[0]["VersionId"])
        latest = objects.get_object(Bucket="test-archive", Key="a")

        assert (first["Body"].read(), latest["Body"].read()) == (b"one", b"two")
        assert latest["VersionId"] == versions[1]["VersionId"]
        assert latest["ContentType"] == "text/plain"
        assert latest["ETag"] == versions[1]["ETag"]
        assert latest["ObjectLockMode"] == "COMPLIANCE"
        tags = objects.get_object_tagging(Bucket="test-archive", Key="a")["TagSet"]
        assert tags == [{"Key": "k", "Value": "v"}]
        with pytest.raises(objects.exceptions.ClientError, match="AccessDenied"):
            objects.delete_object(Bucket="test-archive", Key="a", VersionId=versions[0]["VersionId"])
        with pytest.raises(objects.exceptions.NoSuchKey):
            objects.get_object(Bucket="test-archive", Key="gone")
        assert platform.clock.offset.days == 3


def test_superseded_history_is_dropped_at_the_next_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("choriste.local.platform.persistence._FEW_RECORDS", 50)
    add = {"UpdateExpression": "ADD n :one", "ExpressionAttributeValues": {":one": {"N": "1"}}}
    counter = {"TableName": "test-core", "Key": {"pk": {"S": "counter"}, "sk": {"S": "0"}}}
    with a_platform(tmp_path):
        for number in range(101):
            client("dynamodb").update_item(**counter, **add)
            if number % 50 == 0:
                client("s3").put_object(Bucket="test-inbox", Key="k", Body=str(number).encode())
    before = (tmp_path / FILE_NAME).stat().st_size

    with a_platform(tmp_path):
        after = (tmp_path / FILE_NAME).stat().st_size
        item = client("dynamodb").get_item(**counter)["Item"]
        content = client("s3").get_object(Bucket="test-inbox", Key="k")["Body"].read()

        assert after < before / 5
        assert item["n"] == {"N": "101"}
        assert content == b"100"
        assert len(list((tmp_path / "objects").glob("??/*"))) == 1


def test_data_directory_has_one_platform_at_a_time(tmp_path: Path) -> None:
    journal = Journal(tmp_path)

    with pytest.raises(DataDirTakenError, match=str(tmp_path)):
        a_platform(tmp_path).start()

    journal.close()


def test_taken_port_is_named_with_the_variable_that_changes_it(tmp_path: Path) -> None:
    with a_platform(tmp_path) as platform:
        port = int(platform.url.rsplit(":", 1)[1])

        with pytest.raises(PortTakenError, match=rf"port {port} .* CHORISTE_PORT"):
            Platform(port=port, aws_port=0, topology=a_topology()).start()


def test_messages_that_nobody_treated_and_mails_come_back(tmp_path: Path) -> None:
    with a_platform(tmp_path):
        queues, mail = client("sqs"), client("ses")
        url = queues.get_queue_url(QueueName=UNREAD)["QueueUrl"]
        for body in ("treated", "in flight", "waiting"):
            queues.send_message(QueueUrl=url, MessageBody=body)
        treated = queues.receive_message(QueueUrl=url, MaxNumberOfMessages=1)["Messages"][0]
        queues.delete_message(QueueUrl=url, ReceiptHandle=treated["ReceiptHandle"])
        queues.receive_message(QueueUrl=url, MaxNumberOfMessages=1)
        for subject in ("first", "second"):
            _send(mail, subject)

    with a_platform(tmp_path):
        bodies = _bodies()
        _send(client("ses"), "third")
        subjects = [mail.subject for mail in mails()]

    assert treated["Body"] == "treated"
    assert bodies == {"in flight", "waiting"}
    assert subjects == ["third", "second", "first"]


def test_compacted_journal_still_holds_messages_and_mails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("choriste.local.platform.persistence._FEW_RECORDS", 0)
    monkeypatch.setattr("choriste.local.platform.persistence._SUPERSEDED_SHARE", -1.0)
    with a_platform(tmp_path):
        queues = client("sqs")
        url = queues.get_queue_url(QueueName=UNREAD)["QueueUrl"]
        queues.send_message(QueueUrl=url, MessageBody="waiting")
        _send(client("ses"), "first")

    for _ in range(2):
        with a_platform(tmp_path):
            bodies, (mail,) = _bodies(), mails()

    assert bodies == {"waiting"}
    assert (mail.subject, mail.recipients, mail.text) == ("first", ("b@example.org",), "Bonjour.")


UNREAD = "test-deposit-dlq"
"""A queue of the test topology that no function reads."""


def _send(mail: AwsClient, subject: str) -> None:
    content = {"Subject": {"Data": subject}, "Body": {"Text": {"Data": "Bonjour."}}}
    mail.send_email(
        Source="notices@example.org", Destination={"ToAddresses": ["b@example.org"]}, Message=content
    )


def _bodies() -> set[str]:
    queues = client("sqs")
    url = queues.get_queue_url(QueueName=UNREAD)["QueueUrl"]
    found = queues.receive_message(QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=0)
    return {message["Body"] for message in found["Messages"]}
