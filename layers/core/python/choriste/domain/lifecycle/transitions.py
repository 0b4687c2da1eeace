"""The one table of transitions, read from `transitions.tsv`: what may follow what, by whom, and why.

Nothing else in the platform decides legality: the API's available actions, the console's buttons, the
published enumerations, the documentation and the check of the state machines all come from here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import product

from choriste.domain.lifecycle.frames import FRAME_GROUPS, Frame
from choriste.domain.lifecycle.reasons import REASON_RULES, ReasonRule
from choriste.domain.lifecycle.roles import Role
from choriste.domain.lifecycle.statuses import Holder, Status
from choriste.domain.shared.tables import read_table


class Guard(StrEnum):
    """A fact about the invoice that a transition needs; `position.py` says how each is read."""

    NOT_STATE = "not-state"
    REJECT_CORRECTS = "reject-corrects"
    STEP_ON = "step-on"
    STEP_OFF = "step-off"
    SECOND = "second-validator"
    NO_SECOND = "no-second-validator"
    OVERDUE = "overdue"


class Mark(StrEnum):
    """How well a row is established (docs/reference/README.md#how-well-a-fact-is-established)."""

    OFFICIAL = "official"
    CLIENT = "client"
    DOC = "doc"
    INFERRED = "inferred"
    PROJECT = "project"


class Carries(StrEnum):
    """What must come with an action, apart from its reason."""

    NOTHING = "nothing"
    DOCUMENT = "document"
    """The deposit of the works document that answers this one: never asked for alone."""
    PARTY = "party"
    """The structure that should have been named."""
    ROUTING = "routing"
    """Recipient, service code or engagement number: see `editing.recyclable_fields`."""
    COMPLEMENT = "complement"
    """An attachment or a remark, at least one (Chorus Pro swagger, `completer`)."""
    NUMBER = "number"
    """A new number for the draft that is opened with the same content."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Transition:
    """One row of the table: from any of `sources`, for any of `frames`, by any of `roles`, to `target`.

    Several rows may share a name (the same act in another part of the list); for one name, frame and
    status there is at most one row whose guards can hold. `carries` is what must come with it, `renames` the
    role that a correction names anew, `emits` the type of the published event.
    """

    name: str
    frames: frozenset[Frame]
    sources: frozenset[Status]
    target: Status
    roles: frozenset[Role]
    guards: frozenset[Guard]
    reason: ReasonRule
    carries: Carries
    renames: Role | None
    emits: str
    mark: Mark

    @property
    def is_automatic(self) -> bool:
        """Whether the platform takes it by itself as soon as it can (the operator may take it instead)."""
        return Role.OPERATOR in self.roles

    def starts_from(self, frame: Frame, status: Status) -> bool:
        """Whether the row is about an invoice of this frame at this status."""
        return frame in self.frames and status in self.sources


def _frames(text: str) -> frozenset[Frame]:
    found: set[Frame] = set()
    for word in text.split():
        found |= FRAME_GROUPS[word] if word in FRAME_GROUPS else {Frame[word]}
    return frozenset(found)


def _by_role(text: str, frames: frozenset[Frame]) -> Iterator[tuple[frozenset[Role], frozenset[Frame]]]:
    """Yield roles with their frames: DEPOSITOR stands for whoever deposits each frame."""
    words = text.split()
    others = frozenset(Role(word) for word in words if word != Holder.DEPOSITOR)
    if Holder.DEPOSITOR not in words:
        yield others, frames
        return
    by_roles: dict[frozenset[Role], set[Frame]] = {}
    for frame in sorted(frames):
        by_roles.setdefault(frame.depositors, set()).add(frame)
    for roles, group in by_roles.items():
        yield roles | others, frozenset(group)


def _rows(line: dict[str, str]) -> Iterator[Transition]:
    for roles, frames in _by_role(line["roles"], _frames(line["frames"])):
        yield Transition(
            name=line["name"],
            frames=frames,
            sources=frozenset(Status(word) for word in line["sources"].split()),
            target=Status(line["target"]),
            roles=roles,
            guards=frozenset(Guard(word) for word in line["guards"].split()),
            reason=REASON_RULES[line["reason"]],
            carries=Carries(line["carries"]),
            renames=Role(line["renames"]) if line["renames"] else None,
            emits=line["emits"],
            mark=Mark(line["mark"]),
        )


def _load() -> tuple[Transition, ...]:
    """Read the table; an unknown word in it raises KeyError or ValueError at import."""
    return tuple(row for line in read_table(__package__, "transitions.tsv") for row in _rows(line))


TRANSITIONS = _load()
"""Every legal move. The order is the order of the documentation and of the lists of actions."""


def _index() -> dict[tuple[Frame, Status], tuple[Transition, ...]]:
    found: dict[tuple[Frame, Status], tuple[Transition, ...]] = {}
    for row in TRANSITIONS:
        for key in product(row.frames, row.sources):
            found[key] = (*found.get(key, ()), row)
    return found


_FROM = _index()


def transitions_from(frame: Frame, status: Status) -> tuple[Transition, ...]:
    """Return the rows about an invoice of this frame at this status, guards not yet read."""
    return _FROM.get((frame, status), ())


ACTIONS = frozenset(row.name for row in TRANSITIONS)
"""The names that clients may ask for."""

MOVES_LISTS = frozenset(row.name for row in TRANSITIONS if row.carries in {Carries.DOCUMENT, Carries.PARTY})
"""The actions that may put an invoice in another list: they name a party or join it to a billing file."""


def awaits_document(frame: Frame, status: Status) -> bool:
    """Whether a works document waits here for the document that answers it."""
    return any(row.carries is Carries.DOCUMENT for row in transitions_from(frame, status))
