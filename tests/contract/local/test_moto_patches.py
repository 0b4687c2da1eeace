"""One contract per seam other than DynamoDB's: what moto must keep for the local platform to stand on."""

from __future__ import annotations

import json
import threading
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import ExitStack

import boto3
import pytest
from moto import mock_aws

from choriste.local.moto_patches import activity, mail, objects
from choriste.local.moto_patches.calls import install_light_calls
from choriste.local.moto_patches.functions import install_function_runner
from choriste.local.moto_patches.keeping import item_states, restore_item
from choriste.local.moto_patches.machines import install_machines
from choriste.local.moto_patches.messages import QueuedMessage, install_messages, queued_messages
from choriste.local.moto_patches.objects import ObjectName, install_objects
from choriste.local.platform.hosting import Outcome, PayloadTooLargeError
from choriste.local.platform.shapes import AwsClient, Json

pytestmark = pytest.mark.slow

REGION = "eu-west-3"
ROLE = "arn:aws:iam::123456789012:role/any"


@pytest.fixture(autouse=True)
def backends() -> Iterator[None]:
    """Empty backends for each test."""
    with mock_aws(config={"stepfunctions": {"execute_state_machine": True}}):
        yield


@pytest.fixture
def patches() -> Iterator[ExitStack]:
    """Takes the installed patches out again."""
    with ExitStack() as undo:
        yield undo


def client(service: str) -> AwsClient:
    """A client of the mocked cloud."""
    return boto3.client(service, region_name=REGION)  # type: ignore[call-overload]


def a_function(name: str) -> str:
    """A function in moto, and its ARN."""
    client("iam").create_role(RoleName="any", AssumeRolePolicyDocument="{}")
    made = client("lambda").create_function(
        FunctionName=name, Handler="a.b", Runtime="python3.13", Role=ROLE, Code={"ZipFile": b"x"}
    )
    return str(made["FunctionArn"])


def a_bucket(name: str, *, versioned: bool = False) -> AwsClient:
    """An S3 client with that bucket."""
    s3 = client("s3")
    s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION})
    if versioned:
        s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    return s3


def test_every_invocation_reaches_the_runner_as_the_callers_event(patches: ExitStack) -> None:
    seen: list[tuple[str, Json]] = []

    def invoke(name: str, event: Json) -> Outcome:
        seen.append((name, event))
        return Outcome(payload='{"ok": "é"}', failed=False)

    patches.callback(install_function_runner(invoke))
    a_function("f")
    answer = client("lambda").invoke(FunctionName="f", Payload=b'{"given": [1, null]}')
    client("lambda").invoke(FunctionName="f")

    assert json.loads(answer["Payload"].read()) == {"ok": "é"}
    assert "FunctionError" not in answer
    assert seen == [("f", {"given": [1, None]}), ("f", {})]


def test_function_that_fails_and_event_too_large_are_function_errors(patches: ExitStack) -> None:
    def invoke(_name: str, event: Json) -> Outcome:
        if event == "large":
            raise PayloadTooLargeError(7_000_000)
        return Outcome(payload='{"errorType": "SomeError"}', failed=True)

    patches.callback(install_function_runner(invoke))
    a_function("f")
    failed = client("lambda").invoke(FunctionName="f", Payload=b"{}")
    large = client("lambda").invoke(FunctionName="f", Payload=b'"large"')

    assert (failed["FunctionError"], json.loads(failed["Payload"].read())["errorType"]) == (
        "Handled",
        "SomeError",
    )
    assert json.loads(large["Payload"].read())["errorType"] == "RequestTooLargeException"


def a_machine(definition: Mapping[str, Json]) -> str:
    """The ARN of a state machine."""
    made = client("stepfunctions").create_state_machine(
        name="m", definition=json.dumps(definition), roleArn=ROLE, type="STANDARD"
    )
    return str(made["stateMachineArn"])


def ended(arn: str) -> Json:
    """The description of an execution once it has ended."""
    waiting = threading.Event()
    for _ in range(500):
        described = client("stepfunctions").describe_execution(executionArn=arn)
        if described["status"] != "RUNNING":
            return described
        waiting.wait(0.02)
    raise AssertionError(described)


