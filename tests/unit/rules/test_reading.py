"""A document is read from its bytes as from its tree, however it is written."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, reject, settings
from hypothesis import strategies as st
from lxml import etree

from bench.rules import sample
from choriste.rules import engine
from choriste.rules.predicates import UBL
from choriste.rules.rulesets import EN16931
from choriste.rules.tree import Block, Document, Node

CAC = "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
CBC = "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"
START = (
    '<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2" '
    f'xmlns:cac="{CAC}" xmlns:cbc="{CBC}">'
)
LINE = "<cac:InvoiceLine><cbc:ID>1</cbc:ID></cac:InvoiceLine>"


def read(source: bytes, *, given: bytes | None) -> Document:
    return engine.read(etree.fromstring(source), engine.grammar_of((EN16931,), UBL), given)


def nodes_of(document: Document) -> list[Node]:
    return sorted((n for b in (document.head, *document.lines) for n in all_of(b)), key=document.place_of)


def all_of(block: Block) -> list[Node]:
    _ = block.root.kids
    return block.nodes


def told(document: Document) -> list[tuple[object, ...]]:
    return [(n.state.path, dict(n.attributes), n.raw if not n.kids else None) for n in nodes_of(document)]


def as_parsed(source: bytes) -> list[tuple[object, ...]]:
    return [
        (str(e.tag).rpartition("}")[2], dict(e.attrib.items()), (e.text or "") if not len(e) else None)
        for e in nodes_in(source)
    ]


def nodes_in(source: bytes) -> Iterator[etree._Element]:
    return etree.fromstring(source, etree.XMLParser(remove_comments=True, remove_pis=True)).iter("*")


def names_only(nodes: list[tuple[object, ...]]) -> list[tuple[object, ...]]:
    return [(path[-1].rpartition("}")[2], *rest) for path, *rest in nodes]  # type: ignore[index]


BODIES = (
    "<cbc:ID>F1</cbc:ID>",
    "<cbc:ID  schemeID='a \"b\"\n c'>a &amp;\tb</cbc:ID ><cbc:Note></cbc:Note>",
    "<cbc:ID schemeID = 'a>b'>c</cbc:ID>",
    "<cbc:ID schemeID='a> b'> c >d</cbc:ID>",
    "<cbc:ID schemeID='>'/><cbc:ID schemeID='a'>b</cbc:ID>",
    "<cbc:ID> a > b</cbc:ID><cbc:Note>a > b</cbc:Note><cbc:Note> a >b</cbc:Note>",
    "<cbc:ID>a &#8212; b &apos;c&apos; &quot;</cbc:ID>",
    "<cbc:ID>a<!-- b -->c<![CDATA[<d>]]></cbc:ID><?e f?>",
    "<cbc:ID>a! b?\r\nc\rd\n</cbc:ID>",
    f"{LINE}<cac:InvoiceLine><cbc:Note> a >b</cbc:Note></cac:InvoiceLine>",
    f"{LINE}<cac:InvoiceLine ><cbc:ID>2</cbc:ID></cac:InvoiceLine>",
    f'{LINE}<cac:InvoiceLine id="2"><cbc:ID>2</cbc:ID></cac:InvoiceLine>',
    f'{LINE}<x:InvoiceLine xmlns:x="{CAC}"><cbc:ID>2</cbc:ID></x:InvoiceLine>',
    f'{LINE}<cbc:Note xmlns:cbc="urn:x">x</cbc:Note>',
    f'<cac:Item xmlns:cbc="urn:x">{LINE}</cac:Item>',
    f"<cac:Item>{LINE}</cac:Item>{LINE}",
    f"<cac:InvoiceLine></cac:InvoiceLine>{LINE}<cac:InvoiceLine></cac:InvoiceLine>",
    f"<cac:InvoiceLine><cac:SubInvoiceLine/>{LINE}</cac:InvoiceLine>",
    f'{LINE}<cac:InvoiceLine><cac:InvoiceLine id="1">a</cac:InvoiceLine><cbc:ID>2</cbc:ID></cac:InvoiceLine>',
)
ODD = (
    *("<", ">", '"', "'", " ", "\n", "\t", "\r", "=", "/", "a", "\u00e9", "\u2028"),
    *("&amp;", "&gt;", "&lt;", "&#65;", "&apos;", "<!-- a -->", "<![CDATA[<a>]]>", "<?a b?>"),
    *("<a/>", "<a>b</a>", "<a> b</a>", " a='1'", " b='>'", ' c="a>b"', " d = '\n'"),
    *(f' xmlns:cbc="{CAC}"', LINE, "<cac:InvoiceLine/>", '<cac:InvoiceLine id="1">a</cac:InvoiceLine>'),
)


@pytest.mark.parametrize("body", BODIES)
@pytest.mark.parametrize(
    "start", ["", "\ufeff", "<?xml version='1.0' encoding='utf-8' ?>\n", "\n ", "<!-- a -->"]
)
def test_file_is_read_as_its_tree(start: str, body: str) -> None:
    source = f"{start}{START}{body}</Invoice>\n".encode()

    from_source, from_tree = read(source, given=source), read(source, given=None)

    assert told(from_source) == told(from_tree)
    assert names_only(told(from_source)) == as_parsed(source)


@st.composite
def odd_files(draw: st.DrawFn) -> bytes:
    text = sample("UBL", draw(st.integers(1, 2)), seed=1).decode()
    places = [match.start() for match in re.finditer('[<>"]', text)]
    for place in sorted(draw(st.lists(st.sampled_from(places), max_size=3)), reverse=True):
        at = place + draw(st.integers(0, 1))
        text = text[:at] + draw(st.sampled_from(ODD)) + text[at:]
    return text.encode()


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.filter_too_much])
@given(odd_files())
def test_any_file_is_read_as_its_tree(source: bytes) -> None:
    try:
        etree.fromstring(source)
    except etree.XMLSyntaxError:
        reject()

    from_source, from_tree = read(source, given=source), read(source, given=None)

    assert told(from_source) == told(from_tree)
    assert [n.element.tag for n in nodes_of(from_source)] == [e.tag for e in nodes_in(source)]


def test_file_in_another_encoding_is_read_from_its_tree() -> None:
    text = f"<?xml version='1.0' encoding='ISO-8859-1'?>{START}<cbc:ID>\u00e9</cbc:ID></Invoice>"
    source = text.encode("latin-1")

    assert nodes_of(read(source, given=source))[1].raw == "\u00e9"


@pytest.mark.parametrize("given", [True, False])
@pytest.mark.parametrize("syntax", ["CII", "UBL"])
def test_every_node_knows_its_element(syntax: str, given: bool) -> None:  # noqa: FBT001 -- a case
    text = sample(syntax, 3, seed=1).decode()
    if not given:
        text = text.replace("<ram:LineID", "<!-- a remark --><ram:LineID")
    source = text.encode()
    root = etree.fromstring(source)

    document = engine.read(root, engine.grammar_of((EN16931,), syntax.lower()), source)

    assert len(document.lines) == 3
    nodes = nodes_of(document)
    elements = [node.element for node in nodes]
    assert elements == list(root.iter("*"))
    assert all(
        str(e.tag).endswith(n.state.name.rpartition(":")[2]) for n, e in zip(nodes, elements, strict=True)
    )
    leaves = [(n, e) for n, e in zip(nodes, elements, strict=True) if not n.kids]
    assert all(n.raw == (e.text or "") for n, e in leaves)
