"""Which answer a sandbox was told to give to a request; production asks nothing of the store."""

from __future__ import annotations

import datetime as dt
import secrets
from contextlib import suppress
from dataclasses import replace

from choriste.application.access.policy import own_sandbox
from choriste.application.sandbox.ports import SandboxPorts
from choriste.application.shared.ports import Acquisition
from choriste.domain.access.errors import StaleRecordError
from choriste.domain.access.principal import Principal
from choriste.domain.sandbox.sandbox import LONGEST_WAIT, Sandbox, Switch


def switched_answer(ports: SandboxPorts, principal: Principal, path: str) -> Switch | None:
    """Return the switch that a request falls under, and use it up by one; None for the true answer.

    `path` is that of the operation. Of two requests at one moment both may be answered by the last time that
    a switch had left. One answer of a sandbox is kept back at a time, and never longer than `LONGEST_WAIT`;
    the others are given at once: they would hold functions that real clients need.
    """
    sandbox_id = own_sandbox(principal)
    if sandbox_id is None:
        return None
    sandbox = ports.sandboxes.get(sandbox_id)
    switch = sandbox.switch_for(path) if sandbox is not None else None
    if sandbox is None or switch is None:
        return None
    with suppress(StaleRecordError):
        ports.sandboxes.save(sandbox.having_used(switch))
    return replace(switch, seconds=_kept_back(ports, sandbox, switch))


def _kept_back(ports: SandboxPorts, sandbox: Sandbox, switch: Switch) -> int:
    """Return for how many seconds to keep an answer back: none while another one of its sandbox waits."""
    seconds = min(switch.seconds, LONGEST_WAIT)
    if not seconds:
        return 0
    until = ports.clock.now() + dt.timedelta(seconds=seconds)
    turn = ports.idempotency.acquire(f"sandbox-wait#{sandbox.id}", by=secrets.token_hex(8), until=until)
    return seconds if turn is Acquisition.ACQUIRED else 0
