"""Flows and their documents in the core table.

A flow's `accepted` and `refused` are number sets outside its body: adding a position twice changes
nothing, so a step that runs again counts a document once, and documents settle in any order.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from botocore.exceptions import ClientError

from choriste.adapters.aws.dynamodb.records.formats import RecordFormat, RowFormat
from choriste.adapters.aws.dynamodb.records.upcasters import (
    unchanged,
    with_causes,
    with_defaults_of_schema_1,
    without_editions,
)
from choriste.adapters.aws.dynamodb.table import (
    CoreTable,
    Item,
    Prefix,
    failed_conditions,
    is_condition_failure,
    is_conflict,
    marshal,
    shard_of,
    stamp,
    unmarshal,
)
from choriste.application.shared.ports import Page
from choriste.application.shared.side_by_side import side_by_side
from choriste.domain.deposits.flow import Document, Flow, Outcome
from choriste.domain.shared.errors import IdentifierTakenError
from choriste.domain.shared.ids import FlowId

WATCH = dt.timedelta(minutes=10)
"""How long a flow may stay unfinished before the sweeper takes it up again."""

FLOW = RecordFormat(
    kind="flow", model=Flow, upcasters=(with_defaults_of_schema_1("flow"), with_causes, unchanged)
)
DOCUMENT = RecordFormat(
    kind="document",
    model=Document,
    upcasters=(with_defaults_of_schema_1("document"), with_causes, without_editions),
)
DEPOSIT_GUARD = RowFormat(kind="deposit-guard", names=frozenset({"flow_id"}))

_HEAD = "HEAD"
_GUARD = "GUARD"


class DynamoFlows:
    """Implements `choriste.application.ports.Flows`."""

    def __init__(self, table: CoreTable) -> None:
        self._table = table

    def open(self, flow: Flow) -> Flow:
        """Record a new flow, or return the existing one of the same bytes and depositor."""
        guard, standing = _guard_key(flow), None
        while True:
            try:
                self._table.transact(self._opening(flow, guard, standing))
            except ClientError as error:
                if not failed_conditions(error) and not is_conflict(error):
                    raise
                opened = self.get(flow.id)
                if opened is not None and not _is_same(opened, flow):
                    raise IdentifierTakenError(id=flow.id) from error
                if opened is None:
                    standing = self._standing(guard)
                    if standing is None or not standing.stands_for(flow):
                        continue
                    return standing
            return flow

    def get(self, flow_id: FlowId) -> Flow | None:
        """Return a flow."""
        item = self._table.get(_pk(flow_id), _HEAD)
        return _flow(item) if item else None

    def add_documents(self, flow: Flow, documents: Sequence[Document]) -> tuple[Document, ...]:
        """Record what the file holds; documents recorded before keep their invoice ids."""
        recorded = tuple(side_by_side(self._add, documents))
        self._update(flow.id, "SET documents = :count", {":count": len(recorded)})
        return recorded

    def refuse(self, flow: Flow) -> None:
        """Record that the file holds nothing that can be opened."""
        content = FLOW.attributes(_bare(flow))
        self._update(
            flow.id,
            "SET documents = :count, body = :body, #schema = :schema REMOVE due_shard, due_at",
            {":count": 0, ":body": content["body"], ":schema": content["schema"]},
            names={"#schema": "schema"},
        )

    def document(self, flow_id: FlowId, position: int) -> Document | None:
        """Return one document of a flow."""
        item = self._table.get(_pk(flow_id), _document_sk(position))
        return DOCUMENT.read(item) if item else None

    def with_document(self, flow_id: FlowId, position: int) -> tuple[Flow, Document] | None:
        """Return a flow and one document of it, read at once."""
        pk = _pk(flow_id)
        rows = self._table.read_all([(pk, _HEAD), (pk, _document_sk(position))], consistent=True)
        if len(rows) < 2:  # noqa: PLR2004 - one of the two is missing
            return None
        return _flow(rows[0]), DOCUMENT.read(rows[1])

    def documents(self, flow_id: FlowId) -> tuple[Document, ...]:
        """Return all documents of a flow in order."""
        items = self._table.partition(_pk(flow_id), prefix="DOC#")
        return tuple(DOCUMENT.read(item) for item in items)

    def settle(self, document: Document, *, at: dt.datetime, alone: bool = False) -> Flow:
        """Record a refusal, or count an acceptance that `register` recorded, in the document's flow."""
        if document.outcome is Outcome.REFUSED:
            document = self._refuse(document)
        names = {"#set": document.outcome.value}
        item = self._update(
            document.flow_id,
            "SET settled_at = :at ADD #set :position REMOVE blocked"
            + (", due_shard, due_at" if alone else ""),
            {":position": {document.position}, ":at": stamp(at)},
            names=names,
        )
        flow = _flow(item)
        if flow.state.is_final and not alone:
            self._update(document.flow_id, "REMOVE due_shard, due_at", {})
        return flow

    def block(self, flow_id: FlowId) -> None:
        """Mark a flow as waiting for the operator."""
        self._update(flow_id, "SET blocked = :yes", {":yes": True})

    def deposited_by(self, structure: str, *, after: str | None, limit: int) -> Page[Flow]:
        """Return the flows of a depositor, newest first."""
        items, more = self._table.newest(
            "by_owner", key=("owner_key", _owner(structure)), sort="owner_sort", after=after, limit=limit
        )
        return Page(tuple(_flow(item) for item in items), more)

    def _standing(self, guard: str) -> Flow | None:
        item = self._table.get(guard, _GUARD)
        return self.get(FlowId(DEPOSIT_GUARD.read(item)["flow_id"])) if item else None

    def _opening(self, flow: Flow, guard: str, standing: Flow | None) -> list[dict[str, Any]]:
        head: Item = {
            "pk": _pk(flow.id),
            "sk": _HEAD,
            "owner_key": _owner(flow.depositor),
            "owner_sort": f"{stamp(flow.received_at)}#{flow.id}",
            **FLOW.attributes(_bare(flow)),
            **_watched(flow),
        }
        claim: Item = {"pk": guard, "sk": _GUARD, **DEPOSIT_GUARD.attributes(flow_id=flow.id)}
        free = "attribute_not_exists(pk)"
        claimed = (
            self._table.put_operation(claim, condition=free)
            if standing is None
            else self._table.put_operation(claim, condition="flow_id = :old", old=standing.id)
        )
        return [self._table.put_operation(head, condition=free), claimed]

    def _add(self, document: Document) -> Document:
        try:
            self._table.client.put_item(
                TableName=self._table.name,
                Item=marshal(document_item(document)),
                ConditionExpression="attribute_not_exists(pk)",
            )
        except ClientError as error:
            if not is_condition_failure(error):
                raise
            return self.document(document.flow_id, document.position) or document
        return document

    def _refuse(self, document: Document) -> Document:
        """Write a refusal over a pending document, and return the document as it is then.

        One that was settled already stays as it is, and counts as that: of two executions of one document, as
        Express allows them, one may accept what the other refuses.
        """
        put = self._table.put_operation(
            document_item(document), condition="outcome = :pending", pending=Outcome.PENDING.value
        )["Put"]
        try:
            self._table.insist(lambda: self._table.client.put_item(**put))
        except ClientError as error:
            if not is_condition_failure(error):
                raise
            return self.document(document.flow_id, document.position) or document
        return document

    def _update(
        self, flow_id: FlowId, expression: str, values: dict[str, Any], *, names: dict[str, str] | None = None
    ) -> Item:
        request: dict[str, Any] = {
            "TableName": self._table.name,
            "Key": marshal({"pk": _pk(flow_id), "sk": _HEAD}),
            "UpdateExpression": expression,
            "ConditionExpression": "attribute_exists(pk)",
            "ReturnValues": "ALL_NEW",
        }
        if values:
            request["ExpressionAttributeValues"] = marshal(values)
        if names:
            request["ExpressionAttributeNames"] = names
        return unmarshal(self._table.client.update_item(**request)["Attributes"])


