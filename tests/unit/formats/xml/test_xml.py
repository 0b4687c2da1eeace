from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from choriste.domain.shared.errors import ChoristeError
from choriste.formats.errors import UnreadableError
from choriste.formats.xml.parsing import DEPTH_LIMIT, parse_xml
from choriste.i18n.catalogue import template

_LAUGHS = (
    b'<?xml version="1.0"?>\n<!DOCTYPE a [<!ENTITY l0 "ha">'
    + b"".join(b'<!ENTITY l%d "&l%d;&l%d;&l%d;">' % (n, n - 1, n - 1, n - 1) for n in range(1, 30))
    + b"]><a>&l29;</a>"
)

_HOSTILE = {
    "empty": (b"", "XML-EMPTY", None),
    "blank": (b" \n\t", "XML-EMPTY", None),
    "pdf": (b"%PDF-1.7\n", "XML-BINARY", None),
    "zip": (b"PK\x03\x04....", "XML-BINARY", None),
    "noise": (bytes(range(256)), "XML-BINARY", None),
    "csv": (b"a;b\n1;2", "XML-NOT-XML", None),
    "json": (b'{"a": 1}', "XML-NOT-XML", None),
    "doctype": (b"\n<!DOCTYPE a><a/>", "XML-DTD", 2),
    "billion laughs": (_LAUGHS, "XML-ENTITY", 2),
    "external entity": (
        b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
        "XML-EXTERNAL-ENTITY",
        1,
    ),
    "parameter entity": (
        b'<!DOCTYPE a [<!ENTITY % p PUBLIC "x" "http://evil.example/x"> %p;]><a/>',
        "XML-EXTERNAL-ENTITY",
        1,
    ),
    "external DTD": (b'<!DOCTYPE a SYSTEM "http://evil.example/x.dtd"><a/>', "XML-EXTERNAL-ENTITY", 1),
    "doctype in UTF-16": ('<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'.encode("utf-16"), "XML-ENTITY", 1),
    "doctype behind a comment": (b"<!-- x --><!DOCTYPE a><a/>", "XML-DTD", 1),
    "doctype behind a long comment": (
        b"<!--" + b"x" * 70_000 + b'--><!DOCTYPE a [<!ENTITY b "c">]><a/>',
        "XML-ENTITY",
        1,
    ),
    "doctype in UTF-7": (b'<?xml version="1.0" encoding="UTF-7"?>+ADw-a/>', "XML-ENCODING", 1),
    "HTML page": (b"<!DOCTYPE html><html></html>", "FORMAT-HTML", 1),
    "undeclared entity": (b"<a>\n&eacute;</a>", "XML-UNDECLARED-ENTITY", 2),
    "deep": (b"<a>" * 101 + b"</a>" * 101, "XML-DEPTH", None),
    "very deep": (b"<a>" * 10_000, "XML-DEPTH", None),
    "cut in a text": (b"<a>\n<b>tex", "XML-TRUNCATED", 2),
    "cut in a tag": (b'<a>\n<b c="d', "XML-TRUNCATED", 2),
    "cut after a tag": (b"<a>\n<b>x</b>\n", "XML-TRUNCATED", 3),
    "crossed tags": (b"<a>\n<b>x</c></a>", "XML-SYNTAX", 2),
    "two roots": (b"<a/>\n<b/>", "XML-SYNTAX", 2),
    "bare ampersand": (b"<a>A & B</a>", "XML-CHARACTER", 1),
    "control character": (b"<a>\x01</a>", "XML-CHARACTER", 1),
    "undeclared prefix": (b"<x:a/>", "XML-NAMESPACE", 1),
    "late declaration": (b'\n<?xml version="1.0"?><a/>', "XML-DECLARATION", 2),
    "Latin-1 called UTF-8": (
        b'<?xml version="1.0" encoding="UTF-8"?>\n<a>\xe9</a>',
        "XML-ENCODING",
        2,
    ),
}


@pytest.mark.parametrize(("data", "code", "line"), _HOSTILE.values(), ids=_HOSTILE)
def test_parse_xml_refuses_hostile_and_broken_bytes_by_name(data: bytes, code: str, line: int | None) -> None:
    with pytest.raises(UnreadableError) as caught:
        parse_xml(data)

    finding = caught.value.finding
    assert finding.rule == code
    assert finding.line == line
    assert finding.message.fr
    assert finding.message.en


def test_parse_xml_refuses_more_bytes_than_its_limit() -> None:
    with pytest.raises(UnreadableError) as caught:
        parse_xml(b"<a>" + b" " * 100 + b"</a>", size_limit=50)

    assert caught.value.code == "XML-SIZE"
    assert caught.value.finding.found == "107"


def test_parse_xml_refuses_more_tags_than_an_invoice_can_have() -> None:
    with pytest.raises(UnreadableError) as caught:
        parse_xml(b"<a>" + b"<b/>" * 2_000_000 + b"</a>")

    assert caught.value.code == "XML-TAGS"


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (b"<a>&eacute;</a>", "eacute"),
        (b"<a><x:b/></a>", "x"),
        (b"<a><b>text", "b"),
        (b"<a>\n<b>Tom & Jerry</b></a>", "<b>Tom & Jerry</b></a>"),
        (b"<!DOCTYPE a [<!ENTITY lol 'x'>]><a/>", "lol"),
        (b"\x7fELF\x02", "7f 45 4c 46"),
    ],
)
def test_parse_xml_tells_what_it_found(data: bytes, found: str) -> None:
    with pytest.raises(UnreadableError) as caught:
        parse_xml(data)

    assert caught.value.finding.found == found
    assert found in caught.value.finding.message.fr


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_parse_xml_reads_unicode_encodings(encoding: str) -> None:
    root = parse_xml('<?xml version="1.0"?><a>é €</a>'.encode(encoding))

    assert root.text == "é €"


def test_parse_xml_reads_a_declared_latin_encoding() -> None:
    root = parse_xml('<?xml version="1.0" encoding="ISO-8859-1"?><a>é</a>'.encode("latin-1"))

    assert root.text == "é"


def test_parse_xml_reads_a_value_that_a_comment_interrupts_whole() -> None:
    root = parse_xml(b"<a><?x y?>12<!-- thousand -->34<![CDATA[.5]]></a>")

    assert root.text == "1234.5"


def test_parse_xml_accepts_its_depth_limit() -> None:
    assert parse_xml(b"<a>" * DEPTH_LIMIT + b"</a>" * DEPTH_LIMIT) is not None


@given(st.binary(max_size=300) | st.binary(max_size=60).map(lambda noise: b"<a>" + noise + b"</a>"))
def test_parse_xml_ends_in_a_tree_or_a_finding(data: bytes) -> None:
    codes = set()
    try:
        parse_xml(data)
    except UnreadableError as error:
        codes.add(error.code)

    assert all(template("formats", code) is not None for code in codes)


def test_unreadable_file_is_an_error_of_the_platform_with_the_code_of_its_finding() -> None:
    with pytest.raises(ChoristeError) as refusal:
        parse_xml(b"")

    assert refusal.value.code == "XML-EMPTY"
    assert str(refusal.value).startswith("XML-EMPTY: ")
