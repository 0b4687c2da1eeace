"""A backlog without a queue: what is asked for happens at once, or when a test lets it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from choriste.application.deposits.open_flow import open_flow
from choriste.application.deposits.ports import Intake
from choriste.domain.shared.ids import FlowId
from choriste.runtime.ports import PlatformPorts


class MemoryBacklog:
    """Implements the port `Backlog`; `held` messages wait for `go_on`."""

    def __init__(self, intake: Intake) -> None:
        self._intake = intake
        self._waiting: list[Callable[[], object]] = []
        self.held = False
        self.openings = 0
        self.ports: PlatformPorts | None = None
        """The ports that an opening works with: the bench sets them, which has them last."""

    def open_later(self, flow_id: FlowId) -> None:
        """Open a flow now, or let it wait."""
        self.openings += 1
        self._do(lambda: open_flow(self._found_ports(), flow_id))

    def admit_later(self, flow_id: FlowId, positions: Sequence[int], *, attempt: int = 0) -> None:
        """Start documents now, or let them wait."""
        for position in positions:
            self._do(partial(self._intake.start, flow_id, position, attempt=attempt))

    def is_waiting(self) -> bool:
        """Say whether something waits."""
        return bool(self._waiting)

    def go_on(self) -> None:
        """Do what waited, and what follows from it, at once."""
        self.held = False
        while self._waiting:
            self._waiting.pop(0)()

    def _do(self, work: Callable[[], object]) -> None:
        if self.held:
            self._waiting.append(work)
        else:
            work()

    def _found_ports(self) -> PlatformPorts:
        assert self.ports is not None
        return self.ports
