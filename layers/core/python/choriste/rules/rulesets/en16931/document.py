"""Rules on the document as a whole: currencies, periods, VAT breakdown groups, decimals of VAT totals."""

from __future__ import annotations

from choriste.rules.engine.rule import BROKEN, Broken, Check, Watch
from choriste.rules.engine.syntax import CII, UBL
from choriste.rules.engine.tree import Document, Node
from choriste.rules.engine.values import date_of, double_cents, double_of, is_in_cents
from choriste.rules.rulesets.bindings import settlement
from choriste.rules.rulesets.en16931.register import REGISTER
from choriste.rules.rulesets.en16931.totals import ubl_is_vat


@REGISTER.rule("BR-03", syntax=CII)
def _issue_date(node: Node, _: Document) -> Broken | None:
    dates = node.find(("ExchangedDocument", "IssueDateTime", "DateTimeString"))
    found = [n for n in dates if n.get("format") == "102"]
    if found and found[0].text:
        return None
    return Broken(dates[0] if dates else None, dates[0].raw if dates else None)


@REGISTER.rule("BR-04", syntax=UBL)
def _type_code(node: Node, _: Document) -> Broken | None:
    codes = [*node.children("InvoiceTypeCode")[:1], *node.children("CreditNoteTypeCode")[:1]]
    return None if any(n.text for n in codes) else BROKEN


def _has_tax_currency(doc: Document) -> bool:
    return bool(settlement(doc, "TaxCurrencyCode"))


@REGISTER.rule("BR-53", syntax=CII, gate=_has_tax_currency)
def _accounting_currency(node: Node, doc: Document) -> Broken | None:
    wanted = {n.raw for n in settlement(doc, "TaxCurrencyCode")}
    given = {n.get("currencyID") for n in node.children("TaxTotalAmount")}
    invoice = {n.raw for n in settlement(doc, "InvoiceCurrencyCode")}
    return None if wanted & given and not wanted & invoice else Broken(expected=" ".join(sorted(wanted)))


@REGISTER.rule("BR-53", syntax=UBL, watch=Watch(given=(("TaxCurrencyCode",),)))
def _accounting_currency_ubl(node: Node, doc: Document) -> Broken | None:
    amounts = [n for t in doc.all("TaxTotal") for n in t.children("TaxAmount")]
    given = {n.get("currencyID") for n in amounts}
    for currency in node.children("TaxCurrencyCode"):
        if currency.raw not in given:
            return Broken(currency, None, currency.raw)
    return None


def _vat_total_decimals(name: str) -> Check:
    def check(node: Node, doc: Document) -> Broken | None:
        amounts = node.children("TaxTotalAmount")
        currencies = {n.raw for n in settlement(doc, name)}
        for amount in amounts:
            mine = amount.get("currencyID") in currencies
            if mine and (is_in_cents(amount) or double_of(amount) == double_cents(double_of(amount))):
                return None
            if not mine and (name == "InvoiceCurrencyCode" or not currencies):
                return None
        return Broken(amounts[0], amounts[0].raw, "≤ 2") if amounts else None

    return check


REGISTER.add("BR-DEC-13", _vat_total_decimals("InvoiceCurrencyCode"), syntax=CII)
REGISTER.add("BR-DEC-15", _vat_total_decimals("TaxCurrencyCode"), syntax=CII)


def _period_cii(node: Node, _: Document) -> Broken | None:
    if not (node.has("StartDateTime") and node.has("EndDateTime")):
        return None
    starts, ends = (
        [n for n in node.find((name, "DateTimeString")) if n.get("format") == "102"]
        for name in ("StartDateTime", "EndDateTime")
    )
    if any(end.raw >= start.raw for end in ends for start in starts):
        return None
    start, end = starts[0].raw if starts else "?", ends[0].raw if ends else "?"
    return Broken(ends[0] if ends else None, end, f"≥ {start}")


def _period_ubl(node: Node, _: Document) -> Broken | None:
    start, end = node.first("StartDate"), node.first("EndDate")
    if start is None or end is None or date_of(end) >= date_of(start):
        return None
    return Broken(end, end.raw, f"≥ {start.raw}")


for _rule in ("BR-29", "BR-30"):
    REGISTER.add(_rule, _period_cii, syntax=CII, watch=Watch(given=(("EndDateTime",),)))
    REGISTER.add(_rule, _period_ubl, syntax=UBL, watch=Watch(given=(("EndDate",),)))


@REGISTER.rule("BR-CO-19", syntax=UBL)
def _period_filled(node: Node, _: Document) -> Broken | None:
    return None if node.has("StartDate", "EndDate", "DescriptionCode") else BROKEN


def _has_two_tax_points(doc: Document) -> bool:
    return bool(doc.all("TaxPointDate") and doc.all("DueDateTypeCode"))


@REGISTER.rule("BR-CO-03", syntax=CII, gate=_has_two_tax_points)
def _one_tax_point(_: Node, doc: Document) -> Broken | None:
    return BROKEN if _has_two_tax_points(doc) else None


@REGISTER.rule("BR-CO-03", syntax=UBL, watch=Watch(given=(("TaxPointDate",),)))
def _one_tax_point_ubl(node: Node, _: Document) -> Broken | None:
    codes = node.find(("InvoicePeriod", "DescriptionCode"))
    return BROKEN if node.has("TaxPointDate") and codes else None


def _is_vat_cii(node: Node) -> bool:
    return any(n.raw.upper() == "VAT" for n in node.children("TypeCode"))


@REGISTER.rule("BR-47", syntax=CII)
def _breakdown_category(node: Node, _: Document) -> Broken | None:
    return None if _is_vat_cii(node) and node.has("CategoryCode") else BROKEN


@REGISTER.rule("BR-48", syntax=CII)
def _breakdown_rate(node: Node, _: Document) -> Broken | None:
    outside = any(n.raw == "O" for n in node.children("CategoryCode"))
    return None if _is_vat_cii(node) and (outside or node.has("RateApplicablePercent")) else BROKEN


@REGISTER.rule("BR-47", syntax=UBL)
def _breakdown_category_ubl(node: Node, _: Document) -> Broken | None:
    return None if any(ubl_is_vat(c) and c.has("ID") for c in node.children("TaxCategory")) else BROKEN


@REGISTER.rule("BR-48", syntax=UBL)
def _breakdown_rate_ubl(node: Node, _: Document) -> Broken | None:
    for category in node.children("TaxCategory"):
        code = category.first("ID")
        outside = code is not None and code.text == "O"
        if ubl_is_vat(category) and (outside or category.has("Percent")):
            return None
    return BROKEN


def _allowance_category_cii(node: Node, _: Document) -> Broken | None:
    groups = node.children("CategoryTradeTax")
    return None if any(_is_vat_cii(g) and g.has("CategoryCode") for g in groups) else BROKEN


def _allowance_category_ubl(node: Node, _: Document) -> Broken | None:
    return _breakdown_category_ubl(node, _)


for _rule in ("BR-32", "BR-37"):
    REGISTER.add(_rule, _allowance_category_cii, syntax=CII)
    REGISTER.add(_rule, _allowance_category_ubl, syntax=UBL)