def test_states_share_clients_and_still_call_functions(patches: ExitStack) -> None:
    for uninstall in install_machines():
        patches.callback(uninstall)
    patches.callback(
        install_function_runner(lambda _name, event: Outcome(payload=json.dumps(event), failed=False))
    )
    call = {"FunctionName": a_function("f"), "Payload.$": "$"}
    task = {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Parameters": call}
    machine = a_machine({"StartAt": "A", "States": {"A": {**task, "OutputPath": "$.Payload", "End": True}}})
    machines = client("stepfunctions")

    started = [
        machines.start_execution(stateMachineArn=machine, name=f"n{number}", input=json.dumps({"n": number}))
        for number in range(6)
    ]

    outputs = [json.loads(ended(one["executionArn"])["output"]) for one in started]
    assert outputs == [{"n": number} for number in range(6)]
    assert activity.running_executions() == 0


def test_oldest_ended_executions_are_forgotten_and_running_ones_kept(
    patches: ExitStack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("choriste.local.moto_patches.machines.ENDED_EXECUTIONS", 5)
    monkeypatch.setattr("choriste.local.moto_patches.machines._ROOM", 2)
    for uninstall in install_machines():
        patches.callback(uninstall)
    wait = {"Type": "Wait", "Seconds": 60, "Next": "Done"}
    choice = {"Type": "Choice", "Choices": [{"Variable": "$.wait", "BooleanEquals": True, "Next": "Wait"}]}
    states = {"Choose": {**choice, "Default": "Done"}, "Wait": wait, "Done": {"Type": "Succeed"}}
    machine = a_machine({"StartAt": "Choose", "States": states})
    machines = client("stepfunctions")
    running = machines.start_execution(stateMachineArn=machine, name="running", input='{"wait": true}')

    for number in range(12):
        last = machines.start_execution(stateMachineArn=machine, name=f"n{number}", input='{"wait": false}')
        ended(last["executionArn"])

    assert machines.describe_execution(executionArn=running["executionArn"])["status"] == "RUNNING"
    first = last["executionArn"].replace(f"n{number}", "n0")
    with pytest.raises(machines.exceptions.ExecutionDoesNotExist):
        machines.describe_execution(executionArn=first)
    machines.stop_execution(executionArn=running["executionArn"])


def a_waiting_machine(patches: ExitStack) -> tuple[str, list[str]]:
    """The ARN of a machine that waits for a token, and the tokens that it gave out, as they come."""
    tokens: list[str] = []

    def invoke(_name: str, event: Json) -> Outcome:
        tokens.append(event["token"])
        return Outcome(payload="null", failed=False)

    patches.callback(install_function_runner(invoke))
    call = {"FunctionName": a_function("f"), "Payload": {"token.$": "$$.Task.Token"}}
    resource = "arn:aws:states:::lambda:invoke.waitForTaskToken"
    task = {"Type": "Task", "Resource": resource, "Parameters": call, "TimeoutSeconds": 60}
    caught = {**task, "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "B"}], "Next": "B"}
    return a_machine({"StartAt": "A", "States": {"A": caught, "B": {"Type": "Succeed"}}}), tokens


def waits(tokens: list[str], *, count: int) -> bool:
    """Whether so many executions come to wait, and nothing else runs."""
    waiting = threading.Event()
    for _ in range(500):
        if len(tokens) == count and activity.running_executions() == 0:
            return True
        waiting.wait(0.02)
    return False


def test_execution_that_waits_for_a_token_does_not_count_as_running(patches: ExitStack) -> None:
    machine, tokens = a_waiting_machine(patches)

    started = client("stepfunctions").start_execution(stateMachineArn=machine, name="n", input="{}")

    assert waits(tokens, count=1)
    client("stepfunctions").send_task_success(taskToken=tokens[0], output='{"decision": "approved"}')
    assert json.loads(ended(started["executionArn"])["output"]) == {"decision": "approved"}


def test_executions_of_a_standard_machine_have_a_limit(
    patches: ExitStack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("choriste.local.moto_patches.machines.WAITING_EXECUTIONS", 2)
    for uninstall in install_machines():
        patches.callback(uninstall)
    machine, tokens = a_waiting_machine(patches)
    machines = client("stepfunctions")
    for name in ("one", "two"):
        machines.start_execution(stateMachineArn=machine, name=name, input="{}")

    assert waits(tokens, count=2)
    with pytest.raises(machines.exceptions.ExecutionLimitExceeded):
        machines.start_execution(stateMachineArn=machine, name="three", input="{}")
    with pytest.raises(machines.exceptions.ClientError):
        machines.send_task_success(taskToken="of another platform", output="{}")


def test_executions_that_wait_end_with_the_platform(patches: ExitStack) -> None:
    uninstalls = install_machines()
    machine, tokens = a_waiting_machine(patches)
    before = threading.active_count()
    started = client("stepfunctions").start_execution(stateMachineArn=machine, name="n", input="{}")
    waited = waits(tokens, count=1)

    for uninstall in reversed(uninstalls):
        uninstall()

    assert waited
    assert ended(started["executionArn"])["status"] == "ABORTED"
    waiting = threading.Event()
    for _ in range(500):
        if threading.active_count() <= before:
            break
        waiting.wait(0.02)
    assert threading.active_count() <= before
    assert len(tokens) == 1


def test_queue_depths_tell_ready_from_in_flight() -> None:
    sqs = client("sqs")
    url = sqs.create_queue(QueueName="q")["QueueUrl"]
    for body in "abc":
        sqs.send_message(QueueUrl=url, MessageBody=body)
    sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=1)

    assert activity.queue_depths()["q"] == activity.QueueDepth(ready=2, in_flight=1)


def test_message_is_told_before_it_is_there_and_after_it_is_gone(patches: ExitStack) -> None:
    told: list[tuple[str, str | None, int]] = []

    def heard(message: QueuedMessage) -> None:
        told.append((message.queue, message.body, len(list(queued_messages()))))

    for uninstall in install_messages(heard):
        patches.callback(uninstall)
    sqs = client("sqs")
    dead = sqs.create_queue(QueueName="dead")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=dead, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    redrive = json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": 1})
    url = sqs.create_queue(QueueName="q", Attributes={"RedrivePolicy": redrive})["QueueUrl"]
    for body in "ab":
        sqs.send_message(QueueUrl=url, MessageBody=body)
    (first,) = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=1)["Messages"]
    sqs.delete_message(QueueUrl=url, ReceiptHandle=first["ReceiptHandle"])
    for _ in range(2):
        sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=1, VisibilityTimeout=0)

    assert told == [("q", "a", 0), ("q", "b", 1), ("q", None, 1), ("dead", "b", 0)]


def test_messages_that_come_while_others_go_are_not_lost(patches: ExitStack) -> None:
    for uninstall in install_messages(lambda _message: None):
        patches.callback(uninstall)
    sqs = client("sqs")
    url = sqs.create_queue(QueueName="q")["QueueUrl"]
    count, treated = 150, []

    def send() -> None:
        for number in range(count):
            sqs.send_message(QueueUrl=url, MessageBody=str(number))

    senders = [threading.Thread(target=send) for _ in range(2)]
    for sender in senders:
        sender.start()
    while any(sender.is_alive() for sender in senders) or list(queued_messages()):
        for one in sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", ()):
            sqs.delete_message(QueueUrl=url, ReceiptHandle=one["ReceiptHandle"])
            treated.append(one["Body"])

    assert sorted(treated) == sorted([str(number) for number in range(count)] * 2)


def test_sent_mails_are_listed_oldest_first() -> None:
    ses = client("ses")
    ses.verify_domain_identity(Domain="example.org")
    for subject in ("one", "two"):
        text = {"Data": f"Subject: {subject}\n\nx"}
        ses.send_raw_email(Source="a@example.org", Destinations=["b@example.org"], RawMessage=text)

    assert ["one" in message.raw_data for message in mail.sent_messages()] == [True, False]


def test_every_change_of_an_object_is_told_after_it_and_before_the_answer(patches: ExitStack) -> None:
    told: list[tuple[str, int]] = []

    def listen(name: ObjectName) -> None:
        told.append((name.key, len(objects.object_state(name, lambda _content: "kept"))))

    for uninstall in install_objects(listen):
        patches.callback(uninstall)
    s3 = a_bucket("bucket", versioned=True)
    s3.put_object(Bucket="bucket", Key="x/1", Body=b"1")
    s3.put_object(Bucket="bucket", Key="x/1", Body=b"2")
    s3.copy_object(Bucket="bucket", Key="copy", CopySource={"Bucket": "bucket", "Key": "x/1"})
    s3.put_object_tagging(Bucket="bucket", Key="copy", Tagging={"TagSet": [{"Key": "k", "Value": "v"}]})
    s3.delete_object(Bucket="bucket", Key="x/1")
    s3.delete_objects(Bucket="bucket", Delete={"Objects": [{"Key": "copy"}]})
    upload = s3.create_multipart_upload(Bucket="bucket", Key="big")["UploadId"]
    part = s3.upload_part(Bucket="bucket", Key="big", UploadId=upload, PartNumber=1, Body=b"part")
    parts = {"Parts": [{"PartNumber": 1, "ETag": part["ETag"]}]}
    s3.complete_multipart_upload(Bucket="bucket", Key="big", UploadId=upload, MultipartUpload=parts)
    s3.get_object(Bucket="bucket", Key="big")

    names = [("x/1", 1), ("x/1", 2), ("copy", 1), ("copy", 1), ("x/1", 3), ("copy", 2), ("big", 1)]
    assert told == names


def test_error_while_keeping_an_object_is_not_answered_as_success(patches: ExitStack) -> None:
    def fail(_name: ObjectName) -> None:
        raise OSError("disk full")

    s3 = a_bucket("bucket")
    for uninstall in install_objects(fail):
        patches.callback(uninstall)

    with pytest.raises(OSError, match="disk full"):
        s3.put_object(Bucket="bucket", Key="k", Body=b"1")


def test_notification_names_the_change_and_the_same_one_again(
    patches: ExitStack,
) -> None:
    for uninstall in install_objects(lambda _name: None):
        patches.callback(uninstall)
    sqs, s3 = client("sqs"), a_bucket("bucket")
    url = sqs.create_queue(QueueName="q")["QueueUrl"]
    queue = {"QueueArn": f"arn:aws:sqs:{REGION}:123456789012:q", "Events": ["s3:ObjectCreated:*"]}
    s3.put_bucket_notification_configuration(
        Bucket="bucket", NotificationConfiguration={"QueueConfigurations": [queue]}
    )
    sqs.purge_queue(QueueUrl=url)

    s3.put_object(Bucket="bucket", Key="partner/é +.xml", Body=b"1")
    s3.put_object(Bucket="bucket", Key="partner/é +.xml", Body=b"1")
    again = objects.announce_again("bucket")

    messages = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)["Messages"]
    first, second, third = (json.loads(one["Body"])["Records"][0]["s3"]["object"] for one in messages)
    assert again == 1
    assert first["key"] == "partner/%C3%A9+%2B.xml"
    assert first["sequencer"] < second["sequencer"]
    assert third == second


