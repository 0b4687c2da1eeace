"""Safe XML: the only door by which untrusted bytes become a tree.

A DOCTYPE is refused before the parser sees it, so no entity is ever declared, expanded or fetched; size
and depth are bounded; nothing is read from the network. Comments and processing instructions are dropped:
no invoice syntax gives them a meaning, and a value that one of them interrupts must be read whole.
"""

from __future__ import annotations

import re
from typing import Final

from lxml import etree
from lxml.etree import ErrorTypes, _Element

from choriste.formats.errors import UnreadableError, unreadable
from choriste.formats.wording import excerpt

SIZE_LIMIT: Final = 100 * 1024 * 1024
"""Bytes of one file: the reform's limit (BR-FR-19)."""

TAG_LIMIT: Final = 2_000_000
"""Tags of one file, start and end: some 45,000 invoice lines. A tree costs far more memory than its bytes."""

DEPTH_LIMIT: Final = 100
"""Levels of elements; the deepest invoice syntax has fewer than 15."""

_PROLOG_LIMIT: Final = 65_536
_TOO_DEEP: Final = etree.XPath("boolean(" + "/*" * (DEPTH_LIMIT + 1) + ")")
_BOMS: Final = {
    b"\xef\xbb\xbf": "utf-8-sig",
    b"\xff\xfe\x00\x00": "utf-32",
    b"\x00\x00\xfe\xff": "utf-32",
    b"\xff\xfe": "utf-16",
    b"\xfe\xff": "utf-16",
    b"<\x00": "utf-16-le",
    b"\x00<": "utf-16-be",
}
_SIGNATURES: Final = {
    b"%PDF": "PDF",
    b"PK\x03\x04": "ZIP",
    b"\x1f\x8b": "gzip",
    b"\x89PNG": "PNG",
    b"\xff\xd8\xff": "JPEG",
    b"\xd0\xcf\x11\xe0": "Microsoft Office",
    b"MZ": "EXE",
}
_ENCODINGS: Final = re.compile(
    r"(utf-?8|utf-?16(le|be)?|us-ascii|ascii|iso-?8859-?\d{1,2}|windows-125\d)", re.IGNORECASE
)
_DECLARED: Final = re.compile(r"""<\?xml[^>]*?\bencoding\s*=\s*["']([^"']*)["']""")
_MISC: Final = re.compile(r"(?:\s+|<!--.*?-->|<\?.*?\?>)*", re.DOTALL)
_ENTITY: Final = re.compile(
    r"""<!ENTITY\s+(?:%\s+)?(\S+)\s+(?:(?:SYSTEM|PUBLIC\s+["'][^"']*["'])\s+["']([^"']*))?"""
)
_EXTERNAL: Final = re.compile(r"""<!DOCTYPE\s+\S+\s+(?:SYSTEM|PUBLIC\s+["'][^"']*["'])\s+["']([^"']*)""")

_TRUNCATED: Final = {
    ErrorTypes.ERR_TAG_NOT_FINISHED,
    ErrorTypes.ERR_DOCUMENT_EMPTY,
    ErrorTypes.ERR_CDATA_NOT_FINISHED,
    ErrorTypes.ERR_COMMENT_NOT_FINISHED,
    ErrorTypes.ERR_PI_NOT_FINISHED,
    ErrorTypes.ERR_GT_REQUIRED,
    ErrorTypes.ERR_LTSLASH_REQUIRED,
    ErrorTypes.ERR_ATTRIBUTE_NOT_FINISHED,
    ErrorTypes.ERR_XMLDECL_NOT_FINISHED,
}
_CODES: Final = {
    ErrorTypes.ERR_UNDECLARED_ENTITY: "XML-UNDECLARED-ENTITY",
    ErrorTypes.WAR_UNDECLARED_ENTITY: "XML-UNDECLARED-ENTITY",
    ErrorTypes.ERR_INVALID_ENCODING: "XML-ENCODING",
    ErrorTypes.ERR_INVALID_CHAR: "XML-CHARACTER",
    ErrorTypes.ERR_INVALID_CHARREF: "XML-CHARACTER",
    ErrorTypes.ERR_NAME_REQUIRED: "XML-CHARACTER",
    ErrorTypes.ERR_ENTITYREF_SEMICOL_MISSING: "XML-CHARACTER",
    ErrorTypes.ERR_LT_IN_ATTRIBUTE: "XML-CHARACTER",
    ErrorTypes.NS_ERR_UNDEFINED_NAMESPACE: "XML-NAMESPACE",
    ErrorTypes.ERR_RESERVED_XML_NAME: "XML-DECLARATION",
    ErrorTypes.ERR_UNSUPPORTED_ENCODING: "XML-ENCODING",
    ErrorTypes.ERR_UNKNOWN_ENCODING: "XML-ENCODING",
}

