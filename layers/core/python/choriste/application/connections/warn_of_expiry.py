"""Warn the managers of a structure that a technical account expires: 30, 7 and 1 days before, and on the day.

Source: docs/reference/accounts.md#technical-accounts.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from typing import Protocol

from choriste.application.access.mails import MailKind, mail_user
from choriste.application.access.policy import may_connect
from choriste.application.access.ports import Directory
from choriste.application.access.records import WARNINGS, TechnicalAccount
from choriste.application.connections.ports import Connections
from choriste.application.shared.clock import Clock
from choriste.application.shared.ports import Mailer
from choriste.domain.access.errors import StaleRecordError
from choriste.domain.access.principal import Principal
from choriste.domain.access.user import User
from choriste.i18n.formats import moment_text


class ExpiryPorts(Protocol):
    """What it takes to find the accounts that expire, and to warn the people who can renew them."""

    @property
    def clock(self) -> Clock:
        """The source of time."""
        ...

    @property
    def connections(self) -> Connections:
        """Technical accounts by their next warning."""
        ...

    @property
    def directory(self) -> Directory:
        """Structures and their users."""
        ...

    @property
    def mailer(self) -> Mailer:
        """E-mail."""
        ...

    @property
    def base_url(self) -> str:
        """The address of the platform, which links begin with."""
        ...


def warn_of_expiry(ports: ExpiryPorts) -> int:
    """Send the warnings that are due and return how many accounts they are about.

    A run that comes late sends the one warning that fits the day. A warning that a failure kept from being
    written down is sent again. Raises the failures as one group once everybody else was warned.
    """
    now = ports.clock.now()
    warned, failures = 0, []
    for account in ports.connections.due_accounts(now):
        try:
            _warn(ports, account, now)
        except StaleRecordError:
            continue  # it was reset or revoked meanwhile
        except Exception as error:  # noqa: BLE001 - one address must not keep the warning from the others
            failures.append(error)
            continue
        warned += 1
    if failures:
        raise ExceptionGroup("warnings that could not be sent", failures)
    return warned


def _warn(ports: ExpiryPorts, account: TechnicalAccount, now: dt.datetime) -> None:
    left = account.expires_at - now
    fitting = [days for days in WARNINGS if left <= dt.timedelta(days=days)]
    for user in _managers(ports, account):
        mail_user(
            user,
            MailKind.ACCOUNT_EXPIRED if left <= dt.timedelta(0) else MailKind.ACCOUNT_EXPIRES,
            ports=ports,
            path="/connections",
            name=account.name,
            login=account.login,
            date=moment_text(account.expires_at, language=user.language.value),
        )
    ports.connections.replace_account(replace(account, warned=min(fitting), version=account.version + 1))


def _managers(ports: ExpiryPorts, account: TechnicalAccount) -> Iterator[User]:
    for user in ports.directory.users_of(account.structure):
        if may_connect(Principal.of_user(user), account.structure):
            yield user