def document_item(document: Document) -> Item:
    """Return the item of a document; `outcome` is an attribute of its own, for conditions."""
    return {
        "pk": _pk(document.flow_id),
        "sk": _document_sk(document.position),
        "outcome": document.outcome.value,
        **DOCUMENT.attributes(document),
    }


def _is_same(opened: Flow, flow: Flow) -> bool:
    """Say whether a flow is the very one that a repeated write would have opened."""
    return (opened.depositor, opened.sha256, opened.key) == (flow.depositor, flow.sha256, flow.key)


def _flow(item: Item) -> Flow:
    count, settled = item.get("documents"), item.get("settled_at")
    flow = FLOW.read(item)
    return replace(
        flow,
        state_at=dt.datetime.fromisoformat(settled) if settled is not None else flow.state_at,
        documents=int(count) if count is not None else None,
        accepted=frozenset(int(n) for n in item.get("accepted", ())),
        refused=frozenset(int(n) for n in item.get("refused", ())),
        blocked=bool(item.get("blocked", False)),
    )


def _watched(flow: Flow) -> Item:
    """Return what makes a flow due, or the number of its documents where it begins refused."""
    if flow.documents is not None:
        return {"documents": flow.documents}
    due = f"{stamp(flow.received_at + WATCH)}#{_pk(flow.id)}"
    return {"due_shard": shard_of("due", flow.id), "due_at": due}


def _bare(flow: Flow) -> Flow:
    """Return the flow without what the item keeps outside its body."""
    return replace(flow, documents=None, accepted=frozenset(), refused=frozenset(), blocked=False)


def _guard_key(flow: Flow) -> str:
    return f"{Prefix.DEPOSIT}{flow.depositor}#{flow.mark}"


def _owner(structure: str) -> str:
    return f"FLOWS#{structure}"


def _pk(flow_id: FlowId) -> str:
    return f"{Prefix.FLOW}{flow_id}"


def _document_sk(position: int) -> str:
    return f"DOC#{position:04d}"