_NAMED: Final = {
    "XML-UNDECLARED-ENTITY": re.compile(r"Entity '([^']+)'"),
    "XML-NAMESPACE": re.compile(r"Namespace prefix (\S+)"),
    "XML-TRUNCATED": re.compile(r"end of data in tag (\S+)"),
}
_CROSSED: Final = re.compile(r"tag mismatch: (\S+) line (\d+) and ([^\s,]+)")
_REPEATED: Final = re.compile(r"Attribute (\S+) redefined")
_CASES: Final = {
    ErrorTypes.ERR_DOCUMENT_END: "XML-SYNTAX.after-end",
    ErrorTypes.ERR_ATTRIBUTE_WITHOUT_VALUE: "XML-SYNTAX.attribute",
    ErrorTypes.ERR_ATTRIBUTE_NOT_STARTED: "XML-SYNTAX.attribute",
}


def parse_xml(data: bytes, *, size_limit: int = SIZE_LIMIT) -> _Element:
    """Parse one untrusted XML document and return its root element.

    `size_limit` is in bytes. Raises UnreadableError with one finding, whose code is `XML-EMPTY`,
    `XML-SIZE`, `XML-TAGS`, `XML-NOT-XML`, `XML-BINARY`, `XML-ENCODING`, `XML-DTD`, `XML-ENTITY`,
    `XML-EXTERNAL-ENTITY`, `XML-UNDECLARED-ENTITY`, `XML-DEPTH`, `XML-TRUNCATED`, `XML-NAMESPACE`,
    `XML-CHARACTER`, `XML-DECLARATION`, `XML-SYNTAX`, or `FORMAT-HTML` for a web page.
    """
    if len(data) > size_limit:
        raise unreadable("XML-SIZE", found=len(data), expected=size_limit)
    if len(data) > TAG_LIMIT and data.count(b"<") > TAG_LIMIT:
        raise unreadable("XML-TAGS", expected=TAG_LIMIT)
    _refuse_what_is_not_xml(data)
    root = _parsed(data)
    if root.getroottree().docinfo.internalDTD is not None:
        raise unreadable("XML-DTD", line=1)
    if _TOO_DEEP(root):
        raise unreadable("XML-DEPTH", expected=DEPTH_LIMIT)
    return root


def _refuse_what_is_not_xml(data: bytes) -> None:
    if not data.strip():
        raise unreadable("XML-EMPTY")
    for signature, name in _SIGNATURES.items():
        if data.startswith(signature):
            raise unreadable("XML-BINARY", found=name)
    prolog = _prolog(data)
    if len(data) > _PROLOG_LIMIT and not _reaches_root(prolog):
        prolog = _decoded(data)
    _refuse_unknown_encoding(prolog)
    if not prolog.lstrip().startswith("<"):
        raise _no_markup(data, prolog)
    _refuse_doctype(prolog)


def _prolog(data: bytes) -> str:
    """Return the text up to the root element; only its markup matters, so any ASCII superset will do."""
    head = data[:_PROLOG_LIMIT]
    encoding = next((name for bom, name in _BOMS.items() if head.startswith(bom)), "latin-1")
    return head.decode(encoding, errors="replace")


def _reaches_root(prolog: str) -> bool:
    """Return whether the markup before the root element ends within the text: nothing may hide behind it."""
    start = _root_start(prolog)
    return prolog.startswith("<", start) and not prolog.startswith(("<!--", "<?"), start)


