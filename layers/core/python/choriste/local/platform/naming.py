"""Physical names and ARNs of CloudFormation resources, computed from the template alone.

`Ref` and `Fn::GetAtt` therefore need no resource to exist, and two starts give the same names.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from typing import Final

from choriste.local.platform.settings import ACCOUNT, PARTITION, REGION
from choriste.local.platform.shapes import Json

Properties = Mapping[str, Json]

_NAME_PROPERTY: Final[Mapping[str, str]] = {
    "AWS::DynamoDB::Table": "TableName",
    "AWS::DynamoDB::GlobalTable": "TableName",
    "AWS::S3::Bucket": "BucketName",
    "AWS::SQS::Queue": "QueueName",
    "AWS::Lambda::Function": "FunctionName",
    "AWS::Lambda::LayerVersion": "LayerName",
    "AWS::Lambda::Version": "FunctionName",
    "AWS::Lambda::Alias": "FunctionName",
    "AWS::Events::EventBus": "Name",
    "AWS::Events::Rule": "Name",
    "AWS::StepFunctions::StateMachine": "StateMachineName",
    "AWS::SecretsManager::Secret": "Name",
    "AWS::IAM::Role": "RoleName",
    "AWS::ApiGatewayV2::Api": "Name",
    "AWS::KMS::Alias": "AliasName",
    "AWS::SNS::Topic": "TopicName",
    "AWS::Logs::LogGroup": "LogGroupName",
    "AWS::Scheduler::Schedule": "Name",
    "AWS::Scheduler::ScheduleGroup": "Name",
    "AWS::SES::EmailIdentity": "EmailIdentity",
    "AWS::SES::ConfigurationSet": "Name",
}

_LOWER_CASE: Final = frozenset({"AWS::S3::Bucket"})
_LONGEST: Final = 60


def physical_name(stack: str, logical_id: str, kind: str, properties: Properties) -> str:
    """The resource's own name where the template gives one, else one made from stack and logical id."""
    given = properties.get(_NAME_PROPERTY.get(kind, ""))
    if isinstance(given, str) and given:
        return given.rsplit(":", 1)[-1] if kind.startswith("AWS::Lambda::") else given
    made = f"{stack}-{logical_id}"[-_LONGEST:].strip("-")
    if kind in _LOWER_CASE:
        return made.lower()
    return f"{made}.fifo" if kind == "AWS::SQS::Queue" and properties.get("FifoQueue") else made


def _regional(service: str, rest: str) -> str:
    return f"arn:{PARTITION}:{service}:{REGION}:{ACCOUNT}:{rest}"


def _key_id(name: str) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"choriste:{name}"))


_ARN: Final[Mapping[str, Callable[[str], str]]] = {
    "AWS::DynamoDB::Table": lambda name: _regional("dynamodb", f"table/{name}"),
    "AWS::DynamoDB::GlobalTable": lambda name: _regional("dynamodb", f"table/{name}"),
    "AWS::S3::Bucket": lambda name: f"arn:{PARTITION}:s3:::{name}",
    "AWS::SQS::Queue": lambda name: _regional("sqs", name),
    "AWS::Lambda::Function": lambda name: _regional("lambda", f"function:{name}"),
    "AWS::Lambda::Version": lambda name: _regional("lambda", f"function:{name}"),
    "AWS::Lambda::Alias": lambda name: _regional("lambda", f"function:{name}"),
    "AWS::Lambda::LayerVersion": lambda name: _regional("lambda", f"layer:{name}:1"),
    "AWS::Events::EventBus": lambda name: _regional("events", f"event-bus/{name}"),
    "AWS::Events::Rule": lambda name: _regional("events", f"rule/{name}"),
    "AWS::StepFunctions::StateMachine": lambda name: _regional("states", f"stateMachine:{name}"),
    "AWS::IAM::Role": lambda name: f"arn:{PARTITION}:iam::{ACCOUNT}:role/{name}",
    "AWS::KMS::Key": lambda name: _regional("kms", f"key/{_key_id(name)}"),
    "AWS::KMS::Alias": lambda name: _regional("kms", name),
    "AWS::SNS::Topic": lambda name: _regional("sns", name),
    "AWS::Logs::LogGroup": lambda name: _regional("logs", f"log-group:{name}:*"),
    "AWS::Scheduler::Schedule": lambda name: _regional("scheduler", f"schedule/default/{name}"),
}

# What `Ref` gives where it is the ARN rather than the name.
_REF_IS_ARN: Final = frozenset(
    {
        "AWS::StepFunctions::StateMachine",
        "AWS::SecretsManager::Secret",
        "AWS::SNS::Topic",
        "AWS::Lambda::Version",
        "AWS::Lambda::Alias",
        "AWS::Lambda::LayerVersion",
    }
)


def arn(kind: str, name: str) -> str:
    """The ARN of a resource; a kind that runs nowhere locally (alarms, firewall …) gets a made-up one."""
    make = _ARN.get(kind)
    return make(name) if make else _regional("local", f"{kind.replace('::', '-').lower()}/{name}")


def queue_url(name: str) -> str:
    """The URL that SQS calls name a queue by."""
    return f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/{name}"


def reference(kind: str, name: str) -> str:
    """What `Ref` of the resource gives."""
    if kind == "AWS::SQS::Queue":
        return queue_url(name)
    if kind == "AWS::KMS::Key":
        return _key_id(name)
    return arn(kind, name) if kind in _REF_IS_ARN else name


def attribute(kind: str, name: str, attribute_name: str) -> str:
    """What `Fn::GetAtt` of the resource gives."""
    if attribute_name in {"Arn", "TopicArn", "StateMachineArn", "FunctionArn", "Id"}:
        return arn(kind, name)
    if attribute_name == "StreamArn":
        return f"{arn(kind, name)}/stream/local"
    if attribute_name in {"DomainName", "RegionalDomainName"} and kind == "AWS::S3::Bucket":
        return f"{name}.s3.{REGION}.amazonaws.com"
    if attribute_name == "QueueUrl":
        return queue_url(name)
    if attribute_name in {"KeyId", "ApiId"}:
        return reference(kind, name)
    return name
