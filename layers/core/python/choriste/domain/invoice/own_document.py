"""The supplier's own document: the PDF that a supplier attaches to UBL or CII, as its customers know it.

Nothing in EN 16931 marks it; the French rules do, by the word LISIBLE (BR-FR-17). Elsewhere the name tells.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from choriste.domain.invoice.model import Invoice, SupportingDocument

READABLE: Final = "LISIBLE"
_OTHERS: Final = frozenset(
    {
        "RIB",
        "FEUILLE_DE_STYLE",
        "PJA",
        "BORDEREAU_SUIVI",
        "BORDEREAU_SUIVI_VALIDATION",
        "DOCUMENT_ANNEXE",
        "BON_LIVRAISON",
        "BON_COMMANDE",
        "ETAT_ACOMPTE",
        "FACTURE_PAIEMENT_DIRECT",
        "RECAPITULATIF_COTRAITANCE",
    }
)
"""What else an attachment may be (BR-FR-17, BT-123)."""

_PDF: Final = b"%PDF-"
_HEADER_WITHIN: Final = 1024
_CALLED: Final = re.compile(
    r"facture|avoir|invoice|credit.?note|rechnung|gutschrift|fattura|factura|factuur", re.IGNORECASE
)


def attached_pdfs(invoice: Invoice) -> tuple[SupportingDocument, ...]:
    """Return the PDFs that an invoice embeds, by their bytes: types and names are written by hand."""
    return tuple(
        document
        for document in invoice.supporting_documents
        if document.content is not None and _PDF in document.content[:_HEADER_WITHIN]
    )


def own_document(invoice: Invoice) -> SupportingDocument | None:
    """Return the supplier's own document, None where no attached PDF is marked or called so.

    The mark goes first, then the invoice's number in a name, then the word invoice; two of a kind tell
    nothing. What is marked as something else is that.
    """
    documents = [each for each in attached_pdfs(invoice) if each.description not in _OTHERS]
    marked = [each for each in documents if READABLE in {each.description, each.reference}]
    number = _letters(invoice.number or "")
    numbered = [each for each in documents if number and number in _letters(_called(each))]
    called = [each for each in documents if _CALLED.search(_called(each))]
    return next((only for only in map(_only, (marked, numbered, called)) if only is not None), None)


def _only(documents: Sequence[SupportingDocument]) -> SupportingDocument | None:
    return documents[0] if len(documents) == 1 else None


def _called(document: SupportingDocument) -> str:
    return " ".join(filter(None, (document.filename, document.reference, document.description)))


def _letters(text: str) -> str:
    return re.sub(r"[\W_]", "", text).casefold()
