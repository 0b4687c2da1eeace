"""Billing mandates in the core table: a head, a link under each side, and what its holder may do by it.

The last is a row of its own under the holder, there only while the mandate is accepted: each request of an
account reads those of its structures, and must not pay for mandates that are over, or for their files.
"""

from __future__ import annotations

import datetime as dt
from typing import Final

from botocore.exceptions import ClientError

from choriste.adapters.aws.dynamodb.heads import ABSENT, HEAD, head_item
from choriste.adapters.aws.dynamodb.identity import HELD, HELD_PREFIX, IdentityPrefix
from choriste.adapters.aws.dynamodb.records.formats import RecordFormat, RowFormat
from choriste.adapters.aws.dynamodb.table import CoreTable, Item, failed_conditions, marshal
from choriste.domain.access.errors import StaleRecordError
from choriste.domain.parties.mandate import Mandate, MandateState

MANDATE: Final = RecordFormat(kind="mandate", model=Mandate, upcasters=())
MANDATE_LINK: Final = RowFormat(kind="mandate-link")

_PREFIX: Final = "MANDATE#"


class DynamoMandates:
    """Implements `choriste.application.parties.ports.Mandates`."""

    def __init__(self, core: CoreTable) -> None:
        self._core = core

    def get(self, mandate_id: str) -> Mandate | None:
        """Return a mandate, or None."""
        item = self._core.get(_PREFIX + mandate_id, HEAD)
        return MANDATE.read(item) if item else None

    def of(self, structure_id: str) -> tuple[Mandate, ...]:
        """Return the mandates that a structure gave or was given, newest first."""
        links = self._core.partition(IdentityPrefix.STRUCTURE + structure_id, prefix=_PREFIX)
        heads = self._core.read_all([(link["sk"], HEAD) for link in reversed(links)], consistent=True)
        return tuple(MANDATE.read(head) for head in heads)

    def save(self, mandate: Mandate) -> None:
        """Store version 1 of a new mandate or the version after the stored one."""
        head = head_item(_PREFIX + mandate.id, MANDATE, mandate, version=mandate.version)
        write = (
            self._core.put_operation(head, condition="version = :before", before=mandate.version - 1)
            if mandate.version > 1
            else self._core.put_operation(head, condition=ABSENT)
        )
        links = [self._core.put_operation(_link(mandate, side)) for side in mandate.sides]
        try:
            self._core.transact([write, *links, self._right(mandate)])
        except ClientError as error:
            if failed_conditions(error):
                raise StaleRecordError(kind="mandate", id=mandate.id) from None
            raise

    def _right(self, mandate: Mandate) -> dict[str, object]:
        row = _right_row(mandate)
        if mandate.state is MandateState.ACCEPTED:
            return self._core.put_operation(row)
        key = marshal({name: row[name] for name in ("pk", "sk")})
        return {"Delete": {"TableName": self._core.name, "Key": key}}


def _link(mandate: Mandate, side: str) -> Item:
    sk = _PREFIX + mandate.id
    return {"pk": IdentityPrefix.STRUCTURE + side, "sk": sk, **MANDATE_LINK.attributes()}


def _right_row(mandate: Mandate) -> Item:
    return {
        "pk": IdentityPrefix.STRUCTURE + mandate.holder,
        "sk": HELD_PREFIX + mandate.id,
        **HELD.attributes(
            giver=mandate.giver,
            scopes=" ".join(mandate.scopes),
            since=mandate.since.isoformat(),
            until=(mandate.until or dt.date.max).isoformat(),
        ),
    }
