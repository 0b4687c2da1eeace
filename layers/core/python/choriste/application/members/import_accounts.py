"""Import accounts and rights from a file, with a report for each line; tried first without writing (C8).

A line says one thing: that a person belongs to a structure, with one right or none, or does so no longer. A
line that cannot be taken changes nothing and keeps nobody else from being taken. What is so already stays: a
file that was broken off is simply sent again. The primary manager is never suspended.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from choriste.application.access.invite import invite
from choriste.application.access.policy import may_administer, may_import
from choriste.application.access.ports import AccessPorts
from choriste.application.members.history import record_act
from choriste.application.members.ports import Change, MemberPorts, StoredUser
from choriste.application.members.read_file import account_rows
from choriste.domain.access.address import is_address
from choriste.domain.access.errors import AlreadyExistsError, MailNotSentError, StaleRecordError
from choriste.domain.access.principal import Principal
from choriste.domain.access.user import (
    Habilitation,
    Language,
    Level,
    Membership,
    Space,
    User,
    new_user_id,
    normal_email,
)
from choriste.domain.members.act import ActKind, AdministrativeAct, act_of, rights_text
from choriste.domain.members.import_file import FileRow
from choriste.domain.members.member import joined, rights_in, suspended, with_more_rights
from choriste.domain.parties.structure import Structure, StructureIdentifier
from choriste.domain.sandbox.world import sandbox_of
from choriste.domain.shared.errors import TooLargeError

MOST_LINES: Final = 1_000
"""Lines that one request takes: with their mails they are done within the time of a request."""

LONGEST_NAME: Final = 100
_SIRET_DIGITS: Final = 14
_YES: Final = frozenset({"", "oui", "yes", "1", "true", "vrai", "o", "y"})
_NO: Final = frozenset({"non", "no", "0", "false", "faux", "n"})
_LEVELS: Final = {
    "consult": Level.CONSULT,
    "consultation": Level.CONSULT,
    "consulter": Level.CONSULT,
    "consultation_uniquement": Level.CONSULT,
    "": Level.CONSULT,
    "modify": Level.MODIFY,
    "modifier": Level.MODIFY,
    "modification": Level.MODIFY,
}
_SPACES: Final = {
    **{space.value: space for space in Space},
    "emission": Space.ISSUE,
    "émission": Space.ISSUE,
    "reception": Space.RECEIVE,
    "réception": Space.RECEIVE,
    "travaux": Space.WORKS,
    "sollicitations": Space.CLAIMS,
}


class LineOutcome(StrEnum):
    """What became of a line; in a dry run, what would."""

    CREATED = "created"
    UNMAILED = "unmailed"
    JOINED = "joined"
    RIGHTS_GIVEN = "rights_given"
    REINSTATED = "reinstated"
    SUSPENDED = "suspended"
    UNCHANGED = "unchanged"
    REFUSED = "refused"


class LineFault(StrEnum):
    """Why a line was refused."""

    CELLS = "cells"
    EMAIL = "email"
    NAME = "name"
    STRUCTURE = "structure"
    SERVICE = "service"
    SPACE = "space"
    LEVEL = "level"
    ACTIVE = "active"
    LANGUAGE = "language"
    NOT_HELD = "not_held"
    LAST_MANAGER = "last_manager"
    ACCOUNT = "account"
    BUSY = "busy"


@dataclass(frozen=True, slots=True)
class LineReport:
    """What became of one line of the file, and why when it was refused."""

    line: int
    email: str
    outcome: LineOutcome
    fault: LineFault | None = None


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What became of a file, line by line; nothing was written when it was only `tried`."""

    lines: tuple[LineReport, ...]
    tried: bool

    def count(self, outcome: LineOutcome) -> int:
        """Return how many lines came to an outcome."""
        return sum(line.outcome is outcome for line in self.lines)


