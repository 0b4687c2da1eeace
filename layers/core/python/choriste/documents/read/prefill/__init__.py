"""Reading a plain PDF's text to fill the entry form: identifiers, dates, references, totals.

Text only: there is no optical character recognition, and no template per supplier. Only what is certain
is filled in; the rest is proposed with its place on the page for the depositor to judge.
"""

from __future__ import annotations

from choriste.documents.read.prefill.evidence import Confidence, Doubt, Evidence
from choriste.documents.read.prefill.model import Box, FieldName, Found, ItemLine, Prefill, VatRow
from choriste.documents.read.prefill.prefiller import prefill

__all__ = [
    "Box",
    "Confidence",
    "Doubt",
    "Evidence",
    "FieldName",
    "Found",
    "ItemLine",
    "Prefill",
    "VatRow",
    "prefill",
]