def test_items_come_back_as_they_were() -> None:
    tables = client("dynamodb")
    for name, keys in (("pair", ["pk", "sk"]), ("single", ["pk"])):
        tables.create_table(
            TableName=name,
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key in keys],
            KeySchema=[
                {"AttributeName": key, "KeyType": kind}
                for key, kind in zip(keys, ("HASH", "RANGE"), strict=False)
            ],
        )
    values = {"n": {"N": "1.50"}, "m": {"M": {"l": {"L": [{"BOOL": True}, {"NULL": True}, {"SS": ["a"]}]}}}}
    pair = {"pk": {"S": "a"}, "sk": {"S": "1"}, "b": {"B": b"\x00\xff"}, **values}
    tables.put_item(TableName="pair", Item=pair)
    tables.put_item(TableName="single", Item={"pk": {"S": "a"}, **values})
    states = list(item_states())
    for state in states:
        restore_item([state[0], state[1], None])
    gone = [tables.scan(TableName=name)["Count"] for name in ("pair", "single")]

    for state in states:
        restore_item(state)
    restore_item(["no such table", {"pk": {"S": "a"}}, {"pk": {"S": "a"}}])

    assert gone == [0, 0]
    assert tables.get_item(TableName="pair", Key={"pk": {"S": "a"}, "sk": {"S": "1"}})["Item"] == pair
    assert tables.get_item(TableName="single", Key={"pk": {"S": "a"}})["Item"] == {"pk": {"S": "a"}, **values}


