"""The bank details of structures in the core table: one item under its structure, apart from its head.

What every invoice reads of a structure is its head; bank details are read by its own people alone.
"""

from __future__ import annotations

from typing import Final

from choriste.adapters.aws.dynamodb.heads import ABSENT, put_one
from choriste.adapters.aws.dynamodb.identity import IdentityPrefix
from choriste.adapters.aws.dynamodb.records.formats import RecordFormat
from choriste.adapters.aws.dynamodb.table import CoreTable
from choriste.domain.access.errors import StaleRecordError
from choriste.domain.parties.bank_details import BankDetails

BANK_DETAILS: Final = RecordFormat(kind="bank-details", model=BankDetails, upcasters=())

_BANK: Final = "BANK"


class DynamoBankRecords:
    """Implements `choriste.application.parties.ports.BankRecords`."""

    def __init__(self, core: CoreTable) -> None:
        self._core = core

    def of(self, structure_id: str) -> BankDetails | None:
        """Return the accounts of a structure, None where none was ever given."""
        item = self._core.get(IdentityPrefix.STRUCTURE + structure_id, _BANK)
        return BANK_DETAILS.read(item) if item else None

    def save(self, details: BankDetails) -> None:
        """Store the next version of the details."""
        keys = {"pk": IdentityPrefix.STRUCTURE + details.structure, "sk": _BANK, "version": details.version}
        row = {**keys, **BANK_DETAILS.attributes(details)}
        before = details.version - 1
        stored = (
            put_one(self._core, row, condition="version = :before", before=before)
            if before
            else put_one(self._core, row, condition=ABSENT)
        )
        if not stored:
            raise StaleRecordError(kind="bank-details", id=details.structure)
