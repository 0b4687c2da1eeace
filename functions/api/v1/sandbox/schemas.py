"""What a sandbox is asked and answered with."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from choriste.application.sandbox.advance_clock import Advanced
from choriste.application.sandbox.read_sandbox import ShownSandbox
from choriste.domain.lifecycle import Reason, ReasonCode, Status
from choriste.domain.sandbox.sandbox import FlowAnswer, Sandbox, SandboxPart, Switch
from functions.api.http.models import Answer, Body, Moment


class SandboxSwitch(Body):
    """What the sandbox answers under `/cpro`, instead of the true answer, or on top of it.

    `operation` is the path under `/cpro/`, empty for all. `code` and `label` are `codeRetour` and `libelle`:
    an answer that has a code, or another status than 200, is given without doing anything. `flow_state` is
    what the reports of flows then show. `seconds` is how long the answer is kept back, up to 3, one answer of
    the sandbox at a time. `times` is for how many requests it holds, up to 1,000.
    """

    operation: str = ""
    status: int = 200
    code: int | None = None
    label: str | None = None
    flow_state: FlowAnswer | None = None
    seconds: int = 0
    times: int = 1

    def switch(self) -> Switch:
        """Return the switch."""
        return Switch(
            operation=self.operation,
            status=self.status,
            code=self.code,
            label=self.label,
            flow_state=self.flow_state,
            seconds=self.seconds,
            times=self.times,
        )


class SandboxSwitches(Body):
    """All the switches of a sandbox: the first that is about an operation answers it."""

    switches: list[SandboxSwitch]


class ShownSwitches(Answer):
    """All the switches of a sandbox, with the times that are left."""

    switches: list[SandboxSwitch]


class TestStructure(Answer):
    """A structure of a sandbox and what it is there for."""

    part: SandboxPart
    id: str
    siret: str
    name: str


class SandboxDetails(ShownSwitches):
    """A sandbox: its structures, by how many days its clock was moved on in all, and its switches."""

    id: str
    opened_at: Moment
    days: int
    structures: list[TestStructure]


class ClockStep(Body):
    """By how many days to move the clock on."""

    days: int


class ClockMoved(Answer):
    """By how many days the clock was moved on in all; the invoices that wait, and whose wait is over."""

    days: int
    waiting: list[int]
    over: list[int]


class LeadRequest(Body):
    """Where to lead an invoice. The reason is that of the last step; without one, the first that it takes."""

    status: Status
    reason_code: ReasonCode | None = None
    reason_text: Annotated[str, Field(max_length=300)] = ""

    def reason(self) -> Reason | None:
        """Return the reason of the last step, None where none is given."""
        if self.reason_code is None and not self.reason_text:
            return None
        return Reason(code=self.reason_code or ReasonCode.AUTRE, text=self.reason_text)


def sandbox_out(shown: ShownSandbox) -> SandboxDetails:
    """Return a sandbox as an answer holds it."""
    sandbox = shown.sandbox
    structures = [
        TestStructure(part=part, id=each.id, siret=each.identifier.value, name=each.name)
        for part, each in shown.structures
    ]
    return SandboxDetails(
        id=sandbox.id,
        opened_at=sandbox.opened_at,
        days=sandbox.days,
        structures=structures,
        switches=switches_out(sandbox).switches,
    )


def switches_out(sandbox: Sandbox) -> ShownSwitches:
    """Return the switches of a sandbox as an answer holds them."""
    return ShownSwitches(
        switches=[
            SandboxSwitch(
                operation=switch.operation,
                status=switch.status,
                code=switch.code,
                label=switch.label,
                flow_state=switch.flow_state,
                seconds=switch.seconds,
                times=switch.left,
            )
            for switch in sandbox.switches
        ]
    )


def moved_out(advanced: Advanced) -> ClockMoved:
    """Return what moving the clock did as an answer holds it."""
    return ClockMoved(days=advanced.sandbox.days, waiting=list(advanced.waiting), over=list(advanced.over))
