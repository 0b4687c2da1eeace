"""Cutting a file into its head and its lines, and each of them into a skeleton and its values.

Invoices of one program look alike: the same elements in the same order, with other values; and so do the
lines of one invoice. So the lines of a file are taken apart, and in each piece the values are taken out of
what stands around them. What remains, the skeleton, tells which rules a piece meets.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from lxml import etree

from choriste.rules.predicates import CII

if TYPE_CHECKING:
    from collections.abc import Iterator

SLOT: Final = "\0"
LINES: Final = " \1 "
_ASIDE: Final = re.compile(r"<!--.*?-->|<\?.*?\?>|<!\[CDATA\[(.*?)\]\]>", re.DOTALL)
_VALUE: Final = re.compile(r">([^<\s][^<]*+)</")
_PLAIN: Final = re.compile(
    rb"(?:\xef\xbb\xbf)?"
    rb"""(?:<\?xml\s+version=["']1\.0["'](?:\s+encoding=["'](?i:utf-8)["'])?\s*\?>)?"""
    rb"\s*(?=<[^?!])"
)
_REFERENCE: Final = re.compile("&(?!(?:amp|lt|gt|quot);)")
_RAM: Final = "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100"
_CAC: Final = "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
_ENTITIES: Final = {  # in the order in which they can be replaced: the ampersand last
    "&quot;": '"',
    "&#13;": "\r",
    "&#10;": "\n",
    "&#9;": "\t",
    "&lt;": "<",
    "&gt;": ">",
    "&amp;": "&",
}


class Piece(NamedTuple):
    """A skeleton, with `SLOT` in the place of each value, and the values in the order of the file."""

    skeleton: str
    values: list[str]


class Cut(NamedTuple):
    """A file in pieces. The head holds `LINES` where the lines stood; a line is what its element holds.

    `line` is the full name of the lines' element. A file whose lines stand apart from one another is all
    head.
    """

    head: Piece
    line: str
    lines: list[Piece]


def decoded(text: str) -> str:
    """Return a text of the skeleton or a value with its entities replaced."""
    if "&" in text:
        for entity, character in _ENTITIES.items():
            text = text.replace(entity, character)
    return text


def _aside(match: re.Match[str]) -> str:
    # `xml.sax.saxutils` would do the same, and loads a whole HTTP client for it.
    return (match[1] or "").replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _piece(text: str) -> Piece:
    parts = _VALUE.split(text)
    values = parts[1::2]
    if "&" in text:
        values = [decoded(value) for value in values]
    return Piece(f">{SLOT}</".join(parts[::2]), values)


def cuts(root: etree._Element, *, syntax: str, source: bytes | None = None) -> Iterator[Cut]:
    """Yield the ways to cut a parsed invoice of a syntax (`cii` or `ubl`), the cheapest first.

    `source` is the file that was parsed: where it is plainly written, it need not be written out again.
    Whether pieces can be trusted shows when they are read (`choriste.rules.layouts`). The last way, the
    whole file in one piece as the parser's library writes it, can be.
    """
    plain = _plain(source) if source else None
    if plain is not None:
        yield _cut(plain, root, syntax)
    written = _written(root)
    yield _cut(written, root, syntax)
    yield Cut(_piece(written), "", [])


def _cut(text: str, root: etree._Element, syntax: str) -> Cut:
    namespace, local = _line_of(root, syntax)
    prefix = next((p for p, uri in root.nsmap.items() if uri == namespace), None)
    head, lines = _apart(text, f"{prefix}:{local}" if prefix else local)
    return Cut(_piece(head), f"{{{namespace}}}{local}", [_piece(line) for line in lines])


def _plain(source: bytes) -> str | None:
    """Return the text of a UTF-8 file from its root on; None where it holds what only a parser can read.

    That is comments, processing instructions, sections of character data, and references to characters.
    """
    start = _PLAIN.match(source)
    if start is None:
        return None
    try:
        text = source[start.end() :].decode()
    except UnicodeDecodeError:
        return None
    if ("!" in text and "<!" in text) or ("?" in text and "<?" in text):
        return None
    if "&" in text and _REFERENCE.search(text):
        return None
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def _written(root: etree._Element) -> str:
    text = etree.tostring(root, encoding="unicode", with_tail=False)
    return _ASIDE.sub(_aside, text) if "<!" in text or "<?" in text else text


def _line_of(root: etree._Element, syntax: str) -> tuple[str, str]:
    if syntax == CII:
        return _RAM, "IncludedSupplyChainTradeLineItem"
    return _CAC, "CreditNoteLine" if str(root.tag).endswith("}CreditNote") else "InvoiceLine"


def _apart(text: str, name: str) -> tuple[str, list[str]]:
    before, *chunks = text.split(f"<{name}>")
    if not chunks:
        return text, []
    close = f"</{name}>"
    lines = []
    after = ""
    for chunk in chunks:
        if after.strip():
            return text, []
        line, end, after = chunk.partition(close)
        if not end:
            return text, []
        lines.append(line)
    return before + LINES + after, lines
