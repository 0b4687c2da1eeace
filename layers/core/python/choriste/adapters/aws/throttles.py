"""What AWS says when it is asked too much: no fault of anybody's, and over as soon as one waits.

The clients wait and try again by themselves, a few times. What is refused even then becomes a `BusyError`,
here, for every service: a program is answered 503 with `Retry-After`, a message goes back to its queue, a
machine tries its step again later. Nowhere is it taken for a fault, or for somebody else's change.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from botocore.exceptions import ClientError

from choriste.domain.shared.errors import BusyError

CODES: Final = frozenset(
    {
        "BandwidthLimitExceeded",
        "EC2ThrottledException",
        "LimitExceededException",
        "PriorRequestNotComplete",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "RequestThrottled",
        "RequestThrottledException",
        "SlowDown",
        "ThrottledException",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
        "TransactionInProgressException",
    }
)
"""The codes of throttles (botocore, `retries/standard.py`), and of DynamoDB's control plane."""

REASONS: Final = frozenset({"ThrottlingError", "ProvisionedThroughputExceeded", "RequestLimitExceeded"})
"""The reasons of a cancelled transaction that are throttles (DynamoDB, TransactWriteItems)."""

PAUSE_SECONDS: Final = 5
"""What a client is asked to wait before it tries again."""


def is_throttle(error: ClientError) -> bool:
    """Say whether a call was refused only because there were too many; nothing was written."""
    return _is_throttle(error.response)


def tell_throttles(parsed: Mapping[str, Any], **_event: object) -> None:
    """Raise `BusyError` for an answer that is still a throttle after the client's own tries.

    It listens to botocore's event `after-call`. A cancelled transaction is left to its store, which tries on.
    """
    if parsed.get("Error", {}).get("Code") in CODES:
        raise BusyError(seconds=PAUSE_SECONDS)


def _is_throttle(response: Mapping[str, Any]) -> bool:
    codes = {reason.get("Code") for reason in response.get("CancellationReasons", [])}
    refused = "ConditionalCheckFailed" in codes
    return response["Error"]["Code"] in CODES or (not refused and not codes.isdisjoint(REASONS))
