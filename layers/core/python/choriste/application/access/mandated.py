"""What an account may do in the name of other structures, by the mandates that its own structures hold."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from choriste.application.access.policy import may_issue, may_read_issued
from choriste.application.access.ports import Accounts
from choriste.domain.access.principal import Principal
from choriste.domain.parties.mandate import Held, Scope


def with_mandates(principal: Principal, *, accounts: Accounts, at: dt.datetime) -> Principal:
    """Return a principal with the mandates in force at a moment; a revoked one counts no more at once.

    Whoever issues invoices for the holder uses them: to consult them is to follow the giver's invoices, to
    change them is to do all that the mandate lets do.
    """
    holders = (each for each in sorted(principal.structures) if may_read_issued(principal, each))
    found = (held for holder in holders for held in accounts.mandates_held(holder, on=at.date()))
    return replace(principal, mandates=frozenset(_as_entitled(principal, held) for held in found))


def _as_entitled(principal: Principal, held: Held) -> Held:
    if may_issue(principal, held.holder):
        return held
    return replace(held, scopes=held.scopes & {Scope.FOLLOW})
