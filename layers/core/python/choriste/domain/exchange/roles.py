"""AWS roles of partners: which names may be registered."""

from __future__ import annotations

import re
from typing import Final

from choriste.domain.shared.field_faults import field_fault
from choriste.domain.shared.findings import Finding

_ROLE: Final = re.compile(r"arn:aws[a-z-]*:iam::[0-9]{12}:role/[\w+=,.@/-]{1,512}", re.ASCII)


def role_fault(role: str | None) -> Finding | None:
    """Return what is wrong with the ARN of a role: it names one role, and no wildcard."""
    if role is None or _ROLE.fullmatch(role):
        return None
    return field_fault("PARTNER-ROLE", found=role[:80], expected="arn:aws:iam::123456789012:role/erp")
