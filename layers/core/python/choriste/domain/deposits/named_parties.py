"""The actors that an invoice file cannot name: validators, project manager, contracting authority.

EN 16931 has no term for them; the depositor names them beside the file, by SIRET, with the pieces of the
billing file that a works document answers. Which frame needs whom follows from the lifecycle's tables.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

from choriste.domain.lifecycle import Frame, Role
from choriste.domain.lifecycle.frames import TO_CONTRACTOR, TO_MOA, TO_MOE
from choriste.domain.shared.findings import Finding, Severity, worded
from choriste.domain.shared.ids import InvoiceId


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedParties:
    """Who is named by SIRET; `moe_service` is a service code of the project manager.

    `frame` is the billing frame (*cadre de facturation*): BT-23 may hold the reform's codes only (BR-FR-08),
    which know no works documents, so the frame comes beside the file as in the Chorus Pro API's `soumettre`.
    `previous` are the pieces that the deposit answers, the preceding one first; `adjusted` the amounts
    without VAT that it admits for other pieces of its file.
    """

    frame: Frame | None = None
    validator: str | None = None
    validator2: str | None = None
    moe: str | None = None
    moe_service: str | None = None
    moa: str | None = None
    previous: tuple[InvoiceId, ...] = ()
    adjusted: tuple[tuple[InvoiceId, Decimal], ...] = ()

    @property
    def for_each(self) -> str:
        """What counts for each document of the file, as `name=value` under the names of the API."""
        named = {name: getattr(self, name) for name in _FOR_EACH}
        if self.frame is not None:
            named = {"frame": self.frame.short, **named}
        return ", ".join(f"{name}={value}" for name, value in named.items() if value)

    @property
    def for_one(self) -> str:
        """What can count for one document of the file only: the names of the API."""
        named = {"previous": self.previous, "adjust": self.adjusted}
        return ", ".join(name for name, value in named.items() if value)


_FOR_EACH = ("validator", "validator2", "moe", "moe_service", "moa")

NAMED_ROLES = (Role.VALIDATOR_1, Role.VALIDATOR_2, Role.MOE, Role.MOA)
"""The roles that a depositor names."""


def needed_roles(frame: Frame) -> frozenset[Role]:
    """Return the roles that somebody must hold before an invoice of this frame can go its way."""
    needed: set[Role] = set()
    if frame.needs_validator_1:
        needed.add(Role.VALIDATOR_1)
    if frame in TO_MOE or frame.depositors == {Role.MOE}:
        needed.add(Role.MOE)
    if frame in TO_MOE | TO_MOA | TO_CONTRACTOR or Role.MOA in frame.depositors:
        needed.add(Role.MOA)
    return frozenset(needed)


def accepted_roles(frame: Frame) -> frozenset[Role]:
    """Return the roles that may be named for this frame."""
    second = {Role.VALIDATOR_2} if frame.may_have_validator_2 else set()
    works = {Role.MOE, Role.MOA} if frame.is_works else set()
    return needed_roles(frame) | second | works


def unfit_for_several(named: NamedParties, documents: int) -> Finding | None:
    """Return why a file of so many documents cannot be taken in with what was named, None where it can.

    `previous` and `adjust` are said of one document: among several, chance would decide which one answers.
    """
    if documents <= 1 or not named.for_one:
        return None
    finding = parties_finding("PARTIES-PREVIOUS-SEVERAL", found=named.for_one, expected=str(documents))
    return replace(finding, expected=None)


def shared_finding(named: NamedParties, documents: int) -> Finding | None:
    """Return the warning that what was named counts for all documents of a file; None for a single one."""
    if documents <= 1 or not named.for_each:
        return None
    finding = parties_finding("PARTIES-FOR-ALL", found=named.for_each, expected=str(documents))
    return replace(finding, severity=Severity.WARNING, expected=None)


def parties_finding(rule: str, *, found: str | None = None, expected: str | None = None) -> Finding:
    """Return the fatal finding of a rule on what a deposit names, its texts filled in."""
    return worded("deposits", rule, found=found, expected=expected)
