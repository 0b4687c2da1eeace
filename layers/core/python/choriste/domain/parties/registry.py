"""What the Sirene registry says of an establishment, and what follows for its structure.

A closed establishment is never deactivated at once: its administrators are warned, and have thirty days to
register the SIRET that takes its place. What the registry does not know is left alone.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from choriste.domain.invoice.model import Address
from choriste.domain.parties.structure import (
    Closing,
    ClosingReason,
    IdentifierKind,
    RegistryStanding,
    Structure,
    StructureIdentifier,
)

CHECK_EVERY: Final = dt.timedelta(days=30)
RETRY_AFTER: Final = dt.timedelta(days=7)
"""When a SIRET is asked for again that the registry does not know yet: a new one takes some days."""

WARNING: Final = dt.timedelta(days=30)
"""How long before a structure is deactivated its administrators are warned."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistryEntry:
    """An establishment as the registry has it; `name` and `address` are None where it hides them."""

    siret: str
    name: str | None
    address: Address | None
    is_public: bool = False
    closed_on: dt.date | None = None
    undisclosed: bool = False


class Step(StrEnum):
    """What a check comes to."""

    CONFIRMED = "confirmed"
    WARNED = "warned"
    WAITING = "waiting"
    DEACTIVATED = "deactivated"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Outcome:
    """The structure after a check, and what the check came to."""

    structure: Structure
    step: Step


def first_check(identifier: StructureIdentifier, now: dt.datetime) -> dt.datetime | None:
    """Return when the registry is first asked about a structure that it has not confirmed: at once."""
    return now if identifier.kind is IdentifierKind.SIRET else None


def confirmed(entry: RegistryEntry, now: dt.datetime) -> RegistryStanding:
    """Return the standing of a structure whose establishment is open."""
    return RegistryStanding(verified_at=now, undisclosed=entry.undisclosed, check_at=now + CHECK_EVERY)


def checked(structure: Structure, entry: RegistryEntry | None, *, now: dt.datetime, by: str) -> Outcome:
    """Return what becomes of a structure after the registry was asked; `by` is who closes it if need be."""
    standing = structure.registry
    if entry is None:
        later = replace(standing, check_at=now + (CHECK_EVERY if standing.verified_at else RETRY_AFTER))
        return Outcome(replace(structure, registry=later), Step.UNKNOWN)
    if entry.closed_on is None:
        return Outcome(replace(structure, registry=confirmed(entry, now)), Step.CONFIRMED)
    if not structure.active:
        over = replace(standing, verified_at=now, closed_on=entry.closed_on, check_at=None)
        return Outcome(replace(structure, registry=over), Step.CONFIRMED)
    if standing.warned_at is None:
        told = replace(
            standing, verified_at=now, closed_on=entry.closed_on, warned_at=now, check_at=now + WARNING
        )
        return Outcome(replace(structure, registry=told), Step.WARNED)
    return _closed(structure, entry.closed_on, standing.warned_at + WARNING, now=now, by=by)


def _closed(
    structure: Structure, closed_on: dt.date, due: dt.datetime, *, now: dt.datetime, by: str
) -> Outcome:
    standing = replace(structure.registry, verified_at=now, closed_on=closed_on)
    if now < due:
        return Outcome(replace(structure, registry=replace(standing, check_at=due)), Step.WAITING)
    over = replace(standing, check_at=None)
    closing = Closing(at=now, reason=ClosingReason.REGISTRY, by=by)
    return Outcome(replace(structure, active=False, closing=closing, registry=over), Step.DEACTIVATED)
