from __future__ import annotations

import pytest
from lxml import etree

from choriste.rules.cutting import LINES, SLOT, Cut, cuts
from choriste.rules.predicates import UBL

NAMESPACES = (
    'xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2" '
    'xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2" '
    'xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"'
)


def an_invoice(body: str) -> etree._Element:
    return etree.fromstring(f"<Invoice {NAMESPACES}>{body}</Invoice>")


def cut(root: etree._Element) -> Cut:
    return next(cuts(root, syntax=UBL))


def test_cut_takes_lines_out_of_the_head_and_values_out_of_both() -> None:
    root = an_invoice(
        "<cbc:ID>F1</cbc:ID>"
        "<cac:InvoiceLine><cbc:ID>1</cbc:ID></cac:InvoiceLine>\n"
        "<cac:InvoiceLine><cbc:ID>2</cbc:ID></cac:InvoiceLine>"
    )

    found = cut(root)

    assert found.head.values == ["F1"]
    assert found.head.skeleton.endswith(f"<cbc:ID>{SLOT}</cbc:ID>{LINES}</Invoice>")
    assert [piece.values for piece in found.lines] == [["1"], ["2"]]
    assert {piece.skeleton for piece in found.lines} == {f"<cbc:ID>{SLOT}</cbc:ID>"}


def test_cut_reads_values_as_xml_does() -> None:
    root = an_invoice(
        "<cbc:ID>a &amp; b &lt; &#13;c</cbc:ID><cbc:Note>d<!-- no --><![CDATA[ & e]]></cbc:Note>"
    )

    assert cut(root).head.values == ["a & b < \rc", "d & e"]


def test_cut_leaves_blank_values_in_the_skeleton() -> None:
    root = an_invoice("<cbc:ID> </cbc:ID><cbc:Note/><cbc:Note> x</cbc:Note>")

    assert cut(root).head.values == []


@pytest.mark.parametrize(
    "body",
    [
        "<cac:InvoiceLine><cac:InvoiceLine><cbc:ID>1</cbc:ID></cac:InvoiceLine></cac:InvoiceLine>",
        "<cac:InvoiceLine><cbc:ID>1</cbc:ID></cac:InvoiceLine><cbc:Note>x</cbc:Note>"
        "<cac:InvoiceLine><cbc:ID>2</cbc:ID></cac:InvoiceLine>",
        "<cac:InvoiceLine><cbc:ID>1</cbc:ID></cac:InvoiceLine><cac:InvoiceLine/>"
        "<cac:InvoiceLine><cbc:ID>2</cbc:ID></cac:InvoiceLine>",
        "<cbc:Note>no line</cbc:Note>",
    ],
)
def test_cut_keeps_in_one_piece_what_it_cannot_take_apart_surely(body: str) -> None:
    found = cut(an_invoice(body))

    assert found.lines == []
    assert LINES not in found.head.skeleton
