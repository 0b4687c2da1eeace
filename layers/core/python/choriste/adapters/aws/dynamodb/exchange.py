"""Partners and the files that were sent to them, in the core table.

A partner's head has a link under its structure. In its own partition stand the files that were sent, by
number, and for each subject the newest one: who begins another must have seen it.
"""

from __future__ import annotations

from typing import Final

from botocore.exceptions import ClientError

from choriste.adapters.aws.dynamodb.identity import PARTNER, IdentityPrefix
from choriste.adapters.aws.dynamodb.records.formats import RecordFormat, RowFormat
from choriste.adapters.aws.dynamodb.table import CoreTable, Item, failed_conditions, marshal, unmarshal
from choriste.application.shared.ports import Page
from choriste.domain.access.errors import AlreadyExistsError, StaleRecordError
from choriste.domain.exchange.partner import Dispatch, Partner
from choriste.domain.parties.structure import StructureId
from choriste.domain.shared.errors import IdentifierTakenError

DISPATCH: Final = RecordFormat(kind="dispatch", model=Dispatch, upcasters=())
PARTNER_LINK: Final = RowFormat(kind="partner-link")

_HEAD: Final = "HEAD"
_SUBJECT: Final = "SUBJECT#"
_SENT: Final = "SENT#"
_ABSENT: Final = "attribute_not_exists(pk)"


class DynamoPartners:
    """Implements `choriste.application.exchange.ports.Partners`."""

    def __init__(self, table: CoreTable) -> None:
        self._table = table

    def add(self, partner: Partner) -> None:
        """Store a new partner and the link under its structure."""
        rows = (_head(partner), _link(partner))
        try:
            self._table.transact([self._table.put_operation(row, condition=_ABSENT) for row in rows])
        except ClientError as error:
            if failed_conditions(error):
                raise AlreadyExistsError(kind="partner", id=partner.code) from None
            raise

    def replace(self, partner: Partner) -> None:
        """Store the version after the stored one."""
        before = partner.version - 1
        put = self._table.put_operation(_head(partner), condition="version = :before", before=before)
        try:
            self._table.transact([put])
        except ClientError as error:
            if failed_conditions(error):
                raise StaleRecordError(kind="partner", id=partner.code) from None
            raise

    def of_structure(self, structure: StructureId) -> tuple[Partner, ...]:
        """Return the partners of a structure, closed ones too, by code."""
        owner = IdentityPrefix.STRUCTURE + structure
        links = self._table.partition(owner, prefix=IdentityPrefix.PARTNER, consistent=False)
        heads = self._table.read_all([(str(link["sk"]), _HEAD) for link in links], consistent=True)
        return tuple(PARTNER.read(head) for head in heads)


class DynamoDispatches:
    """Implements `choriste.application.exchange.ports.Dispatches`."""

    def __init__(self, table: CoreTable) -> None:
        self._table = table

    def latest(self, partner: str, subject: str) -> Dispatch | None:
        """Return the newest file about a subject, as it is now."""
        item = self._table.get(IdentityPrefix.PARTNER + partner, f"{_SUBJECT}{subject}")
        return DISPATCH.read(item) if item else None

    def begin(self, dispatch: Dispatch, *, after: Dispatch | None) -> None:
        """Record that a file is to be sent: the newest of its subject, and a row by its number."""
        newest = (
            self._table.put_operation(_newest(dispatch), condition=_ABSENT)
            if after is None
            else self._table.put_operation(
                _newest(dispatch), condition="file_number = :after", after=after.number
            )
        )
        try:
            self._table.transact([newest, self._table.put_operation(_row(dispatch), condition=_ABSENT)])
        except ClientError as error:
            failed = failed_conditions(error)
            if not failed:
                raise
            if failed == (1,):
                raise IdentifierTakenError(id=dispatch.number) from None
            raise StaleRecordError(kind="dispatch", id=dispatch.subject) from None

    def finish(self, dispatch: Dispatch) -> None:
        """Record that a file was sent, unless a later one about its subject was begun."""
        mine = "file_number = :mine"
        newest = self._table.put_operation(_newest(dispatch), condition=mine, mine=dispatch.number)
        try:
            self._table.transact([newest, self._table.put_operation(_row(dispatch))])
        except ClientError as error:
            if not failed_conditions(error):
                raise

    def sent_to(self, partner: str, *, after: str | None, limit: int) -> Page[Dispatch]:
        """Return the files of a partner, newest first."""
        answer = self._table.client.query(
            TableName=self._table.name,
            KeyConditionExpression="pk = :pk AND sk BETWEEN :first AND :last",
            ExpressionAttributeValues=marshal(
                {
                    ":pk": IdentityPrefix.PARTNER + partner,
                    ":first": _SENT,
                    ":last": f"{_SENT}{after or '~'}",
                }
            ),
            ScanIndexForward=False,
            Limit=limit + 2,
        )
        found = [DISPATCH.read(unmarshal(item)) for item in answer["Items"]]
        rows = [each for each in found if _place(each) != after]
        return Page(tuple(rows[:limit]), _place(rows[limit - 1]) if len(rows) > limit else None)


def _place(dispatch: Dispatch) -> str:
    """Return what the files of a partner are ordered by: the sequence of the number, then the number."""
    return f"{dispatch.number[-15:]}#{dispatch.number}"


def _head(partner: Partner) -> Item:
    pk = IdentityPrefix.PARTNER + partner.code
    return {"pk": pk, "sk": _HEAD, "version": partner.version, **PARTNER.attributes(partner)}


def _link(partner: Partner) -> Item:
    pk, sk = IdentityPrefix.STRUCTURE + partner.structure, IdentityPrefix.PARTNER + partner.code
    return {"pk": pk, "sk": sk, **PARTNER_LINK.attributes()}


def _newest(dispatch: Dispatch) -> Item:
    return {
        "pk": IdentityPrefix.PARTNER + dispatch.partner,
        "sk": f"{_SUBJECT}{dispatch.subject}",
        "file_number": dispatch.number,
        **DISPATCH.attributes(dispatch),
    }


def _row(dispatch: Dispatch) -> Item:
    pk, sk = IdentityPrefix.PARTNER + dispatch.partner, f"{_SENT}{_place(dispatch)}"
    return {"pk": pk, "sk": sk, **DISPATCH.attributes(dispatch)}
