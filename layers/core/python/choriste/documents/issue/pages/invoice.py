"""The page of an invoice or credit note: every business term that the data holds is readable on it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from choriste.documents.issue.context import DocumentContext, Logo
from choriste.documents.issue.pages.extensions import Extensions, extensions_of
from choriste.documents.issue.pages.lines import line_table
from choriste.documents.issue.pages.money import adjustment_table, payment_block, totals_block, vat_table
from choriste.documents.issue.pages.pairs import Pair, identifier_pair, labelled, pairs
from choriste.documents.issue.pages.parties import party_columns
from choriste.documents.issue.pages.technical import technical_block
from choriste.documents.issue.wording import Wording, wording
from choriste.domain.invoice.model import Invoice, Note, SupportingDocument, Totals
from choriste.domain.invoice.own_document import own_document
from choriste.domain.invoice.reading import Leftover

Block = dict[str, object]

# UNTDID 1001 codes that credit: EN 16931's credit notes, and those of the French reform.
_CREDITS = frozenset(
    ("81", "83", "261", "262", "296", "308", "381", "396", "420", "458", "502", "503", "532")
)
_REFERENCES = (
    "buyer_reference",
    "purchase_order_reference",
    "contract_reference",
    "project_reference",
    "sales_order_reference",
    "receiving_advice_reference",
    "despatch_advice_reference",
    "tender_reference",
    "buyer_accounting_reference",
)


def invoice_page(
    invoice: Invoice, context: DocumentContext, *, language: str, leftovers: Sequence[Leftover] = ()
) -> Block:
    """Return what the invoice template shows, as JSON values.

    `leftovers` are what the reading of the invoice's file found beyond EN 16931.
    """
    words = wording(language)
    extensions = extensions_of(leftovers, words, currency=invoice.currency)
    credit = is_credit(invoice)
    kind = words.of("kind", invoice.type_code)
    if kind == (invoice.type_code or ""):
        kind = words["kind.credit" if credit else "kind.invoice"]
    number = invoice.number or words["without_number"]
    issuer = (invoice.seller.name if invoice.seller else None) or ""
    return {
        "language": words.language,
        "title": f"{kind} {number}" + (f" — {issuer}" if issuer else ""),
        "author": issuer or "Choriste",
        "issuer": issuer,
        "kind": kind,
        "number": number,
        "logo": _logo(context.logo),
        "highlights": _highlights(invoice, extensions, words, credit=credit),
        "parties": party_columns(invoice, words),
        "references": {"title": words["references"], "pairs": _references(invoice, context, words)},
        "lines": line_table(invoice, words, extensions),
        "adjustments": adjustment_table(invoice, words),
        "vat": vat_table(invoice, words),
        "totals": totals_block(invoice, words, credit=credit),
        "payment": payment_block(invoice, words, extensions),
        "notes": _notes(invoice, words),
        "attachments": _attachments(invoice, words),
        "further": {"title": words["further"], "pairs": list(extensions.others)}
        if extensions.others
        else None,
        "technical": technical_block(invoice, context, words),
        "footer": _footer(invoice, context, words),
    }


def is_credit(invoice: Invoice) -> bool:
    """Whether the document's type code (UNTDID 1001) is that of a credit note."""
    return invoice.type_code in _CREDITS


def _logo(logo: Logo | None) -> Block | None:
    return {"bytes": list(logo.content), "alternative": logo.alternative} if logo else None


def _highlights(invoice: Invoice, extensions: Extensions, words: Wording, *, credit: bool) -> list[Pair]:
    due = (invoice.totals or Totals()).due
    until = extensions.due_date(invoice.due_date)
    return pairs(
        (words["issued_credit" if credit else "issued"], _long(invoice.issue_date, words)),
        (words["payment.due_date" if credit else "due_on"], _long(until, words)),
        (
            words["amount_credited" if credit else "amount_due"],
            words.money(due, invoice.currency) if due is not None else None,
        ),
    )


def _references(invoice: Invoice, context: DocumentContext, words: Wording) -> list[Pair]:
    service = " — ".join(part for part in (context.service_code, context.service_name) if part)
    shown = labelled(
        words,
        "reference",
        (("engagement", context.engagement), ("service", service), ("frame", context.frame)),
    )
    shown += labelled(words, "reference", ((name, getattr(invoice, name)) for name in _REFERENCES))
    shown += identifier_pair(words["reference.invoiced_object"], invoice.invoiced_object)
    for preceding in invoice.preceding_invoices:
        issued = words.day(preceding.issue_date) if preceding.issue_date else None
        text = " — ".join(part for part in (preceding.number, issued) if part)
        shown += pairs((words["reference.preceding"], text))
    return shown + labelled(words, "reference", _terms(invoice, words))


def _terms(invoice: Invoice, words: Wording) -> tuple[tuple[str, str | None], ...]:
    period = invoice.period
    return (
        ("period", words.period(period.start, period.end) if period else None),
        ("tax_point_date", _long(invoice.tax_point_date, words)),
        ("tax_point_code", words.of("tax_point", invoice.tax_point_code)),
        ("vat_currency", invoice.vat_currency),
    )


def _notes(invoice: Invoice, words: Wording) -> Block | None:
    rows = [
        [_subject(note, words), note.text or ""] for note in invoice.notes if note.text or note.subject_code
    ]
    return {"title": words["notes"], "rows": rows} if rows else None


def _subject(note: Note, words: Wording) -> str:
    return words.of("note", note.subject_code) if note.subject_code else ""


def _attachments(invoice: Invoice, words: Wording) -> Block | None:
    own = own_document(invoice)
    rows = [
        _attachment_row(document, words["attachment.own"] if document is own else "")
        for document in invoice.supporting_documents
    ]
    columns = [words[f"attachment.{column}"] for column in ("reference", "description", "file")]
    return {"title": words["attachments"], "columns": columns, "rows": rows} if rows else None


def _attachment_row(document: SupportingDocument, mark: str) -> list[str]:
    """Return a document that goes with the invoice; `mark` says that it is the supplier's own."""
    file = " — ".join(part for part in (document.filename, document.uri) if part)
    described = " — ".join(part for part in (mark, document.description) if part)
    return [document.reference or "", described, file]


def _footer(invoice: Invoice, context: DocumentContext, words: Wording) -> Block:
    technical = f"{words['tracking.technical_id']} {context.technical_id}" if context.technical_id else ""
    number = invoice.number or words["without_number"]
    return {
        "left": " · ".join(part for part in (number, technical) if part),
        "duplicate": words["duplicate"],
        "page": words.open("page"),
    }


def _long(day: dt.date | None, words: Wording) -> str | None:
    return words.long_day(day) if day else None
