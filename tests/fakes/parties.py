"""What structures keep beside their heads, in memory: the twins of the DynamoDB adapters."""

from __future__ import annotations

from threading import RLock

from choriste.domain.access.errors import StaleRecordError
from choriste.domain.parties.bank_details import BankDetails


class MemoryBankRecords:
    """The bank accounts of structures."""

    def __init__(self) -> None:
        self._lock = RLock()
        self._details: dict[str, BankDetails] = {}

    def of(self, structure_id: str) -> BankDetails | None:
        """Return the accounts of a structure, None where none was ever given."""
        return self._details.get(structure_id)

    def save(self, details: BankDetails) -> None:
        """Store the next version of the details."""
        with self._lock:
            known = self._details.get(details.structure)
            if details.version != (known.version if known is not None else 0) + 1:
                raise StaleRecordError(kind="bank-details", id=details.structure)
            self._details[details.structure] = details
