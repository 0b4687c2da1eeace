"""A town hall with its people, for tests of who may do what in it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from choriste.application.access.ports import AccessPorts
from choriste.domain.access.principal import Principal
from choriste.domain.access.user import Level, Space, User
from choriste.runtime.ports import PlatformPorts
from tests.builders.identity import StillClock, a_gate, a_manager, a_member, a_right, a_user, keep
from tests.builders.ports import SUPPLIER, TOWN_HALL, a_bench_of, populate
from tests.fakes.identity import MemoryAccounts, MemoryDirectory
from tests.fakes.members import MemoryHistory, MemoryMembers
from tests.fakes.surroundings import MemoryMailer

MANAGER, OTHER_MANAGER = "comptable@valbrume.example", "facturation@cimes.example"


@dataclass(frozen=True)
class Hall:
    """The ports, and who is there.

    `clerk` receives for the whole town hall, `pupil` is a member without rights, `head` administers the
    schools only, `aide` administers the town hall without being its manager and may only consult what it
    receives. Two people run the platform.
    """

    ports: PlatformPorts
    access: AccessPorts
    clock: StillClock
    mailer: MemoryMailer
    members: MemoryMembers
    history: MemoryHistory

    def user(self, user_id: str) -> User:
        found = self.ports.accounts.user(user_id)
        assert found is not None
        return found

    def who(self, user_id: str) -> Principal:
        """Return the principal of a user, with the rights of now and a factor that was just proved."""
        return replace(Principal.of_user(self.user(user_id)), factor_at=self.clock.now())

    def version(self, user_id: str) -> int:
        found = self.ports.members.member(user_id)
        assert found is not None
        return found.version


def a_hall() -> Hall:
    """Return the town hall, the supplier, and their people."""
    accounts = MemoryAccounts()
    directory = MemoryDirectory(accounts)
    populate(directory, accounts)
    for user in _people():
        keep(accounts, user)
    bench = a_bench_of(directory, accounts)
    members, history = bench.ports.members, bench.ports.history
    assert isinstance(members, MemoryMembers)
    assert isinstance(history, MemoryHistory)
    gate = a_gate(bench.clock)
    access = replace(gate, accounts=accounts, directory=directory, mailer=bench.mailer, history=history)
    return Hall(bench.ports, access, bench.clock, bench.mailer, members, history)


def _people() -> tuple[User, ...]:
    town, receive, organisation = (a_member(TOWN_HALL),), Space.RECEIVE, Space.ORGANISATION
    modify = Level.MODIFY
    return (
        _one("clerk", memberships=town, rights=(a_right(TOWN_HALL, receive, modify),)),
        _one("pupil", memberships=town),
        _one(
            "head",
            memberships=town,
            rights=(
                a_right(TOWN_HALL, organisation, modify, "ECOLES"),
                a_right(TOWN_HALL, receive, modify, "ECOLES"),
            ),
        ),
        _one(
            "aide",
            memberships=town,
            rights=(a_right(TOWN_HALL, organisation, modify), a_right(TOWN_HALL, receive)),
        ),
        _one("teacher", rights=(a_right(TOWN_HALL, receive, service="ECOLES"), a_right(SUPPLIER))),
        _one("outsider"),
        _one("op1", operator=True),
        _one("op2", operator=True),
    )


def _one(name: str, **changes: object) -> User:
    return a_user(name, email=f"{name}@example.fr", name=name.capitalize(), **changes)  # type: ignore[arg-type]


__all__ = ["MANAGER", "OTHER_MANAGER", "SUPPLIER", "TOWN_HALL", "Hall", "a_hall", "a_manager"]
