"""How many tries an attacker needs, with the limits in force: `python -m tests.simulations.brute_force`.

The limits are measured, not assumed: the use cases are attacked in memory while a clock goes on, from a new
browser for each try, and what is really compared is counted. What is answered while a lock lasts is no try.

Two assumptions are the attacker's best case. The address is known. The password is one of the million that
the attacker tries first, each as likely: passwords that are more likely than these are refused when chosen.
"""

from __future__ import annotations

import datetime as dt
import sys
from contextlib import suppress
from dataclasses import dataclass, field, replace

from choriste.application.access.passwords import Passwords
from choriste.application.access.ports import AccessPorts
from choriste.application.access.sessions import Visitor
from choriste.application.access.sign_in import sign_in
from choriste.application.access.totp import TOLERANCE
from choriste.application.access.verify_second_factor import verify_second_factor
from choriste.domain.shared.errors import ChoristeError
from tests.builders.identity import CHEAP, PASSWORD, StillClock, a_gate, a_user, enrol
from tests.fakes.identity import MemoryVault

CANDIDATES = 1_000_000
_CODES = 1_000_000
_DAYS = 2
_EVERY = dt.timedelta(minutes=15)
_AT_ONCE = 6
"""Tries at each moment: more than a lock leaves."""

_EMAIL = "ana@example.fr"


@dataclass(frozen=True)
class _Compared(Passwords):
    """Counts the passwords that are compared."""

    found: list[str] = field(default_factory=list)

    def matches(self, password: str, hashed: str | None) -> bool:
        self.found.append(password)
        return CHEAP.matches(password, hashed)


class _Opened(MemoryVault):
    """Counts the times that a secret is opened to compare a code."""

    times = 0

    def unseal(self, sealed: str, *, account: str) -> str:
        self.times += 1
        return super().unseal(sealed, account=account)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """What was measured: passwords compared a day, and codes before a password that was found is closed."""

    passwords_a_day: float
    codes: int

    @property
    def chance(self) -> float:
        """The chance that one of the codes is right, for a password that was found."""
        accepted = 2 * TOLERANCE + 1
        return float(1 - (1 - accepted / _CODES) ** self.codes)

    @property
    def tries(self) -> float:
        """Expected tries until the account opens: passwords are found anew until a code is right."""
        return (CANDIDATES / 2 + self.codes) / self.chance

    @property
    def years(self) -> float:
        """How long these tries take at the pace that is left."""
        return self.tries / self.passwords_a_day / 365


def simulate() -> Outlook:
    """Attack an account for two days without its password, and for two days with it."""
    return Outlook(passwords_a_day=_compared_passwords() / _DAYS, codes=_compared_codes())


def _compared_passwords() -> int:
    clock, compared = StillClock(), _Compared(memory=CHEAP.memory, passes=CHEAP.passes)
    access = replace(a_gate(clock), passwords=compared)
    enrol(access, a_user())
    _attack(access, clock, password="a guess")
    return len(compared.found)


def _compared_codes() -> int:
    clock, vault = StillClock(), _Opened()
    access = replace(a_gate(clock), vault=vault)
    enrol(access, a_user())
    _attack(access, clock, password=PASSWORD)
    return vault.times


def _attack(access: AccessPorts, clock: StillClock, *, password: str) -> None:
    for moment in range(int(dt.timedelta(days=_DAYS) / _EVERY)):
        for number in range(_AT_ONCE):
            visitor = Visitor(device=f"browser {moment}-{number}")
            with suppress(ChoristeError):
                pending = sign_in(_EMAIL, password, access=access, visitor=visitor)
                verify_second_factor(pending.token, "000000", access=access, visitor=visitor)
        clock.advance(seconds=_EVERY.total_seconds())


def main() -> int:
    """Print what was found."""
    found = simulate()
    sys.stdout.write(
        f"passwords compared a day     {found.passwords_a_day:,.0f}\n"
        f"codes before the password is closed  {found.codes}\n"
        f"chance of these codes        {found.chance:.1e}\n"
        f"expected tries               {found.tries:.1e}\n"
        f"years at this pace           {found.years:,.0f}\n"
    )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
