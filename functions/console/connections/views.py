"""What the pages of connections show: rows of the lists, and a secret on its only page."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final

from choriste.application.access.records import ApiClient, ClientDay, TechnicalAccount
from choriste.application.connections.api_clients import ClientUsage, IssuedClient
from choriste.application.connections.technical_accounts import IssuedAccount
from choriste.domain.sandbox.world import mode_of
from choriste.i18n.formats import moment_text
from functions.console.web.rendering import text
from functions.console.web.views import Badge

_SOON: Final = dt.timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientRow:
    """An API connection in the list: its state, and what it did in the last 30 days."""

    client: ApiClient
    badge: Badge
    mode: str
    usage: str
    last_refusal: str | None
    days: tuple[ClientDay, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountRow:
    """A technical account in the list, with its state."""

    account: TechnicalAccount
    badge: Badge


@dataclass(frozen=True, slots=True, kw_only=True)
class Secret:
    """A new secret and what it belongs to: `kind` is `client` or `account`."""

    kind: str
    structure: str
    name: str
    id: str
    secret: str

    @classmethod
    def of_client(cls, issued: IssuedClient) -> Secret:
        """Return the secret of an API connection."""
        client = issued.client
        return cls(
            kind="client",
            structure=client.structure or "",
            name=client.name,
            id=client.client_id,
            secret=issued.secret,
        )

    @classmethod
    def of_account(cls, issued: IssuedAccount) -> Secret:
        """Return the password of a technical account."""
        account = issued.account
        return cls(
            kind="account",
            structure=account.structure,
            name=account.name,
            id=account.login,
            secret=issued.secret,
        )


def client_row(usage: ClientUsage, *, language: str) -> ClientRow:
    """Return an API connection as the list shows it."""
    client, last = usage.client, usage.last_refusal
    state, tone = ("active", "good") if client.active else ("suspended", "attention")
    counts = {
        "tokens": sum(day.tokens for day in usage.days),
        "refusals": sum(day.refusals for day in usage.days),
    }
    refused = (
        text(
            "connections.last_refusal",
            language=language,
            at=moment_text(last.at, language=language),
            status=last.status,
            code=last.code,
            operation=last.operation,
        )
        if last is not None
        else None
    )
    return ClientRow(
        client=client,
        badge=Badge(text(f"connections.{state}", language=language), tone),
        mode=text(f"connections.mode.{mode_of(client.structure)}", language=language),
        days=usage.days,
        usage=text("connections.usage", language=language, **counts),
        last_refusal=refused,
    )


def account_row(account: TechnicalAccount, *, now: dt.datetime, language: str) -> AccountRow:
    """Return a technical account as the list shows it."""
    state, tone = "valid", "good"
    if account.expires_at <= now:
        state, tone = "expired", "bad"
    elif account.expires_at <= now + _SOON:
        state, tone = "soon", "attention"
    return AccountRow(account=account, badge=Badge(text(f"connections.{state}", language=language), tone))
