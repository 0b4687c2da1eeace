"""A file as the rules see it: its elements by path and number, nodes on demand, whatever the file holds."""

from __future__ import annotations

import pytest
from lxml import etree

from choriste.rules.engine import grammar as automaton
from choriste.rules.engine.grammar import Grammar
from choriste.rules.engine.tree import SEVERAL, Document
from choriste.rules.engine.walk import walk

RAM = "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100"


def a_document(inner: str, *, grammar: Grammar | None = None) -> Document:
    """Return the document of an element `Order` in the namespace of CII, with something in it."""
    root = etree.fromstring(f'<Order xmlns="{RAM}">{inner}</Order>')
    return walk(root, grammar or Grammar((), syntax="cii", singles=frozenset()))


LINES = """
  <Line><ID>1</ID><Tax><Code>S</Code></Tax></Line>
  <Remark>text</Remark>
  <Line><ID>2</ID><Tax><Code>E</Code></Tax><Tax><Code>S</Code></Tax></Line>
  <Line><Tax/></Line>
"""


def test_children_are_those_of_their_parent_in_the_order_of_the_file() -> None:
    document = a_document(LINES)
    first, second, third = document.root.children("Line")

    assert [n.raw for n in first.children("ID")] == ["1"]
    assert [n.raw for n in second.find(("Tax", "Code"))] == ["E", "S"]
    assert third.children("ID") == []
    assert [n.state.name for n in second.every_child()] == ["ID", "Tax", "Tax"]
    assert (third.has("ID"), third.has("ID", "Tax")) == (False, True)


def test_paths_lead_up_and_to_any_child() -> None:
    second = a_document(LINES).root.children("Line")[1]

    assert [n.raw for n in second.find(("..", "Remark"))] == ["text"]
    assert [n.raw for n in second.find(("*", "Code"))] == ["E", "S"]
    assert [n.state.name for n in second.find(("Tax",))[0].ancestors()] == ["Line", "Order"]
    assert second.find(("..", "..", "Order")) == []


def test_a_name_is_found_wherever_it_stands_in_the_order_of_the_file() -> None:
    document = a_document("<A><ID>1</ID></A><ID>2</ID><B><ID>3</ID></B><A><ID>4</ID></A>")

    assert [n.raw for n in document.all("ID")] == ["1", "2", "3", "4"]
    assert [n.raw for n in document.all("A", "ID")] == ["1", "4"]
    assert document.texts("ID") == {"1", "2", "3", "4"}
    assert (document.count("ID"), document.count("None")) == (4, 0)


def test_the_value_of_a_group_is_all_its_text_but_comments() -> None:
    document = a_document("<A>one<!-- not this --><B>two</B>three</A><C>a<!-- nor this -->b</C><D/>")
    group, interrupted, empty = (document.root.children(name)[0] for name in "ACD")

    assert group.raw == "onetwothree"
    assert (interrupted.raw, interrupted.is_leaf) == ("ab", True)
    assert (empty.raw, empty.is_filled) == ("", False)


def test_an_element_is_found_again_by_its_number() -> None:
    document = a_document(LINES)

    elements = [node.element for node in document.all("Code")]

    assert [element.text for element in elements] == ["S", "E", "S"]
    assert document.root.element.getparent() is None


def test_attributes_are_those_of_their_element() -> None:
    document = a_document('<A x="1"/><A/><A x="1" y="2"/>')

    assert [n.get("x") for n in document.all("A")] == ["1", None, "1"]
    assert [n.get("y") for n in document.all("A")] == [None, None, "2"]


def test_elements_with_the_same_values_are_alike_and_those_with_several_alone() -> None:
    document = a_document(
        '<A k="1"><B>x</B></A><A k="1"><B>x</B></A><A><B>x</B></A><A k="1"><B>x</B><B>x</B></A><A k="1"/>'
    )
    (path,) = document.paths("A")
    rows = document.rows[path]

    groups = document.alike(path, rows, ((("B",), None), ((), "k")))

    assert [[rows.index(number) for number in group] for group in groups] == [[0, 1], [2], [3], [4]]
    values = document.only_values(path, rows, ("B",))
    assert [values.get(number) for number in rows] == ["x", "x", "x", SEVERAL, None]


def test_a_value_below_the_parent_makes_elements_alike_too() -> None:
    document = a_document("<A><K>1</K><B/><B/></A><A><K>2</K><B/></A><A><K>1</K><B/></A>")
    (path,) = document.paths("B")
    rows = document.rows[path]

    groups = document.alike(path, rows, (((("..", "K")), None),))

    assert [[rows.index(number) for number in group] for group in groups] == [[0, 1, 3], [2]]


def test_paths_beyond_the_limit_are_read_as_the_others_and_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(automaton, "MAX_STATES", 4)
    grammar = Grammar((), syntax="cii", singles=frozenset())

    usual, crowded = a_document(LINES, grammar=grammar), a_document(LINES + "<New>x</New>", grammar=grammar)

    for document in (usual, crowded):
        assert [n.raw for n in document.root.find(("Line", "Tax", "Code"))] == ["S", "E", "S"]
        assert [n.raw for n in document.all("Code")] == ["S", "E", "S"]
    assert [n.raw for n in crowded.root.children("New")] == ["x"]
    assert crowded.strangers
    assert sum(map(len, grammar.named.values())) == automaton.MAX_STATES
