"""Statuses in the codes of the EDI status flows.

CPPStatutPivot V1_19, `IdStatut` (01 to 12 are named there); 13 to 18 and 32 are numbers of the State's
mapping to the reform, 37 of one reading of annex V4.20. The codes stand in `statuses.tsv`.
"""

from __future__ import annotations

from choriste.domain.lifecycle.statuses import STATUSES, Status

_ALSO_READ = {"32": Status.COMPLETEE}
_STATUS_OF_CODE = {row.edi: status for status, row in STATUSES.items() if row.edi is not None} | _ALSO_READ


def edi_code(status: Status) -> str | None:
    """Return the two-digit EDI code of a status, or None for one that travels in no status flow."""
    return STATUSES[status].edi


def status_of_edi(code: str) -> Status | None:
    """Return the status of an EDI code (`1`, `01` …), or None for an unnamed one."""
    return _STATUS_OF_CODE.get(code.strip().zfill(2))
