"""AWS clients that fail once, at a chosen call, in one of the ways in which AWS fails."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from botocore.exceptions import ClientError


class Killed(BaseException):
    """The process ends at once: no code of ours runs any more."""


class Fault(StrEnum):
    """How a call fails: refused before it did anything, broken off, done but never answered, or for good."""

    THROTTLE = "throttle"
    BROKEN = "broken"
    TIMEOUT_AFTER_SUCCESS = "timeout after success"
    KILLED_BEFORE = "killed before"
    KILLED_AFTER = "killed after"


@dataclass
class FaultPlan:
    """Fails the call number `at` (from 1) of all clients that share the plan; 0 fails none."""

    at: int = 0
    fault: Fault = Fault.BROKEN
    calls: list[str] = field(default_factory=list)

    def fail(self, *, at: int, fault: Fault = Fault.BROKEN) -> None:
        """Count calls anew, and fail one of them."""
        self.at, self.fault = at, fault
        self.calls.clear()

    def stop(self) -> int:
        """Fail no more; return how many calls were made."""
        self.at = 0
        return len(self.calls)

    def carry_out(self, name: str, call: Callable[[], Any]) -> Any:
        self.calls.append(name)
        if len(self.calls) != self.at:
            return call()
        if self.fault is Fault.THROTTLE:
            answer: Any = {"Error": {"Code": "ThrottlingException", "Message": "slow down"}}
            raise ClientError(answer, name)
        if self.fault is Fault.KILLED_BEFORE:
            raise Killed(name)
        if self.fault in {Fault.TIMEOUT_AFTER_SUCCESS, Fault.KILLED_AFTER}:
            call()
            raise Killed(name) if self.fault is Fault.KILLED_AFTER else TimeoutError(name)
        raise ConnectionError(name)


class FaultyClient:
    """Stands before a boto3 client."""

    def __init__(self, client: Any, plan: FaultPlan) -> None:
        self._client = client
        self._plan = plan

    def __getattr__(self, name: str) -> Any:
        real = getattr(self._client, name)
        if name in {"exceptions", "meta"}:
            return real

        def call(*arguments: Any, **named: Any) -> Any:
            return self._plan.carry_out(name, lambda: real(*arguments, **named))

        return call
