"""BR-B-01 and BR-B-02: split payment, a category of VAT that Italy alone has and that stands without "S"."""

from __future__ import annotations

from choriste.rules.engine.rule import BROKEN, Broken
from choriste.rules.engine.syntax import CII, UBL
from choriste.rules.engine.tree import Document, Node
from choriste.rules.rulesets.en16931.register import REGISTER
from choriste.rules.rulesets.en16931.vat import BREAKDOWN_DEPTH, DOCUMENT_DEPTH, is_below


def _is_split_cii(doc: Document) -> bool:
    return "B" in doc.texts("CategoryCode")


def _split_payment_cii(_: Node, doc: Document) -> Broken | None:
    abroad = [n for n in doc.all("CountryID") if n.raw != "IT"]
    return Broken(abroad[0], abroad[0].raw, "IT") if abroad else None


def _split_payment_alone_cii(_: Node, doc: Document) -> Broken | None:
    return BROKEN if "S" in doc.texts("CategoryCode") else None


REGISTER.add("BR-B-01", _split_payment_cii, syntax=CII, gate=_is_split_cii)
REGISTER.add("BR-B-02", _split_payment_alone_cii, syntax=CII, gate=_is_split_cii)


def _raw_codes(doc: Document) -> set[str]:
    nodes = doc.all("ClassifiedTaxCategory") + [
        n
        for n in doc.all("TaxCategory")
        if (n.state.depth == BREAKDOWN_DEPTH and is_below(n, "TaxTotal", "TaxSubtotal"))
        or (n.state.depth == DOCUMENT_DEPTH and is_below(n, "AllowanceCharge"))
    ]
    return {i.raw for n in nodes for i in n.children("ID")}


def _is_split_ubl(doc: Document) -> bool:
    return "B" in doc.texts("ClassifiedTaxCategory", "ID") | doc.texts("TaxCategory", "ID")


@REGISTER.rule("BR-B-01", syntax=UBL, gate=_is_split_ubl)
def _split_payment_ubl(_: Node, doc: Document) -> Broken | None:
    abroad = [n for n in doc.all("IdentificationCode") if n.raw != "IT"]
    return Broken(abroad[0], abroad[0].raw, "IT") if abroad else None


@REGISTER.rule("BR-B-02", syntax=UBL, gate=_is_split_ubl)
def _split_payment_alone_ubl(_: Node, doc: Document) -> Broken | None:
    return BROKEN if {"B", "S"} <= _raw_codes(doc) else None
