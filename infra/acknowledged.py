"""The cdk-nag findings we accept, each with its reason.

An acknowledgement names one finding on one construct; nothing is switched off for the whole application.
"""

from __future__ import annotations

from aws_cdk import Acknowledgment, Validations
from constructs import IConstruct

from infra.edge import ROUTES
from infra.permissions import PERMISSIONS
from infra.stack import Platform

RUNTIME = "Every pinned wheel is built for Python 3.13, which gets security fixes until 2029 (infra.build)."
LOG_STREAMS = "Lambda names a new log stream for each container; the log group is exact."
OBJECTS = "Object keys are made at run time; the bucket is exact and the actions are listed one by one."
FOLDERS = "Each session has a policy that leaves one account's folders of these."
LOG_DELIVERY = (
    "The log delivery API of Step Functions knows no resource-level permissions; no data action is here."
)
TRACING = (
    "No X-Ray: its SDK ends in 2027 and flow ids in structured logs follow an invoice through every step."
)
IS_DEAD_LETTERS = "This queue is itself where a rule or a schedule leaves what it could not deliver."
KEY_OF_ANOTHER = "INSEE issues this key on its own portal and has no way to rotate it by a program."
ANYWHERE = "Suppliers to French administrations are all over the world."
LOGGED_BEHIND = "The API behind logs every request, and the distribution caches none."
OPEN_ROUTES = {
    "TokenRoute": "Callers come here to get the token; the client secret is checked by the use case.",
    "ApiRoute": "The function authenticates: an authorizer would answer 403 where clients expect 401.",
    "ChorusRoute": "The function authenticates: an authorizer would answer 403 where Chorus Pro answers 401.",
    "ConsoleRoute": "People sign in with password and TOTP; the session cookie is checked by each page.",
}


def acknowledge(platform: Platform) -> None:
    """Record every accepted finding on the construct it concerns."""
    _functions(platform)
    _machines(platform)
    _routes(platform)
    if platform.front is not None:
        _accept(platform.front.distribution, "AwsSolutions-CFR1", ANYWHERE)
        _accept(platform.front.distribution, "AwsSolutions-CFR3", LOGGED_BEHIND)
    _accept(platform.data.sirene_key, "AwsSolutions-SMG4", KEY_OF_ANOTHER)
    for bucket in ("inbox", "outbox"):
        folders = f"{platform.naming.prefix}-{bucket}-<AWS::AccountId>-<AWS::Region>/partners/*"
        for way in (platform.partners, platform.sftp):
            if way is not None:
                _accept_wildcard(way.role, f"arn:<AWS::Partition>:s3:::{folders}", FOLDERS)
    for queue in (platform.messaging.schedule_dead_letters, platform.messaging.rule_dead_letters):
        _accept(queue, "AwsSolutions-SQS3", IS_DEAD_LETTERS)


def _functions(platform: Platform) -> None:
    naming = platform.naming
    for name, function in platform.functions.by_name.items():
        role = platform.functions.roles[name]
        streams = f"log-group:{naming.log_group(name)}:*"
        _accept(function, "AwsSolutions-L1", RUNTIME)
        _accept_wildcard(
            role, f"arn:<AWS::Partition>:logs:<AWS::Region>:<AWS::AccountId>:{streams}", LOG_STREAMS
        )
        for bucket in _buckets_of(name):
            objects = f"{naming.prefix}-{bucket}-<AWS::AccountId>-<AWS::Region>/*"
            _accept_wildcard(role, f"arn:<AWS::Partition>:s3:::{objects}", OBJECTS)


def _buckets_of(function: str) -> list[str]:
    named = {short for entry in PERMISSIONS[function] for short in entry.resources}
    return sorted(short.removeprefix("objects/") for short in named if short.startswith("objects/"))


def _machines(platform: Platform) -> None:
    for name, machine in platform.machines.by_name.items():
        _accept(machine, "AwsSolutions-SF2", TRACING)
        _accept_wildcard(platform.machines.roles[name], "*", LOG_DELIVERY)


def _routes(platform: Platform) -> None:
    for route in ROUTES:
        _accept(platform.http.routes[route.logical_id], "AwsSolutions-APIG4", OPEN_ROUTES[route.logical_id])


def _accept_wildcard(construct: IConstruct, resource: str, reason: str) -> None:
    _accept(construct, f"AwsSolutions-IAM5[Resource::{resource}]", reason)


def _accept(construct: IConstruct, rule: str, reason: str) -> None:
    Validations.of(construct).acknowledge(Acknowledgment(id=f"AwsSolutions::{rule}", reason=reason))
