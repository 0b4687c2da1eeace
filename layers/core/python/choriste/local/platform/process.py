"""The whole platform in one process: start it, use its addresses, stop it.

    with Platform(port=0, aws_port=0) as platform:
        print(platform.url, platform.aws_url)

One platform runs at a time in a process: moto's backends, the environment and the clock are process-wide.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from moto import mock_aws
from moto.core.config import DefaultConfig

from choriste.local.gateway.routes import RouteTable
from choriste.local.gateway.server import Gateway, GatewayServer
from choriste.local.moto_patches import activity, objects
from choriste.local.moto_patches.calls import install_light_calls
from choriste.local.moto_patches.direct import install_direct_calls
from choriste.local.moto_patches.events import install_events
from choriste.local.moto_patches.functions import install_function_runner
from choriste.local.moto_patches.keys import keep_keys
from choriste.local.moto_patches.machines import install_machines
from choriste.local.moto_patches.mail import install_mail
from choriste.local.moto_patches.messages import QueuedMessage, install_messages
from choriste.local.moto_patches.objects import install_objects
from choriste.local.moto_patches.server import AwsEndpoint
from choriste.local.moto_patches.tables import Write, install_tables
from choriste.local.platform import environment, wiring
from choriste.local.platform.control import ControlPages
from choriste.local.platform.free_ports import usable_endpoints
from choriste.local.platform.hosting import FunctionHost, Outcome
from choriste.local.platform.nudging import OUTBOX_ATTRIBUTE, OutboxNudger
from choriste.local.platform.persistence import Persistence
from choriste.local.platform.provisioning import Provisioner
from choriste.local.platform.queues import QueuePoller
from choriste.local.platform.schedules import ScheduleRunner
from choriste.local.platform.settings import wanted_endpoints
from choriste.local.platform.shapes import Json, MotoObject
from choriste.local.platform.topology import Topology, load_topology
from choriste.local.sirene.server import SireneServer
from choriste.runtime import clock as clocks

logger: Final = logging.getLogger("choriste.local")

OnReady = Callable[["Platform"], None]

_MOTO_CONFIG: Final[DefaultConfig] = {"stepfunctions": {"execute_state_machine": True}}
_SETTLED_SECONDS: Final = 0.02
_SETTLED_LOOKS: Final = 2
_NO_STEP: Final = timedelta(0)

RESUME_EVENT: Final = {"source": "choriste.local", "action": "resume"}
"""What the sweeper gets at a start on kept data."""


class DrainTimeoutError(TimeoutError):
    """Work was still under way when the time given to `drain` was over."""

    code = "LOCAL-DRAIN-TIMEOUT"


class PlatformClock(clocks.MovableClock):
    """The platform's clock, which calls `moved` after every move."""

    def __init__(self, moved: Callable[[], None]) -> None:
        super().__init__()
        self._moved = moved

    def advance(self, step: timedelta = _NO_STEP, *, days: float = 0, seconds: float = 0) -> datetime:
        """Move the clock, as `MovableClock` does, and let the schedules look at it."""
        now = super().advance(step, days=days, seconds=seconds)
        self._moved()
        return now


