"""Queues, buses, machines, schedules and mail on the running platform."""

from __future__ import annotations

import json
import subprocess
import sys
import time
import urllib.request

import boto3
import pytest

from choriste.local.moto_patches.activity import queue_depths
from choriste.local.platform.process import DrainTimeoutError, Platform
from choriste.local.platform.shapes import AwsClient, Json
from tests.builders.local_handlers import SEEN

REGION = "eu-west-3"
MACHINE = "arn:aws:states:eu-west-3:123456789012:stateMachine:test-machine"


def client(service: str) -> AwsClient:
    """A client of this process."""
    return boto3.client(service, region_name=REGION)  # type: ignore[call-overload]


def outcome_of(platform: Platform, name: str, given: Json) -> Json:
    """The description of an ended execution."""
    machines = client("stepfunctions")
    started = machines.start_execution(stateMachineArn=MACHINE, name=name, input=json.dumps(given))
    platform.drain()
    return machines.describe_execution(executionArn=started["executionArn"])


def test_object_reaches_the_function_behind_the_queue(platform: Platform) -> None:
    client("s3").put_object(Bucket="test-inbox", Key="partner/a b+é.xml", Body=b"<x/>")
    platform.drain()

    [event] = SEEN["deposit"]
    record = json.loads(event["Records"][0]["body"])["Records"][0]
    assert event["Records"][0]["eventSource"] == "aws:sqs"
    assert record["s3"]["bucket"]["name"] == "test-inbox"
    assert record["s3"]["object"]["key"] == "partner/a+b%2B%C3%A9.xml"


def test_message_that_always_fails_ends_in_the_dead_letter_queue_alone(platform: Platform) -> None:
    for key in ("good-1", "poison", "good-2"):
        client("s3").put_object(Bucket="test-inbox", Key=key, Body=b"x")
    platform.drain()

    attempts = [
        record for event in SEEN["deposit"] for record in event["Records"] if "poison" in record["body"]
    ]
    assert len(attempts) == 2
    assert queue_depths()["test-deposit-dlq"].ready == 1
    client("sqs").purge_queue(QueueUrl=client("sqs").get_queue_url(QueueName="test-deposit-dlq")["QueueUrl"])


def test_written_outbox_row_is_published_and_consumed(platform: Platform) -> None:
    row = {"pk": {"S": "INVOICE#1"}, "sk": {"S": "EVENT#1"}}
    pending = {"outbox_shard": {"S": "0"}, "outbox_at": {"S": "1"}}
    put = {"Put": {"TableName": "test-core", "Item": row | pending}}

    client("dynamodb").transact_write_items(TransactItems=[put])
    platform.drain()

    assert [event["detail"] for event in SEEN["notification"]] == [{"pk": "INVOICE#1", "sk": "EVENT#1"}]
    assert SEEN["publisher"][0]["Records"][0]["dynamodb"]["Keys"] == row
    assert client("dynamodb").get_item(TableName="test-core", Key=row)["Item"] == row


def test_machine_chooses_retries_and_catches(platform: Platform) -> None:
    skipped = outcome_of(platform, "skip", {"skip": True})
    retried = outcome_of(platform, "retry", {"skip": False, "fail": "once", "value": 1})
    caught = outcome_of(platform, "catch", {"skip": False, "fail": "always"})

    assert (skipped["status"], json.loads(skipped["output"])) == ("SUCCEEDED", {"skipped": True})
    assert (retried["status"], json.loads(retried["output"])) == ("SUCCEEDED", {"given": {"answer": 1}})
    assert (caught["status"], json.loads(caught["output"])) == ("SUCCEEDED", {"caught": "LastingError"})


def test_schedule_fires_once_when_the_clock_is_moved_over_many_periods(platform: Platform) -> None:
    platform.drain()
    SEEN["sweeper"].clear()

    platform.clock.advance(days=15)
    platform.drain()

    assert SEEN["sweeper"] == [{"action": "sweep"}]


def test_other_process_drops_files_with_plain_boto3(platform: Platform) -> None:
    script = (
        "import boto3, sys\n"
        "s3 = boto3.client('s3', endpoint_url=sys.argv[1], region_name='eu-west-3',\n"
        "    aws_access_key_id='any', aws_secret_access_key='any')\n"
        "for number in range(5):\n"
        "    s3.put_object(Bucket='test-inbox', Key=f'other/{number}', Body=b'x')\n"
        "print(s3.list_objects_v2(Bucket='test-inbox', Prefix='other/')['KeyCount'])\n"
    )

    command = [sys.executable, "-c", script, platform.aws_url]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120)  # noqa: S603 - ours
    platform.drain()

    assert done.stdout.strip() == "5"
    assert sum(len(event["Records"]) for event in SEEN["deposit"]) == 5


def test_presigned_address_works_without_credentials(platform: Platform) -> None:
    address = client("s3").generate_presigned_url(
        "put_object", Params={"Bucket": "test-inbox", "Key": "signed.xml"}, ExpiresIn=60
    )

    request = urllib.request.Request(address, data=b"<signed/>", method="PUT")  # noqa: S310 - our own server
    with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310 - our own server
        assert answer.status == 200
    platform.drain()

    assert address.startswith(platform.aws_url)
    assert client("s3").get_object(Bucket="test-inbox", Key="signed.xml")["Body"].read() == b"<signed/>"
    assert len(SEEN["deposit"]) == 1


def test_mail_is_shown_newest_first_and_never_as_html(platform: Platform) -> None:
    for subject in ("first", "<script>alert(1)</script>"):
        client("ses").send_email(
            Source="notices@example.org",
            Destination={"ToAddresses": ["somebody@example.org"]},
            Message={"Subject": {"Data": subject}, "Body": {"Text": {"Data": "Hello & <b>goodbye</b>"}}},
        )

    with urllib.request.urlopen(f"{platform.url}/local/mailbox", timeout=30) as answer:  # noqa: S310
        page = answer.read().decode()
    with urllib.request.urlopen(f"{platform.url}/local/mailbox.json", timeout=30) as answer:  # noqa: S310
        mails = json.load(answer)["mails"]

    assert [mail["subject"] for mail in mails[:2]] == ["<script>alert(1)</script>", "first"]
    assert mails[0]["recipients"] == ["somebody@example.org"]
    assert "<script>" not in page
    assert "&lt;b&gt;goodbye" in page


def test_drain_says_what_is_still_under_way(platform: Platform) -> None:
    sqs = client("sqs")
    url = sqs.get_queue_url(QueueName="test-notification")["QueueUrl"]
    sqs.send_message(QueueUrl=url, MessageBody="{}", DelaySeconds=2)
    started = time.monotonic()

    with pytest.raises(DrainTimeoutError, match="test-notification"):
        platform.drain(timeout=0.3)

    assert time.monotonic() - started < 2
    platform.drain()
