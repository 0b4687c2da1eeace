"""BR-FR-CO-03 to 09 and 12: what the type and the frame of an invoice ask of its references and amounts."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Final

from choriste.rules.engine.rule import BROKEN, Broken
from choriste.rules.engine.syntax import CII, UBL
from choriste.rules.engine.tree import Document, Node
from choriste.rules.engine.values import MalformedError, decimal_of, double_of, only
from choriste.rules.rulesets.brfr.register import REGISTER
from choriste.rules.rulesets.brfr.views import (
    AGREEMENT,
    SETTLEMENT,
    TOTALS,
    due_dates,
    frames,
    is_cii,
    pick,
    types,
)

_CORRECTIONS: Final = frozenset({"384", "471", "472", "473"})
_CREDITS: Final = frozenset({"261", "381", "396", "502", "503"})
_DEPOSITS: Final = frozenset({"386", "500", "503"})
_LINE_DEPTH: Final = 3
_PAID: Final = frozenset({"B2", "S2", "M2"})
_FINAL: Final = frozenset({"B4", "S4", "M4"})


def _filled(nodes: list[Node]) -> bool:
    node = only(nodes)
    return node is not None and node.raw != ""


@REGISTER.rule("BR-FR-CO-03_BT-3")
def _contract_and_period(_: Node, doc: Document) -> Broken | None:
    """A rebate (262) names its contract and its period."""
    if "262" not in types(doc):
        return None
    period = (*SETTLEMENT, "BillingSpecifiedPeriod")
    needed = (
        pick(
            doc,
            (*AGREEMENT, "ContractReferencedDocument", "IssuerAssignedID"),
            ("ContractDocumentReference", "ID"),
        ),
        pick(doc, (*period, "StartDateTime", "DateTimeString"), ("InvoicePeriod", "StartDate")),
        pick(doc, (*period, "EndDateTime", "DateTimeString"), ("InvoicePeriod", "EndDate")),
    )
    missing = [t for t, n in zip(("BT-12", "BT-73", "BT-74"), needed, strict=True) if not _filled(n)]
    return Broken(expected=" + ".join(missing)) if missing else None


def _references(doc: Document) -> list[Node]:
    return pick(doc, (*SETTLEMENT, "InvoiceReferencedDocument"), ("BillingReference",))


@REGISTER.rule("BR-FR-CO-04_BT-4", syntax=CII)
@REGISTER.rule("BR-FR-CO-04_BT-3", syntax=UBL)
def _one_reference(_: Node, doc: Document) -> Broken | None:
    """A corrective invoice refers to exactly one invoice."""
    mine = types(doc) if is_cii(doc) else {n.raw for n in doc.root.children("InvoiceTypeCode")}
    count = len(_references(doc))
    return None if mine.isdisjoint(_CORRECTIONS) or count == 1 else Broken(found=str(count), expected="1")


_DATE_CII: Final = ("FormattedIssueDateTime", "qdt:DateTimeString")


def _dated_cii(references: Iterable[Node]) -> bool:
    return any(r.has("IssuerAssignedID") and r.find(_DATE_CII) for r in references)


@REGISTER.rule("BR-FR-CO-05_BT-3", syntax=CII)
def _credited_cii(_: Node, doc: Document) -> Broken | None:
    """A credit note refers to a dated invoice, in its header or on every line."""
    if types(doc).isdisjoint(_CREDITS) or _dated_cii(_references(doc)):
        return None
    for line in doc.all("IncludedSupplyChainTradeLineItem"):
        status = [n.raw for n in line.find(("AssociatedDocumentLineDocument", "LineStatusReasonCode"))]
        direct = line.state.depth == _LINE_DEPTH and (not status or "DETAIL" in status)
        path = ("SpecifiedLineTradeSettlement", "InvoiceReferencedDocument")
        if direct and not _dated_cii(line.find(path)):
            return Broken(expected="BT-25 + BT-26")
    return None


def own_references(line: Node, doc: Document) -> list[Node]:
    """Return the references of a UBL line to its own invoice: they carry its status and its parent."""
    own = {n.raw for n in doc.root.children("ID")}
    references = line.children("BillingReference")
    return [r for r in references if own & {n.raw for n in r.find(("InvoiceDocumentReference", "ID"))}]


def statuses(reference: Node) -> set[str]:
    """Return the line statuses (GROUP, DETAIL, INFORMATION) that a UBL billing reference gives."""
    return {n.raw for n in reference.find(("InvoiceDocumentReference", "DocumentStatusCode"))}


@REGISTER.rule("BR-FR-CO-05_BT-3", syntax=UBL)
def _credited_ubl(_: Node, doc: Document) -> Broken | None:
    if types(doc).isdisjoint(_CREDITS):
        return None
    header = [n for r in _references(doc) for n in r.children("InvoiceDocumentReference")]
    if any(n.has("ID") and n.has("IssueDate") for n in header):
        return None
    for line in doc.root.children("CreditNoteLine"):
        mine = own_references(line, doc)
        if (not mine or any("DETAIL" in statuses(r) for r in mine)) and not _credits_another(line, doc):
            return Broken(expected="BT-25 + BT-26")
    return None


def _credits_another(line: Node, doc: Document) -> bool:
    own = {n.raw for n in doc.root.children("ID")}
    for reference in line.children("BillingReference"):
        documents = reference.children("InvoiceDocumentReference")
        others = any(n.raw not in own for d in documents for n in d.children("ID"))
        if others and any(d.has("ID") and d.has("IssueDate") for d in documents):
            return True
    return False


@REGISTER.rule("BR-FR-CO-07_BT-9")
def _due_after_issue(_: Node, doc: Document) -> Broken | None:
    """The due date is not before the issue date, but for deposits and invoices already paid."""
    due = due_dates(doc)
    if not due or types(doc) & _DEPOSITS or frames(doc) & _PAID:
        return None
    issued = pick(doc, ("ExchangedDocument", "IssueDateTime", "DateTimeString"), ("IssueDate",))
    if is_cii(doc):
        only(due)
        right = due[0].raw == "" or (bool(issued) and due[0].raw >= issued[0].raw)
    else:
        right = not any(d.raw < i.raw for d in due for i in issued)
    return None if right else Broken(due[0], due[0].raw, f"≥ {issued[0].raw}" if issued else "BT-2")


@REGISTER.rule("BR-FR-CO-08_BT-23")
def _no_deposit_after_deposit(_: Node, doc: Document) -> Broken | None:
    """The frame of a final invoice after deposits excludes a deposit invoice."""
    both = frames(doc) & _FINAL and types(doc) & _DEPOSITS
    return Broken(found=f"{' '.join(sorted(frames(doc)))} / {' '.join(sorted(types(doc)))}") if both else None


def _number(nodes: list[Node]) -> float:
    node = only(nodes)
    try:
        return math.nan if node is None else double_of(node)
    except MalformedError:
        return math.nan


def _paid_total(name: str, ubl: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    return (*TOTALS, name), ("LegalMonetaryTotal", ubl)


def _equal_amounts(first: list[Node], second: list[Node] | None, doc: Document) -> bool:
    if is_cii(doc):
        return _number(first) == (0.0 if second is None else _number(second))
    one, other = only(first), only(second or [])
    if one is None or (second is not None and other is None):
        return False
    return decimal_of(one) == (0 if other is None else decimal_of(other))


@REGISTER.rule("BR-FR-CO-09_BT-23-1")
def _paid_in_full(_: Node, doc: Document) -> Broken | None:
    """An invoice already paid (frames x2): BT-113 = BT-112."""
    paid = pick(doc, *_paid_total("TotalPrepaidAmount", "PrepaidAmount"))
    gross = pick(doc, *_paid_total("GrandTotalAmount", "TaxInclusiveAmount"))
    if not frames(doc) & _PAID or _equal_amounts(paid, gross, doc):
        return None
    return Broken(
        paid[0] if paid else None,
        paid[0].raw if paid else None,
        f"BT-112 = {gross[0].raw}" if gross else None,
    )


@REGISTER.rule("BR-FR-CO-09_BT-23-2")
def _nothing_due(_: Node, doc: Document) -> Broken | None:
    """An invoice already paid (frames x2): BT-115 = 0."""
    due = pick(doc, *_paid_total("DuePayableAmount", "PayableAmount"))
    if not frames(doc) & _PAID or _equal_amounts(due, None, doc):
        return None
    return Broken(due[0] if due else None, due[0].raw if due else None, "0.00")


@REGISTER.rule("BR-FR-CO-09_BT-23-3")
def _payment_date(_: Node, doc: Document) -> Broken | None:
    """An invoice already paid (frames x2): BT-9 is the date of payment."""
    return None if not frames(doc) & _PAID or _filled(due_dates(doc)) else BROKEN


@REGISTER.rule("BR-FR-CO-12_BT-5")
def _vat_in_euros(_: Node, doc: Document) -> Broken | None:
    """An invoice in another currency gives its VAT in euros: BT-6 = EUR and BT-111."""
    currencies = pick(doc, (*SETTLEMENT, "InvoiceCurrencyCode"), ("DocumentCurrencyCode",))
    if not any(n.raw != "EUR" for n in currencies):
        return None
    accounting = pick(doc, (*SETTLEMENT, "TaxCurrencyCode"), ("TaxCurrencyCode",))
    taxes = pick(doc, (*TOTALS, "TaxTotalAmount"), ("TaxTotal", "TaxAmount"))
    in_euros = any(n.raw == "EUR" for n in accounting)
    if in_euros and _filled([n for n in taxes if n.get("currencyID") == "EUR"]):
        return None
    return Broken(currencies[0], currencies[0].raw, "BT-6 = EUR, BT-111")
