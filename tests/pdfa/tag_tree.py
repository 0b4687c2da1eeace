"""What a screen reader meets, in order: the tag tree of a PDF as text.

Usage: `python -m tests.pdfa.tag_tree [FILE.pdf] [--language en]`. Without a file, that of a sample invoice
rendered here. One line per tag, indented by depth, with its text and its alternative text. Repeated table
headings and page footers are artifacts: they are not in the tree. Pieces of a text that touch are one word,
as for a reader; others have a space between them.
"""

from __future__ import annotations

import argparse
import io
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pikepdf

from choriste.documents.issue.facturx import make_facturx
from choriste.formats.invoice.cii import write_cii
from tests.builders.invoices import an_invoice
from tests.pdfa.corpora import CONTEXT

_TOUCH = 0.5
"""Points: less than any space between words."""

_PAIR = re.compile(rb"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>")
_RANGE = re.compile(rb"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>")
_SECTION = re.compile(rb"begin(bfchar|bfrange)(.*?)end\1", re.DOTALL)
# Tags that only group others: a reader passes them without a word.
_SILENT = frozenset({"NonStruct", "Div", "TBody", "THead", "Sect", "Part"})
# Tags whose text reads in one go with that of the tag around them.
_INLINE = frozenset({"Span", "Strong", "Em", "Lbl", "LBody"})

Glyphs = dict[int, str]


@dataclass(frozen=True, slots=True)
class Font:
    """What each two-byte code of a font stands for and how wide it is, in thousandths of the size."""

    glyphs: Glyphs
    widths: dict[int, float]
    usual: float


@dataclass(slots=True)
class Piece:
    """The text of a marked-content sequence, where it begins and where its last line ends, in points."""

    text: str
    x: float
    y: float
    end: float

    def touches(self, following: Piece) -> bool:
        """Tell whether another piece goes on where this one ends."""
        return abs(following.y - self.y) < _TOUCH and abs(following.x - self.end) < _TOUCH


Words = dict[tuple[int, int], Piece]


def dump(pdf: pikepdf.Pdf) -> str:
    """Return the tag tree of a tagged PDF."""
    pages = {page.objgen: number for number, page in enumerate(pdf.pages)}
    words = {(n, mcid): piece for n, page in enumerate(pdf.pages) for mcid, piece in _marked(page).items()}
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
        said = " ".join(_joined(_said(node, pages, words, page)).split())
        yield f"{'  ' * depth}{tag} {said}{_alternative(node)}".rstrip()
        depth += 1
    yield from _lines(node.get("/K", pikepdf.Array()), depth, pages, words, page)


def _joined(pieces: Iterable[Piece]) -> str:
    text, last = "", None
    for piece in pieces:
        text += piece.text if last is not None and last.touches(piece) else f" {piece.text}"
        last = piece
    return text


def _said(node: pikepdf.Dictionary, pages: dict[Any, int], words: Words, page: int | None) -> Iterator[Piece]:
    """Yield the pieces of a tag and of the inline tags in it."""
    page = pages[node.Pg.objgen] if "/Pg" in node else page
    kids: Any = node.get("/K", pikepdf.Array())
    for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
        if isinstance(kid, int) and page is not None:
            if (page, kid) in words:
                yield words[page, kid]
        elif isinstance(kid, pikepdf.Dictionary) and str(kid.get("/S", ""))[1:] in _INLINE:
            yield from _said(kid, pages, words, page)


def _alternative(node: pikepdf.Dictionary) -> str:
    return f" [{node.Alt}]" if "/Alt" in node else ""


def _marked(page: pikepdf.Page) -> dict[int, Piece]:
    """Return the text of each marked-content sequence of a page, by its MCID.

    Each run of text is placed by the `cm` before it, as typst writes them.
    """
    resources: Any = page.Resources
    fonts = {name: _font(font) for name, font in resources.get("/Font", {}).items()}
    found: dict[int, Piece] = {}
    open_ids: list[int | None] = []
    font, size, at = Font({}, {}, 0), 0.0, (0.0, 0.0)
    for instruction in pikepdf.parse_content_stream(page):
        operands: Any = instruction.operands
        name = str(instruction.operator)
        if name in ("BDC", "BMC"):
            open_ids.append(_mcid(operands))
        elif name == "EMC":
            open_ids.pop()
        elif name == "cm":
            at = float(operands[4]), float(operands[5])
        elif name == "Tf":
            font, size = fonts[str(operands[0])], float(operands[1])
        elif name in ("Tj", "TJ"):
            mcid = next((number for number in reversed(open_ids) if number is not None), -1)
            text, width = _shown(operands[0], font)
            piece = found.setdefault(mcid, Piece("", *at, at[0]))
            piece.text += text
            piece.end = at[0] + width * size / 1000
    return found


def _mcid(operands: Any) -> int | None:
    properties = operands[1] if len(operands) > 1 else None
    if isinstance(properties, pikepdf.Dictionary) and "/MCID" in properties:
        return int(properties.MCID)
    return None


def _shown(operand: Any, font: Font) -> tuple[str, float]:
    """Return the text that an operand shows and its width in thousandths of the font size."""
    text, width = "", 0.0
    for part in operand if isinstance(operand, pikepdf.Array) else [operand]:
        if not isinstance(part, pikepdf.String):
            width -= float(part)
            continue
        data = bytes(part)
        for at in range(0, len(data), 2):
            code = int.from_bytes(data[at : at + 2])
            text += font.glyphs.get(code, "")
            width += font.widths.get(code, font.usual)
    return text, width


def _font(font: Any) -> Font:
    """Read a composite font: its ToUnicode map and the widths of its descendant."""
    descendant = font.DescendantFonts[0]
    listed = list(descendant.get("/W", pikepdf.Array()))
    widths: dict[int, float] = {}
    while listed:
        first, second = int(listed.pop(0)), listed.pop(0)
        if isinstance(second, pikepdf.Array):
            widths.update((first + rank, float(width)) for rank, width in enumerate(second))
        else:
            widths.update(dict.fromkeys(range(first, int(second) + 1), float(listed.pop(0))))
    return Font(_glyphs(font), widths, float(descendant.get("/DW", 1000)))


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
