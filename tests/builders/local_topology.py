"""A small template in the synthesised shape, with tiny handlers, for tests of the local platform."""

from __future__ import annotations

import json
from typing import Any

from choriste.local.platform.shapes import Json

HANDLERS = "tests.builders.local_handlers"
ASSISTED = "arn:aws:states:::lambda:invoke"


def a_topology(*, state_machine: dict[str, Any] | None = None) -> dict[str, Any]:
    """A template with the platform's kinds of resources; every function is one of the tiny handlers."""
    resources = {
        **_stores(),
        **_messaging(),
        **_http(),
        "Machine": _machine(state_machine or a_state_machine()),
        "SweepSchedule": {
            "Type": "AWS::Scheduler::Schedule",
            "Properties": {
                "Name": "test-sweep",
                "ScheduleExpression": "rate(15 minutes)",
                "Target": {"Arn": _att("SweeperFunction", "Arn"), "Input": json.dumps({"action": "sweep"})},
            },
        },
    }
    return {"Resources": resources}


def a_state_machine() -> dict[str, Any]:
    """Choice, Retry and Catch around one function."""
    call = {"Type": "Task", "Resource": ASSISTED, "ResultSelector": {"given.$": "$.Payload"}}
    parameters = {"FunctionName": "${StepArn}", "Payload.$": "$"}
    retry = [{"ErrorEquals": ["TransientError"], "IntervalSeconds": 1, "MaxAttempts": 2, "BackoffRate": 1.0}]
    catch = [{"ErrorEquals": ["States.ALL"], "ResultPath": "$.error", "Next": "Caught"}]
    return {
        "StartAt": "Choose",
        "States": {
            "Choose": {
                "Type": "Choice",
                "Choices": [{"Variable": "$.skip", "BooleanEquals": True, "Next": "Skipped"}],
                "Default": "Call",
            },
            "Call": {**call, "Parameters": parameters, "Retry": retry, "Catch": catch, "Next": "Done"},
            "Skipped": {"Type": "Pass", "Result": {"skipped": True}, "End": True},
            "Caught": {"Type": "Pass", "Parameters": {"caught.$": "$.error.Error"}, "End": True},
            "Done": {"Type": "Succeed"},
        },
    }


def _att(logical_id: str, attribute: str) -> dict[str, Any]:
    return {"Fn::GetAtt": [logical_id, attribute]}


def _key(name: str) -> dict[str, str]:
    return {"AttributeName": name, "AttributeType": "S"}


def _schema(*names: str) -> list[dict[str, str]]:
    return [
        {"AttributeName": name, "KeyType": kind} for name, kind in zip(names, ("HASH", "RANGE"), strict=False)
    ]


def _index(name: str, *keys: str) -> dict[str, Any]:
    return {"IndexName": name, "KeySchema": _schema(*keys), "Projection": {"ProjectionType": "KEYS_ONLY"}}


INDEXES = {
    "by_supplier": ("supplier_key", "deposit_key"),
    "by_owner": ("owner_key", "owner_sort"),
    "outbox": ("outbox_shard", "outbox_at"),
}


def _stores() -> dict[str, Any]:
    names = ("pk", "sk", *(key for keys in INDEXES.values() for key in keys))
    core = {
        "TableName": "test-core",
        "AttributeDefinitions": [_key(name) for name in names],
        "KeySchema": _schema("pk", "sk"),
        "GlobalSecondaryIndexes": [_index(name, *keys) for name, keys in INDEXES.items()],
        "StreamSpecification": {"StreamViewType": "KEYS_ONLY"},
    }
    sessions = {
        "TableName": "test-sessions",
        "AttributeDefinitions": [_key("pk")],
        "KeySchema": _schema("pk"),
        "TimeToLiveSpecification": {"AttributeName": "expires_at", "Enabled": True},
    }
    inbox = {
        "BucketName": "test-inbox",
        "NotificationConfiguration": {
            "QueueConfigurations": [
                {"Event": "s3:ObjectCreated:*", "Queue": "arn:aws:sqs:eu-west-3:123456789012:test-deposit"}
            ]
        },
    }
    archive = {
        "BucketName": "test-archive",
        "ObjectLockEnabled": True,
        "ObjectLockConfiguration": {
            "ObjectLockEnabled": "Enabled",
            "Rule": {"DefaultRetention": {"Mode": "COMPLIANCE", "Years": 10}},
        },
        "VersioningConfiguration": {"Status": "Enabled"},
    }
    return {
        "CoreTable": {"Type": "AWS::DynamoDB::Table", "Properties": core},
        "SessionsTable": {"Type": "AWS::DynamoDB::Table", "Properties": sessions},
        "InboxBucket": {"Type": "AWS::S3::Bucket", "Properties": inbox},
        "ArchiveBucket": {"Type": "AWS::S3::Bucket", "Properties": archive},
        "MailIdentity": {"Type": "AWS::SES::EmailIdentity", "Properties": {"EmailIdentity": "example.org"}},
    }


