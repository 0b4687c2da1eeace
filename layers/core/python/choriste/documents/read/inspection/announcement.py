"""What the XMP of a PDF announces of its invoice, against the invoice itself."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from choriste.documents.read.inspection.model import EmbeddedXml, Family
from choriste.documents.read.inspection.wording import finding
from choriste.documents.read.inspection.xmp import Xmp
from choriste.domain.shared.findings import Finding

_PROPERTIES: Final = ("DocumentType", "DocumentFileName", "Version", "ConformanceLevel")
_TYPES: Final = {Family.ORDERX: ("ORDER", "ORDER_CHANGE", "ORDER_RESPONSE")}
_VERSION: Final = "1.0"


def announced_otherwise(invoice: EmbeddedXml, xmp: Xmp) -> Iterator[Finding]:
    """Yield where the announcement is absent, incomplete, or says other than the XML."""
    if xmp.family is None:
        yield finding("PDF-XMP-MISSING")
        return
    absent = [name for name in _PROPERTIES if xmp.announced(name) is None]
    if absent:
        yield finding("PDF-XMP-INCOMPLETE", found=", ".join(absent))
    for name, expected in _expected(invoice):
        said = xmp.announced(name)
        if said is not None and said not in expected:
            yield finding(f"PDF-XMP-{name.upper()}", found=said, expected=expected[0])
    claimed, profile = invoice.claimed_profile, invoice.profile
    if claimed is not None and profile is not None and _folded(claimed) != _folded(profile):
        yield finding("PDF-PROFILE-DIFFERS", found=claimed, expected=profile)


def _expected(invoice: EmbeddedXml) -> Iterator[tuple[str, tuple[str, ...]]]:
    yield "DocumentType", _TYPES.get(invoice.family, ("INVOICE",))
    yield "DocumentFileName", (invoice.filename,)
    # ZUGFeRD 2.0 numbers otherwise, and under the profile XRECHNUNG the version is that of XRechnung.
    if invoice.family is Family.FACTURX and invoice.profile != "XRECHNUNG":
        yield "Version", (_VERSION,)


def _folded(profile: str) -> str:
    return re.sub(r"\W", "", profile).upper().replace("EXTENDEDCTCFR", "EXTENDED")
