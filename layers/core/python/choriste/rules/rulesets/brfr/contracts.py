"""BR-FR-MV and BR-FR-BD: multi-vendor invoices (frames x8) and bidirectional ones (frames x9).

The lines of such an invoice are grouped: a heading line (GROUP, without parent) stands for the invoice of
one seller, its details follow. In CII the line document tells status and parent; in UBL a billing reference
to the invoice itself does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Final

from choriste.rules.engine.rule import BROKEN, Broken, Check
from choriste.rules.engine.syntax import CII, UBL
from choriste.rules.engine.tree import Document, Node
from choriste.rules.engine.values import ZERO, decimal_of, only
from choriste.rules.rulesets.brfr.consistency import own_references, statuses
from choriste.rules.rulesets.brfr.register import REGISTER
from choriste.rules.rulesets.brfr.views import (
    MULTI_VENDOR,
    SELF_BILLED,
    SETTLEMENT,
    buyer,
    is_bidirectional,
    is_cii,
    is_grouped,
    is_multi_vendor,
    pick,
    seller,
    with_scheme,
)

_STATUS: Final = ("AssociatedDocumentLineDocument", "LineStatusReasonCode")
_PARENT: Final = ("AssociatedDocumentLineDocument", "ParentLineID")
_SUMS: Final = ("SpecifiedLineTradeSettlement", "SpecifiedTradeSettlementLineMonetarySummation")
_CENT: Final = Decimal("0.01")


def _lines(doc: Document) -> list[Node]:
    if is_cii(doc):
        return doc.root.find(("SupplyChainTradeTransaction", "IncludedSupplyChainTradeLineItem"))
    return [*doc.root.children("InvoiceLine"), *doc.root.children("CreditNoteLine")]


def _heads(doc: Document) -> list[Node]:
    return [line for line in _lines(doc) if _is_head(line, doc)]


def _is_head(line: Node, doc: Document) -> bool:
    if is_cii(doc):
        return any(n.raw == "GROUP" for n in line.find(_STATUS)) and not line.find(_PARENT)
    references = own_references(line, doc)
    return any("GROUP" in statuses(r) and not r.find(("BillingReferenceLine", "ID")) for r in references)


def _line_of(node: Node) -> Node:
    """Return the line of a context, which in UBL is a billing reference of the line."""
    return node.up if node.state.name == "BillingReference" and node.up is not None else node


def _vendor(line: Node, doc: Document) -> list[Node]:
    path = ("SpecifiedLineTradeAgreement", "ItemSellerTradeParty", "SpecifiedLegalOrganization", "ID")
    return line.find(path if is_cii(doc) else ("Item", "ManufacturerParty", "PartyLegalEntity", "CompanyID"))


def _sub_invoices(line: Node, doc: Document, scheme: str = "AFL") -> list[Node]:
    if not is_cii(doc):
        documents = line.children("DocumentReference")
        fitting = [d for d in documents if any(n.raw == "130" for n in d.children("DocumentTypeCode"))]
        return with_scheme([n for d in fitting for n in d.children("ID")], scheme)
    documents = line.find(("SpecifiedLineTradeSettlement", "AdditionalReferencedDocument"))
    fitting = [
        d
        for d in documents
        if any(n.raw == scheme for n in d.children("ReferenceTypeCode"))
        and any(n.raw == "130" for n in d.children("TypeCode"))
    ]
    return [n for d in fitting for n in d.children("IssuerAssignedID")]


def _folded(nodes: list[Node]) -> str:
    node = only(nodes)
    return node.text if node else ""


def _heads_rule(right: Callable[[int], bool], expected: str) -> Check:
    def check(_: Node, doc: Document) -> Broken | None:
        count = len(_heads(doc))
        return None if right(count) else Broken(found=str(count), expected=expected)

    return check


REGISTER.add("BR-FR-MV-02_EXT-FR-FE-163", _heads_rule(lambda n: n >= 1, "≥ 1 GROUP"), gate=is_multi_vendor)
REGISTER.add(
    "BR-FR-BD-02_EXT-FR-FE-163",
    _heads_rule(lambda n: n == len(("seller", "buyer")), "2 GROUP"),
    gate=is_bidirectional,
)


def _one_head_of(party: Callable[..., list[Node]]) -> Check:
    def check(_: Node, doc: Document) -> Broken | None:
        path = ("SpecifiedLegalOrganization", "ID") if is_cii(doc) else ("PartyLegalEntity", "CompanyID")
        wanted = {n.raw for n in party(doc, *path)}
        count = sum(1 for line in _heads(doc) if wanted & {n.raw for n in _vendor(line, doc)})
        return None if count == 1 else Broken(found=str(count), expected="1 GROUP")

    return check


REGISTER.add("BR-FR-BD-02_BT-31", _one_head_of(seller), syntax=CII, gate=is_bidirectional)
REGISTER.add("BR-FR-BD-02_BT-30", _one_head_of(seller), syntax=UBL, gate=is_bidirectional)
REGISTER.add("BR-FR-BD-02_BT-47", _one_head_of(buyer), gate=is_bidirectional)


def _status_given(node: Node, doc: Document) -> Broken | None:
    if is_cii(doc):
        return None if node.text else BROKEN
    references = own_references(node, doc)
    codes = [n for r in references for n in r.find(("InvoiceDocumentReference", "DocumentStatusCode"))]
    return None if references and _folded(codes) else BROKEN


REGISTER.add("BR-FR-MV-01_EXT-FR-FE-163", _status_given, gate=is_grouped)


def _needs(cii: tuple[str, ...], ubl: tuple[str, ...]) -> Check:
    def check(node: Node, doc: Document) -> Broken | None:
        line = _line_of(node)
        return None if _folded(line.find(cii if is_cii(doc) else ubl)) else Broken(line)

    return check


_VENDOR_CII: Final = ("SpecifiedLineTradeAgreement", "ItemSellerTradeParty")
_VENDOR_UBL: Final = ("Item", "ManufacturerParty")
for _term, _cii, _ubl in (
    ("164", ("Name",), ("PartyLegalEntity", "RegistrationName")),
    ("167", ("SpecifiedLegalOrganization", "ID"), ("PartyLegalEntity", "CompanyID")),
    ("177", ("PostalTradeAddress", "CountryID"), ("PostalAddress", "Country", "IdentificationCode")),
):
    REGISTER.add(
        f"BR-FR-MV-03_EXT-FR-FE-{_term}",
        _needs((*_VENDOR_CII, *_cii), (*_VENDOR_UBL, *_ubl)),
        gate=is_grouped,
    )


def _currencies(doc: Document, *, accounting: bool) -> list[Node]:
    cii = "TaxCurrencyCode" if accounting else "InvoiceCurrencyCode"
    return pick(doc, (*SETTLEMENT, cii), ("TaxCurrencyCode" if accounting else "DocumentCurrencyCode",))


def _line_vat(line: Node, doc: Document, currencies: Iterable[Node]) -> list[Node]:
    wanted = {n.raw for n in currencies}
    amounts = line.find((*_SUMS, "TaxTotalAmount") if is_cii(doc) else ("TaxTotal", "TaxAmount"))
    return [n for n in amounts if n.get("currencyID") in wanted]


def _line_vat_given(*, accounting: bool) -> Check:
    def check(node: Node, doc: Document) -> Broken | None:
        currencies = _currencies(doc, accounting=accounting)
        if accounting and not currencies:
            return None
        line = _line_of(node)
        return None if _folded(_line_vat(line, doc, currencies)) else Broken(line)

    return check


REGISTER.add("BR-FR-MV-03_EXT-FR-FE-181", _line_vat_given(accounting=False), gate=is_grouped)
REGISTER.add("BR-FR-MV-03_EXT-FR-FE-182", _line_vat_given(accounting=True), gate=is_grouped)


def _reference(scheme: str) -> Check:
    def check(node: Node, doc: Document) -> Broken | None:
        if is_cii(doc):
            typed = any(n.raw == "130" for n in node.children("TypeCode"))
            ids = node.children("IssuerAssignedID")
        else:
            typed, ids = True, _sub_invoices(_line_of(node), doc, scheme)
        frames_of_whole = scheme == "AVV" and any(n.raw in MULTI_VENDOR for n in ids)
        return None if typed and _folded(ids) and not frames_of_whole else Broken(ids[0] if ids else None)

    return check


REGISTER.add("BR-FR-MV-03_BT-128_AFL", _reference("AFL"), gate=is_grouped)
REGISTER.add("BR-FR-MV-03_BT-128_AVV", _reference("AVV"), gate=is_grouped)


def _children(line: Node, doc: Document, keep: Callable[[set[str]], bool]) -> list[Node]:
    name = ("AssociatedDocumentLineDocument", "LineID") if is_cii(doc) else ("ID",)
    wanted = _folded(line.find(name))
    found = []
    for other in _lines(doc):
        if is_cii(doc):
            pairs = [({n.raw for n in other.find(_PARENT)}, {n.raw for n in other.find(_STATUS)})]
        else:
            references = own_references(other, doc)
            path = ("BillingReferenceLine", "ID")
            pairs = [({n.raw for n in r.find(path)}, statuses(r)) for r in references]
        found += [other for parents, codes in pairs if wanted in parents and keep(codes)][:1]
    return found


def _net(line: Node, doc: Document) -> list[Node]:
    return line.find((*_SUMS, "LineTotalAmount") if is_cii(doc) else ("LineExtensionAmount",))


def _is_near(found: list[Node], expected: Decimal, margin: Decimal) -> bool:
    node = only(found)
    return node is not None and abs(decimal_of(node) - expected) <= margin


def _group_total(node: Node, doc: Document) -> Broken | None:
    line = _line_of(node)
    parts = [
        n for c in _children(line, doc, lambda s: any(x != "INFORMATION" for x in s)) for n in _net(c, doc)
    ]
    expected = sum((decimal_of(n) for n in parts), ZERO)
    mine = _net(line, doc)
    if _is_near(mine, expected, _CENT * len(parts)):
        return None
    return Broken(mine[0] if mine else line, mine[0].raw if mine else None, f"Σ BT-131 = {expected}")


REGISTER.add("BR-FR-MV-05_EXT-FR-FE-BG-12", _group_total, gate=is_grouped)


def _parents(line: Node, doc: Document) -> tuple[bool, list[Node]]:
    if is_cii(doc):
        ids = {n.raw for n in line.find(_PARENT)}
        path: tuple[str, ...] = ("AssociatedDocumentLineDocument", "LineID")
    else:
        ids = {n.raw for r in own_references(line, doc) for n in r.find(("BillingReferenceLine", "ID"))}
        path = ("ID",)
    return bool(ids), [
        other for other in _lines(doc) if ids & {n.raw for n in other.find(path)}
    ] if ids else []


def _like_parent(read: Callable[[Node, Document], list[Node]]) -> Check:
    def check(node: Node, doc: Document) -> Broken | None:
        mine = _folded(read(node, doc))
        has_parent, parents = _parents(node, doc)
        theirs = _folded([n for p in parents for n in read(p, doc)])
        return (
            None
            if mine and (not has_parent or mine == theirs)
            else Broken(node, mine or None, theirs or None)
        )

    return check


REGISTER.add("BR-FR-MV-06_EXT-FR-FE-167", _like_parent(_vendor), gate=is_grouped)
REGISTER.add("BR-FR-MV-07_BT-128", _like_parent(_sub_invoices), gate=is_grouped)


def _marked_reason(node: Node, doc: Document) -> Broken | None:
    cii = ("SpecifiedLineTradeSettlement", "ApplicableTradeTax", "ExemptionReason")
    reason = only(node.find(cii if is_cii(doc) else ("Item", "ClassifiedTaxCategory", "TaxExemptionReason")))
    number = _folded(_sub_invoices(node, doc))
    if reason is not None and reason.text and number and reason.raw.startswith(f"#{number}#"):
        return None
    return Broken(reason, reason.raw if reason else None, f"#{number}#…")


REGISTER.add("BR-FR-MV-08_BT-128", _marked_reason, gate=is_grouped)


def _vat_of(number: str, doc: Document) -> Decimal:
    mark, total = f"#{number}#", ZERO
    for group in pick(doc, (*SETTLEMENT, "ApplicableTradeTax"), ("TaxTotal", "TaxSubtotal")):
        kind = group.find(("TypeCode",) if is_cii(doc) else ("TaxCategory", "TaxScheme", "ID"))
        reasons = group.find(("ExemptionReason",) if is_cii(doc) else ("TaxCategory", "TaxExemptionReason"))
        if any(n.raw == "VAT" for n in kind) and any(n.raw.startswith(mark) for n in reasons):
            amounts = group.children("CalculatedAmount" if is_cii(doc) else "TaxAmount")
            total += sum((decimal_of(n) for n in amounts), ZERO)
    return total


def _group_vat(node: Node, doc: Document) -> Broken | None:
    line = _line_of(node)
    mine = _line_vat(line, doc, _currencies(doc, accounting=False))
    expected = _vat_of(_folded(_sub_invoices(line, doc)), doc)
    if _is_near(mine, expected, _CENT):
        return None
    return Broken(mine[0] if mine else line, mine[0].raw if mine else None, f"Σ BT-117 = {expected}")


REGISTER.add("BR-FR-MV-09_EXT-FR-FE-181", _group_vat, gate=is_grouped)


def _group_gross(node: Node, doc: Document) -> Broken | None:
    line = _line_of(node)
    gross = line.find((*_SUMS, "GrandTotalAmount") if is_cii(doc) else ("TaxInclusiveLineExtensionAmount",))
    if not gross:
        return None
    net, vat = only(_net(line, doc)), only(_line_vat(line, doc, _currencies(doc, accounting=False)))
    count = len(_children(line, doc, lambda s: bool(s & {"DETAIL", "GROUP"})))
    if (
        net is not None
        and vat is not None
        and _is_near(gross, decimal_of(net) + decimal_of(vat), _CENT * count)
    ):
        return None
    return Broken(gross[0], gross[0].raw, f"{net.raw if net else '?'} + {vat.raw if vat else '?'}")


REGISTER.add("BR-FR-MV-10_EXT-FR-FE-184", _group_gross, gate=is_grouped)


def _own_number(doc: Document) -> str:
    found = pick(doc, ("ExchangedDocument", "ID"), ("ID",))
    return found[0].raw if found else ""


def _numbers_of_seller(doc: Document) -> int:
    path = ("SpecifiedLegalOrganization", "ID") if is_cii(doc) else ("PartyLegalEntity", "CompanyID")
    sellers = {n.raw for n in seller(doc, *path)}
    heads = [line for line in _heads(doc) if sellers & {n.raw for n in _vendor(line, doc)}]
    own = _own_number(doc)
    return sum(1 for line in heads for n in _sub_invoices(line, doc) if n.raw == own)


def _seller_number(node: Node, doc: Document) -> Broken | None:
    count, number = doc.once(_numbers_of_seller), _folded(_sub_invoices(_line_of(node), doc))
    same = number == _own_number(doc)
    right = count == 1 or (count == 0 and same) or (count > 1 and not same)
    return None if right else Broken(node, number, _own_number(doc))


REGISTER.add("BR-FR-MV-11_BT-128", _seller_number, gate=is_grouped)


def _numbers_differ(_: Node, doc: Document) -> Broken | None:
    """No heading repeats an identifier that stands before it."""
    seen: set[str] = set()
    for line in _lines(doc):
        numbers = _sub_invoices(line, doc)
        if _is_head(line, doc):
            for node in numbers:
                if node.raw in seen:
                    return Broken(node, node.raw)
        seen.update(n.raw for n in numbers)
    return None


REGISTER.add("BR-FR-MV-12_BT-128", _numbers_differ, gate=is_grouped)


def _type(*, self_billed: bool) -> Check:
    def check(node: Node, _: Document) -> Broken | None:
        right = bool(node.text) and (node.text in SELF_BILLED) is self_billed
        return (
            None if right else Broken(node, node.raw, " ".join(sorted(SELF_BILLED)) if self_billed else None)
        )

    return check


REGISTER.add("BR-FR-MV-13_BT-3", _type(self_billed=False), gate=is_multi_vendor)
REGISTER.add("BR-FR-BD-13_BT-3", _type(self_billed=True), syntax=CII, gate=is_bidirectional)
REGISTER.add("BR-FR-MV-BD_BT-3", _type(self_billed=True), syntax=UBL, gate=is_bidirectional)


def _preceding(cii: tuple[str, ...], ubl: str) -> Check:
    def check(node: Node, doc: Document) -> Broken | None:
        line = _line_of(node)
        if is_cii(doc):
            found = line.find(("SpecifiedLineTradeSettlement", "InvoiceReferencedDocument", *cii))
        else:
            own = _own_number(doc)
            others = [
                r
                for r in line.children("BillingReference")
                if any(n.raw != own for n in r.find(("InvoiceDocumentReference", "ID")))
            ]
            found = [n for r in others for n in r.find(("InvoiceDocumentReference", ubl))]
        return None if found else Broken(line)

    return check


for _family, _gate in (("MV", is_multi_vendor), ("BD", is_bidirectional)):
    _number = _preceding(("IssuerAssignedID",), "ID")
    _date = _preceding(("FormattedIssueDateTime", "qdt:DateTimeString"), "IssueDate")
    REGISTER.add(f"BR-FR-{_family}-14-EXT-FR-FE-136", _number, gate=_gate)
    REGISTER.add(f"BR-FR-{_family}-14-EXT-FR-FE-138", _date, gate=_gate)
