"""Users and accounts in the core table.

Reads are strongly consistent: a reset or a revocation counts from the next request on. Only the list of a
structure's users may be a second old: it says whom to tell or to offer by name, and gives nobody a right.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import replace
from enum import StrEnum
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from choriste.adapters.aws.dynamodb.heads import HEAD, add_all, head_item
from choriste.adapters.aws.dynamodb.records.formats import RecordFormat, RowFormat
from choriste.adapters.aws.dynamodb.records.upcasters import (
    api_client_of_schema_2,
    credentials_of_schema_2,
    technical_account_of_schema_2,
    user_of_schema_2,
    user_of_schema_3,
    with_defaults_of_schema_1,
)
from choriste.adapters.aws.dynamodb.table import CoreTable, Item, is_condition_failure, marshal
from choriste.application.access.records import ApiClient, Credentials, TechnicalAccount
from choriste.domain.access.errors import AlreadyExistsError, StaleRecordError
from choriste.domain.access.user import User, UserId
from choriste.domain.exchange.partner import Partner
from choriste.domain.parties.mandate import Held, Scope
from choriste.domain.parties.structure import StructureId

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

USER = RecordFormat(
    kind="user",
    model=User,
    upcasters=(with_defaults_of_schema_1("user"), user_of_schema_2, user_of_schema_3),
)
CREDENTIALS = RecordFormat(
    kind="credentials",
    model=Credentials,
    upcasters=(with_defaults_of_schema_1("credentials"), credentials_of_schema_2),
)
TECHNICAL_ACCOUNT = RecordFormat(
    kind="technical-account",
    model=TechnicalAccount,
    upcasters=(with_defaults_of_schema_1("technical-account"), technical_account_of_schema_2),
)
API_CLIENT = RecordFormat(
    kind="api-client",
    model=ApiClient,
    upcasters=(with_defaults_of_schema_1("api-client"), api_client_of_schema_2),
)
PARTNER = RecordFormat(kind="partner", model=Partner, upcasters=())
EMAIL_GUARD = RowFormat(kind="email", names=frozenset({"user"}))
USER_LINK = RowFormat(kind="user-link")
MANAGER_SEAT = RowFormat(kind="manager-seat", names=frozenset({"user"}))
HELD = RowFormat(kind="mandate-held", names=frozenset({"giver", "scopes", "since", "until"}))

HELD_PREFIX = "HELD#"
_CREDENTIALS = "CREDENTIALS"


class IdentityPrefix(StrEnum):
    """The prefixes of the partition keys that identity owns in the core table."""

    STRUCTURE = "STRUCTURE#"
    IDENTIFIER = "IDENTIFIER#"
    USER = "USER#"
    EMAIL = "EMAIL#"
    TECHNICAL_ACCOUNT = "TECH#"
    API_CLIENT = "CLIENT#"
    PARTNER = "PARTNER#"


class DynamoAccounts:
    """Implements `choriste.application.access.ports.Accounts`."""

    def __init__(self, client: DynamoDBClient, table: str) -> None:
        self._core = CoreTable(client, table)

    def user(self, user_id: str) -> User | None:
        """Return a user, active or not, or None."""
        item = self._core.get(IdentityPrefix.USER + user_id, HEAD)
        return USER.read(item) if item else None

    def user_by_email(self, email: str) -> User | None:
        """Return the user with this e-mail address; it takes two reads either way, and so the same time."""
        guard = self._core.get(IdentityPrefix.EMAIL + email, HEAD)
        return self.user(EMAIL_GUARD.read(guard)["user"] if guard else "nobody")

    def add_user(self, user: User, credentials: Credentials) -> None:
        """Store a user, the credentials, the guard of the address, and a link under each structure."""
        pk = IdentityPrefix.USER + user.id
        links = [user_link(structure, user.id) for structure in sorted(user.structures)]
        seats = [manager_seat(s, user.id) for s in sorted(user.structures) if user.manages(s)]
        head = head_item(pk, USER, user, version=1)
        secret = {
            **head_item(pk, CREDENTIALS, replace(credentials, last_step=0), version=1),
            "sk": _CREDENTIALS,
            "last_step": credentials.last_step,
        }
        if not add_all(self._core, head, secret, email_guard(user.email, user.id), *links, *seats):
            raise AlreadyExistsError(kind="user", id=user.email)

    def credentials(self, user_id: str) -> Credentials | None:
        """Return how a user proves who they are, or None."""
        item = self._core.get(IdentityPrefix.USER + user_id, _CREDENTIALS)
        if item is None:
            return None
        return replace(CREDENTIALS.read(item), last_step=int(item["last_step"]))

    def manager_of(self, structure: str) -> UserId | None:
        """Return the primary manager of a structure, None while it has none."""
        return manager_of(self._core, structure)

    def unactivated(self, user_ids: Iterable[str]) -> frozenset[str]:
        """Return which of some users have not activated their account yet."""
        keys = [(IdentityPrefix.USER + user_id, _CREDENTIALS) for user_id in user_ids]
        known = (CREDENTIALS.read(item) for item in self._core.read_all(keys, consistent=True))
        return frozenset(each.user for each in known if not each.activated)

    def save_credentials(self, credentials: Credentials) -> None:
        """Store the version after the stored one, and leave `last_step` to `spend_step`."""
        content = CREDENTIALS.attributes(replace(credentials, last_step=0))
        try:
            self._core.client.update_item(
                TableName=self._core.name,
                Key=marshal({"pk": IdentityPrefix.USER + credentials.user, "sk": _CREDENTIALS}),
                UpdateExpression="SET #type = :type, #schema = :schema, #body = :body, version = :version",
                ConditionExpression="version = :before",
                ExpressionAttributeNames={f"#{name}": name for name in content},
                ExpressionAttributeValues=marshal(
                    {
                        **{f":{name}": value for name, value in content.items()},
                        ":version": credentials.version,
                        ":before": credentials.version - 1,
                    }
                ),
            )
        except ClientError as error:
            if is_condition_failure(error):
                raise StaleRecordError(kind="credentials", id=credentials.user) from error
            raise

    def spend_step(self, user_id: str, step: int) -> bool:
        """Mark a TOTP step as used; False when it, or a later one, already was."""
        try:
            self._core.client.update_item(
                TableName=self._core.name,
                Key=marshal({"pk": IdentityPrefix.USER + user_id, "sk": _CREDENTIALS}),
                UpdateExpression="SET last_step = :step",
                ConditionExpression="last_step < :step",
                ExpressionAttributeValues=marshal({":step": step}),
            )
        except ClientError as error:
            if is_condition_failure(error):
                return False
            raise
        return True

    def technical_account(self, login: str) -> TechnicalAccount | None:
        """Return a technical account, or None."""
        item = self._core.get(IdentityPrefix.TECHNICAL_ACCOUNT + login, HEAD)
        return TECHNICAL_ACCOUNT.read(item) if item else None

    def api_client(self, client_id: str) -> ApiClient | None:
        """Return an API client by its case-sensitive id, or None."""
        item = self._core.get(IdentityPrefix.API_CLIENT + client_id, HEAD)
        return API_CLIENT.read(item) if item else None

    def mandates_held(self, structure: str, *, on: dt.date) -> tuple[Held, ...]:
        """Return what the mandates that a structure has accepted let it do on a day."""
        rows = self._core.partition(IdentityPrefix.STRUCTURE + structure, prefix=HELD_PREFIX)
        found = [HELD.read(row) for row in rows]
        return tuple(
            Held(
                giver=StructureId(row["giver"]),
                holder=StructureId(structure),
                scopes=frozenset(map(Scope, row["scopes"].split())),
            )
            for row in found
            if row["since"] <= on.isoformat() <= row["until"]
        )

    def partner(self, code: str) -> Partner | None:
        """Return a partner by its application code, a closed one too, or None."""
        item = self._core.get(IdentityPrefix.PARTNER + code, HEAD)
        return PARTNER.read(item) if item else None


def email_guard(email: str, user_id: str) -> Item:
    """Return the row that says whose login address an address is, of whom there is one."""
    return {"pk": IdentityPrefix.EMAIL + email, "sk": HEAD, **EMAIL_GUARD.attributes(user=user_id)}


def user_link(structure: str, user_id: str) -> Item:
    """Return the row by which a structure finds one of its users."""
    return {
        "pk": IdentityPrefix.STRUCTURE + structure,
        "sk": IdentityPrefix.USER + user_id,
        **USER_LINK.attributes(),
    }


def manager_of(core: CoreTable, structure: str) -> UserId | None:
    """Return the primary manager of a structure; of one older than its seat, by its users."""
    seat = core.get(IdentityPrefix.STRUCTURE + structure, "MANAGER")
    if seat is not None:
        return UserId(MANAGER_SEAT.read(seat)["user"])
    links = core.partition(IdentityPrefix.STRUCTURE + structure, prefix=IdentityPrefix.USER.value)
    users = core.read_all([(link["sk"], HEAD) for link in links], consistent=True)
    return next((user.id for user in map(USER.read, users) if user.manages(structure)), None)


def manager_seat(structure: str, user_id: str) -> Item:
    """Return the row that says who is the primary manager of a structure, of whom there is one."""
    return {
        "pk": IdentityPrefix.STRUCTURE + structure,
        "sk": "MANAGER",
        **MANAGER_SEAT.attributes(user=user_id),
    }
