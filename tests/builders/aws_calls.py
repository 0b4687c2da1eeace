"""Which IAM rights a call to AWS needs, in the short forms of `infra.permissions`, and a recorder of them.

It knows the operations that the adapters use and refuses any other, so that a new one is looked at.
Only botocore and the standard library: the recorder also runs inside a function's own process.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

Right = tuple[str, str]

_TRANSACTED = {
    "Put": "dynamodb:PutItem",
    "Update": "dynamodb:UpdateItem",
    "Delete": "dynamodb:DeleteItem",
    "ConditionCheck": "dynamodb:ConditionCheckItem",
    "Get": "dynamodb:GetItem",
}
_READS = frozenset({"GetObject", "HeadObject"})
_WRITES = frozenset(
    {"PutObject", "CreateMultipartUpload", "UploadPart", "CompleteMultipartUpload", "AbortMultipartUpload"}
)
_COPIES = frozenset({"CopyObject", "UploadPartCopy"})

_METHOD = "_make_api_call"
"""Where botocore sends every call of every client; its types do not show it."""


class UnknownOperationError(LookupError):
    """An operation whose rights nobody wrote down here."""


def rights_needed(service: str, operation: str, params: Mapping[str, Any]) -> Iterator[Right]:
    """Yield what a role must be allowed for one call: pairs of action and resource."""
    if service == "dynamodb":
        yield from _dynamodb(operation, params)
    elif service == "s3":
        yield from _s3(operation, params)
    elif (service, operation) == ("stepfunctions", "StartExecution"):
        yield "states:StartExecution", "machine/" + params["stateMachineArn"].rsplit("choriste-", 1)[1]
    elif (service, operation) == ("stepfunctions", "SendTaskSuccess"):
        yield "states:SendTaskSuccess", "machine/approval"
    elif (service, operation) == ("lambda", "Invoke"):
        yield "lambda:InvokeFunction", "function/" + params["FunctionName"].removeprefix("choriste-")
    elif (service, operation) == ("events", "PutEvents"):
        yield "events:PutEvents", "bus"
    elif service == "sqs":
        queue = "queue/" + params["QueueUrl"].rsplit("choriste-", 1)[1]
        yield f"sqs:{operation.removesuffix('Batch')}", queue
    elif service == "kms":
        yield f"kms:{operation}", "secrets"
    elif (service, operation) == ("ses", "SendEmail"):
        yield "ses:SendEmail", "identity"
    else:
        raise UnknownOperationError(f"{service}:{operation}")


def _dynamodb(operation: str, params: Mapping[str, Any]) -> Iterator[Right]:
    if operation.startswith("Transact"):
        for item in params["TransactItems"]:
            for kind, what in item.items():
                yield _TRANSACTED[kind], _table(what["TableName"])
    elif operation.startswith("Batch"):
        for table in params["RequestItems"]:
            yield f"dynamodb:{operation}", _table(table)
    else:
        index = f"/index/{params['IndexName']}" if "IndexName" in params else ""
        yield f"dynamodb:{operation}", _table(params["TableName"]) + index


def _s3(operation: str, params: Mapping[str, Any]) -> Iterator[Right]:
    if operation in _COPIES:
        yield "s3:GetObject", _objects(params["CopySource"]["Bucket"])
        yield "s3:PutObject", _objects(params["Bucket"])
    elif operation in _READS:
        yield "s3:GetObject", _objects(params["Bucket"])
    elif operation in _WRITES:
        yield "s3:PutObject", _objects(params["Bucket"])
    else:
        raise UnknownOperationError(f"s3:{operation}")


def _table(name: str) -> str:
    return "table/" + name.removeprefix("choriste-")


def _objects(bucket: str) -> str:
    return "objects/" + bucket.removeprefix("choriste-")


def record(heard: Callable[[Right], None], *, when: Callable[[], bool] = lambda: True) -> Callable[[], None]:
    """Tell of every right that calls of this process need while `when` is true; returns what ends it."""
    from botocore.client import BaseClient  # noqa: PLC0415 - the function's own botocore, once its path is set

    original = BaseClient._make_api_call  # type: ignore[attr-defined] # botocore ships no types for it

    def recorded(client: Any, operation: str, params: Mapping[str, Any]) -> Any:
        if when():
            for right in rights_needed(client.meta.service_model.service_name, operation, params):
                heard(right)
        return original(client, operation, params)

    def stop() -> None:
        setattr(BaseClient, _METHOD, original)

    setattr(BaseClient, _METHOD, recorded)
    return stop


def record_to(path: str) -> None:
    """Append every right to a file, one JSON line each."""

    def heard(right: Right) -> None:
        with Path(path).open("a", encoding="utf-8") as lines:
            lines.write(json.dumps(right) + "\n")

    record(heard)


def recorded_in(path: Path) -> frozenset[Right]:
    """Read the rights of a file that `record_to` wrote."""
    lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    return frozenset((action, resource) for action, resource in map(json.loads, lines))
