"""BR-FR-05, 06, 20, 31, CO-14: the notes that French law asks for, and the note that routes the invoice."""

from __future__ import annotations

from typing import Final

from choriste.rules.engine.rule import Broken, Check
from choriste.rules.engine.syntax import CII, UBL
from choriste.rules.engine.tree import Document, Node
from choriste.rules.rulesets.brfr.register import REGISTER
from choriste.rules.rulesets.brfr.views import all_notes, is_cii, note_values, notes, seller, with_scheme

TREATMENTS: Final = ("B2B", "B2BINT", "B2C", "B2CINT", "OUTOFSCOPE", "ARCHIVEONLY")


def _count(doc: Document, subject: str) -> int:
    if is_cii(doc):
        return sum(1 for n in notes(doc) if any(c.raw == subject for c in n.children("SubjectCode")))
    return doc.once(all_notes).count(f"#{subject}#")


def _mandatory(subject: str) -> Check:
    words = {"subject": subject}
    return lambda _, doc: None if _count(doc, subject) else Broken(expected=subject, words=words)


def _at_most_once(subject: str) -> Check:
    def check(_: Node, doc: Document) -> Broken | None:
        count = _count(doc, subject)
        return None if count <= 1 else Broken(found=str(count), expected="≤ 1", words={"subject": subject})

    return check


for _at, _subject in enumerate(("PMT", "PMD", "AAB", "TXD"), 1):
    if _subject != "TXD":
        REGISTER.add(f"BR-FR-05_BT-22_{_subject}", _mandatory(_subject), syntax=CII)
        REGISTER.add(f"BR-FR-05_BT-22-{_at}", _mandatory(_subject), syntax=UBL)
    REGISTER.add(f"BR-FR-06_BT-21_{_subject}", _at_most_once(_subject), syntax=CII)
    REGISTER.add(f"BR-FR-06_BT-21-{_at}", _at_most_once(_subject), syntax=UBL)


@REGISTER.rule("BR-FR-20_BT-21", syntax=CII)
def _treatment(node: Node, _: Document) -> Broken | None:
    contents = node.children("Content")
    if any(n.raw in TREATMENTS for n in contents):
        return None
    return Broken(node, contents[0].raw if contents else None, " ".join(TREATMENTS))


@REGISTER.rule("BR-FR-20_BT-21", syntax=UBL)
def _treatment_ubl(_: Node, doc: Document) -> Broken | None:
    value = note_values(doc, "BAR")[0]
    return None if not value or value in TREATMENTS else Broken(found=value, expected=" ".join(TREATMENTS))


@REGISTER.rule("BR-FR-31_BT-21", syntax=CII)
def _one_treatment(node: Node, _: Document) -> Broken | None:
    bars = [
        n for n in node.children("IncludedNote") if any(c.raw == "BAR" for c in n.children("SubjectCode"))
    ]
    known = [n for n in bars if any(c.text in TREATMENTS for c in n.children("Content"))]
    return None if len(known) <= 1 else Broken(known[1], str(len(known)), "≤ 1")


@REGISTER.rule("BR-FR-30_BT-21", syntax=UBL)
def _one_treatment_ubl(_: Node, doc: Document) -> Broken | None:
    joined = "".join(n.raw for n in notes(doc) if "#BAR#" in n.raw) + "#"
    count = sum(joined.count(f"BAR#{value}#") for value in TREATMENTS)
    return None if count <= 1 else Broken(found=str(count), expected="≤ 1")


@REGISTER.rule("BR-FR-CO-14_BT-29-1")
def _vat_group_note(_: Node, doc: Document) -> Broken | None:
    member = "MEMBRE_ASSUJETTI_UNIQUE"
    ids = seller(doc, "GlobalID") if is_cii(doc) else seller(doc, "PartyIdentification", "ID")
    if not with_scheme(ids, "0231") or member in note_values(doc, "TXD"):
        return None
    return Broken(expected=f"TXD = {member}")
