"""Find the sandbox of whoever acts, and change what it is told."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Final

from choriste.application.access.policy import own_sandbox, require_sandbox
from choriste.application.sandbox.ports import SandboxPorts
from choriste.domain.access.errors import StaleRecordError
from choriste.domain.access.principal import Principal
from choriste.domain.parties.form import Faults
from choriste.domain.parties.structure import Structure
from choriste.domain.sandbox.sandbox import MOST_SWITCHES, Sandbox, SandboxPart, Switch
from choriste.domain.shared.errors import NotFoundError

_TRIES: Final = 3


@dataclass(frozen=True, slots=True)
class ShownSandbox:
    """A sandbox with its structures."""

    sandbox: Sandbox
    structures: tuple[tuple[SandboxPart, Structure], ...]


def read_sandbox(ports: SandboxPorts, principal: Principal) -> ShownSandbox:
    """Return the principal's sandbox; raises `NotFoundError` for whoever has none."""
    sandbox = _of(ports, principal)
    found = ((part, ports.directory.structure(each)) for part, each in sandbox.structures.items())
    return ShownSandbox(sandbox, tuple((part, each) for part, each in found if each is not None))


def throw_switches(ports: SandboxPorts, principal: Principal, switches: Iterable[Switch]) -> Sandbox:
    """Have the principal's sandbox answer by these switches and no others; return it.

    Raises `NotFoundError`, `ForbiddenError`, or `FieldsInvalidError` with every fault.
    """
    wanted, faults = tuple(switches), Faults()
    if len(wanted) > MOST_SWITCHES:
        faults.mark("switches", "SANDBOX-BOUNDS", found=len(wanted), least=0, most=MOST_SWITCHES)
    for switch in wanted:
        switch.mark_faults(faults)
    faults.refuse_any()
    return change_sandbox(ports, principal, lambda sandbox: replace(sandbox, switches=wanted))


def change_sandbox(
    ports: SandboxPorts, principal: Principal, change: Callable[[Sandbox], Sandbox]
) -> Sandbox:
    """Store what a change makes of the principal's sandbox, and return it.

    Raises `NotFoundError`, or `ForbiddenError` for whoever only reads there.
    """
    for attempt in range(1, _TRIES + 1):
        known = own_sandbox_of(ports, principal)
        changed = replace(change(known), version=known.version + 1)
        try:
            ports.sandboxes.save(changed)
        except StaleRecordError:
            if attempt == _TRIES:
                raise
        else:
            return changed
    raise StaleRecordError(kind="sandbox", id=changed.id)


def own_sandbox_of(ports: SandboxPorts, principal: Principal) -> Sandbox:
    """Return the sandbox that a principal plays in; raises as `change_sandbox`."""
    known = _of(ports, principal)
    require_sandbox(principal, known.structure(SandboxPart.SUPPLIER))
    return known


def _of(ports: SandboxPorts, principal: Principal) -> Sandbox:
    sandbox_id = own_sandbox(principal)
    found = ports.sandboxes.get(sandbox_id) if sandbox_id is not None else None
    if found is None:
        raise NotFoundError(kind="sandbox", id="")
    return found
