"""Administrative acts in the audit table, which no function may change or delete a row of.

An act stands under its structure and under its account, so that each history is one partition.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from choriste.adapters.aws.dynamodb.identity import IdentityPrefix
from choriste.adapters.aws.dynamodb.records.formats import RecordFormat
from choriste.adapters.aws.dynamodb.table import CoreTable, Item, marshal, stamp, unmarshal
from choriste.application.shared.ports import Page
from choriste.domain.members.act import AdministrativeAct

ACT: Final = RecordFormat(kind="act", model=AdministrativeAct, upcasters=())

_ACT: Final = "ACT#"
_PAST_ALL: Final = "ACT$"
"""What sorts right after every act."""


class DynamoHistory:
    """Implements `choriste.application.members.ports.History`; `audit` is the audit table."""

    def __init__(self, audit: CoreTable) -> None:
        self._audit = audit

    def add(self, act: AdministrativeAct) -> None:
        """Keep an act under its structure and its account."""
        self._audit.transact(act_operations(self._audit, [act]))

    def of_structure(self, structure: str, *, after: str | None, limit: int) -> Page[AdministrativeAct]:
        """Return the acts in a structure, newest first."""
        return self._page(IdentityPrefix.STRUCTURE + structure, after=after, limit=limit)

    def of_account(self, account: str, *, after: str | None, limit: int) -> Page[AdministrativeAct]:
        """Return the acts on an account, newest first."""
        return self._page(IdentityPrefix.USER + account, after=after, limit=limit)

    def _page(self, pk: str, *, after: str | None, limit: int) -> Page[AdministrativeAct]:
        before = f"{_ACT}{after}" if after is not None else _PAST_ALL
        answer = self._audit.client.query(
            TableName=self._audit.name,
            KeyConditionExpression="pk = :pk AND sk < :before",
            ExpressionAttributeValues=marshal({":pk": pk, ":before": before}),
            ScanIndexForward=False,
            Limit=limit,
            ConsistentRead=True,
        )
        rows = [unmarshal(item) for item in answer["Items"]]
        more = "LastEvaluatedKey" in answer and rows
        place = rows[-1]["sk"].removeprefix(_ACT) if more else None
        return Page(tuple(ACT.read(row) for row in rows), place)


def act_operations(audit: CoreTable, acts: Iterable[AdministrativeAct]) -> list[dict[str, Any]]:
    """Return the writes of acts, for the transaction of the change that they tell of."""
    return [audit.put_operation(row) for act in acts for row in _rows(act)]


def _rows(act: AdministrativeAct) -> list[Item]:
    content = {"sk": f"{_ACT}{stamp(act.at)}#{act.id}", **ACT.attributes(act)}
    places = {
        IdentityPrefix.STRUCTURE: act.structure,
        IdentityPrefix.USER: act.account,
    }
    return [{"pk": prefix + name, **content} for prefix, name in places.items() if name is not None]