def test_light_calls_answer_as_full_ones_and_presigned_addresses_stay_signed(patches: ExitStack) -> None:
    for uninstall in install_light_calls():
        patches.callback(uninstall)
    s3, sqs = a_bucket("bucket"), client("sqs")
    url = sqs.create_queue(QueueName="q")["QueueUrl"]

    for body in ("é", "two"):
        s3.put_object(Bucket="bucket", Key="k", Body=body.encode(), Metadata={"m": "1"})
        sqs.send_message(QueueUrl=url, MessageBody=body)

    assert s3.get_object(Bucket="bucket", Key="k")["Body"].read() == b"two"
    assert s3.head_object(Bucket="bucket", Key="k")["Metadata"] == {"m": "1"}
    attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    assert f":{REGION}:" in attributes["QueueArn"]
    signature = s3.generate_presigned_url("get_object", Params={"Bucket": "bucket", "Key": "k"}).split("&")[1]
    assert signature.startswith(("Signature=", "X-Amz-"))
    assert "local" not in signature


def test_custom_s3_endpoint_is_answered_in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", "http://127.0.0.1:9")
    monkeypatch.setenv("MOTO_S3_CUSTOM_ENDPOINTS", "http://127.0.0.1:9")
    s3 = a_bucket("bucket")

    s3.put_object(Bucket="bucket", Key="k", Body=b"1")
    address = s3.generate_presigned_url("get_object", Params={"Bucket": "bucket", "Key": "k"})

    assert address.startswith("http://127.0.0.1:9/bucket/k?")
    assert s3.get_object(Bucket="bucket", Key="k")["Body"].read() == b"1"
    with pytest.raises(OSError, match="refused"):
        urllib.request.urlopen(address, timeout=5)  # noqa: S310 - nobody listens there