def _root_start(prolog: str) -> int:
    misc = _MISC.match(prolog.lstrip("\ufeff"))
    return misc.end() + prolog.startswith("\ufeff") if misc else 0


def _refuse_unknown_encoding(prolog: str) -> None:
    declared = _DECLARED.match(prolog.lstrip())
    if declared and not _ENCODINGS.fullmatch(declared[1]):
        raise unreadable("XML-ENCODING", line=1, found=excerpt(declared[1]))


def _no_markup(data: bytes, prolog: str) -> UnreadableError:
    if any(not c.isprintable() and not c.isspace() for c in prolog):
        return unreadable("XML-BINARY", found=data[:4].hex(" "))
    return unreadable("XML-NOT-XML", found=excerpt(prolog[:60]))


def _refuse_doctype(prolog: str) -> None:
    start = _root_start(prolog)
    if not prolog.startswith("<!DOCTYPE", start):
        return
    line = prolog.count("\n", 0, start) + 1
    if prolog[start + 9 :].lstrip()[:4].lower() == "html":
        raise unreadable("FORMAT-HTML", line=line)
    entity = _ENTITY.search(prolog, start)
    external = _EXTERNAL.match(prolog, start) or (entity if entity and entity[2] else None)
    if external:
        found = excerpt(external[external.re.groups])
        raise unreadable("XML-EXTERNAL-ENTITY", line=line, found=found)
    if entity:
        raise unreadable("XML-ENTITY", line=line, found=excerpt(entity[1]))
    raise unreadable("XML-DTD", line=line)


def _parsed(data: bytes) -> _Element:
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=True,
        remove_comments=True,
        remove_pis=True,
        collect_ids=False,
    )
    try:
        return etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise _malformed(data, error) from None


def _malformed(data: bytes, error: etree.XMLSyntaxError) -> UnreadableError:
    line, column = error.position
    if "Excessive depth" in (error.msg or ""):
        return unreadable("XML-DEPTH", expected=DEPTH_LIMIT)
    code = _CODES.get(_number(error))
    if code is None:
        code = "XML-TRUNCATED" if _is_cut(data, error) else "XML-SYNTAX"
    named = _NAMED[code].search(error.msg or "") if code in _NAMED else None
    found = named[1] if named else _passage(data, line, column)
    if code == "XML-SYNTAX":
        return _ungrammatical(error, found)
    return unreadable(code, line=line, found=found)


def _ungrammatical(error: etree.XMLSyntaxError, passage: str) -> UnreadableError:
    """Return what is wrong with the markup, in our own words: the parser has English ones only."""
    line, message = error.position[0], error.msg or ""
    if crossed := _CROSSED.search(message):
        element, opened, closed = crossed.groups()
        found, values = f"<{element}> … </{closed}>", {"element": element, "opened": opened, "closed": closed}
        return unreadable("XML-SYNTAX", case="XML-SYNTAX.unclosed", line=line, found=found, **values)
    if repeated := _REPEATED.search(message):
        return unreadable("XML-SYNTAX", case="XML-SYNTAX.repeated", line=line, found=repeated[1])
    case = _CASES.get(_number(error))
    return unreadable("XML-SYNTAX", case=case, line=line, found=passage)


def _number(error: etree.XMLSyntaxError) -> int:
    number: int = getattr(error, "code", 0)
    return number


def _is_cut(data: bytes, error: etree.XMLSyntaxError) -> bool:
    """Return whether the parser ran out of bytes: an unfinished construct on the last line."""
    last_line = data.rstrip(b"\r\n \x00").count(b"\n") + 1
    return _number(error) in _TRUNCATED and error.position[0] >= last_line


def _passage(data: bytes, line: int, column: int) -> str:
    """Return what stands about the column of a line, in the encoding that the file seems to have."""
    lines = _decoded(data).splitlines()
    text = lines[line - 1] if 0 < line <= len(lines) else ""
    near = excerpt(text[max(column - 40, 0) : column + 20])
    return near or excerpt("".join(lines[:line])[-60:])


def _decoded(data: bytes) -> str:
    encoding = next((name for bom, name in _BOMS.items() if data.startswith(bom)), "utf-8")
    return data.decode(encoding, errors="replace")
