"""Check structures against the registry, in slices: a closed one is warned first, and deactivated later.

A slice ends when nothing is due, when its time is over, or when the registry does not answer: what is left
stays due, and the next slice goes on with it. Invoices that are open go on after a deactivation.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from choriste.application.access.policy import require_operator
from choriste.application.parties.mails import mail_administrators
from choriste.application.parties.ports import MOST_ASKED, CheckPorts, RegistryUnavailableError
from choriste.application.parties.write import tell
from choriste.domain.access.errors import StaleRecordError
from choriste.domain.access.principal import Principal
from choriste.domain.members.act import ActKind
from choriste.domain.parties.registry import WARNING, Outcome, RegistryEntry, Step, checked
from choriste.domain.parties.structure import Structure

PAUSE: Final = 2.0
"""Seconds between two questions: INSEE allows thirty a minute."""


@dataclass(frozen=True, slots=True)
class Slice:
    """The time of one run: `has_time` says whether another question fits, `sleep` waits so many seconds."""

    has_time: Callable[[], bool]
    sleep: Callable[[float], None]


def check_registry(ports: CheckPorts, principal: Principal, part: Slice) -> Mapping[str, int]:
    """Check what is due and return how many structures came to what, by step.

    `stale` counts those that somebody changed at the same time, and `unavailable` is 1 when the registry did
    not answer; both are due again. Raises `ForbiddenError` unless the platform or the operator asks.
    """
    require_operator(principal)
    counts: Counter[str] = Counter()
    while part.has_time():
        due = ports.checks.due_before(ports.clock.now(), limit=MOST_ASKED)
        structures = [found for each in due if (found := ports.directory.structure(each)) is not None]
        if not structures:
            break
        try:
            known = ports.registry.establishments([each.identifier.value for each in structures])
        except RegistryUnavailableError:
            counts["unavailable"] = 1
            break
        before = counts.total()
        for structure in structures:
            counts[_check(ports, principal, structure, known)] += 1
        if counts.total() - before == counts["stale"]:
            break
        part.sleep(PAUSE)
    return dict(counts)


def _check(
    ports: CheckPorts, principal: Principal, structure: Structure, known: Mapping[str, RegistryEntry]
) -> str:
    """Take the step of one structure; its administrators are warned before that is stored, never after."""
    entry = known.get(structure.identifier.value)
    outcome = checked(structure, entry, now=ports.clock.now(), by=principal.id)
    if outcome.step is Step.WARNED:
        _mail(ports, outcome, "registry-warning")
    try:
        ports.directory.replace_structure(outcome.structure, known=structure)
    except StaleRecordError:
        return "stale"
    if outcome.step is Step.DEACTIVATED:
        tell(ports, principal, ActKind.STRUCTURE_CLOSED, outcome.structure, known=structure)
        _mail(ports, outcome, "registry-closed")
    return outcome.step


def _mail(ports: CheckPorts, outcome: Outcome, kind: str) -> None:
    structure = outcome.structure
    end = (structure.registry.warned_at or ports.clock.now()) + WARNING
    mail_administrators(
        ports,
        structure,
        kind,
        siret=structure.identifier.value,
        closed=structure.registry.closed_on,
        end=end.date(),
    )
