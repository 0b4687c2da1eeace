"""The extended profiles, line by line: headings, sub-lines, and what only a counted line must hold."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Final

from choriste.rules.engine.facts import code_list
from choriste.rules.engine.rule import BROKEN, Broken, Check
from choriste.rules.engine.syntax import CII, UBL
from choriste.rules.engine.tree import Document, Node, fold, in_order
from choriste.rules.engine.values import (
    ZERO,
    MalformedError,
    cents,
    decimal_of,
    double_cents,
    double_of,
    double_sum,
    show,
)
from choriste.rules.rulesets.bindings import binding_of
from choriste.rules.rulesets.extended.parts import is_counted
from choriste.rules.rulesets.extended.register import REGISTER

__all__ = ["REGISTER"]
_DOCUMENT: Final = "AssociatedDocumentLineDocument"
_DATE_205: Final = re.compile(
    r"\s*[0-9]{4}(1[0-2]|0[1-9])(3[01]|[12][0-9]|0[1-9])([01][0-9]|2[0-3])[0-5][0-9]\s*\Z"
)


def _own(line: Node, doc: Document) -> list[Node]:
    own = {n.raw for n in doc.root.children("ID")}
    references = line.children("BillingReference")
    return [r for r in references if own & {n.raw for n in r.find(("InvoiceDocumentReference", "ID"))}]


def _statuses(line: Node, doc: Document) -> list[str]:
    if doc.syntax == CII:
        return [n.raw for n in line.find((_DOCUMENT, "LineStatusReasonCode"))]
    path = ("InvoiceDocumentReference", "DocumentStatusCode")
    return [n.raw for r in _own(line, doc) for n in r.find(path)]


def _parents(line: Node, doc: Document) -> list[str]:
    if doc.syntax == CII:
        return [n.text for n in line.find((_DOCUMENT, "ParentLineID")) if n.text]
    return [n.raw for r in _own(line, doc) for n in r.find(("BillingReferenceLine", "ID"))]


def _ids(line: Node, doc: Document) -> list[str]:
    return [n.raw for n in line.find((_DOCUMENT, "LineID") if doc.syntax == CII else ("ID",))]


def _lines(doc: Document) -> list[Node]:
    return [line for path in binding_of(doc).lines for line in doc.root.find(path)]


def _totals(line: Node, doc: Document) -> list[Node]:
    return line.find(binding_of(doc).line_total)


@REGISTER.rule("BR-FREXT-05")
def _status_known(node: Node, doc: Document) -> Broken | None:
    found = _statuses(node, doc)
    known = {"DETAIL", "GROUP", "INFORMATION"}
    wrong = [s for s in found if s not in known]
    return Broken(node, wrong[0], " ".join(sorted(known))) if wrong else None


@REGISTER.rule("BR-FREXT-06")
def _status_of_sub_line(node: Node, doc: Document) -> Broken | None:
    return BROKEN if _parents(node, doc) and not any(_statuses(node, doc)) else None


@REGISTER.rule("BR-FREXT-11")
def _parent_exists(node: Node, doc: Document) -> Broken | None:
    parents = set(_parents(node, doc))
    others = parents - set(_ids(node, doc)) if parents else parents
    return None if not parents or others & doc.once(_all_ids) else Broken(node, " ".join(sorted(parents)))


def _all_ids(doc: Document) -> frozenset[str]:
    return frozenset(i for line in _lines(doc) for i in _ids(line, doc))


def _is_group_with_total(line: Node, doc: Document) -> bool:
    return "GROUP" in _statuses(line, doc) and bool(_totals(line, doc))


def _children(line: Node, doc: Document, statuses: set[str]) -> list[Node]:
    below = doc.once(_by_parent)
    children = in_order({child for parent in _ids(line, doc) for child in below.get(parent, ())})
    return [child for child in children if not statuses.isdisjoint(_statuses(child, doc))]


def _by_parent(doc: Document) -> dict[str, list[Node]]:
    below: dict[str, list[Node]] = {}
    for line in _lines(doc):
        for parent in _parents(line, doc):
            below.setdefault(parent, []).append(line)
    return below


def _group_sum(line: Node, doc: Document) -> Decimal:
    children = _children(line, doc, {"GROUP", "DETAIL"})
    return cents(sum((decimal_of(n) for c in children for n in _totals(c, doc)), ZERO))


@REGISTER.rule("BR-FREXT-08")
def _group_total(node: Node, doc: Document) -> Broken | None:
    if not _is_group_with_total(node, doc):
        return None
    expected, stated = _group_sum(node, doc), _totals(node, doc)
    if any(decimal_of(n) == expected for n in stated):
        return None
    return Broken(stated[0], stated[0].raw, f"Σ BT-131 = {show(expected)}")


@REGISTER.rule("BR-FXEXT-08", syntax=CII)
def _all_group_totals(_: Node, doc: Document) -> Broken | None:
    """The sums are those of XPath `number()`: a value that is absent or no number makes them fail."""
    for line in _lines(doc):
        stated = [n for n in _totals(line, doc) if n.text]
        if "GROUP" not in _statuses(line, doc) or not stated:
            continue
        children = _children(line, doc, {"GROUP", "DETAIL"})
        expected = double_cents(double_sum(_number(_totals(c, doc)) for c in children))
        if _number(stated) != expected:
            formula = f"Σ BT-131 = {show(expected)}" if math.isfinite(expected) else None
            return Broken(stated[0], stated[0].raw, formula)
    return None


def _number(nodes: Sequence[Node]) -> float:
    try:
        return double_of(nodes[0]) if nodes else math.nan
    except MalformedError:
        return math.nan


@REGISTER.rule("BR-FREXT-12", "BR-FXEXT-12")
def _groups_all_have_totals(node: Node, doc: Document) -> Broken | None:
    if not _is_group_with_total(node, doc):
        return None
    without = [c for c in _children(node, doc, {"GROUP"}) if not _totals(c, doc)]
    return Broken(without[0], None, "BT-131") if without else None


def _on_counted(holds: Callable[[Node], bool]) -> Check:
    return lambda node, doc: None if holds(node) or not is_counted(node, doc) else BROKEN


_QUANTITIES: Final = ("InvoicedQuantity", "CreditedQuantity")


def _has_unit(line: Node) -> bool:
    found = [n for name in _QUANTITIES for n in line.children(name)]
    return any(n.get("unitCode") is not None for n in found)


for _rule, _holds in (
    ("BR-FREXT-22", lambda n: any(n.has(q) for q in _QUANTITIES)),
    ("BR-FREXT-23", _has_unit),
    ("BR-FREXT-24", lambda n: n.has("LineExtensionAmount")),
    ("BR-FREXT-26", lambda n: bool(n.find(("Price", "PriceAmount")))),
):
    REGISTER.add(_rule, _on_counted(_holds), syntax=UBL)


@REGISTER.rule("UBL-FREXT-SR-48", syntax=UBL)
def _one_category(node: Node, doc: Document) -> Broken | None:
    count = len(node.find(("Item", "ClassifiedTaxCategory")))
    counted = not node.find(("BillingReference", "InvoiceDocumentReference", "ID"))
    counted = counted or "DETAIL" in _statuses(node, doc)
    return None if count == 1 or (count == 0 and not counted) else Broken(found=str(count), expected="1")


@REGISTER.rule("BR-FREXT-CL-10", syntax=UBL)
def _party_scheme(node: Node, _: Document) -> Broken | None:
    scheme = fold(node.get("schemeID") or "")
    owners = {"AccountingSupplierParty", "PayeeParty"}
    creditor = scheme == "SEPA" and any(a.state.name in owners for a in node.ancestors())
    return None if creditor or scheme in code_list("BR-FREXT-CL-10") else Broken(node, scheme, "ISO 6523 ICD")


@REGISTER.rule("BR-FREXT-CL-20-LISTID")
def _reason_list(node: Node, _: Document) -> Broken | None:
    name = fold(node.get("listID") or "")
    return None if name in {"7161", "5153"} else Broken(node, name, "7161 5153")


@REGISTER.rule("CII-EXT-DT-018", syntax=CII)
def _document_type(node: Node, _: Document) -> Broken | None:
    types = node.children("TypeCode")
    supporting = node.state.name == "AdditionalReferencedDocument"
    fits = supporting and any(n.raw in {"50", "130", "916"} for n in types)
    return None if not types or fits or node.state.name == "InvoiceReferencedDocument" else Broken(types[0])


@REGISTER.rule("CII-FREXT-DT-024", syntax=CII)
def _reference_type(node: Node, _: Document) -> Broken | None:
    found = node.children("ReferenceTypeCode")
    supporting = node.state.name == "AdditionalReferencedDocument"
    fits = supporting and any(n.raw == "130" for n in node.children("TypeCode"))
    return None if not found or fits or node.state.name == "ContractReferencedDocument" else Broken(found[0])


@REGISTER.rule("BR-FXEXT-03", syntax=CII)
def _vat_scheme(node: Node, _: Document) -> Broken | None:
    return None if node.get("schemeID") == "VA" else Broken(node, node.get("schemeID"), "VA")


@REGISTER.rule("BR-FXEXT-CII-DT-097a", syntax=CII)
def _date_and_time(node: Node, _: Document) -> Broken | None:
    return None if _DATE_205.match(node.raw) else Broken(node, node.raw, "AAAAMMJJhhmm / YYYYMMDDhhmm")


def _only_these(path: tuple[str, ...], names: set[str], below: tuple[str, set[str]] | None = None) -> Check:
    """Make a check: the groups at a path hold only children of these names, and so does one of them."""

    def check(node: Node, _: Document) -> Broken | None:
        groups = node.find(path)
        odd = [k for g in groups for k in g.every_child() if k.state.name not in names]
        if below is not None:
            inner = [i for g in groups for i in g.children(below[0])]
            odd += [k for i in inner for k in i.every_child() if k.state.name not in below[1]]
        return Broken(odd[0]) if odd else None

    return check


_TERMS_CII: Final = ({"DeliveryTypeCode", "RelevantTradeLocation"}, ("RelevantTradeLocation", {"Name"}))
_TERMS_UBL: Final = ({"ID", "DeliveryLocation"}, ("DeliveryLocation", {"Name"}))
_RATES: Final = {"SourceCurrencyCode", "TargetCurrencyCode"}
for _rule in ("CII-FREXT-SR-106", "CII-FREXT-SR-293"):
    REGISTER.add(_rule, _only_these(("ApplicableTradeDeliveryTerms",), *_TERMS_CII), syntax=CII)
REGISTER.add(
    "CII-FREXT-SR-366",
    _only_these(
        ("TaxApplicableTradeCurrencyExchange",), _RATES | {"ConversionRate", "ConversionRateDateTime"}
    ),
    syntax=CII,
)
REGISTER.add("UBL-FREXT-CR-410", _only_these(("DeliveryTerms",), *_TERMS_UBL), syntax=UBL)
REGISTER.add(
    "CII-FREXT-CR-490", _only_these(("TaxExchangeRate",), _RATES | {"CalculationRate", "Date"}), syntax=UBL
)


@REGISTER.rule("UBL-FREXT-CR-645", syntax=UBL)
def _delivery_terms_of_lines(node: Node, doc: Document) -> Broken | None:
    for name in ("InvoiceLine", "CreditNoteLine"):
        broken = _only_these((name, "DeliveryTerms"), *_TERMS_UBL)(node, doc)
        if broken:
            return broken
    return None


def _parent_id(line: Node) -> str:
    found = line.find(("AssociatedDocumentLineDocument", "ParentLineID"))
    return found[0].text if found else ""


@REGISTER.rule("BR-FXEXT-06", syntax=CII)
def _status_of_cii_sub_line(node: Node, _: Document) -> Broken | None:
    status = node.find(("AssociatedDocumentLineDocument", "LineStatusReasonCode"))
    return None if not _parent_id(node) or any(n.raw for n in status) else BROKEN


@REGISTER.rule("BR-FXEXT-11", syntax=CII)
def _parent_line_exists(node: Node, doc: Document) -> Broken | None:
    return None if _parent_id(node) in doc.once(_folded_ids) else Broken(node, _parent_id(node))


def _folded_ids(doc: Document) -> frozenset[str]:
    return frozenset(n.text for n in doc.all("IncludedSupplyChainTradeLineItem", _DOCUMENT, "LineID"))


@REGISTER.rule("BR-FREXT-CO-04", "BR-FXEXT-CO-04", syntax=UBL)
def _category(node: Node, doc: Document) -> Broken | None:
    taxes = node.find(("Item", "ClassifiedTaxCategory"))
    vat = [t for t in taxes if any(n.text.upper() == "VAT" for n in t.find(("TaxScheme", "ID")))]
    return None if not is_counted(node, doc) or any(t.has("ID") for t in vat) else BROKEN


@REGISTER.rule("BR-FREXT-CO-04", "BR-FXEXT-CO-04", syntax=CII)
def _category_cii(node: Node, _: Document) -> Broken | None:
    taxes = node.find(("..", "SpecifiedLineTradeSettlement", "ApplicableTradeTax"))
    vat = [t for t in taxes if any(n.raw.upper() == "VAT" for n in t.children("TypeCode"))]
    return None if any(t.has("CategoryCode") for t in vat) else BROKEN


@REGISTER.rule("BR-FREXT-54-2", "BR-FXEXT-BR-54-2")
def _value_or_measure(node: Node, doc: Document) -> Broken | None:
    measures = node.children("ValueMeasure" if doc.syntax == CII else "ValueQuantity")
    if node.has("Value"):
        return Broken(measures[0]) if measures else None
    return None if any(n.get("unitCode") for n in measures) else BROKEN


@REGISTER.rule("CII-FREXTDT-027", syntax=CII)
def _issue_date_on(node: Node, _: Document) -> Broken | None:
    holders = {"Invoice", "Contract", "BuyerOrder", "DespatchAdvice"}
    found = node.children("FormattedIssueDateTime")
    allowed = node.state.name.removesuffix("ReferencedDocument") in holders
    return None if not found or allowed else Broken(found[0])