def import_accounts(
    ports: MemberPorts, access: AccessPorts, principal: Principal, content: bytes, *, tries: bool
) -> ImportReport:
    """Take the lines of a file one after the other, and say what became of each; with `tries` write nothing.

    A structure that the principal does not administer is as unknown as one that does not exist. Raises
    `UnreadableFileError`, or `TooLargeError` for more than `MOST_LINES` lines.
    """
    rows = []
    for row in account_rows(content):
        rows.append(row)
        if len(rows) > MOST_LINES:
            raise TooLargeError(size=len(rows), limit=MOST_LINES)
    desk = _Desk(ports, access, principal, tries=tries)
    return ImportReport(tuple(desk.take(row) for row in rows), tried=tries)


class _RefusedError(Exception):
    """A line that cannot be taken."""

    def __init__(self, fault: LineFault) -> None:
        super().__init__(fault)
        self.fault = fault


@dataclass(frozen=True, slots=True)
class _Wish:
    """What a line asks for, understood."""

    email: str
    name: str
    structure: Structure
    right: Habilitation | None
    active: bool
    language: Language


@dataclass(slots=True)
class _Desk:
    """Takes lines one by one; what a dry run would have written is remembered, so that later lines see it."""

    ports: MemberPorts
    access: AccessPorts
    principal: Principal
    tries: bool
    structures: dict[str, Structure | None] = field(default_factory=dict)
    imagined: dict[str, User] = field(default_factory=dict)

    def take(self, row: FileRow) -> LineReport:
        email = normal_email(row.text("email"))
        try:
            return LineReport(row.line, email, self._taken(self._wish(row, email)))
        except _RefusedError as refused:
            return LineReport(row.line, email, LineOutcome.REFUSED, refused.fault)
        except (StaleRecordError, AlreadyExistsError):
            return LineReport(row.line, email, LineOutcome.REFUSED, LineFault.BUSY)

    def _wish(self, row: FileRow, email: str) -> _Wish:
        """Return what a line asks for; raises `_RefusedError` for the first thing that is wrong with it."""
        _require(row.whole, LineFault.CELLS)
        _require(is_address(email), LineFault.EMAIL)
        structure = self._structure(row.text("structure"))
        if structure is None:
            raise _RefusedError(LineFault.STRUCTURE)
        active, language = row.text("active").casefold(), row.text("language").casefold() or "fr"
        _require(active in _YES | _NO, LineFault.ACTIVE)
        _require(language in set(Language), LineFault.LANGUAGE)
        return _Wish(
            email=email,
            name=" ".join(row.text("name").split()),
            structure=structure,
            right=_right(row, structure),
            active=active in _YES,
            language=Language(language),
        )

    def _structure(self, named: str) -> Structure | None:
        """Return the open structure of a SIRET or an id, if the principal administers it."""
        if named not in self.structures:
            digits, directory = "".join(named.split()), self.ports.directory
            found = (
                directory.structure_by_identifier(StructureIdentifier.siret(digits))
                if len(digits) == _SIRET_DIGITS
                else directory.structure(digits)
            )
            known = (
                found is not None
                and found.active
                and sandbox_of(found.id) is None
                and may_administer(self.principal, found.id)
            )
            self.structures[named] = found if known else None
        return self.structures[named]

    def _taken(self, wish: _Wish) -> LineOutcome:
        known = self.imagined.get(wish.email) or self.ports.accounts.user_by_email(wish.email)
        if not _has_already(known, wish.right):
            self._require_right(wish)
        if known is None:
            return self._create(wish)
        if not known.active and not wish.active and wish.structure.id in known.structures:
            return LineOutcome.UNCHANGED
        _require(known.active and not known.operator, LineFault.ACCOUNT)
        return self._change(wish, known) if wish.active else self._suspend(wish, known)

    def _require_right(self, wish: _Wish) -> None:
        """Refuse a right on a service that is closed, or that the importer does not hold."""
        if wish.right is None:
            return
        service = wish.structure.service(wish.right.service) if wish.right.service else None
        _require(service is None or service.active, LineFault.SERVICE)
        _require(may_import(self.principal, wish.right), LineFault.NOT_HELD)

    def _create(self, wish: _Wish) -> LineOutcome:
        if not wish.active:
            return LineOutcome.UNCHANGED
        _require(0 < len(wish.name) <= LONGEST_NAME, LineFault.NAME)
        user = User(
            id=new_user_id(),
            email=wish.email,
            name=wish.name,
            language=wish.language,
            memberships=(Membership(structure=wish.structure.id),),
            rights=frozenset({wish.right} if wish.right is not None else ()),
        )
        if self.tries:
            self.imagined[wish.email] = user
            return LineOutcome.CREATED
        outcome = LineOutcome.CREATED
        try:
            invite(user, structure=wish.structure.name, by=self.principal, access=self.access)
        except MailNotSentError:
            outcome = LineOutcome.UNMAILED
        record_act(self._act(wish, user, user, ActKind.USER_INVITED), ports=self.ports)
        return outcome

    def _change(self, wish: _Wish, known: User) -> LineOutcome:
        """Let a known user belong to the structure, with the right of the line on top of those there are."""
        place = wish.structure.id
        rights = [wish.right] if wish.right is not None and not known.manages(place) else []

        def changed(user: User) -> User:
            takes_part = place in user.structures and place not in user.suspended_in
            return with_more_rights(user if takes_part else joined(user, place), rights)

        outcome = LineOutcome.RIGHTS_GIVEN
        if place in known.suspended_in:
            outcome = LineOutcome.REINSTATED
        elif place not in known.structures:
            outcome = LineOutcome.JOINED
        return self._written(wish, known, changed, outcome)

    def _suspend(self, wish: _Wish, known: User) -> LineOutcome:
        place = wish.structure.id
        _require(not known.manages(place), LineFault.LAST_MANAGER)
        if place not in known.structures or place in known.suspended_in:
            return LineOutcome.UNCHANGED
        return self._written(wish, known, lambda user: suspended(user, place), LineOutcome.SUSPENDED)

    def _written(
        self, wish: _Wish, known: User, change: Callable[[User], User], outcome: LineOutcome
    ) -> LineOutcome:
        after = change(known)
        if set(after.memberships) == set(known.memberships) and after.rights == known.rights:
            return LineOutcome.UNCHANGED
        if self.tries:
            self.imagined[wish.email] = after
            return outcome
        stored = self.ports.members.member(known.id) or StoredUser(known, 1)
        after = change(stored.user)
        act = self._act(wish, stored.user, after, _KINDS[outcome])
        self.ports.members.save(Change(acts=(act,), users=((stored, after),)))
        return outcome

    def _act(self, wish: _Wish, before: User, after: User, kind: ActKind) -> AdministrativeAct:
        place = wish.structure.id
        was = {"rights": rights_text(rights_in(before, place))} if before is not after else {}
        return act_of(
            self.principal,
            kind,
            at=self.ports.clock.now(),
            structure=place,
            account=after.id,
            subject=after.name,
            before=was,
            after={"rights": rights_text(rights_in(after, place)), "by": "import"},
        )


