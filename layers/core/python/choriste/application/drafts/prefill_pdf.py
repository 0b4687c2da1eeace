"""Read the pages of a plain PDF for a draft: what is certain, what is probable, or why nothing is read."""

from __future__ import annotations

from choriste.documents.read.inspection import inspect
from choriste.documents.read.inspection.text import extract_text
from choriste.documents.read.prefill import Confidence, prefill
from choriste.domain.drafts.prefilled import Prefilled, PrefilledVat
from choriste.domain.shared.findings import Finding
from choriste.formats.errors import UnreadableError

_HOLDS_DATA = {
    "fr": "Ce PDF contient déjà les données d’une facture Factur-X : déposez-le tel quel.",
    "en": "This PDF holds the data of a Factur-X invoice already: deposit it as it is.",
}
_NO_TEXT = {
    "fr": "Ce PDF est une image : aucun texte ne peut y être lu. Saisissez la facture, ou demandez à votre "
    "logiciel un PDF avec du texte.",
    "en": "This PDF is a picture: no text can be read of it. Enter the invoice, or have your software make a "
    "PDF with text.",
}


def prefill_pdf(content: bytes, *, filename: str) -> Prefilled:
    """Return what the pages of a PDF say of the invoice on them."""
    inspection = inspect(content, filename=filename)
    if inspection.invoice is not None:
        return Prefilled(refusal=_HOLDS_DATA)
    if inspection.refusal is not None:
        return Prefilled(refusal=_texts(inspection.refusal))
    try:
        found = prefill(extract_text(content))
    except UnreadableError as error:
        return Prefilled(refusal=_texts(error.finding))
    if found.scanned:
        return Prefilled(refusal=_NO_TEXT)
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


def _texts(finding: Finding) -> dict[str, str]:
    return {"fr": finding.message.fr, "en": finding.message.en}
