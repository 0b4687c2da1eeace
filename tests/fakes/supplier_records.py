"""Records of suppliers in memory: the twin of the DynamoDB adapter, for tests."""

from __future__ import annotations

from choriste.domain.deposits.supplier_record import SupplierRecord
from choriste.domain.shared.errors import StaleVersionError


class MemorySupplierRecords:
    """Implements the port `SupplierRecords`."""

    def __init__(self) -> None:
        self._records: dict[str, SupplierRecord] = {}

    def get(self, supplier: str) -> SupplierRecord | None:
        """Return the record of a supplier."""
        return self._records.get(supplier)

    def save(self, record: SupplierRecord, *, expected_version: int) -> None:
        """Write a record; raises `StaleVersionError` if it has moved on."""
        current = self._records.get(record.supplier)
        version = current.version if current is not None else 0
        if current != record and version != expected_version:
            raise StaleVersionError(version=version, status="")
        self._records[record.supplier] = record