class Platform:
    """The platform on this machine.

    `data_dir` keeps the state between starts; without it everything is in memory. Ports default to the
    environment variables CHORISTE_PORT and CHORISTE_AWS_PORT, else 8080 and 4566; 0 takes any free port.
    `topology` is another template than the shipped one. `retry_delay` is after how many seconds a message
    that failed comes back; `fsync` also survives a loss of power, at the price of speed.
    """

    def __init__(  # noqa: PLR0913 - each is a choice of its own, by keyword
        self,
        data_dir: Path | str | None = None,
        *,
        port: int | None = None,
        aws_port: int | None = None,
        topology: Path | Mapping[str, Json] | None = None,
        retry_delay: int = 1,
        fsync: bool = False,
    ) -> None:
        self._data_dir = Path(data_dir) if data_dir is not None else None
        self._endpoints = wanted_endpoints(port, aws_port)
        self._source = topology
        self._retry_delay = retry_delay
        self._fsync = fsync
        self._persistence: Persistence | None = None
        self._scheduler: ScheduleRunner | None = None
        self._cleanup = ExitStack()
        self.clock = PlatformClock(self._clock_moved)
        """The platform's clock: `platform.clock.advance(days=15)`."""

    @property
    def url(self) -> str:
        """The address of the API and the console."""
        return self._endpoints.url

    @property
    def aws_url(self) -> str:
        """The AWS endpoint for other processes."""
        return self._endpoints.aws_url

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self, on_ready: OnReady | None = None) -> Self:
        """Start everything, then call `on_ready` with this platform, and give the platform back.

        Raises PortTakenError if a port is taken and TemplateError if the topology cannot be built.
        """
        self._endpoints = usable_endpoints(self._endpoints)
        environment.quiet_logs()
        with ExitStack() as undo:
            topology = self._build(undo)
            self._serve(topology, undo)
            self._resume(topology)
            if on_ready is not None:
                on_ready(self)
            self._warm(undo)
            self._cleanup = undo.pop_all()
        return self

    def stop(self) -> None:
        """Stop everything and put the process back as it was; harmless if nothing runs."""
        self._cleanup.close()

    def invoke(self, function: str, event: Json) -> Outcome:
        """Run a function by its physical name on an event."""
        return self._host.invoke(function, event)

    def drain(self, timeout: float = 30.0) -> None:
        """Wait until queues, executions, outbox and schedules are idle; raises DrainTimeoutError.

        Executions that wait for a person's decision count as idle. `timeout` is in seconds.
        """
        ends = time.monotonic() + timeout
        idle = 0
        while idle < _SETTLED_LOOKS:
            if time.monotonic() > ends:
                raise DrainTimeoutError(
                    f"still under way after {timeout:g} s: {', '.join(self._under_way())}"
                )
            idle = idle + 1 if next(self._under_way(), None) is None else 0
            time.sleep(_SETTLED_SECONDS)

    @contextmanager
    def full_batches(self, timeout: float = 30.0) -> Iterator[None]:
        """Fill the batches of the sources with a batching window, as a busy platform does within one.

        What such a source would deliver waits until the end of the block; then all of it is delivered.
        `drain` does not wait for what is held. `timeout` is in seconds, for each drain at the end.
        """
        self._poller.hold()
        self._nudger.hold()
        try:
            yield
            self.drain(timeout)
            self._nudger.release()
            self.drain(timeout)
        finally:
            self._nudger.release()
            self._poller.release()
        self.drain(timeout)

    def _under_way(self) -> Iterator[str]:
        """Yield what is not idle; what costs nothing to ask comes first, and is mostly enough."""
        if self._host.busy:
            yield "a function"
        if self._nudger.busy:
            yield "the outbox"
        if self._scheduler is not None and self._scheduler.busy:
            yield "a schedule"
        depths = activity.queue_depths()
        for name in self._poller.queue_names:
            if depths[name].ready or depths[name].in_flight:
                yield f"queue {name}"
        if activity.running_executions():
            yield "an execution"

    def _build(self, undo: ExitStack) -> Topology:
        topology = load_topology(self._source, url=self.url)
        declared = {**wiring.environment(topology), "SIRENE_URL": self._registry(undo)}
        variables = environment.local_variables(self._endpoints, declared)
        undo.enter_context(environment.process_environment(variables))
        undo.callback(clocks.install, clocks.install(self.clock))
        undo.callback(environment.cold_start())
        kept = self._open_data(undo)
        undo.enter_context(mock_aws(config=_MOTO_CONFIG))
        self._host = FunctionHost(wiring.functions(topology))
        self._nudger = OutboxNudger(wiring.stream_sources(topology), self._host.invoke)
        for uninstall in (
            install_function_runner(self._host.invoke),
            *install_machines(),
            *install_light_calls(),
            *install_direct_calls(),
            *install_tables(self._written),
            *install_objects(self._object_changed),
            *install_messages(self._message_changed),
            *install_mail(self._mail_sent),
            install_events(),
        ):
            undo.callback(uninstall)
        provisioner = Provisioner(topology)
        provisioner.create_all()
        provisioner.verify_sender(variables.get("SENDER_ADDRESS", ""))
        if kept and self._data_dir is not None:
            keep_keys(self._data_dir)
            kept.restore()
        return topology

    def _registry(self, undo: ExitStack) -> str:
        """Start the local Sirene registry and return its address."""
        registry = SireneServer()
        registry.start()
        undo.callback(registry.stop)
        return registry.url

    def _open_data(self, undo: ExitStack) -> Persistence | None:
        if self._data_dir is None:
            return None
        self._persistence = Persistence(self._data_dir, fsync=self._fsync)
        undo.callback(self._persistence.close)
        self.clock.advance(seconds=self._persistence.clock_offset)
        return self._persistence

    def _resume(self, topology: Topology) -> None:
        """Resume what an earlier run left open: unfinished documents, files that may be unread."""
        if self._persistence is None or not self._persistence.has_state:
            return
        for bucket in objects.announcing_buckets():
            objects.announce_again(bucket)
        for function in wiring.sweepers(topology):
            self._host.invoke(function, RESUME_EVENT)

    def _warm(self, undo: ExitStack) -> None:
        """Load the functions' code after everything is ready, so that the first request finds it loaded."""
        warming = threading.Thread(target=self._host.warm, name="warm", daemon=True)
        warming.start()
        undo.callback(warming.join)

    def _object_changed(self, name: objects.ObjectName) -> None:
        if self._persistence is not None:
            self._persistence.object_changed(name)

    def _message_changed(self, message: QueuedMessage) -> None:
        if self._persistence is not None:
            self._persistence.message_changed(message)

    def _mail_sent(self, message: MotoObject) -> None:
        if self._persistence is not None:
            self._persistence.mail_sent(message)

    def _clock_moved(self) -> None:
        if self._persistence is not None:
            self._persistence.clock_moved(self.clock.offset.total_seconds())
        if self._scheduler is not None:
            self._scheduler.wake()

    def _written(self, writes: Sequence[Write]) -> None:
        if self._persistence is not None:
            self._persistence.items_written(writes)
        for write in writes:
            if write.has(OUTBOX_ATTRIBUTE):
                self._nudger.written(write.table_name, write.keys())

    def _serve(self, topology: Topology, undo: ExitStack) -> None:
        invoke = self._host.invoke
        self._poller = QueuePoller(wiring.queue_sources(topology), invoke, retry_delay=self._retry_delay)
        schedules = wiring.schedules(topology, now=self.clock.now())
        self._scheduler = ScheduleRunner(schedules, invoke, self.clock)
        pages = ControlPages(self.clock)
        gateway = Gateway(RouteTable(wiring.routes(topology)), invoke, self.clock, pages)
        for part in (
            AwsEndpoint(self._endpoints.aws_port),
            self._nudger,
            self._poller,
            self._scheduler,
            GatewayServer(gateway, self._endpoints.port),
        ):
            part.start()
            undo.callback(part.stop)
