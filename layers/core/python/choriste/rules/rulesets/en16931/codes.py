"""Code-list rules of UBL with a twist: two lists by root, a code inside a note, one exception by party."""

from __future__ import annotations

from typing import Final

from choriste.rules.engine.facts import code_list
from choriste.rules.engine.rule import Broken
from choriste.rules.engine.syntax import UBL
from choriste.rules.engine.tree import Document, Node, fold
from choriste.rules.rulesets.en16931.register import REGISTER

_SUBJECT_LENGTH: Final = 3


@REGISTER.rule("BR-CL-01", syntax=UBL)
def _type_code(node: Node, _: Document) -> Broken | None:
    which = 0 if node.state.name == "InvoiceTypeCode" else 1
    name = f"en16931-ubl/BR-CL-01/{which}"
    return None if node.text in code_list(name) else Broken(node, node.raw, "UNTDID 1001")


@REGISTER.rule("BR-CL-08", syntax=UBL)
def _note_subject(node: Node, _: Document) -> Broken | None:
    """A note that starts a subject code (`#AAI#…`) must use a UNTDID 4451 code of three letters."""
    _before, mark, rest = node.raw.partition("#")
    code, closed, _text = rest.partition("#")
    if not mark or not closed or len(code) != _SUBJECT_LENGTH or code in code_list("en16931-ubl/BR-CL-08/0"):
        return None
    return Broken(node, code, "UNTDID 4451")


@REGISTER.rule("BR-CL-10", syntax=UBL)
def _party_scheme(node: Node, _: Document) -> Broken | None:
    """SEPA is accepted on the seller and the payee, for the creditor reference (BT-90)."""
    scheme = fold(node.get("schemeID") or "")
    if scheme in code_list("en16931-ubl/BR-CL-10/0"):
        return None
    owners = {"AccountingSupplierParty", "PayeeParty"}
    if scheme == "SEPA" and any(a.state.name in owners for a in node.ancestors()):
        return None
    return Broken(node, scheme, "ISO 6523 ICD")
