"""Technical accounts and API clients in the core table, listed by structure, and what clients did.

Each head of an account has a link under its structure, by name: it lists the accounts of a structure, and
keeps a name from being used twice. A closed account loses its link and keeps its head, since histories name
it. The head carries the moment of its next warning in the index `due`, in partitions of its own.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from choriste.adapters.aws.dynamodb.identity import (
    API_CLIENT,
    TECHNICAL_ACCOUNT,
    IdentityPrefix,
)
from choriste.adapters.aws.dynamodb.records.formats import RowFormat
from choriste.adapters.aws.dynamodb.records.upcasters import unchanged
from choriste.adapters.aws.dynamodb.table import (
    CoreTable,
    Item,
    failed_conditions,
    marshal,
    shard_of,
    shards,
    stamp,
    unmarshal,
)
from choriste.application.access.records import ApiClient, ClientDay, Refusal, TechnicalAccount
from choriste.domain.access.errors import AlreadyExistsError, StaleRecordError
from choriste.domain.parties.structure import StructureId

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

LINK = RowFormat(kind="connection-link", names=frozenset({"account"}))
CLIENT_DAY = RowFormat(kind="client-day", optional=frozenset({"tokens", "refusals"}), upcasters=(unchanged,))
"""A day; its attributes that begin with `CAUSE#` count the refusals of one cause each (schema 2)."""
REFUSAL = RowFormat(kind="client-refusal", names=frozenset({"at", "operation", "status", "code"}))

_HEAD = "HEAD"
_ACCOUNT_LINK = "ACCOUNT#"
_CLIENT_LINK = "CLIENT#"
_DAY = "DAY#"
_CAUSE = "CAUSE#"
_REFUSAL = "REFUSAL"
_ABSENT = "attribute_not_exists(pk)"
_NEXT = "version = :before"


class DynamoConnections:
    """Implements `choriste.application.connections.ports.Connections`."""

    def __init__(self, client: DynamoDBClient, table: str) -> None:
        self._core = CoreTable(client, table)

    def add_account(self, account: TechnicalAccount) -> None:
        """Store a new account and the link under its structure."""
        self._add(_account_head(account), _account_link(account), named=account.name)

    def replace_account(self, account: TechnicalAccount) -> None:
        """Store the version after the stored one."""
        self._change(_account_head(account), self._core.put_operation(_account_link(account)))

    def close_account(self, account: TechnicalAccount) -> None:
        """Store the last version of an account, and delete the link under its structure."""
        self._change(_account_head(account), self._deletion(_account_link(account)))

    def accounts_of(self, structure: StructureId) -> tuple[TechnicalAccount, ...]:
        """Return the accounts of a structure that were not closed, by name."""
        found = self._linked(structure, _ACCOUNT_LINK, IdentityPrefix.TECHNICAL_ACCOUNT)
        return tuple(TECHNICAL_ACCOUNT.read(item) for item in found)

    def due_accounts(self, before: dt.datetime) -> tuple[TechnicalAccount, ...]:
        """Return the accounts whose managers are to be warned before a moment, the first due first."""
        due = [item for shard in shards("expiry") for item in self._due(shard, before)]
        keys = [(item["pk"], _HEAD) for item in sorted(due, key=lambda item: str(item["due_at"]))]
        accounts = (TECHNICAL_ACCOUNT.read(item) for item in self._core.read_all(keys, consistent=True))
        # the index may lag behind the heads
        return tuple(account for account in accounts if (account.next_warning or before) < before)

    def add_client(self, client: ApiClient) -> None:
        """Store a new client and the link under its structure."""
        self._add(_client_head(client), _client_link(client), named=client.name)

    def replace_client(self, client: ApiClient) -> None:
        """Store the version after the stored one."""
        self._change(_client_head(client), self._core.put_operation(_client_link(client)))

    def close_client(self, client: ApiClient) -> None:
        """Store the last version of a client, and delete the link under its structure."""
        self._change(_client_head(client), self._deletion(_client_link(client)))

    def clients_of(self, structure: StructureId | None) -> tuple[ApiClient, ...]:
        """Return the clients of a structure that were not closed, by name."""
        found = self._linked(structure, _CLIENT_LINK, IdentityPrefix.API_CLIENT)
        return tuple(API_CLIENT.read(item) for item in found)

    def count_token(self, client_id: str, day: dt.date) -> None:
        """Add one to the tokens that a client was given on a day (UTC)."""
        self._core.client.update_item(**self._count(client_id, day, "tokens"))

    def note_refusal(self, client_id: str, refusal: Refusal) -> None:
        """Keep the newest refusal of a client, and add one to those of its day."""
        pk = IdentityPrefix.API_CLIENT + client_id
        known = {
            "at": stamp(refusal.at),
            "operation": refusal.operation,
            "status": refusal.status,
            "code": refusal.code,
        }
        newest = {"pk": pk, "sk": _REFUSAL, **REFUSAL.attributes(**known)}
        self._core.client.update_item(
            **self._count(client_id, refusal.at.date(), "refusals", _CAUSE + refusal.cause)
        )
        self._core.client.put_item(**self._core.put_operation(newest)["Put"])

    def days_of(self, client_id: str, *, since: dt.date) -> tuple[ClientDay, ...]:
        """Return the days on which a client was given tokens or refused, newest first."""
        answer = self._core.client.query(
            TableName=self._core.name,
            KeyConditionExpression="pk = :pk AND sk BETWEEN :first AND :last",
            ExpressionAttributeValues=marshal(
                {
                    ":pk": IdentityPrefix.API_CLIENT + client_id,
                    ":first": f"{_DAY}{since.isoformat()}",
                    ":last": f"{_DAY}9",
                }
            ),
            ScanIndexForward=False,
        )
        return tuple(_client_day(unmarshal(item)) for item in answer["Items"])

    def last_refusal(self, client_id: str) -> Refusal | None:
        """Return the newest refusal of a client, or None."""
        item = self._core.get(IdentityPrefix.API_CLIENT + client_id, _REFUSAL)
        if item is None:
            return None
        known = REFUSAL.read(item)
        at = dt.datetime.fromisoformat(known["at"])
        return Refusal(at=at, operation=known["operation"], status=int(known["status"]), code=known["code"])

    def _add(self, head: Item, link: Item, *, named: str) -> None:
        try:
            self._core.transact([self._core.put_operation(row, condition=_ABSENT) for row in (head, link)])
        except ClientError as error:
            if failed_conditions(error):
                raise AlreadyExistsError(kind=head["type"], id=named) from None
            raise

    def _change(self, head: Item, link: dict[str, Any]) -> None:
        write = self._core.put_operation(head, condition=_NEXT, before=head["version"] - 1)
        try:
            self._core.transact([write, link])
        except ClientError as error:
            if failed_conditions(error):
                raise StaleRecordError(kind=head["type"], id=head["pk"].partition("#")[2]) from None
            raise

    def _deletion(self, link: Item) -> dict[str, Any]:
        return {"Delete": {"TableName": self._core.name, "Key": marshal({k: link[k] for k in ("pk", "sk")})}}

    def _linked(self, structure: StructureId | None, link: str, owner: IdentityPrefix) -> list[Item]:
        links = self._core.partition(_owner_key(structure), prefix=link)
        return self._core.read_all(
            [(owner + LINK.read(row)["account"], _HEAD) for row in links], consistent=True
        )

    def _due(self, shard: str, before: dt.datetime) -> list[Item]:
        pages = self._core.client.get_paginator("query").paginate(
            TableName=self._core.name,
            IndexName="due",
            KeyConditionExpression="due_shard = :shard AND due_at < :before",
            ExpressionAttributeValues=marshal({":shard": shard, ":before": stamp(before)}),
        )
        return [unmarshal(item) for page in pages for item in page["Items"]]

    def _count(self, client_id: str, day: dt.date, *counters: str) -> Any:  # noqa: ANN401 - a request of boto3
        named = {f"#counter{n}": counter for n, counter in enumerate(counters)}
        marks = {f":{name}": value for name, value in CLIENT_DAY.marks.items()}
        return {
            "TableName": self._core.name,
            "Key": marshal({"pk": IdentityPrefix.API_CLIENT + client_id, "sk": f"{_DAY}{day.isoformat()}"}),
            "UpdateExpression": "SET #type = :type, #schema = :schema ADD "
            + ", ".join(f"{name} :one" for name in named),
            "ExpressionAttributeNames": {"#type": "type", "#schema": "schema", **named},
            "ExpressionAttributeValues": marshal({**marks, ":one": 1}),
        }


def _owner_key(structure: StructureId | None) -> str:
    return IdentityPrefix.STRUCTURE + (structure or "OPERATOR")


def _account_head(account: TechnicalAccount) -> Item:
    due = account.next_warning
    return {
        "pk": IdentityPrefix.TECHNICAL_ACCOUNT + account.login,
        "sk": _HEAD,
        "version": account.version,
        "due_shard": shard_of("expiry", account.login) if due else None,
        "due_at": f"{stamp(due)}#{account.login}" if due else None,
        **TECHNICAL_ACCOUNT.attributes(account),
    }


def _account_link(account: TechnicalAccount) -> Item:
    sk = f"{_ACCOUNT_LINK}{account.name}"
    return {"pk": _owner_key(account.structure), "sk": sk, **LINK.attributes(account=account.login)}


def _client_head(client: ApiClient) -> Item:
    return {
        "pk": IdentityPrefix.API_CLIENT + client.client_id,
        "sk": _HEAD,
        "version": client.version,
        **API_CLIENT.attributes(client),
    }


def _client_link(client: ApiClient) -> Item:
    sk = f"{_CLIENT_LINK}{client.name}"
    return {"pk": _owner_key(client.structure), "sk": sk, **LINK.attributes(account=client.client_id)}


def _client_day(item: Item) -> ClientDay:
    causes = {name.removeprefix(_CAUSE): int(item[name]) for name in item if name.startswith(_CAUSE)}
    known = CLIENT_DAY.read({name: item[name] for name in item if not name.startswith(_CAUSE)})
    return ClientDay(
        day=dt.date.fromisoformat(str(item["sk"]).removeprefix(_DAY)),
        tokens=int(known.get("tokens", 0)),
        refusals=int(known.get("refusals", 0)),
        by_cause=causes,
    )
