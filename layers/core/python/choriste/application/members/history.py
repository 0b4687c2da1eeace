"""The history of administrative acts: who, what, when, before and after (C10).

A use case whose change is stored by an adapter that takes acts has them written in the same transaction;
any other records its act right after the change.
"""

from __future__ import annotations

from dataclasses import replace

from choriste.application.access.policy import is_own, may_read_organisation, operates
from choriste.application.members.ports import HistoryPorts
from choriste.application.shared.ports import Page
from choriste.domain.access.principal import Principal
from choriste.domain.members.act import AdministrativeAct
from choriste.domain.shared.errors import NotFoundError


def record_act(act: AdministrativeAct, *, ports: HistoryPorts) -> None:
    """Keep an act in the history of its structure and of its account; twice is once."""
    ports.history.add(act)


def list_structure_history(
    ports: HistoryPorts, principal: Principal, structure: str, *, after: str | None, limit: int
) -> Page[AdministrativeAct]:
    """Return the acts in a structure, newest first.

    Raises `NotFoundError` unless the principal consults the organisation of the whole structure: whether a
    structure exists is nobody else's business here.
    """
    if not may_read_organisation(principal, structure):
        raise NotFoundError(kind="structure", id=structure)
    return ports.history.of_structure(structure, after=after, limit=limit)


def list_account_history(
    ports: HistoryPorts, principal: Principal, account: str, *, after: str | None, limit: int
) -> Page[AdministrativeAct]:
    """Return the acts on an account, newest first, to its owner or to the operator; else `NotFoundError`."""
    if not is_own(principal, account) and not operates(principal):
        raise NotFoundError(kind="user", id=account)
    found = ports.history.of_account(account, after=after, limit=limit)
    within = principal.limits  # of an organisation's session
    return replace(found, rows=tuple(a for a in found.rows if within is None or a.structure in within))
