"""Admit documents of archives into the intake, a portion at a time.

Starting a machine costs nothing and waits for nobody: a night's drop would start a hundred thousand at once,
for functions that a few hundred can have. So a few are started and watched: the next one follows when one is
through, and what the intake gets through sets the pace.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from choriste.application.deposits.ports import DepositPorts
from choriste.domain.shared.ids import FlowId

PORTION: Final = 20
"""Documents of one message."""


def admit_documents(  # noqa: PLR0913 - who is admitted, and how
    ports: DepositPorts,
    flow_id: FlowId,
    positions: Sequence[int],
    *,
    attempt: int,
    at_once: int,
    pause: Callable[[], bool],
) -> None:
    """Let documents into the intake, `at_once` of them at a time, and return once all are through.

    `pause` waits a moment, and says whether there is time to look again. When there is none, those that were
    not started wait for their turn again; those that were have their machine, and the sweeper behind that. A
    document that was settled before is not started again.
    """
    waiting = _unsettled(ports, flow_id, positions)
    inside: list[int] = []
    while waiting or inside:
        starting = waiting[: at_once - len(inside)]
        for position in starting:
            ports.intake.start(flow_id, position, attempt=attempt)
        inside, waiting = [*inside, *starting], waiting[len(starting) :]
        if not pause():
            break
        inside = _unsettled(ports, flow_id, inside)
    if waiting:
        ports.backlog.admit_later(flow_id, waiting, attempt=attempt)


def _unsettled(ports: DepositPorts, flow_id: FlowId, positions: Sequence[int]) -> list[int]:
    flow = ports.flows.get(flow_id)
    if flow is None:
        return []
    return [position for position in positions if position not in flow.accepted | flow.refused]
