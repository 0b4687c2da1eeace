"""The findings of this room: their sentences are in the catalogue (room `documents.inspection`)."""

from __future__ import annotations

from typing import Final

from choriste.domain.shared.findings import Finding, Severity, worded

_WARNINGS: Final = frozenset(
    {
        "PDF-REPAIRED",
        "PDF-RESTRICTED",
        "PDF-LEADING-BYTES",
        "PDF-PROFILE-DIFFERS",
        "PDF-XMP-MISSING",
        "PDF-XMP-INVALID",
        "PDF-RELATIONSHIP",
        "PDF-PDFA-CLAIM",
        "PDF-SIGNATURE-BROKEN",
        "PDF-SIGNATURE-UNCHECKED",
        "PDF-SIGNATURE-PARTIAL",
    }
)
"""What does not keep a file from being read; every other finding refuses it."""


def finding(code: str, *, found: str | None = None, expected: str | None = None) -> Finding:
    """Build the finding of a stable code; `found` and `expected` are values that need no translation."""
    severity = Severity.WARNING if code in _WARNINGS else Severity.FATAL
    return worded("documents.inspection", code, severity=severity, found=found, expected=expected)
