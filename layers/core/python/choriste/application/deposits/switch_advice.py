"""Switch kinds of advice off for a supplier's structure, and on again."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from choriste.application.access.policy import require_organisation, require_read_issued
from choriste.application.deposits.ports import DepositPorts
from choriste.domain.access.principal import Principal
from choriste.domain.deposits.advice import Kind
from choriste.domain.deposits.supplier_record import SupplierRecord
from choriste.domain.shared.errors import StaleVersionError


@dataclass(frozen=True, slots=True)
class AdviceSwitches:
    """The kinds of advice there are, and those that are off, in the order of the kinds."""

    kinds: tuple[Kind, ...]
    off: tuple[Kind, ...]


def read_advice(ports: DepositPorts, principal: Principal, structure: str) -> AdviceSwitches:
    """Return which advice a structure gets with its invoices; raises `ForbiddenError`."""
    require_read_issued(principal, structure)
    return _switches(ports.supplier_records.get(structure))


def switch_advice(
    ports: DepositPorts, principal: Principal, structure: str, *, off: Collection[Kind]
) -> AdviceSwitches:
    """Switch exactly these kinds off; raises `ForbiddenError`, also for who does not manage the structure."""
    require_organisation(principal, structure)
    while True:
        known = ports.supplier_records.get(structure) or SupplierRecord(supplier=structure)
        changed = known.switched(frozenset(map(str, off)))
        try:
            ports.supplier_records.save(changed, expected_version=known.version)
        except StaleVersionError:
            continue
        return _switches(changed)


def _switches(record: SupplierRecord | None) -> AdviceSwitches:
    off = record.off if record is not None else frozenset()
    return AdviceSwitches(tuple(Kind), tuple(kind for kind in Kind if kind in off))
