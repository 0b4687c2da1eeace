"""Builders of structures, users and a gate in memory, with a clock that stands still."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field, replace
from typing import Any

import pyotp

from choriste.application.access.create_user import create_user
from choriste.application.access.passwords import Passwords
from choriste.application.access.ports import AccessPorts
from choriste.application.access.records import Credentials
from choriste.domain.access.principal import Principal
from choriste.domain.access.user import (
    Habilitation,
    Language,
    Level,
    Membership,
    Space,
    StructureRole,
    User,
    UserId,
)
from choriste.domain.parties.structure import (
    Service,
    ServiceCode,
    Structure,
    StructureId,
    StructureIdentifier,
    StructureKind,
    StructureSettings,
)
from tests.fakes.connections import MemoryConnections
from tests.fakes.identity import (
    MemoryAccounts,
    MemoryAttempts,
    MemoryChallenges,
    MemoryDevices,
    MemoryDirectory,
    MemoryFactorResets,
    MemoryLinks,
    MemorySessions,
    MemoryVault,
)
from tests.fakes.members import MemoryHistory
from tests.fakes.organisations import MemoryDepartures, MemoryOrganisations, MemoryProviders
from tests.fakes.surroundings import MemoryMailer

PLATFORM = Principal.platform("tests")
CHEAP = Passwords(memory=8, passes=1)
PASSWORD = "correct horse battery staple"
TOTP_SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
ROADS = Service(code=ServiceCode("VOIRIE"), name="Voirie", engagement_mandatory=True)


@dataclass(slots=True)
class StillClock:
    """A clock that only a test moves."""

    moment: dt.datetime = field(default=dt.datetime(2026, 11, 23, 9, 0, tzinfo=dt.UTC))

    def now(self) -> dt.datetime:
        return self.moment

    def advance(self, **step: float) -> None:
        self.moment += dt.timedelta(**step)


@dataclass(slots=True)
class StillStopwatch:
    """A stopwatch that nobody waits for: it remembers until when it was asked to."""

    waited_until: list[float] = field(default_factory=list)

    def reading(self) -> float:
        return 0.0

    def wait_until(self, reading: float) -> None:
        self.waited_until.append(reading)


def a_gate(clock: StillClock | None = None) -> AccessPorts:
    accounts = MemoryAccounts()
    return AccessPorts(
        clock=clock or StillClock(),
        directory=MemoryDirectory(accounts),
        accounts=accounts,
        connections=MemoryConnections(accounts),
        sessions=MemorySessions(),
        attempts=MemoryAttempts(),
        history=MemoryHistory(),
        links=MemoryLinks(),
        organisations=MemoryOrganisations(),
        departures=MemoryDepartures(),
        providers=MemoryProviders(),
        challenges=MemoryChallenges(),
        factor_resets=MemoryFactorResets(),
        devices=MemoryDevices(),
        passwords=CHEAP,
        vault=MemoryVault(),
        stopwatch=StillStopwatch(),
        mailer=MemoryMailer(),
        base_url="https://choriste.example",
        factor_reset_delay=dt.timedelta(hours=24),
    )


def a_structure(  # noqa: PLR0913 - a builder names whatever a test may want to vary
    structure_id: str = "101",
    *,
    siret: str = "12345678200010",
    name: str = "Ville de Lutèce",
    kind: StructureKind = StructureKind.PUBLIC,
    active: bool = True,
    settings: StructureSettings | None = None,
    services: tuple[Service, ...] = (ROADS,),
) -> Structure:
    return Structure(
        id=StructureId(structure_id),
        identifier=StructureIdentifier.siret(siret),
        name=name,
        kind=kind,
        active=active,
        settings=settings or StructureSettings(),
        services=services,
    )


def a_company(structure_id: str, *, siret: str, name: str) -> Structure:
    return a_structure(structure_id, siret=siret, name=name, kind=StructureKind.PRIVATE, services=())


def a_right(
    structure: str = "101",
    space: Space = Space.RECEIVE,
    level: Level = Level.CONSULT,
    service: str | None = None,
) -> Habilitation:
    return Habilitation(
        structure=StructureId(structure),
        space=space,
        level=level,
        service=ServiceCode(service) if service else None,
    )


def a_member(structure: str = "101", role: StructureRole = StructureRole.SIMPLE) -> Membership:
    return Membership(structure=StructureId(structure), role=role)


def a_user(  # noqa: PLR0913 - a builder names whatever a test may want to vary
    user_id: str = "u1",
    *,
    email: str = "ana@example.fr",
    name: str = "Ana Petit",
    active: bool = True,
    operator: bool = False,
    language: Language = Language.FRENCH,
    rights: tuple[Habilitation, ...] = (),
    memberships: tuple[Membership, ...] = (),
) -> User:
    return User(
        id=UserId(user_id),
        email=email,
        name=name,
        active=active,
        operator=operator,
        language=language,
        rights=frozenset(rights),
        memberships=memberships,
    )


def fresh(principal: Principal, at: dt.datetime | None = None) -> Principal:
    """Return a principal who has just proved the second factor, at the moment of the still clock."""
    return replace(principal, factor_at=at or StillClock().now())


def a_manager(structure: str, email: str, **changes: Any) -> User:
    """Return the primary manager of a structure, named after the address; changes go to `a_user`."""
    memberships = (a_member(structure, StructureRole.PRIMARY_MANAGER),)
    name = email.partition("@")[0].capitalize()
    known = {"user_id": email, "email": email, "name": name, "memberships": memberships}
    return a_user(**{**known, **changes})


def keep(accounts: MemoryAccounts, user: User) -> None:
    """Store a user who never signs in."""
    accounts.add_user(user, Credentials(user=user.id, password_hash="", totp_secret=""))


def enrol(access: AccessPorts, user: User) -> User:
    """Store a user with `PASSWORD` and `TOTP_SECRET`, under the hash of the gate."""
    create_user(user, by=PLATFORM, access=access, password=PASSWORD, totp_secret=TOTP_SECRET)
    return user


def the_code(at: dt.datetime) -> str:
    """Return the code that the authenticator app shows at that moment."""
    return pyotp.TOTP(TOTP_SECRET).at(int(at.timestamp()))
