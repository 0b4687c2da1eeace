"""What is kept of suppliers to advise them, in the core table: one item each."""

from __future__ import annotations

from typing import Final

from botocore.exceptions import ClientError

from choriste.adapters.aws.dynamodb.records.formats import RecordFormat
from choriste.adapters.aws.dynamodb.table import CoreTable, Prefix, is_condition_failure
from choriste.domain.deposits.supplier_record import SupplierRecord
from choriste.domain.shared.errors import StaleVersionError

SUPPLIER_RECORD: Final = RecordFormat(kind="supplier-record", model=SupplierRecord, upcasters=())

_HEAD: Final = "HEAD"


class DynamoSupplierRecords:
    """Implements `choriste.application.deposits.ports.SupplierRecords`."""

    def __init__(self, table: CoreTable) -> None:
        self._table = table

    def get(self, supplier: str) -> SupplierRecord | None:
        """Return the record of a supplier."""
        item = self._table.get(Prefix.SUPPLIER + supplier, _HEAD)
        return SUPPLIER_RECORD.read(item) if item else None

    def save(self, record: SupplierRecord, *, expected_version: int) -> None:
        """Write a record, new when `expected_version` is 0; raises `StaleVersionError` if it has moved on."""
        item = {
            "pk": Prefix.SUPPLIER + record.supplier,
            "sk": _HEAD,
            "version": record.version,
            **SUPPLIER_RECORD.attributes(record),
        }
        free, mine = "attribute_not_exists(pk)", "version = :expected"
        values = {"expected": expected_version} if expected_version else {}
        put = self._table.put_operation(item, condition=mine if values else free, **values)["Put"]
        try:
            self._table.client.put_item(**put)
        except ClientError as error:
            if not is_condition_failure(error):
                raise
            if self.get(record.supplier) != record:  # else this very write, repeated
                raise StaleVersionError(version=record.version, status="") from None
