"""The shapes that cross the borders of the local platform: JSON documents and AWS client answers."""

from __future__ import annotations

from typing import Any, TypeAlias

Json: TypeAlias = Any
"""A JSON value: object, list, text, number, truth value or null."""

AwsClient: TypeAlias = Any
"""A boto3 client."""

MotoObject: TypeAlias = Any
"""An object of a moto backend, only touched inside the seams."""
