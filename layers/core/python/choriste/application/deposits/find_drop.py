"""Find the flow that a file became which a partner dropped in the inbox, by the key it was dropped under."""

from __future__ import annotations

from choriste.application.access.policy import may_read_issued
from choriste.application.access.principals import account_of
from choriste.application.deposits.ports import DepositPorts
from choriste.application.deposits.receive_inbox_object import drop_claim
from choriste.domain.access.principal import Principal
from choriste.domain.shared.errors import NotFoundError
from choriste.domain.shared.ids import FlowId

DROPS = "partners/"
"""What the keys of dropped files start with."""

_PAGE = 100
_PAGES = 10


def flow_of_drop(ports: DepositPorts, principal: Principal, key: str) -> FlowId | None:
    """Return the newest flow of a file dropped under a key, None while there is none.

    It is looked for among the 1,000 newest flows of the account's structure. Raises `NotFoundError` for the
    key of an account whose flows the principal may not read.
    """
    account = account_of(ports.accounts, key.removeprefix(DROPS).partition("/")[0], at=ports.clock.now())
    homes = account.principal.homes if account is not None else ()
    if not homes or not may_read_issued(principal, homes[0]):
        raise NotFoundError(kind="upload", id=key)
    after, claim = None, drop_claim(key)
    for _ in range(_PAGES):
        page = ports.flows.deposited_by(homes[0], after=after, limit=_PAGE)
        found = next((flow for flow in page.rows if (flow.drop or "").startswith(claim)), None)
        after = page.after
        if found is not None or after is None:
            return found.id if found is not None else None
    return None
