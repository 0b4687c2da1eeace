"""UBL-CR, UBL-SR and UBL-DT: the syntax rules of UBL that are not plain forbidden paths or counts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from choriste.rules.engine.rule import BROKEN, Broken, Check, Gate, Watch
from choriste.rules.engine.syntax import UBL
from choriste.rules.engine.tree import Document, Node
from choriste.rules.engine.watches import has_decimals
from choriste.rules.rulesets.en16931.lines import both
from choriste.rules.rulesets.en16931.register import REGISTER


@REGISTER.rule("UBL-SR-51", syntax=UBL, watch=Watch(once=("AddressLine",)))
def _address_line(node: Node, _: Document) -> Broken | None:
    lines = node.children("AddressLine")
    return Broken(lines[1], str(len(lines)), "≤ 1") if len(lines) > 1 else None


def _has_code(node: Node, code: str) -> bool:
    return any(n.raw == code for n in node.children("DocumentTypeCode"))


@REGISTER.rule("UBL-SR-43", syntax=UBL)
def _object_identifier(node: Node, doc: Document) -> Broken | None:
    if _has_code(node, "130") or (doc.root.state.name.endswith("CreditNote") and _has_code(node, "50")):
        return None
    schemed = any(n.get("schemeID") is not None for n in node.children("ID"))
    return BROKEN if schemed or node.has("DocumentTypeCode") else None


_HAS_CENTS: Final = has_decimals(2)


@REGISTER.rule("UBL-DT-01", syntax=UBL, watch=Watch(test=_HAS_CENTS))
def _two_decimals(node: Node, _: Document) -> Broken | None:
    return None if _HAS_CENTS(node.raw) else Broken(node, node.raw, "≤ 2")


@REGISTER.rule("UBL-SR-53", syntax=UBL, watch=Watch(needs=(("TaxScheme", "ID"), ("CompanyID",))))
def _tax_scheme(node: Node, doc: Document) -> Broken | None:
    return BROKEN if not node.find(("TaxScheme", "ID")) else both("CompanyID")(node, doc)


@REGISTER.rule("UBL-CR-002", syntax=UBL, watch=Watch(given=(("UBLVersionID",),)))
def _version(node: Node, _: Document) -> Broken | None:
    found = node.children("UBLVersionID")
    return None if not found or any(n.raw == "2.1" for n in found) else Broken(found[0], found[0].raw, "2.1")


@REGISTER.rule("UBL-CR-412", syntax=UBL, watch=Watch(given=(("PaymentMeans", "PaymentDueDate"),)))
def _means_due_date(node: Node, _: Document) -> Broken | None:
    found = node.find(("PaymentMeans", "PaymentDueDate"))
    return Broken(found[0], found[0].raw) if found and node.state.name == "Invoice" else None


def _has_documents(doc: Document) -> bool:
    return doc.count("AdditionalDocumentReference") > 0


@REGISTER.rule("UBL-CR-665", syntax=UBL, gate=_has_documents)
def _scheme_on_document(_: Node, doc: Document) -> Broken | None:
    for node in doc.all("AdditionalDocumentReference"):
        types = node.children("DocumentTypeCode")
        if not types or any(n.raw != "130" for n in types):
            for found in node.children("ID"):
                if found.get("schemeID") is not None:
                    return Broken(found, found.get("schemeID"))
    return None


def _not_on_object(name: str) -> Check:
    def check(_: Node, doc: Document) -> Broken | None:
        for node in doc.all("AdditionalDocumentReference"):
            if _has_code(node, "130") and node.has(name):
                return Broken(node.children(name)[0])
        return None

    return check


REGISTER.add("UBL-CR-666", _not_on_object("Attachment"), syntax=UBL, gate=_has_documents)
REGISTER.add("UBL-CR-673", _not_on_object("DocumentDescription"), syntax=UBL, gate=_has_documents)


def _has_several(name: str) -> Gate:
    return lambda doc: doc.count(name) > 1


def _at_most_one(find: Callable[[Node, Document], list[Node]]) -> Check:
    def check(node: Node, doc: Document) -> Broken | None:
        found = find(node, doc)
        return Broken(found[1], str(len(found)), "≤ 1") if len(found) > 1 else None

    return check


def _objects(node: Node, _: Document) -> list[Node]:
    references = node.children("AdditionalDocumentReference")
    return [n for r in references if _has_code(r, "130") for n in r.children("ID")]


def _companies(party: str, *, vat: bool) -> Callable[[Node, Document], list[Node]]:
    def find(node: Node, _: Document) -> list[Node]:
        schemes = node.find((party, "Party", "PartyTaxScheme"))
        fitting = [
            s for s in schemes if any((n.raw.upper() == "VAT") is vat for n in s.find(("TaxScheme", "ID")))
        ]
        return [n for s in fitting for n in s.children("CompanyID")]

    return find


def _creditors(_: Node, doc: Document) -> list[Node]:
    ids = [n for p in doc.all("PartyIdentification") for n in p.children("ID")]
    return [n for n in ids if (n.get("schemeID") or "").upper() == "SEPA"]


def _different(name: str) -> Callable[[Node, Document], list[Node]]:
    def find(_: Node, doc: Document) -> list[Node]:
        found = doc.all(name)
        return found if len(found) < 2 else list({n.raw: n for n in reversed(found)}.values())  # noqa: PLR2004 -- one differs from none

    return find


REGISTER.add(
    "UBL-SR-04",
    _at_most_one(_objects),
    syntax=UBL,
    watch=Watch(given=(("AdditionalDocumentReference",),)),
)
for _rule, _party, _vat in (
    ("UBL-SR-12", "AccountingSupplierParty", True),
    ("UBL-SR-13", "AccountingSupplierParty", False),
    ("UBL-SR-18", "AccountingCustomerParty", True),
):
    REGISTER.add(
        _rule,
        _at_most_one(_companies(_party, vat=_vat)),
        syntax=UBL,
        watch=Watch(once=(_party, "Party", "PartyTaxScheme", "CompanyID")),
    )
REGISTER.add("UBL-SR-29", _at_most_one(_creditors), syntax=UBL)

for _rule, _name in (("UBL-SR-44", "PaymentID"), ("UBL-SR-47", "PaymentMeansCode")):
    REGISTER.add(_rule, _at_most_one(_different(_name)), syntax=UBL, gate=_has_several(_name))


def _payee(*path: str, creditor: bool = True) -> Check:
    def check(node: Node, _: Document) -> Broken | None:
        names = [n.raw for n in node.find(("PartyName", "Name"))]
        seller = ("..", "AccountingSupplierParty", "Party", "PartyLegalEntity", "RegistrationName")
        sellers = [n.raw for n in node.find(seller)]
        found = node.find(path)
        if not creditor:
            found = [n for n in found if (n.get("schemeID") or "SEPA").upper() != "SEPA"]
        if len(found) > 1:
            return Broken(found[1], str(len(found)), "≤ 1")
        return None if any(name != other for name in names for other in sellers) else BROKEN

    return check


REGISTER.add("UBL-SR-19", _payee("PartyName", "Name"), syntax=UBL)
REGISTER.add("UBL-SR-20", _payee("PartyIdentification", "ID", creditor=False), syntax=UBL)
REGISTER.add("UBL-SR-21", _payee("PartyLegalEntity", "CompanyID"), syntax=UBL)
