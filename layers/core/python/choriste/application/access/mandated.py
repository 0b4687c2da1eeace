"""What an account may do in the name of other structures, by the mandates that its own structures hold."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property

from choriste.application.access.policy import may_issue, may_read_issued
from choriste.application.access.ports import Accounts
from choriste.domain.access.principal import Principal
from choriste.domain.parties.mandate import Held, Scope


class _Mandates:
    """The mandates of a principal, read when they are first asked for: most requests need own rights only."""

    def __init__(self, principal: Principal, accounts: Accounts, on: dt.date) -> None:
        self._principal = principal
        self._accounts = accounts
        self._on = on

    def __iter__(self) -> Iterator[Held]:
        return iter(self._held)

    @cached_property
    def _held(self) -> tuple[Held, ...]:
        structures = sorted(self._principal.structures)
        holders = (each for each in structures if may_read_issued(self._principal, each))
        found = (held for holder in holders for held in self._accounts.mandates_held(holder, on=self._on))
        return tuple(_as_entitled(self._principal, held) for held in found)


def with_mandates(principal: Principal, *, accounts: Accounts, at: dt.datetime) -> Principal:
    """Return a principal with the mandates in force at a moment; a revoked one counts no more at once.

    Whoever issues invoices for the holder uses them: to consult them is to follow the giver's invoices, to
    change them is to do all that the mandate lets do.
    """
    return replace(principal, mandates=_Mandates(principal, accounts, at.date()))


def _as_entitled(principal: Principal, held: Held) -> Held:
    if may_issue(principal, held.holder):
        return held
    return replace(held, scopes=held.scopes & {Scope.FOLLOW})
