"""The findings of this room: their sentences are in the catalogue (room `documents.inspection`)."""

from __future__ import annotations

from typing import Final

from choriste.domain.shared.findings import Finding, Severity, worded

_WARNINGS: Final = frozenset(
    {
        "PDF-REPAIRED",
        "PDF-RESTRICTED",
        "PDF-SCRIPTS",
        "PDF-LEADING-BYTES",
        "PDF-NO-END-MARK",
        "PDF-PROFILE-DIFFERS",
        "PDF-GUIDELINE",
        "PDF-XMP-MISSING",
        "PDF-XMP-INCOMPLETE",
        "PDF-XMP-INVALID",
        "PDF-XMP-DOCUMENTTYPE",
        "PDF-XMP-DOCUMENTFILENAME",
        "PDF-XMP-VERSION",
        "PDF-RELATIONSHIP",
        "PDF-XML-NAME-CASE",
        "PDF-XML-NOT-LISTED",
        "PDF-XML-TYPE",
        "PDF-XML-UNTYPED",
        "PDF-XML-EMPTY",
        "PDF-XML-UBL",
        "PDF-XML-DRAFT",
        "PDF-XML-FOREIGN",
        "PDF-XML-BROKEN",
        "PDF-SECOND-INVOICE",
        "PDF-INVOICE-TWICE",
        "PDF-PDFA-CLAIM",
        "PDF-SIGNATURE-BROKEN",
        "PDF-SIGNATURE-UNCHECKED",
        "PDF-SIGNATURE-PARTIAL",
        "PDF-SIGNATURE-FORMAT",
        "PDF-SIGNATURE-ALGORITHM",
        "PDF-SIGNATURE-CERTIFICATE",
    }
)
"""What does not keep a file from being read; every other finding refuses it."""


def finding(code: str, *, found: str | None = None, expected: str | None = None) -> Finding:
    """Build the finding of a stable code; `found` and `expected` are values that need no translation."""
    severity = Severity.WARNING if code in _WARNINGS else Severity.FATAL
    return worded("documents.inspection", code, severity=severity, found=found, expected=expected)
