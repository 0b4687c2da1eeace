"""Which answer a sandbox was told to give to a request; production asks nothing of the store."""

from __future__ import annotations

from contextlib import suppress

from choriste.application.access.policy import own_sandbox
from choriste.application.sandbox.ports import SandboxPorts
from choriste.domain.access.errors import StaleRecordError
from choriste.domain.access.principal import Principal
from choriste.domain.sandbox.sandbox import Switch


def switched_answer(ports: SandboxPorts, principal: Principal, path: str) -> Switch | None:
    """Return the switch that a request falls under, and use it up by one; None for the true answer.

    `path` is that of the operation. Of two requests at one moment both may be answered by the last time that
    a switch had left.
    """
    sandbox_id = own_sandbox(principal)
    if sandbox_id is None:
        return None
    sandbox = ports.sandboxes.get(sandbox_id)
    switch = sandbox.switch_for(path) if sandbox is not None else None
    if sandbox is None or switch is None:
        return None
    used = sandbox.having_used(switch)
    if used is not sandbox:
        with suppress(StaleRecordError):
            ports.sandboxes.save(used)
    return switch
