"""The acts on connections, kept in the history of their structure; never a secret."""

from __future__ import annotations

from choriste.application.access.ports import AccessPorts
from choriste.application.access.records import ApiClient, TechnicalAccount
from choriste.application.members.history import record_act
from choriste.domain.access.principal import Principal
from choriste.domain.members.act import ActKind, act_of, rights_text


def record_account_act(
    kind: ActKind, account: TechnicalAccount, *, by: Principal, access: AccessPorts
) -> None:
    """Keep what was done with a technical account: its name, its login and its rights."""
    act = act_of(
        by,
        kind,
        at=access.clock.now(),
        structure=account.structure,
        account=account.login,
        subject=f"{account.name} ({account.login})",
        after={"rights": rights_text(account.rights)},
    )
    record_act(act, ports=access)


def record_client_act(kind: ActKind, client: ApiClient, *, by: Principal, access: AccessPorts) -> None:
    """Keep what was done with an API connection: its name, its id and its rights."""
    act = act_of(
        by,
        kind,
        at=access.clock.now(),
        structure=client.structure,
        account=client.client_id,
        subject=f"{client.name} ({client.client_id})",
        after={"rights": rights_text(client.rights)},
    )
    record_act(act, ports=access)
