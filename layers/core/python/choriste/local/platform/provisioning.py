"""Creates the template's resources in moto, one maker per CloudFormation type.

A kind without a maker runs nowhere locally (alarms, dashboards, firewall, roles …) and is skipped. Table
streams are left out on purpose: moto also delivers rolled-back transactions, so the write seam nudges.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from typing import Final

import boto3

from choriste.local.moto_patches.keys import create_key
from choriste.local.platform.intrinsics import TemplateError
from choriste.local.platform.settings import ACCOUNT, PARTITION, REGION
from choriste.local.platform.shapes import AwsClient, Json
from choriste.local.platform.topology import Resource, Topology

logger: Final = logging.getLogger("choriste.local.platform.provisioning")

_ROLE: Final = f"arn:{PARTITION}:iam::{ACCOUNT}:role/choriste-local"
_TRUST: Final = json.dumps({"Version": "2012-10-17", "Statement": []})
_QUEUE_ATTRIBUTES: Final = (
    "VisibilityTimeout",
    "DelaySeconds",
    "MessageRetentionPeriod",
    "ReceiveMessageWaitTimeSeconds",
    "FifoQueue",
    "ContentBasedDeduplication",
    "RedrivePolicy",
)
_TABLE_KEYS: Final = ("AttributeDefinitions", "KeySchema")
_INDEX_KEYS: Final = ("IndexName", "KeySchema", "Projection")


class Provisioner:
    """Creates a topology in the moto backends of this process."""

    def __init__(self, topology: Topology) -> None:
        self._topology = topology
        self._clients: dict[str, AwsClient] = {}

    def create_all(self) -> None:
        """Create every resource, each before what refers to it."""
        self._client("iam").create_role(RoleName="choriste-local", AssumeRolePolicyDocument=_TRUST)
        for kind, make in self._makers().items():
            for resource in sorted(self._topology.of_kind(kind), key=_has_dead_letters):
                make(resource)

    def verify_sender(self, address: str) -> None:
        """Let SES send from that address, whatever identity the template declares."""
        if address:
            self._client("ses").verify_email_identity(EmailAddress=address)

    def _makers(self) -> Mapping[str, Callable[[Resource], None]]:
        return {
            "AWS::KMS::Alias": lambda resource: create_key(resource.name),
            "AWS::DynamoDB::Table": self._table,
            "AWS::DynamoDB::GlobalTable": self._table,
            "AWS::SQS::Queue": self._queue,
            "AWS::S3::Bucket": self._bucket,
            "Custom::S3BucketNotifications": self._notifications,
            "AWS::SES::EmailIdentity": self._sender,
            "AWS::SES::ConfigurationSet": self._configuration_set,
            "AWS::Lambda::Function": self._function,
            "AWS::Events::EventBus": self._bus,
            "AWS::Events::Rule": self._rule,
            "AWS::StepFunctions::StateMachine": self._state_machine,
            "AWS::SecretsManager::Secret": self._secret,
        }

    def _client(self, service: str) -> AwsClient:
        if service not in self._clients:
            self._clients[service] = boto3.client(service, region_name=REGION)  # type: ignore[call-overload]
        return self._clients[service]

    def _table(self, resource: Resource) -> None:
        properties = resource.properties
        arguments: dict[str, Json] = {key: properties[key] for key in _TABLE_KEYS}
        for kind in ("GlobalSecondaryIndexes", "LocalSecondaryIndexes"):
            if properties.get(kind):
                arguments[kind] = [{key: index[key] for key in _INDEX_KEYS} for index in properties[kind]]
        client = self._client("dynamodb")
        client.create_table(TableName=resource.name, BillingMode="PAY_PER_REQUEST", **arguments)
        expiry = properties.get("TimeToLiveSpecification")
        if expiry:
            client.update_time_to_live(TableName=resource.name, TimeToLiveSpecification=expiry)

    def _queue(self, resource: Resource) -> None:
        attributes = {
            key: _queue_attribute(resource.properties[key])
            for key in _QUEUE_ATTRIBUTES
            if key in resource.properties
        }
        self._client("sqs").create_queue(QueueName=resource.name, Attributes=attributes)

    def _bucket(self, resource: Resource) -> None:
        client, properties = self._client("s3"), resource.properties
        client.create_bucket(
            Bucket=resource.name,
            ObjectLockEnabledForBucket=bool(properties.get("ObjectLockEnabled")),
            CreateBucketConfiguration={"LocationConstraint": REGION},
        )
        if properties.get("VersioningConfiguration"):
            client.put_bucket_versioning(
                Bucket=resource.name, VersioningConfiguration=properties["VersioningConfiguration"]
            )
        if properties.get("ObjectLockConfiguration"):
            client.put_object_lock_configuration(
                Bucket=resource.name, ObjectLockConfiguration=properties["ObjectLockConfiguration"]
            )
        if properties.get("NotificationConfiguration"):
            self._notify(resource.name, _bucket_notifications(properties["NotificationConfiguration"]))

    def _notifications(self, resource: Resource) -> None:
        self._notify(resource.properties["BucketName"], resource.properties["NotificationConfiguration"])

    def _notify(self, bucket: str, configuration: Json) -> None:
        self._client("s3").put_bucket_notification_configuration(
            Bucket=bucket, NotificationConfiguration=configuration
        )

    def _sender(self, resource: Resource) -> None:
        if "@" in resource.name:
            self.verify_sender(resource.name)
        else:
            self._client("ses").verify_domain_identity(Domain=resource.name)

    def _configuration_set(self, resource: Resource) -> None:
        self._client("ses").create_configuration_set(ConfigurationSet={"Name": resource.name})

    def _function(self, resource: Resource) -> None:
        properties = resource.properties
        self._client("lambda").create_function(
            FunctionName=resource.name,
            Handler=properties["Handler"],
            Runtime=properties.get("Runtime", "python3.13"),
            Role=_ROLE,
            Code={"ZipFile": b"the code runs in this process"},
            Timeout=int(properties.get("Timeout", 3)),
            MemorySize=int(properties.get("MemorySize", 128)),
        )

    def _bus(self, resource: Resource) -> None:
        if resource.name != "default":
            self._client("events").create_event_bus(Name=resource.name)

    def _rule(self, resource: Resource) -> None:
        properties = resource.properties
        if "EventPattern" not in properties:
            return
        bus = str(properties.get("EventBusName", "default")).rsplit("/", 1)[-1]
        client = self._client("events")
        client.put_rule(
            Name=resource.name,
            EventBusName=bus,
            EventPattern=json.dumps(properties["EventPattern"]),
            State=properties.get("State", "ENABLED"),
        )
        targets = [target for target in map(_rule_target, properties.get("Targets", [])) if target]
        if targets:
            client.put_targets(Rule=resource.name, EventBusName=bus, Targets=targets)

    def _secret(self, resource: Resource) -> None:
        """Create a secret with a text: on AWS the operator puts it there."""
        self._client("secretsmanager").create_secret(Name=resource.name, SecretString="local")

    def _state_machine(self, resource: Resource) -> None:
        self._client("stepfunctions").create_state_machine(
            name=resource.name,
            definition=state_machine_definition(resource),
            roleArn=_ROLE,
            type=resource.properties.get("StateMachineType", "STANDARD"),
        )


def state_machine_definition(resource: Resource) -> str:
    """The ASL text of a state machine with its substitutions made; raises TemplateError without one."""
    properties = resource.properties
    if "DefinitionString" in properties:
        text = str(properties["DefinitionString"])
    elif "Definition" in properties:
        text = json.dumps(properties["Definition"])
    else:
        raise TemplateError(f"{resource.logical_id}: the template lacks the machine's definition")
    for name, value in properties.get("DefinitionSubstitutions", {}).items():
        text = text.replace(f"${{{name}}}", str(value))
    return text


def _has_dead_letters(resource: Resource) -> bool:
    return "RedrivePolicy" in resource.properties


def _queue_attribute(value: Json) -> str:
    if isinstance(value, dict):
        return json.dumps(value)
    return str(value).lower() if isinstance(value, bool) else str(value)


def _bucket_notifications(declared: Mapping[str, Json]) -> Json:
    by_queue = [_queue_notification(one) for one in declared.get("QueueConfigurations", [])]
    configuration: dict[str, Json] = {"QueueConfigurations": by_queue}
    if declared.get("EventBridgeConfiguration", {}).get("EventBridgeEnabled"):
        configuration["EventBridgeConfiguration"] = {}
    return configuration


def _queue_notification(declared: Mapping[str, Json]) -> Json:
    configuration = {"QueueArn": declared["Queue"], "Events": [declared["Event"]]}
    rules = declared.get("Filter", {}).get("S3Key", {}).get("Rules", [])
    return {**configuration, "Filter": {"Key": {"FilterRules": rules}}} if rules else configuration


def _rule_target(declared: Mapping[str, Json]) -> Json:
    """The target for moto, which reaches queues only: the platform makes every edge a queue."""
    if ":sqs:" not in declared["Arn"]:
        logger.warning("the target %s of a rule is not a queue and gets no events locally", declared["Arn"])
        return None
    kept = ("Id", "Arn", "InputTransformer", "SqsParameters", "InputPath", "Input")
    return {key: declared[key] for key in kept if key in declared}
