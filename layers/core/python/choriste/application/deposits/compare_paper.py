"""Compare the supplier's own document with the data that it is attached to.

Only what the page says for certain counts: where it does not, nothing is said. The differences are advice,
for customers pay what they read, and software what it was given.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from choriste.documents.read.inspection.text import extract_text
from choriste.documents.read.prefill import Confidence, FieldName, Prefill, prefill
from choriste.domain.deposits.advice import Kind
from choriste.domain.invoice.model import Invoice, SupportingDocument, Totals
from choriste.domain.invoice.own_document import attached_pdfs, own_document
from choriste.domain.shared.findings import Message
from choriste.formats.errors import UnreadableError
from choriste.i18n.formats import date_text, money_text
from choriste.rules.advice.said import Said

_AMOUNTS: Final[Mapping[FieldName, tuple[str, str]]] = {
    FieldName.TOTAL_WITHOUT_VAT: ("BT-109", "without_vat"),
    FieldName.TOTAL_VAT: ("BT-110", "vat"),
    FieldName.TOTAL_WITH_VAT: ("BT-112", "with_vat"),
    FieldName.AMOUNT_DUE: ("BT-115", "due"),
}
_DATES: Final[Mapping[FieldName, tuple[str, str]]] = {
    FieldName.ISSUE_DATE: ("BT-2", "issue_date"),
    FieldName.DUE_DATE: ("BT-9", "due_date"),
}


@dataclass(frozen=True, slots=True)
class Paper:
    """The supplier's own document, and what its page says otherwise than the data."""

    document: SupportingDocument
    differences: tuple[Said, ...]


def compare_paper(invoice: Invoice) -> Paper | None:
    """Return the supplier's own document with its differences; None where the invoice has none.

    A PDF whose name tells nothing is the supplier's own where its page bears the invoice's number for
    certain.
    """
    document = own_document(invoice)
    candidates = (document,) if document is not None else attached_pdfs(invoice)
    if len(candidates) != 1:
        return None
    read = _read(candidates[0].content or b"")
    if document is None and not _is_of(read, invoice):
        return None
    return Paper(candidates[0], tuple(_differences(read, invoice)))


def _read(content: bytes) -> Prefill:
    try:
        return prefill(extract_text(content))
    except UnreadableError:
        return Prefill()  # it is kept as it is, and compared with nothing


def _is_of(read: Prefill, invoice: Invoice) -> bool:
    number = read.filled().get(FieldName.NUMBER)
    return number is not None and _letters(number) == _letters(invoice.number or "")


def _differences(read: Prefill, invoice: Invoice) -> Iterator[Said]:
    sure = read.filled()
    number = sure.get(FieldName.NUMBER)
    if number is not None and invoice.number and _letters(number) != _letters(invoice.number):
        yield _said("BT-1", invoice.number, Message(fr=number, en=number))
    for name, (term, attribute) in _DATES.items():
        written: dt.date | None = getattr(invoice, attribute)
        day = dt.date.fromisoformat(sure[name]) if name in sure else None
        if day is not None and written is not None and day != written:
            yield _said(term, written.isoformat(), _day(day))
    if sure.get(FieldName.CURRENCY, invoice.currency) == invoice.currency:
        yield from _amounts(sure, invoice)
    yield from _accounts(read, invoice)


def _amounts(sure: Mapping[FieldName, str], invoice: Invoice) -> Iterator[Said]:
    """Yield the totals that differ; a credit note's have a sign on some pages, and none on others."""
    totals = invoice.totals or Totals()
    for name, (term, attribute) in _AMOUNTS.items():
        written: Decimal | None = getattr(totals, attribute)
        printed = Decimal(sure[name]) if name in sure else None
        if printed is not None and written is not None and abs(printed) != abs(written):
            yield _said(term, f"{written:f}", _money(printed, invoice.currency))


def _accounts(read: Prefill, invoice: Invoice) -> Iterator[Said]:
    transfers = invoice.payment.credit_transfers if invoice.payment is not None else ()
    written = [transfer.account for transfer in transfers if transfer.account]
    printed = [each for each in read.ibans if each.confidence is Confidence.CERTAIN]
    known = {_letters(account) for account in written}
    if written and printed and all(_letters(each.value) not in known for each in printed):
        account = printed[0].value
        yield _said("BG-17[1]/BT-84", written[0], Message(fr=account, en=account))


def _said(path: str, found: str, paper: Message) -> Said:
    return Said(Kind.PAPER, path, found, None, {"paper": paper})


def _day(day: dt.date) -> Message:
    return Message(fr=date_text(day, language="fr"), en=date_text(day, language="en"))


def _money(amount: Decimal, currency: str | None) -> Message:
    return Message(
        fr=money_text(amount, currency, language="fr"), en=money_text(amount, currency, language="en")
    )


def _letters(text: str) -> str:
    return re.sub(r"[\W_]", "", text).casefold()
