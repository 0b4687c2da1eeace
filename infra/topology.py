"""What the local runtime loads: the synthesised template, reduced to what it can build.

`python -m infra.topology` synthesises the stack offline and writes
`layers/core/python/choriste/local/platform/topology.json`, which is shipped as package data, so that starting
the platform on one machine needs neither Node nor the CDK. A test re-synthesises and fails on a difference.

Shape of the file (a CloudFormation template, JSON, UTF-8, sorted keys):

* `Resources`: logical id → `{"Type", "Properties"}`. Logical ids are pinned and readable (`CoreTable`,
  `InboxBucket`, `DepositQueue`, `DepositDeadLetterQueue`, `EventBus`, `NotificationRule`, `ApiFunction`,
  `IntakeMachine`, `PublisherSchedule`, `HttpApi`, `ApiRoute` …). Only the types of `LOADED` are kept.
  Everything about access, encryption, logs, metrics and alarms is left out: moto evaluates none of it.
* Values are literals or the intrinsics `Ref`, `Fn::GetAtt` (`[id, attribute]`) and `Fn::Join`; the pseudo
  parameters are `AWS::AccountId`, `AWS::Region`, `AWS::Partition`, `AWS::URLSuffix`.
  A property that referred to a resource left out is left out too.
* Physical names are set on every resource that has one (`TableName`, `FunctionName`, `QueueName`,
  `BucketName`, `StateMachineName`, `Name`), so ARNs are also written out by name, without a reference.
* `BASE_URL` names the API's address on AWS: the local runtime passes its own.
* A bucket's name has no account and region here (`choriste-inbox`): only the world-wide bucket name space
  asks for these, and a person types this name.
* Functions carry `Handler` and no `Code` and no `Layers`: the modules are importable where the file is.
* State machines carry `DefinitionString` (JSON text) and `DefinitionSubstitutions`
  (`${ValidationArn}` → the function's ARN).
* Routes: `AWS::ApiGatewayV2::Route` has `RouteKey`, `AuthorizationType` (`NONE`) and
  `Target` (`Fn::Join` of `integrations/` and a `Ref` to the integration); the integration's
  `IntegrationUri` is the function's ARN.
* Schedules: `ScheduleExpression` `rate(N minutes)`, `Target.Arn`, `Target.Input` (JSON text).
* Event sources: `AWS::Lambda::EventSourceMapping` with `EventSourceArn`, `FunctionName`, `BatchSize`,
  `FunctionResponseTypes`, and `FilterCriteria` for the stream of the core table.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from infra.app import STACK, build_app

TARGET = Path(__file__).resolve().parent.parent / "layers/core/python/choriste/local/platform/topology.json"

LOADED = frozenset(
    {
        "AWS::ApiGatewayV2::Api",
        "AWS::ApiGatewayV2::Integration",
        "AWS::ApiGatewayV2::Route",
        "AWS::DynamoDB::Table",
        "AWS::Events::EventBus",
        "AWS::Events::Rule",
        "AWS::KMS::Alias",
        "AWS::Lambda::EventSourceMapping",
        "AWS::Lambda::Function",
        "AWS::S3::Bucket",
        "AWS::SES::ConfigurationSet",
        "AWS::SES::EmailIdentity",
        "AWS::SQS::Queue",
        "AWS::Scheduler::Schedule",
        "AWS::SecretsManager::Secret",
        "AWS::StepFunctions::StateMachine",
    }
)

# What a type has that only matters on AWS: code assets, logs, protection, cost.
OMITTED = frozenset(
    {
        "AccessLogSettings",
        "BucketEncryption",
        "Code",
        "DeletionProtectionEnabled",
        "KmsKeyId",
        "Layers",
        "LifecycleConfiguration",
        "LoggingConfig",
        "LoggingConfiguration",
        "OwnershipControls",
        "PointInTimeRecoverySpecification",
        "PublicAccessBlockConfiguration",
        "Role",
        "RoleArn",
        "SSESpecification",
        "SqsManagedSseEnabled",
        "Tags",
    }
)

UNUSED = frozenset({"AccessLogsBucket"})


def synthesise() -> dict[str, Any]:
    """Synthesise the stack from its sources and return the template; needs no account and no network."""
    with tempfile.TemporaryDirectory() as folder:
        build_app(outdir=Path(folder)).synth()
        text = (Path(folder) / f"{STACK}.template.json").read_text(encoding="utf-8")
    template: dict[str, Any] = json.loads(text)
    return template


def reduce_template(template: Mapping[str, Any]) -> dict[str, Any]:
    """Keep what the local runtime builds, in the shape that this module describes."""
    kept = {
        logical_id: resource
        for logical_id, resource in template["Resources"].items()
        if resource["Type"] in LOADED and logical_id not in UNUSED
    }
    dropped = frozenset(template["Resources"]) - frozenset(kept)
    resources = {
        logical_id: {"Type": resource["Type"], "Properties": _properties(resource["Properties"], dropped)}
        for logical_id, resource in kept.items()
    }
    return {"AWSTemplateFormatVersion": "2010-09-09", "Resources": resources}


def _properties(properties: Mapping[str, Any], dropped: frozenset[str]) -> dict[str, Any]:
    """Leave out what matters on AWS only, and every entry that refers to a resource left out."""
    kept: dict[str, Any] = {
        key: _prune(value, dropped) for key, value in properties.items() if key not in OMITTED
    }
    if "BucketName" in kept:
        kept["BucketName"] = _short_bucket_name(kept["BucketName"])
    return {key: value for key, value in kept.items() if not _refers(value, dropped)}


def _prune(value: object, dropped: frozenset[str]) -> object:
    if isinstance(value, dict):
        return {
            key: _prune(entry, dropped)
            for key, entry in value.items()
            if key not in OMITTED and not _refers(entry, dropped)
        }
    if isinstance(value, list):
        return [_prune(entry, dropped) for entry in value]
    return value


def _refers(value: object, dropped: frozenset[str]) -> bool:
    """Whether a value is, in itself, a reference to a resource left out."""
    if not isinstance(value, dict):
        return False
    attribute = value.get("Fn::GetAtt")
    return value.get("Ref") in dropped or (isinstance(attribute, list) and attribute[0] in dropped)


def _short_bucket_name(name: Mapping[str, Any]) -> str:
    """`choriste-inbox` of the join `choriste-inbox-`, account, `-`, region."""
    first: str = name["Fn::Join"][1][0]
    return first.removesuffix("-")


def render(topology: Mapping[str, Any]) -> str:
    """The text of the file: sorted, indented, one final newline."""
    return json.dumps(topology, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def main() -> int:
    """Write the file, or with `--check` say whether it is up to date (exit code 1 when it is not)."""
    text = render(reduce_template(synthesise()))
    if "--check" in sys.argv[1:]:
        current = TARGET.read_text(encoding="utf-8") if TARGET.is_file() else ""
        sys.stdout.write("up to date\n" if current == text else "differs: run python -m infra.topology\n")
        return int(current != text)
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    TARGET.write_text(text, encoding="utf-8")
    sys.stdout.write(f"{TARGET.name}: {len(text)} characters\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
