"""What the French rules ask an invoice, whatever its syntax: its frame, its type, its notes, its parties."""

from __future__ import annotations

from typing import Final

from choriste.rules.engine.syntax import CII
from choriste.rules.engine.tree import Document, Node
from choriste.rules.engine.values import only

AGREEMENT: Final = ("SupplyChainTradeTransaction", "ApplicableHeaderTradeAgreement")
SETTLEMENT: Final = ("SupplyChainTradeTransaction", "ApplicableHeaderTradeSettlement")
TOTALS: Final = (*SETTLEMENT, "SpecifiedTradeSettlementHeaderMonetarySummation")
MULTI_VENDOR: Final = frozenset({"S8", "B8", "M8"})
BIDIRECTIONAL: Final = frozenset({"S9", "B9", "M9"})
SELF_BILLED: Final = frozenset({"389", "501", "500", "471", "473", "261", "502"})


def is_cii(doc: Document) -> bool:
    """Whether the document is CII."""
    return doc.syntax == CII


def pick(doc: Document, cii: tuple[str, ...], ubl: tuple[str, ...]) -> list[Node]:
    """Return the nodes at the path of the document's syntax, from the root."""
    return doc.root.find(cii if is_cii(doc) else ubl)


def _frames(doc: Document) -> list[Node]:
    path = ("ExchangedDocumentContext", "BusinessProcessSpecifiedDocumentContextParameter", "ID")
    return pick(doc, path, ("ProfileID",))


def frame_nodes(doc: Document) -> list[Node]:
    """Return the nodes of BT-23, the billing frame."""
    return doc.once(_frames)


def frames(doc: Document) -> set[str]:
    """Return the raw values of BT-23."""
    return {n.raw for n in frame_nodes(doc)}


def is_contract(doc: Document, wanted: frozenset[str]) -> bool:
    """Whether BT-23, white space folded, is one of the frames of special contracts."""
    node = only(frame_nodes(doc))
    return node is not None and node.text in wanted


def is_multi_vendor(doc: Document) -> bool:
    """Whether BT-23 is the frame of an invoice of several sellers."""
    return is_contract(doc, MULTI_VENDOR)


def is_bidirectional(doc: Document) -> bool:
    """Whether BT-23 is the frame of an invoice in both directions."""
    return is_contract(doc, BIDIRECTIONAL)


def is_grouped(doc: Document) -> bool:
    """Whether BT-23 is the frame of an invoice whose lines are grouped: either of the two."""
    return is_contract(doc, MULTI_VENDOR | BIDIRECTIONAL)


def type_nodes(doc: Document) -> list[Node]:
    """Return the nodes of BT-3."""
    if is_cii(doc):
        return doc.root.find(("ExchangedDocument", "TypeCode"))
    return [*doc.root.children("InvoiceTypeCode"), *doc.root.children("CreditNoteTypeCode")]


def types(doc: Document) -> set[str]:
    """Return the raw values of BT-3."""
    return {n.raw for n in type_nodes(doc)}


def notes(doc: Document) -> list[Node]:
    """Return the notes: BG-1 groups in CII, texts in UBL."""
    return pick(doc, ("ExchangedDocument", "IncludedNote"), ("Note",))


def all_notes(doc: Document) -> str:
    """Return the notes of a UBL invoice joined with `#`, in which subject codes read `#PMT#`."""
    return "#".join(n.raw for n in notes(doc))


def _after(text: str, mark: str) -> str:
    return text.partition(mark)[2].partition("#")[0]


def note_values(doc: Document, subject: str) -> list[str]:
    """Return the texts of the notes of a subject; in UBL only the first, and `""` where there is none."""
    if not is_cii(doc):
        return [_after(doc.once(all_notes), f"#{subject}#")]
    found = [n for n in notes(doc) if any(c.raw == subject for c in n.children("SubjectCode"))]
    return [c.raw for n in found for c in n.children("Content")]


def is_domestic(doc: Document) -> bool:
    """Whether a BAR note says that the invoice is a domestic one between companies (B2B)."""
    return "B2B" in note_values(doc, "BAR")


def with_scheme(nodes: list[Node], *schemes: str) -> list[Node]:
    """Return the nodes whose schemeID is one of these."""
    return [n for n in nodes if n.get("schemeID") in schemes]


def seller(doc: Document, *path: str) -> list[Node]:
    """Return nodes of the seller: below SellerTradeParty, or below the supplier's Party."""
    return pick(doc, (*AGREEMENT, "SellerTradeParty", *path), ("AccountingSupplierParty", "Party", *path))


def buyer(doc: Document, *path: str) -> list[Node]:
    """Return nodes of the buyer: below BuyerTradeParty, or below the customer's Party."""
    return pick(doc, (*AGREEMENT, "BuyerTradeParty", *path), ("AccountingCustomerParty", "Party", *path))


def due_dates(doc: Document) -> list[Node]:
    """Return the nodes of BT-9; UBL may keep them at the payment means."""
    path = (*SETTLEMENT, "SpecifiedTradePaymentTerms", "DueDateDateTime", "DateTimeString")
    if is_cii(doc):
        return doc.root.find(path)
    return [*doc.root.children("DueDate"), *doc.root.find(("PaymentMeans", "PaymentDueDate"))]
