"""Every operation, by its address."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from functions.chorus.factures.flows import FLOWS
from functions.chorus.operation import Operation
from functions.chorus.transverses.reports import REPORTS

_FAMILIES: Final = (FLOWS, REPORTS)

OPERATIONS: Final[Mapping[str, Operation]] = {
    f"/cpro/{operation.path}": operation for family in _FAMILIES for operation in family
}
