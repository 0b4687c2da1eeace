"""The versions of what travels between functions: events, orders of the state machines, notices of AWS.

A reader takes the fields that it knows and passes over others. While a release spreads, functions of the old
and the new one run side by side, queues hold messages of both, and a wait that began under one release may
end a year later under another: refusing unknown fields would stop invoices for a field that nobody needs. So
a field may be added at any time; whoever changes what a field means raises `SCHEMA` and reads the older form
as well. A message of a newer schema is refused: it comes again until the new release is there, or is kept
among the dead letters.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

SCHEMA: Final = 1
"""The schema that our functions write; a message that names none has schema 1."""

S3_EVENTS: Final = 2
"""The major version of the event notifications of S3 that we read (S3 user guide)."""

STREAM_RECORDS: Final = 1
"""The major version of the stream records of DynamoDB that we read."""


class NewerMessageError(Exception):
    """A message of a schema that this release does not know."""


def known(message: dict[str, Any]) -> dict[str, Any]:
    """Return a message of ours that this release understands; raises `NewerMessageError`."""
    schema = int(message.get("schema", 1))
    if schema > SCHEMA:
        raise NewerMessageError(f"a message of schema {schema}; this release reads 1 to {SCHEMA}")
    return message


def known_record(record: Mapping[str, Any], *, major: int) -> Mapping[str, Any]:
    """Return a record of AWS whose `eventVersion` has this major version; raises `NewerMessageError`.

    AWS adds fields under a new minor version, and changes what we read under a new major one only.
    """
    version = str(record["eventVersion"])
    if version.partition(".")[0] != str(major):
        raise NewerMessageError(f"a record of version {version}; this release reads {major}.x")
    return record
