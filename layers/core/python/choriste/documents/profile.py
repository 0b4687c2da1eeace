"""The Factur-X conformance level of a CII, as its guideline id (BT-24) says."""

from __future__ import annotations

import re

from choriste.documents.errors import AssemblyError

_GUIDELINE = re.compile(
    rb"GuidelineSpecifiedDocumentContextParameter\s*>\s*<(?:\w+:)?ID[^>]*>\s*([^<]+?)\s*</", re.DOTALL
)
# Ends of the guideline URNs, the more particular first; whatever else rests on EN 16931 is at its level.
_LEVELS = (
    (":minimum", "MINIMUM"),
    (":basicwl", "BASIC WL"),
    (":basic", "BASIC"),
    (":extended", "EXTENDED"),
    (":extended-ctc-fr", "EXTENDED"),
)


def conformance_level(cii: bytes) -> str:
    """Return `MINIMUM`, `BASIC WL`, `BASIC`, `EN 16931` or `EXTENDED`.

    Raises AssemblyError for a CII without a guideline.
    """
    found = _GUIDELINE.search(cii)
    if found is None:
        raise AssemblyError("the CII names no guideline (BT-24)")
    guideline = found[1].decode("utf-8", "replace").lower()
    return next((level for end, level in _LEVELS if guideline.endswith(end)), "EN 16931")
