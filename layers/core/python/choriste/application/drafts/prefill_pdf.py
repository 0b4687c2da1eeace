"""Read the pages of a plain PDF for a draft: what is certain, what is probable, or why nothing is read."""

from __future__ import annotations

from choriste.documents.read.inspection import inspect
from choriste.documents.read.inspection.text import extract_text
from choriste.documents.read.prefill import Confidence, prefill
from choriste.domain.drafts.prefilled import Prefilled, PrefilledVat
from choriste.formats.errors import UnreadableError
from choriste.i18n.catalogue import message
from choriste.i18n.message import Message


def prefill_pdf(content: bytes, *, filename: str) -> Prefilled:
    """Return what the pages of a PDF say of the invoice on them."""
    inspection = inspect(content, filename=filename)
    if inspection.invoice is not None:
        return Prefilled(refusal=_texts(message("drafts", "holds-data")))
    if inspection.refusal is not None:
        return Prefilled(refusal=_texts(inspection.refusal.message))
    try:
        found = prefill(extract_text(content))
    except UnreadableError as error:
        return Prefilled(refusal=_texts(error.finding.message))
    if found.scanned:
        return Prefilled(refusal=_texts(message("drafts", "no-text")))
    sure = {name.value: value for name, value in found.filled().items()}
    return Prefilled(
        certain=sure,
        probable={n.value: f.value for n, f in found.fields.items() if n.value not in sure},
        vat=tuple(
            PrefilledVat(
                rate=str(row.rate), base=str(row.base) if row.base is not None else None, tax=str(row.tax)
            )
            for row in found.vat_breakdown
            if row.confidence is Confidence.CERTAIN
        ),
    )


def _texts(reason: Message) -> dict[str, str]:
    return {"fr": reason.fr, "en": reason.en}
