"""A sandbox: its structures, how far its clock was moved on, and what it was told to answer."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from choriste.domain.access.user import UserId
from choriste.domain.parties.form import Faults
from choriste.domain.parties.structure import StructureId
from choriste.domain.sandbox.world import SandboxId, structure_in

MOST_SWITCHES: Final = 20
LONGEST_WAIT: Final = 3
"""Seconds: who waits holds a function that others need, and nobody pays for a sandbox."""

MOST_TIMES: Final = 1000
LONGEST_LABEL: Final = 300
MOST_DAYS: Final = 365
"""Days by which the clock is moved at once."""

_HIGHEST_CODE: Final = 99_999
_OPERATION: Final = re.compile(r"[A-Za-z]+/v1/[A-Za-z/-]{1,100}")


class SandboxPart(StrEnum):
    """The structures of a sandbox, by what they are there for."""

    SUPPLIER = "supplier"
    RECIPIENT = "recipient"
    """A public body, which is also the contracting authority of works."""
    CONTRACTOR = "contractor"
    """A company that validates the invoices of its subcontractor, the supplier."""
    PROJECT_MANAGER = "project-manager"


_RANKS: Final[Mapping[SandboxPart, int]] = {part: rank for rank, part in enumerate(SandboxPart, start=1)}


class FlowAnswer(StrEnum):
    """Every state of a flow that Chorus Pro is known to answer (docs/reference/chorus-pro.md)."""

    DEPOSITED = "IN_DEPOT_PORTAIL_EN_ATTENTE_TRAITEMENT_SE_CPP"
    RECEIVED = "IN_RECU"
    EXCHANGED = "IN_TRAITE_SE_CPP"
    WAITING = "IN_EN_ATTENTE_TRAITEMENT_CPP"
    RUNNING = "IN_EN_COURS_TRAITEMENT_CPP"
    BLOCKED = "IN_EN_ATTENTE_RETRAITEMENT_CPP"
    INTEGRATED = "IN_INTEGRE"
    PARTLY_INTEGRATED = "IN_INTEGRE_PARTIEL"
    REFUSED = "IN_REJETE"
    INCIDENT = "IN_INCIDENTE"
    INADMISSIBLE = "QP_IRRECEVABLE"
    ADMISSIBLE = "QP_RECEVABLE"
    ADMISSIBLE_WITH_ERROR = "QP_RECEVABLE_AVEC_ERREUR"
    TO_RELAUNCH = "IN_A_RELANCER"
    INTERNAL_ERROR = "IN_ERREUR_INTERNE"


STATUSES: Final = (200, 400, 401, 403, 404, 413, 415, 429, 500, 502, 503, 504)
"""The HTTP statuses that an answer may be forced to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Switch:
    """What a sandbox answers to an operation of the Chorus Pro API, instead of what it would answer.

    `operation` is its path under `/cpro/`, empty for all. `status` is the HTTP status; `code` and `label` are
    the `codeRetour` and `libelle`: without a code and with status 200 the operation does its work.
    `flow_state` is the state that the reports of flows then show. `seconds` is how long the answer is kept
    back. `times` is for how many requests it holds; None in switches that were stored before every one had an
    end: they have `MOST_TIMES` left.
    """

    operation: str = ""
    status: int = 200
    code: int | None = None
    label: str | None = None
    flow_state: FlowAnswer | None = None
    seconds: int = 0
    times: int | None = 1

    @property
    def refuses(self) -> bool:
        """Whether the operation is answered without being done."""
        return self.status != STATUSES[0] or self.code is not None

    @property
    def left(self) -> int:
        """For how many requests it still holds."""
        return self.times if self.times is not None else MOST_TIMES

    def concerns(self, path: str) -> bool:
        """Say whether it is about an operation, by its whole path."""
        return not self.operation or path == f"/cpro/{self.operation}"

    def mark_faults(self, faults: Faults) -> None:
        """Say what is wrong with it, nothing for a switch that can be thrown."""
        bounds: Mapping[str, tuple[int | None, int, int]] = {
            "seconds": (self.seconds, 0, LONGEST_WAIT),
            "code": (self.code, 0, _HIGHEST_CODE),
        }
        if self.operation and not _OPERATION.fullmatch(self.operation):
            faults.mark("operation", "SANDBOX-OPERATION", found=self.operation[:100])
        if self.status not in STATUSES:
            expected = ", ".join(map(str, STATUSES))
            faults.mark("status", "SANDBOX-STATUS", found=self.status, expected=expected)
        if len(self.label or "") > LONGEST_LABEL:
            faults.mark("label", "FIELD-TOO-LONG", limit=LONGEST_LABEL)
        if not 1 <= (self.times or 0) <= MOST_TIMES:
            faults.mark("times", "SANDBOX-BOUNDS", found=self.times or 0, least=1, most=MOST_TIMES)
        for name, (value, least, most) in bounds.items():
            if value is not None and not least <= value <= most:
                faults.mark(name, "SANDBOX-BOUNDS", found=value, least=least, most=most)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sandbox:
    """A developer's sandbox. `days` is by how many days in all its clock was moved on."""

    id: SandboxId
    owner: UserId
    opened_at: dt.datetime
    days: int = 0
    switches: tuple[Switch, ...] = ()
    version: int = 1

    def structure(self, part: SandboxPart) -> StructureId:
        """Return the id of one of its structures."""
        return structure_in(self.id, _RANKS[part])

    @property
    def structures(self) -> Mapping[SandboxPart, StructureId]:
        """Its structures by part."""
        return {part: self.structure(part) for part in SandboxPart}

    def switch_for(self, path: str) -> Switch | None:
        """Return the first switch about an operation, by its whole path."""
        return next((switch for switch in self.switches if switch.concerns(path)), None)

    def having_used(self, used: Switch) -> Sandbox:
        """Return the sandbox after an answer by a switch: one that has no time left is gone."""
        left = replace(used, times=used.left - 1) if used.left > 1 else None
        at = self.switches.index(used)
        kept = (*self.switches[:at], *((left,) if left else ()), *self.switches[at + 1 :])
        return replace(self, switches=kept, version=self.version + 1)
