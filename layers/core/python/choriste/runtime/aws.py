"""The AWS clients of a process: one each, made when first asked for, with bounded waits and retries."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, cast

import boto3
from botocore.config import Config

from choriste.adapters.aws.throttles import tell_throttles

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient
    from mypy_boto3_events.client import EventBridgeClient
    from mypy_boto3_kms.client import KMSClient
    from mypy_boto3_lambda.client import LambdaClient
    from mypy_boto3_s3.client import S3Client
    from mypy_boto3_ses.client import SESClient
    from mypy_boto3_sqs.client import SQSClient
    from mypy_boto3_stepfunctions.client import SFNClient

    from choriste.adapters.aws.secrets import SecretsClient
    from choriste.adapters.aws.sts.folder_keys import StsClient

_CONFIG = Config(
    connect_timeout=2,
    read_timeout=20,
    retries={"mode": "standard", "max_attempts": 4},
    max_pool_connections=20,
)
# The caller waits for the function's whole work; an invocation that was heard is never repeated from here.
_LAMBDA_CONFIG = _CONFIG.merge(Config(read_timeout=25, retries={"mode": "standard", "max_attempts": 1}))
# A message whose answer is late may have left: the client would send it again, the claim to it would not.
# Longer than the function may run, so that the client never does.
_MAIL_CONFIG = _CONFIG.merge(Config(read_timeout=60))
_S3_CONFIG = _CONFIG.merge(Config(signature_version="s3v4", s3={"addressing_style": "path"}))


class _OnDemand:
    """Create a client at its first use: a function pays only for the services it calls."""

    def __init__(self, service: str, config: Config) -> None:
        self._service = service
        self._config = config

    def __getattr__(self, name: str) -> object:
        return getattr(_client(self._service, self._config), name)


@cache
def _client(service: str, config: Config) -> Any:  # noqa: ANN401 - each service has a type of its own
    client = boto3.session.Session().client(service, config=config)  # type: ignore[call-overload]
    client.meta.events.register("after-call.*", tell_throttles)
    return client


def dynamodb() -> DynamoDBClient:
    """Return the DynamoDB client."""
    return cast("DynamoDBClient", _OnDemand("dynamodb", _CONFIG))


def s3() -> S3Client:
    """Return the S3 client; version 4 signatures, as KMS-encrypted buckets demand."""
    return cast("S3Client", _OnDemand("s3", _S3_CONFIG))


def ses() -> SESClient:
    """Return the SES client; it waits for an answer as long as the function runs."""
    return cast("SESClient", _OnDemand("ses", _MAIL_CONFIG))


def kms() -> KMSClient:
    """Return the KMS client."""
    return cast("KMSClient", _OnDemand("kms", _CONFIG))


def events() -> EventBridgeClient:
    """Return the EventBridge client."""
    return cast("EventBridgeClient", _OnDemand("events", _CONFIG))


def sqs() -> SQSClient:
    """Return the SQS client."""
    return cast("SQSClient", _OnDemand("sqs", _CONFIG))


def stepfunctions() -> SFNClient:
    """Return the Step Functions client."""
    return cast("SFNClient", _OnDemand("stepfunctions", _CONFIG))


def secrets() -> SecretsClient:
    """Return the Secrets Manager client."""
    return cast("SecretsClient", _OnDemand("secretsmanager", _CONFIG))


def sts() -> StsClient:
    """Return the STS client, of the region's own endpoint."""
    return cast("StsClient", _OnDemand("sts", _CONFIG))


def functions() -> LambdaClient:
    """Return the Lambda client, for functions that answer at once; it waits 25 seconds and never retries."""
    return cast("LambdaClient", _OnDemand("lambda", _LAMBDA_CONFIG))
