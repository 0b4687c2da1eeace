"""What a screen reader meets, in order: the tag tree of a PDF as text.

Usage: `python -m tests.pdfa.tag_tree [FILE.pdf] [--language en]`. Without a file, that of a sample invoice
rendered here. One line per tag, indented by depth, with its text and
its alternative text. Repeated table headings and page footers are artifacts: they are not in the tree.
"""

from __future__ import annotations

import argparse
import io
import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pikepdf

from choriste.documents.facturx import make_facturx
from choriste.formats.cii import write_cii
from tests.builders.invoices import an_invoice
from tests.pdfa.corpora import CONTEXT

_PAIR = re.compile(rb"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>")
_RANGE = re.compile(rb"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>")
_SECTION = re.compile(rb"begin(bfchar|bfrange)(.*?)end\1", re.DOTALL)
# Tags that only group others: a reader passes them without a word.
_SILENT = frozenset({"NonStruct", "Div", "TBody", "THead", "Sect", "Part"})
# Tags whose text reads in one go with that of the tag around them.
_INLINE = frozenset({"Span", "Strong", "Em", "Lbl", "LBody"})

Glyphs = dict[int, str]
Words = dict[tuple[int, int], str]


def dump(pdf: pikepdf.Pdf) -> str:
    """Return the tag tree of a tagged PDF."""
    pages = {page.objgen: number for number, page in enumerate(pdf.pages)}
    words = {(n, mcid): text for n, page in enumerate(pdf.pages) for mcid, text in _marked(page).items()}
    return "\n".join(_lines(pdf.Root.StructTreeRoot.K, 0, pages, words, None)) + "\n"


def _lines(node: Any, depth: int, pages: dict[Any, int], words: Words, page: int | None) -> Iterator[str]:
    if isinstance(node, pikepdf.Array):
        for kid in node:
            yield from _lines(kid, depth, pages, words, page)
        return
    if not isinstance(node, pikepdf.Dictionary) or "/S" not in node:
        return
    page = pages[node.Pg.objgen] if "/Pg" in node else page
    tag = str(node.S)[1:]
    if tag in _INLINE:
        return
    if tag not in _SILENT:
        said = " ".join("".join(_said(node, pages, words, page)).split())
        yield f"{'  ' * depth}{tag} {said}{_alternative(node)}".rstrip()
        depth += 1
    yield from _lines(node.get("/K", pikepdf.Array()), depth, pages, words, page)


def _said(node: pikepdf.Dictionary, pages: dict[Any, int], words: Words, page: int | None) -> Iterator[str]:
    """Yield the text of a tag and of the inline tags in it."""
    page = pages[node.Pg.objgen] if "/Pg" in node else page
    kids: Any = node.get("/K", pikepdf.Array())
    for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
        if isinstance(kid, int) and page is not None:
            yield words.get((page, kid), "") + " "
        elif isinstance(kid, pikepdf.Dictionary) and str(kid.get("/S", ""))[1:] in _INLINE:
            yield from _said(kid, pages, words, page)


def _alternative(node: pikepdf.Dictionary) -> str:
    return f" [{node.Alt}]" if "/Alt" in node else ""


def _marked(page: pikepdf.Page) -> dict[int, str]:
    """Return the text of each marked-content sequence of a page, by its MCID."""
    resources: Any = page.Resources
    fonts = {name: _glyphs(font) for name, font in resources.get("/Font", {}).items()}
    found: dict[int, str] = defaultdict(str)
    open_ids: list[int | None] = []
    glyphs: Glyphs = {}
    for instruction in pikepdf.parse_content_stream(page):
        operands: Any = instruction.operands
        name = str(instruction.operator)
        if name in ("BDC", "BMC"):
            open_ids.append(_mcid(operands))
        elif name == "EMC":
            open_ids.pop()
        elif name == "Tf":
            glyphs = fonts[str(operands[0])]
        elif name in ("Tj", "TJ"):
            mcid = next((number for number in reversed(open_ids) if number is not None), -1)
            found[mcid] += _decoded(operands[0], glyphs)
    return found


def _mcid(operands: Any) -> int | None:
    properties = operands[1] if len(operands) > 1 else None
    if isinstance(properties, pikepdf.Dictionary) and "/MCID" in properties:
        return int(properties.MCID)
    return None


def _decoded(operand: Any, glyphs: Glyphs) -> str:
    pieces = operand if isinstance(operand, pikepdf.Array) else [operand]
    codes = b"".join(bytes(piece) for piece in pieces if isinstance(piece, pikepdf.String))
    return "".join(glyphs.get(int.from_bytes(codes[i : i + 2]), "") for i in range(0, len(codes), 2))


def _glyphs(font: pikepdf.Dictionary) -> Glyphs:
    """Return what each two-byte code of a font stands for, as its ToUnicode map says."""
    glyphs: Glyphs = {}
    for section in _SECTION.finditer(font.ToUnicode.read_bytes()):
        if section[1] == b"bfchar":
            glyphs.update((int(code, 16), _unicode(text)) for code, text in _PAIR.findall(section[2]))
            continue
        for first, last, text in _RANGE.findall(section[2]):
            start = ord(_unicode(text)[-1])
            glyphs.update(
                (int(first, 16) + i, chr(start + i)) for i in range(int(last, 16) - int(first, 16) + 1)
            )
    return glyphs


def _unicode(digits: bytes) -> str:
    return bytes.fromhex(digits.decode()).decode("utf-16-be")


def _sample(language: str) -> bytes:
    invoice = an_invoice()
    return make_facturx(invoice, cii=write_cii(invoice), context=CONTEXT, language=language)


def main() -> int:
    """Print the tag tree of a file, or of the sample invoice."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path, nargs="?")
    parser.add_argument("--language", choices=("fr", "en"), default="fr")
    options = parser.parse_args()
    content = options.file.read_bytes() if options.file else _sample(options.language)
    with pikepdf.open(io.BytesIO(content)) as document:
        sys.stdout.write(dump(document))
    return 0


if __name__ == "__main__":
    sys.exit(main())
