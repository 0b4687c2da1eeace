"""Factor resets in the core table: one item under its user, and a row where whoever decides finds it."""

from __future__ import annotations

from typing import Any, Final

from botocore.exceptions import ClientError

from choriste.adapters.aws.dynamodb.heads import ABSENT
from choriste.adapters.aws.dynamodb.identity import IdentityPrefix
from choriste.adapters.aws.dynamodb.records.formats import RecordFormat, RowFormat
from choriste.adapters.aws.dynamodb.table import CoreTable, Item, failed_conditions, marshal
from choriste.application.access.records import FactorReset, ResetState
from choriste.domain.access.errors import StaleRecordError

FACTOR_RESET: Final = RecordFormat(kind="factor-reset", model=FactorReset, upcasters=())
FACTOR_RESET_LINK: Final = RowFormat(kind="factor-reset-link")

_RESET: Final = "FACTOR-RESET"
_OPERATOR: Final = "OPERATOR#"


class DynamoFactorResets:
    """Implements `choriste.application.access.ports.FactorResets`."""

    def __init__(self, core: CoreTable) -> None:
        self._core = core

    def of_user(self, user_id: str) -> FactorReset | None:
        """Return the newest factor reset of a user, open or not, or None."""
        item = self._core.get(IdentityPrefix.USER + user_id, _RESET)
        return FACTOR_RESET.read(item) if item else None

    def waiting(self, structure: str | None) -> tuple[FactorReset, ...]:
        """Return those that a structure's manager has to decide, None for the operator, by user."""
        links = self._core.partition(_place(structure), prefix=f"{_RESET}#")
        keys = [(IdentityPrefix.USER + str(link["sk"]).removeprefix(f"{_RESET}#"), _RESET) for link in links]
        return tuple(map(FACTOR_RESET.read, self._core.read_all(keys, consistent=True)))

    def save(self, reset: FactorReset) -> None:
        """Store the version after the stored one, and its row while it waits."""
        item = {
            "pk": IdentityPrefix.USER + reset.user,
            "sk": _RESET,
            "version": reset.version,
            **FACTOR_RESET.attributes(reset),
        }
        head = (
            self._core.put_operation(item, condition=ABSENT)
            if reset.version == 1
            else self._core.put_operation(item, condition="version = :known", known=reset.version - 1)
        )
        try:
            self._core.transact([head, self._row(reset)])
        except ClientError as error:
            if not failed_conditions(error):
                raise
            raise StaleRecordError(kind="factor-reset", id=reset.user) from error

    def _row(self, reset: FactorReset) -> dict[str, Any]:
        row: Item = {"pk": _place(reset.structure), "sk": f"{_RESET}#{reset.user}"}
        if reset.state is ResetState.ASKED:
            return self._core.put_operation({**row, **FACTOR_RESET_LINK.attributes()})
        return {"Delete": {"TableName": self._core.name, "Key": marshal(row)}}


def _place(structure: str | None) -> str:
    return IdentityPrefix.STRUCTURE + structure if structure is not None else _OPERATOR
