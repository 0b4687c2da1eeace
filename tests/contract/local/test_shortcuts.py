"""What the patches leave out of moto's and botocore's work changes no answer."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import boto3
import pytest
from botocore.awsrequest import AWSPreparedRequest
from botocore.exceptions import ClientError, EndpointConnectionError, ParamValidationError
from moto import mock_aws
from moto.core.botocore_stubber import BotocoreStubber
from moto.sqs import models as sqs_models

from choriste.local.moto_patches.direct import install_direct_calls
from choriste.local.moto_patches.events import install_events
from choriste.local.moto_patches.functions import install_function_runner
from choriste.local.moto_patches.items import SIZE_LIMIT, install_light_items
from choriste.local.moto_patches.machines import install_machines
from choriste.local.moto_patches.messages import install_messages
from choriste.local.moto_patches.replacing import replace
from choriste.local.platform.hosting import Outcome

REGION = "eu-west-3"
SENDER = "choriste@example.fr"
ROLE = "arn:aws:iam::123456789012:role/any"


@pytest.fixture(autouse=True)
def patches() -> Iterator[ExitStack]:
    """Empty backends, and the patches of the test taken out again."""
    with mock_aws(config={"stepfunctions": {"execute_state_machine": True}}), ExitStack() as undo:
        yield undo


def client(service: str, **options: Any) -> Any:
    """A client of the mocked cloud."""
    return boto3.client(service, region_name=REGION, **options)  # type: ignore[call-overload]


def a_table() -> Any:
    """A client on an empty table."""
    tables = client("dynamodb")
    tables.create_table(
        TableName="t",
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
    )
    return tables


def mailed(mails: Any, *, to: str) -> Any:
    """Send one mail."""
    body = {"Text": {"Data": "é & <b>", "Charset": "UTF-8"}, "Html": {"Data": "<p>é</p>", "Charset": "UTF-8"}}
    return mails.send_email(
        Source=SENDER,
        Destination={"ToAddresses": [to]},
        Message={"Subject": {"Data": "Objet", "Charset": "UTF-8"}, "Body": body},
    )


def outcome(call: Callable[[], Any]) -> Any:
    """What a call answers, without what changes each time; of an error its code, message and status."""
    try:
        answer = call()
    except ClientError as error:
        status = error.response["ResponseMetadata"]["HTTPStatusCode"]
        return type(error).__name__, error.response["Error"], status
    changing = {"MessageId", "ResponseMetadata"}
    return {name: value for name, value in answer.items() if name not in changing}


def messages_sent(undo: ExitStack) -> list[str]:
    """The addresses of the HTTP requests that reach moto from now on."""
    seen: list[str] = []
    process = BotocoreStubber.process_request

    def noted(stubber: BotocoreStubber, request: AWSPreparedRequest) -> Any:
        seen.append(str(request.url))
        return process(stubber, request)

    undo.callback(replace(BotocoreStubber, "process_request", noted))
    return seen


def directly_from_now_on(undo: ExitStack) -> None:
    """Install the direct calls."""
    for uninstall in install_direct_calls():
        undo.callback(uninstall)


CALLS: dict[str, Callable[[Any, Any], Any]] = {
    "item": lambda tables, _mails: tables.get_item(TableName="t", Key={"pk": {"S": "a"}}),
    "no item": lambda tables, _mails: tables.get_item(TableName="t", Key={"pk": {"S": "b"}}),
    "description": lambda tables, _mails: tables.describe_table(TableName="t")["Table"]["KeySchema"],
    "no table": lambda tables, _mails: tables.get_item(TableName="none", Key={"pk": {"S": "a"}}),
    "condition": lambda tables, _mails: tables.put_item(
        TableName="t", Item={"pk": {"S": "a"}}, ConditionExpression="attribute_not_exists(pk)"
    ),
    "mail": lambda _tables, mails: mailed(mails, to="a@example.fr"),
    "no address": lambda _tables, mails: mailed(mails, to="nobody"),
}


@pytest.mark.parametrize("name", CALLS)
def test_direct_call_answers_as_one_by_http(patches: ExitStack, name: str) -> None:
    tables, mails = a_table(), client("ses")
    mails.verify_email_identity(EmailAddress=SENDER)
    tables.put_item(TableName="t", Item={"pk": {"S": "a"}, "body": {"B": b"\x00\xff"}, "n": {"N": "1.50"}})

    def call() -> Any:
        answer = CALLS[name](tables, mails)
        return answer if isinstance(answer, dict) else {"value": answer}

    by_http = outcome(call)
    directly_from_now_on(patches)
    seen = messages_sent(patches)
    directly = outcome(call)

    assert directly == by_http
    assert seen == []


def test_direct_call_is_still_validated_and_does_not_share_what_is_stored(patches: ExitStack) -> None:
    directly_from_now_on(patches)
    tables = a_table()
    item: dict[str, Any] = {"pk": {"S": "a"}, "list": {"L": [{"S": "one"}]}}
    tables.put_item(TableName="t", Item=item)
    item["list"]["L"].append({"S": "two"})

    found = tables.get_item(TableName="t", Key={"pk": {"S": "a"}})["Item"]
    found["list"]["L"].clear()

    assert tables.get_item(TableName="t", Key={"pk": {"S": "a"}})["Item"]["list"] == {"L": [{"S": "one"}]}
    with pytest.raises(ParamValidationError):
        tables.get_item(TableName="t", Key="a")


def test_client_of_another_address_is_sent_there(patches: ExitStack) -> None:
    directly_from_now_on(patches)
    elsewhere = client("dynamodb", endpoint_url="http://127.0.0.1:9")

    with pytest.raises(EndpointConnectionError):
        elsewhere.list_tables()


@pytest.mark.parametrize(("size", "taken"), [(SIZE_LIMIT - 10, True), (SIZE_LIMIT, False)])
def test_size_of_an_item_has_the_limit_that_moto_gives_it(
    patches: ExitStack, size: int, *, taken: bool
) -> None:
    tables = a_table()
    item = {"pk": {"S": "a"}, "body": {"B": bytes(size)}}
    unpatched = outcome(lambda: tables.put_item(TableName="t", Item=item))
    for uninstall in install_light_items():
        patches.callback(uninstall)

    patched = outcome(lambda: tables.put_item(TableName="t", Item=item))

    assert patched == unpatched
    assert isinstance(patched, dict) is taken


def test_update_of_a_new_item_and_of_one_that_is_there_do_what_they_say(patches: ExitStack) -> None:
    for uninstall in install_light_items():
        patches.callback(uninstall)
    tables = a_table()

    for step in (1, 2):
        tables.update_item(
            TableName="t",
            Key={"pk": {"S": "a"}},
            UpdateExpression="SET v = :v ADD c :v",
            ExpressionAttributeValues={":v": {"N": str(step)}},
        )

    assert tables.get_item(TableName="t", Key={"pk": {"S": "a"}})["Item"] == {
        "pk": {"S": "a"},
        "v": {"N": "2"},
        "c": {"N": "3"},
    }


def test_event_reaches_its_queue_with_paths_compiled_once(patches: ExitStack) -> None:
    patches.callback(install_events())
    events, sqs = client("events"), client("sqs")
    url = sqs.create_queue(QueueName="q")["QueueUrl"]
    events.put_rule(Name="r", EventPattern=json.dumps({"source": ["here"]}))
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    events.put_targets(Rule="r", Targets=[{"Id": "1", "Arn": arn}])

    for number in (1, 2):
        detail = json.dumps({"number": number, "said": "é"})
        events.put_events(Entries=[{"Source": "here", "DetailType": "T", "Detail": detail}])

    bodies = [
        json.loads(one["Body"])
        for one in sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)["Messages"]
    ]
    assert [body["detail"]["number"] for body in bodies] == [1, 2]
    assert {body["detail-type"] for body in bodies} == {"T"}


def test_executions_that_share_a_definition_count_their_retries_apart(patches: ExitStack) -> None:
    for uninstall in install_machines():
        patches.callback(uninstall)
    asked: Counter[str] = Counter()

    def fail_once(_name: str, event: Any) -> Outcome:
        asked[event["n"]] += 1
        return Outcome(payload='{"errorType": "Busy"}', failed=asked[event["n"]] == 1)

    patches.callback(install_function_runner(fail_once))
    client("iam").create_role(RoleName="any", AssumeRolePolicyDocument="{}")
    client("lambda").create_function(
        FunctionName="f", Handler="a.b", Runtime="python3.13", Role=ROLE, Code={"ZipFile": b"x"}
    )
    retry = [{"ErrorEquals": ["States.ALL"], "IntervalSeconds": 1, "MaxAttempts": 1}]
    call = {"FunctionName": "f", "Payload.$": "$"}
    task = {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Parameters": call, "Retry": retry}
    definition = json.dumps({"StartAt": "A", "States": {"A": {**task, "End": True}}})
    machines = client("stepfunctions")
    machine = machines.create_state_machine(name="m", definition=definition, roleArn=ROLE)["stateMachineArn"]

    names = [f"n{number}" for number in range(6)]
    started = [
        machines.start_execution(stateMachineArn=machine, name=name, input=json.dumps({"n": name}))
        for name in names
    ]

    assert {ended(machines, one["executionArn"]) for one in started} == {"SUCCEEDED"}
    assert asked == dict.fromkeys(names, 2)


def ended(machines: Any, arn: str) -> str:
    """The status of an execution once it has ended."""
    for _ in range(500):
        status = str(machines.describe_execution(executionArn=arn)["status"])
        if status != "RUNNING":
            return status
        time.sleep(0.02)
    raise AssertionError(arn)


def test_message_older_than_its_queue_keeps_them_is_not_given(
    patches: ExitStack, monkeypatch: pytest.MonkeyPatch
) -> None:
    for uninstall in install_messages(lambda _message: None):
        patches.callback(uninstall)
    sqs = client("sqs")
    url = sqs.create_queue(QueueName="q", Attributes={"MessageRetentionPeriod": "60"})["QueueUrl"]
    sqs.send_message(QueueUrl=url, MessageBody="old")

    received = sqs.receive_message(QueueUrl=url, VisibilityTimeout=0)["Messages"]
    later = time.time() + 61
    monkeypatch.setattr(time, "time", lambda: later)
    monkeypatch.setattr(sqs_models, "unix_time_millis", lambda: later * 1000)

    assert [one["Body"] for one in received] == ["old"]
    assert "Messages" not in sqs.receive_message(QueueUrl=url)