_KINDS: Final = {
    LineOutcome.JOINED: ActKind.RIGHTS_CHANGED,
    LineOutcome.RIGHTS_GIVEN: ActKind.RIGHTS_CHANGED,
    LineOutcome.REINSTATED: ActKind.USER_REACTIVATED,
    LineOutcome.SUSPENDED: ActKind.USER_DEACTIVATED,
}


def _has_already(known: User | None, right: Habilitation | None) -> bool:
    """Say whether a line gives nothing new: no right, or one that the user has."""
    return right is None or (known is not None and with_more_rights(known, [right]).rights == known.rights)


def _require(fine: bool, fault: LineFault) -> None:  # noqa: FBT001 - what must hold, and what is wrong if not
    if not fine:
        raise _RefusedError(fault)


def _right(row: FileRow, structure: Structure) -> Habilitation | None:
    """Return the right that a line gives, None where it names no space."""
    space, level = row.text("space").casefold(), row.text("level").casefold()
    service = row.text("service")
    found = structure.service(service) if service else None
    _require(not service or found is not None, LineFault.SERVICE)
    if not space:
        _require(not service, LineFault.SPACE)
        return None
    _require(space in _SPACES, LineFault.SPACE)
    _require(level in _LEVELS, LineFault.LEVEL)
    return Habilitation(
        structure=structure.id,
        space=_SPACES[space],
        level=_LEVELS[level],
        service=found.code if found is not None else None,
    )
