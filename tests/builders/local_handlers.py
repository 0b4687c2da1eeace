"""Tiny Lambda handlers for tests of the local platform; what they saw stays in `SEEN`."""

from __future__ import annotations

import json
import os
from collections import defaultdict
from typing import Any

import boto3

from choriste.local.platform.shapes import Json

SEEN: dict[str, list[Any]] = defaultdict(list)
"""Events by handler name, oldest first."""


class TransientError(Exception):
    """An error that goes away."""


class LastingError(Exception):
    """An error that does not go away."""


def forget() -> None:
    """Start from nothing."""
    SEEN.clear()


def echo(event: dict[str, Any], _context: object) -> Json:
    """Answer with the event; `/answers/{kind}` gives a special answer."""
    SEEN["echo"].append(event)
    kind = event.get("pathParameters", {}).get("kind")
    if kind == "binary":
        return {
            "statusCode": 201,
            "headers": {"Content-Type": "application/pdf"},
            "cookies": ["a=1; Secure", "b=2"],
            "body": "JVBERi0=",
            "isBase64Encoded": True,
        }
    if kind == "plain":
        return {"hello": "world"}
    if kind == "huge":
        return {"statusCode": 200, "body": "x" * 7_000_000}
    if kind == "error":
        raise LastingError("on purpose")
    return {"statusCode": 200, "headers": {"Content-Type": "application/json"}, "body": json.dumps(event)}


def deposit(event: dict[str, Any], _context: object) -> Json:
    """Take S3 messages; an object whose key holds `poison` always fails."""
    SEEN["deposit"].append(event)
    poison = [record["messageId"] for record in event["Records"] if "poison" in record["body"]]
    return {"batchItemFailures": [{"itemIdentifier": message} for message in poison]}


def notification(event: dict[str, Any], _context: object) -> Json:
    """Take bus events."""
    SEEN["notification"].extend(json.loads(record["body"]) for record in event["Records"])
    return {"batchItemFailures": []}


def publisher(event: dict[str, Any], _context: object) -> Json:
    """Put every outbox row named by the event on the bus and take it out of the outbox."""
    SEEN["publisher"].append(event)
    table, bus = boto3.resource("dynamodb").Table(os.environ["CORE_TABLE"]), boto3.client("events")
    for record in event["Records"]:
        keys = {name: value["S"] for name, value in record["dynamodb"]["Keys"].items()}
        entry: Json = {"Source": "choriste.test", "DetailType": "written", "Detail": json.dumps(keys)}
        entry["EventBusName"] = os.environ["BUS_NAME"]
        bus.put_events(Entries=[entry])
        table.update_item(Key=keys, UpdateExpression="REMOVE outbox_shard, outbox_at")


def sweeper(event: dict[str, Any], _context: object) -> Json:
    """Only remember the event."""
    SEEN["sweeper"].append(event)


def step(event: dict[str, Any], _context: object) -> Json:
    """Succeed, fail for good, or fail once."""
    SEEN["step"].append(event)
    if event.get("fail") == "once" and len(SEEN["step"]) == 1:
        raise TransientError("once")
    if event.get("fail") == "always":
        raise LastingError("always")
    return {"answer": event.get("value")}
