"""A billing mandate (*mandat de facturation*): a supplier lets another structure invoice in its name.

The supplier gives it, the other side accepts it, either ends it at any time. What it lets do changes by a new
mandate only, so that both sides have signed what holds. Source: article 289 I-2 of the French tax code (CGI).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from choriste.domain.parties.form import Faults, text_of
from choriste.domain.parties.structure import StructureId

MOST_FILES: Final = 20


class Scope(StrEnum):
    """What a mandate lets its holder do with the invoices of its giver; each lets the holder follow them."""

    DEPOSIT = "deposit"
    """Prepare and deposit them."""
    FOLLOW = "follow"
    """Read them, their reports and their history."""
    ANSWER = "answer"
    """Complete, correct and take up again what a recipient sent back."""


class MandateState(StrEnum):
    """How far a mandate is; only an accepted one is in force, within its period."""

    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    REVOKED = "revoked"


class Standing(StrEnum):
    """What a mandate is on a day: its state, and where that is accepted, its period."""

    PROPOSED = "proposed"
    TO_COME = "to_come"
    IN_FORCE = "in_force"
    ENDED = "ended"
    REFUSED = "refused"
    REVOKED = "revoked"

    @property
    def is_open(self) -> bool:
        """Whether something may still come of it."""
        return self in {Standing.PROPOSED, Standing.TO_COME, Standing.IN_FORCE}


@dataclass(frozen=True, slots=True, kw_only=True)
class MandateFile:
    """A file of a mandate, as a rule the signed one; the archive keeps its bytes under `key`."""

    name: str
    key: str
    size: int
    sha256: str
    mime_type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MandateStep:
    """One step of a mandate: who did it, for which side, and when; `file` is the name of one attached."""

    at: dt.datetime
    by: str
    by_name: str
    side: StructureId
    state: MandateState | None = None
    file: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """That an account may act in the name of `giver`, through the mandate that its structure `holder` has."""

    giver: StructureId
    holder: StructureId
    scopes: frozenset[Scope]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mandate:
    """A mandate, with the names that both sides had when it was given; `until` is the last day, None open."""

    id: str
    giver: StructureId
    giver_name: str
    holder: StructureId
    holder_name: str
    scopes: tuple[Scope, ...]
    since: dt.date
    until: dt.date | None = None
    state: MandateState = MandateState.PROPOSED
    version: int = 1
    files: tuple[MandateFile, ...] = ()
    steps: tuple[MandateStep, ...] = ()

    @property
    def sides(self) -> tuple[StructureId, StructureId]:
        """The giver and the holder."""
        return self.giver, self.holder

    @property
    def held(self) -> Held:
        """What an account of the holder may do by it while it is in force."""
        return Held(giver=self.giver, holder=self.holder, scopes=frozenset(self.scopes))

    def standing(self, on: dt.date) -> Standing:
        """Return what the mandate is on a day."""
        is_over = self.until is not None and self.until < on
        match self.state:
            case MandateState.PROPOSED:
                return Standing.ENDED if is_over else Standing.PROPOSED
            case MandateState.ACCEPTED if on < self.since:
                return Standing.TO_COME
            case MandateState.ACCEPTED:
                return Standing.ENDED if is_over else Standing.IN_FORCE
        return Standing(self.state.value)

    def stepped(self, step: MandateStep) -> Mandate:
        """Return the mandate after a step."""
        return replace(
            self, version=self.version + 1, state=step.state or self.state, steps=(*self.steps, step)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class MandateTerms:
    """What a mandate lets do, and when."""

    scopes: tuple[Scope, ...]
    since: dt.date
    until: dt.date | None


def terms_of(form: Mapping[str, str], faults: Faults, *, today: dt.date) -> MandateTerms:
    """Return the terms of a form: a field `on` for each scope, and the ISO dates `since` and `until`.

    A mandate begins today where nothing is said; to deposit or to answer is also to follow.
    What is wrong is marked among the faults.
    """
    wanted = {scope for scope in Scope if form.get(scope) == "on"}
    if not wanted:
        faults.mark("deposit", "MANDATE-SCOPE")
    since = _date_of(form, "since", faults) or today
    until = _date_of(form, "until", faults)
    if until is not None and until < max(since, today):
        faults.mark("until", "MANDATE-PERIOD", found=until.isoformat())
    kept = wanted | {Scope.FOLLOW}
    return MandateTerms(scopes=tuple(scope for scope in Scope if scope in kept), since=since, until=until)


def reason_of(form: Mapping[str, str]) -> str | None:
    """Return why a mandate is refused or ended, in the words of the form; raises `FieldsInvalidError`."""
    faults = Faults()
    reason = text_of(form, "text", faults)
    faults.refuse_any()
    return reason


def _date_of(form: Mapping[str, str], name: str, faults: Faults) -> dt.date | None:
    text = form.get(name, "").strip()
    try:
        return dt.date.fromisoformat(text) if text else None
    except ValueError:
        faults.mark(name, "MANDATE-DATE", found=text[:20])
        return None
