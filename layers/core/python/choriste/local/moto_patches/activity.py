"""SQS and Step Functions: what is still under way in moto's backends."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from moto.sqs.models import sqs_backends

from choriste.local.moto_patches.lean import stepfunctions_parser_backends
from choriste.local.platform.settings import ACCOUNT, REGION
from choriste.local.platform.shapes import MotoObject


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueDepth:
    """How many messages a queue holds: ready to be received, and received but not yet deleted or delayed."""

    ready: int
    in_flight: int


def queue_depths() -> Mapping[str, QueueDepth]:
    """The depth of every queue, by queue name."""
    depths: dict[str, QueueDepth] = {}
    for name, queue in list(sqs_backends[ACCOUNT][REGION].queues.items()):
        total = len(queue._messages)  # noqa: SLF001 - the public count leaves messages in flight out
        ready = min(total, len(queue.messages))
        depths[name] = QueueDepth(ready=ready, in_flight=total - ready)
    return depths


def running_executions() -> int:
    """How many executions are running, not counting those that wait for a person's decision."""
    machines: list[MotoObject] = list(stepfunctions_parser_backends[ACCOUNT][REGION].state_machines)
    executions = [execution for machine in machines for execution in list(machine.executions)]
    running = [one for one in executions if one.exec_status == "RUNNING" and not _waits_for_token(one)]
    return len(running)


def _waits_for_token(execution: MotoObject) -> bool:
    worker = execution.exec_worker
    if worker is None or worker.env is None:
        return False
    pool = worker.env.callback_pool_manager._pool  # noqa: SLF001 - it has no accessor
    return any(endpoint.get_outcome() is None for endpoint in list(pool.values()))
