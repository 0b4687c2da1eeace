"""Every operation, by its address."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from functions.chorus.factures.details import DETAILS
from functions.chorus.factures.download import DOWNLOADS
from functions.chorus.factures.flows import FLOWS
from functions.chorus.factures.history import HISTORY
from functions.chorus.factures.search import SEARCHES
from functions.chorus.factures.submission import SUBMISSIONS
from functions.chorus.factures.treatment import TREATMENTS
from functions.chorus.operation import Operation
from functions.chorus.people import PEOPLE
from functions.chorus.structures import STRUCTURES
from functions.chorus.transverses.files import FILES
from functions.chorus.transverses.lists import LISTS
from functions.chorus.transverses.parties import PARTIES
from functions.chorus.transverses.reports import REPORTS
from functions.chorus.works import WORKS

_FAMILIES: Final = (
    FLOWS,
    SUBMISSIONS,
    SEARCHES,
    DETAILS,
    HISTORY,
    TREATMENTS,
    DOWNLOADS,
    STRUCTURES,
    REPORTS,
    FILES,
    LISTS,
    PARTIES,
    PEOPLE,
    WORKS,
)

OPERATIONS: Final[Mapping[str, Operation]] = {
    f"/cpro/{operation.path}": operation for family in _FAMILIES for operation in family
}
