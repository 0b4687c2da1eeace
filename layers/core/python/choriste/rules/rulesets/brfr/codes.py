"""BR-FR-08, 15 to 18, 28 to 30: the billing frame, VAT categories and rates, attachments, attributes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from choriste.rules.engine.facts import words
from choriste.rules.engine.rule import BROKEN, Broken, Check, Watch
from choriste.rules.engine.syntax import CII, UBL
from choriste.rules.engine.tree import Document, Node
from choriste.rules.engine.values import only
from choriste.rules.rulesets.brfr.register import REGISTER
from choriste.rules.rulesets.brfr.views import AGREEMENT, frame_nodes, is_cii, pick

FRAMES: Final = words("B1 S1 M1 B2 S2 M2 S3 B4 S4 M4 S5 S6 B7 S7 B8 S8 M8 B9 S9 M9")
CATEGORIES: Final = ("S", "E", "AE", "K", "G", "O", "Z")
RATES: Final = words(
    "0 0.0 0.00 10 10.0 10.00 13 13.0 13.00 20 20.0 20.00 8.5 8.50 19.6 19.60 2.1 2.10 5.5 5.50 "
    "7 7.0 7.00 20.6 20.60 1.05 0.9 0.90 1.75 9.2 9.20 9.6 9.60"
)
ATTACHMENTS: Final = words(
    "RIB LISIBLE FEUILLE_DE_STYLE PJA BORDEREAU_SUIVI DOCUMENT_ANNEXE BON_LIVRAISON "
    "BON_COMMANDE BORDEREAU_SUIVI_VALIDATION ETAT_ACOMPTE FACTURE_PAIEMENT_DIRECT "
    "RECAPITULATIF_COTRAITANCE"
)


@REGISTER.rule("BR-FR-08_BT-23")
def _frame(_: Node, doc: Document) -> Broken | None:
    node = only(frame_nodes(doc))
    if node is not None and node.raw in FRAMES:
        return None
    return Broken(node, node.raw if node else None, " ".join(FRAMES))


def _category(name: str, *, optional: bool = False, lines: bool = False) -> Check:
    def check(node: Node, _: Document) -> Broken | None:
        code = only(node.children(name))
        if code is None:
            return (
                None if optional or (lines and _is_heading(node)) else Broken(expected=" ".join(CATEGORIES))
            )
        return None if code.raw in CATEGORIES else Broken(code, code.raw, " ".join(CATEGORIES))

    return check


def _is_heading(tax: Node) -> bool:
    path = ("..", "..", "AssociatedDocumentLineDocument", "LineStatusReasonCode")
    return any(n.raw in {"GROUP", "INFORMATION"} for n in tax.find(path))


def _not_overseas(name: str) -> Check:
    def check(node: Node, _: Document) -> Broken | None:
        found = [n for n in node.children(name) if n.raw in {"L", "M"}]
        return Broken(found[0], found[0].raw, " ".join(CATEGORIES)) if found else None

    return check


def _rate(name: str) -> Check:
    def check(node: Node, _: Document) -> Broken | None:
        rate = only(node.children(name))
        empty = rate is None or (name == "RateApplicablePercent" and rate.raw == "")
        if rate is None or empty or rate.raw in RATES:
            return None
        return Broken(rate, rate.raw, "0 0.9 1.05 1.75 2.1 5.5 7 8.5 9.2 9.6 10 13 19.6 20 20.6")

    return check


def _known(name: str, values: Iterable[str], *, needed: bool = False) -> Watch:
    """Watch that a child stands once, with one of some values."""
    return Watch(
        needs=((name,),) if needed else (), once=(name,), at=(name,), test=frozenset(values).__contains__
    )


_CODE: Final = _known("CategoryCode", CATEGORIES, needed=True)
for _rule in ("BR-FR-15_BT-95_BT-102", "BR-FR-15_BT-95_BT-118", "BR-FR-15_BT-95_BT-151"):
    REGISTER.add(_rule, _category("CategoryCode", lines=_rule.endswith("151")), syntax=CII, watch=_CODE)
    REGISTER.add(_rule + "_LM", _not_overseas("CategoryCode"), syntax=CII, watch=_CODE)
for _rule in ("BR-FR-15_BT-95_BT-102-1", "BR-FR-15_BT-118-1", "BR-FR-15_BT-151-1"):
    REGISTER.add(_rule, _category("ID", optional=True), syntax=UBL, watch=_known("ID", CATEGORIES))
for _rule in ("BR-FR-15_BT-95_BT-102-2", "BR-FR-15_BT-118-2", "BR-FR-08_BT-151-2"):
    REGISTER.add(_rule, _not_overseas("ID"), syntax=UBL, watch=_known("ID", CATEGORIES))
for _syntax, _name, _terms in (
    (CII, "RateApplicablePercent", ("BT-96_BT-103", "BT-119", "BT-152")),
    (UBL, "Percent", ("BT-96", "BT-103", "BT-119", "BT-152")),
):
    for _term in _terms:
        REGISTER.add(f"BR-FR-16_{_term}", _rate(_name), syntax=_syntax, watch=_known(_name, RATES))


@REGISTER.rule("BR-FR-17_BT-123")
def _attachment_type(node: Node, doc: Document) -> Broken | None:
    name = only(node.children("Name" if is_cii(doc) else "DocumentDescription"))
    value = "" if name is None else (name.text if is_cii(doc) else name.raw)
    if name is None or value in ATTACHMENTS or (is_cii(doc) and not value):
        return None
    return Broken(name, value, " ".join(ATTACHMENTS))


@REGISTER.rule("BR-FR-18_BT-123")
def _one_readable(_: Node, doc: Document) -> Broken | None:
    documents = pick(doc, (*AGREEMENT, "AdditionalReferencedDocument"), ("AdditionalDocumentReference",))
    name = "Name" if is_cii(doc) else "DocumentDescription"
    readable = [d for d in documents if any(n.raw == "LISIBLE" for n in d.children(name))]
    return Broken(readable[1], str(len(readable)), "≤ 1") if len(readable) > 1 else None


def _value_or_measure(measure: str) -> Check:
    def check(node: Node, _: Document) -> Broken | None:
        measures = node.children(measure)
        if node.has("Value"):
            return Broken(measures[0]) if measures else None
        return None if any(n.get("unitCode") for n in measures) else BROKEN

    return check


REGISTER.add("BR-FR-28-Value", _value_or_measure("ValueMeasure"), syntax=CII)
REGISTER.add("BR-FR-28-Value", _value_or_measure("ValueQuantity"), syntax=UBL)


def _once_each_cii(node: Node, _: Document) -> Broken | None:
    for code in ("AFL", "AVV"):
        documents = node.children("AdditionalReferencedDocument")
        found = [d for d in documents if any(n.raw == code for n in d.children("ReferenceTypeCode"))]
        if len(found) > 1:
            return Broken(found[1], f"{code} × {len(found)}", "≤ 1")
    return None


def _once_each_ubl(node: Node, _: Document) -> Broken | None:
    for code in ("AFL", "AVV"):
        found = [n for n in node.children("ID") if n.get("schemeID") == code]
        if len(found) > 1:
            return Broken(found[1], f"{code} × {len(found)}", "≤ 1")
    return None


def _is_no_identifier(code: str | None) -> bool:
    return code not in {"AFL", "AVV"}


_REFERENCE: Final = ("AdditionalReferencedDocument", "ReferenceTypeCode")
for _rule in ("BR-FR-29_BT-18", "BR-FR-30_BT-128"):
    REGISTER.add(_rule, _once_each_cii, syntax=CII, watch=Watch(at=_REFERENCE, test=_is_no_identifier))
    REGISTER.add(
        _rule, _once_each_ubl, syntax=UBL, watch=Watch(at=("ID", "@schemeID"), test=_is_no_identifier)
    )