def _queue(name: str, *, dead_letters: str | None = None) -> dict[str, Any]:
    properties: dict[str, Any] = {"QueueName": name, "VisibilityTimeout": 360}
    if dead_letters:
        properties["RedrivePolicy"] = {
            "deadLetterTargetArn": _att(dead_letters, "Arn"),
            "maxReceiveCount": 2,
        }
    return {"Type": "AWS::SQS::Queue", "Properties": properties}


def _source(function: str, arn: Json, **properties: Json) -> dict[str, Any]:
    return {
        "Type": "AWS::Lambda::EventSourceMapping",
        "Properties": {"EventSourceArn": arn, "FunctionName": {"Ref": function}, **properties},
    }


def _function(handler: str) -> dict[str, Any]:
    variables = {
        "CORE_TABLE": {"Ref": "CoreTable"},
        "INBOX_BUCKET": {"Ref": "InboxBucket"},
        "BUS_NAME": {"Ref": "EventBus"},
        "SENDER_ADDRESS": "notices@example.org",
        "FACTOR_RESET_HOURS": "24",
        "SECRETS_KEY": "alias/secrets",
    }
    return {
        "Type": "AWS::Lambda::Function",
        "Properties": {
            "FunctionName": f"test-{handler}",
            "Handler": f"{HANDLERS}.{handler}",
            "Timeout": 30,
            "Environment": {"Variables": variables},
        },
    }


def _messaging() -> dict[str, Any]:
    batches = {"BatchSize": 10, "FunctionResponseTypes": ["ReportBatchItemFailures"]}
    rule = {
        "Name": "test-notification",
        "EventBusName": {"Ref": "EventBus"},
        "EventPattern": {"source": [{"prefix": "choriste"}]},
        "Targets": [{"Id": "notification", "Arn": _att("NotificationQueue", "Arn")}],
    }
    return {
        "DepositQueue": _queue("test-deposit", dead_letters="DepositDeadLetterQueue"),
        "DepositDeadLetterQueue": _queue("test-deposit-dlq"),
        "NotificationQueue": _queue("test-notification"),
        "EventBus": {"Type": "AWS::Events::EventBus", "Properties": {"Name": "test"}},
        "NotificationRule": {"Type": "AWS::Events::Rule", "Properties": rule},
        "DepositFunction": _function("deposit"),
        "NotificationFunction": _function("notification"),
        "PublisherFunction": _function("publisher"),
        "SweeperFunction": _function("sweeper"),
        "StepFunction": _function("step"),
        "DepositSource": _source("DepositFunction", _att("DepositQueue", "Arn"), **batches),
        "NotificationSource": _source("NotificationFunction", _att("NotificationQueue", "Arn"), **batches),
        "PublisherSource": _source("PublisherFunction", _att("CoreTable", "StreamArn"), BatchSize=100),
    }


def _machine(definition: dict[str, Any]) -> dict[str, Any]:
    return {
        "Type": "AWS::StepFunctions::StateMachine",
        "Properties": {
            "StateMachineName": "test-machine",
            "StateMachineType": "EXPRESS",
            "DefinitionString": json.dumps(definition),
            "DefinitionSubstitutions": {"StepArn": _att("StepFunction", "Arn")},
        },
    }


def _route(key: str) -> dict[str, Any]:
    properties: dict[str, Any] = {
        "ApiId": {"Ref": "HttpApi"},
        "RouteKey": key,
        "Target": {"Fn::Join": ["", ["integrations/", {"Ref": "EchoIntegration"}]]},
        "AuthorizationType": "NONE",
    }
    return {"Type": "AWS::ApiGatewayV2::Route", "Properties": properties}


def _http() -> dict[str, Any]:
    integration = {"ApiId": {"Ref": "HttpApi"}, "IntegrationUri": _att("EchoFunction", "Arn")}
    return {
        "HttpApi": {"Type": "AWS::ApiGatewayV2::Api", "Properties": {"Name": "test"}},
        "EchoFunction": _function("echo"),
        "EchoIntegration": {"Type": "AWS::ApiGatewayV2::Integration", "Properties": integration},
        "EchoRoute": _route("ANY /echo"),
        "ItemRoute": _route("GET /items/{id}"),
        "FilesRoute": _route("GET /files/{path+}"),
        "FormRoute": _route("POST /answers/{kind}"),
    }
