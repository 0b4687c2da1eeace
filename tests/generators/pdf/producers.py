"""From a sheet to a PDF, by four programs that write text in four ways."""

from __future__ import annotations

import html
import io
import json
import logging
import subprocess
from collections.abc import Callable
from functools import cache
from typing import Any

from fpdf import FPDF
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from tests.generators.pdf.sheet import Block, Columns, Grid, Lines, Pairs, Sheet

_FAMILIES = {"sans": "DejaVu Sans", "serif": "Liberation Serif", "narrow": "Liberation Sans Narrow"}
_ALIGNS = {"l": "left", "r": "right", "c": "center"}


@cache
def font_file(family: str, style: str = "Regular") -> str:
    """Return the file of an installed font, as fontconfig finds it."""
    found = subprocess.run(  # noqa: S603 - a fixed command of our own
        ["fc-match", "-f", "%{file}", f"{family}:style={style}"],  # noqa: S607 - fontconfig is on the PATH
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return found.stdout


# --- WeasyPrint ----------------------------------------------------------------------------------------


def by_weasyprint(sheet: Sheet) -> bytes:
    """Write the sheet as HTML and let WeasyPrint lay it out."""
    import weasyprint  # noqa: PLC0415 - only some documents need it

    logging.getLogger("weasyprint").setLevel(logging.ERROR)
    logging.getLogger("fontTools").setLevel(logging.ERROR)
    footer = "<br>".join(html.escape(line) for line in sheet.footer)
    body = "".join(_html(block) for block in sheet.blocks)
    page = f"""<html lang="{sheet.language}"><style>
      @page {{ size: A4; margin: {sheet.margin}pt; margin-bottom: 80pt;
               @bottom-center {{ content: element(foot) }} }}
      body {{ font: {sheet.size}pt '{_FAMILIES[sheet.font]}'; }}
      .foot {{ position: running(foot); font-size: 75%; text-align: center }}
      table {{ border-collapse: collapse; width: 100% }} td, th {{ padding: 2pt 4pt; vertical-align: top }}
      .block {{ margin-bottom: {sheet.gap}pt }} .ruled td, .ruled th {{ border: 0.5pt solid #888 }}
      .plain td, .plain th {{ padding: 0 6pt 2pt 0; text-align: left }} p {{ margin: 0 }}
    </style><body><div class="foot">{footer}</div>{body}</body></html>"""
    return bytes(weasyprint.HTML(string=page).write_pdf())


def _html(block: Block) -> str:
    if isinstance(block, Lines):
        rows = [html.escape(row) for row in block.rows]
        if block.bold and rows:
            rows[0] = f"<b>{rows[0]}</b>"
        body = "<br>".join(rows)
        return f'<p class="block" style="text-align:{block.align};font-size:{block.size * 100}%">{body}</p>'
    if isinstance(block, Pairs):
        return _html_pairs(block)
    if isinstance(block, Grid):
        return _html_grid(block)
    cells = "".join(
        f'<td style="width:{width * 100}%;padding:0">{"".join(_html(inner) for inner in cell)}</td>'
        for cell, width in zip(block.cells, block.widths, strict=True)
    )
    return f'<table class="block"><tr>{cells}</tr></table>'


def _html_pairs(block: Pairs) -> str:
    pairs = [(html.escape(label), html.escape(value)) for label, value in block.pairs]
    if block.style == "inline":
        return '<p class="block">' + "<br>".join(f"{label} : {value}" for label, value in pairs) + "</p>"
    if block.style == "aligned":
        rows = "".join(f"<tr><th>{label}</th><td>{value}</td></tr>" for label, value in pairs)
        return f'<table class="block plain" style="width:auto">{rows}</table>'
    header = "".join(f"<th>{label}</th>" for label, _ in pairs)
    values = "".join(f"<td>{value}</td>" for _, value in pairs)
    return f'<table class="block ruled"><tr>{header}</tr><tr>{values}</tr></table>'


def _html_grid(block: Grid) -> str:
    def row(cells: list[str], tag: str) -> str:
        return "<tr>" + "".join(
            f'<{tag} style="width:{width * 100}%;text-align:{_ALIGNS[align]}">{html.escape(cell)}</{tag}>'
            for cell, width, align in zip(cells, block.widths, block.aligns, strict=True)
        ) + "</tr>"  # fmt: skip

    header = f"<thead>{row(block.header, 'th')}</thead>" if block.header else ""
    kind = "ruled" if block.ruled else ""
    return f'<table class="block {kind}">{header}{"".join(row(cells, "td") for cells in block.rows)}</table>'


# --- typst ---------------------------------------------------------------------------------------------

_TYPST = """
#let sheet = json(bytes(sys.inputs.sheet))
#let foot = align(center, text(size: 0.75em, sheet.footer.join(linebreak())))
#set page(paper: "a4", margin: (x: sheet.margin * 1pt, top: sheet.margin * 1pt, bottom: 80pt), footer: foot)
#set text(font: sheet.font, size: sheet.size * 1pt, lang: sheet.language)
#let draw(b) = {
  if b.kind == "lines" {
    let rows = b.rows.enumerate().map(((i, r)) => if b.bold and i == 0 { strong(r) } else { [#r] })
    align(if b.align == "right" { right } else { left }, text(size: b.size * 1em, rows.join(linebreak())))
  } else if b.kind == "pairs" and b.style == "inline" {
    b.pairs.map(p => [#p.at(0) : #p.at(1)]).join(linebreak())
  } else if b.kind == "pairs" and b.style == "aligned" {
    grid(columns: 2, column-gutter: 1.2em, row-gutter: 0.5em, ..b.pairs.flatten().map(c => [#c]))
  } else if b.kind == "pairs" {
    table(columns: b.pairs.len(), ..b.pairs.map(p => [#p.at(0)]), ..b.pairs.map(p => [#p.at(1)]))
  } else if b.kind == "grid" {
    let aligns = b.aligns.clusters().map(a => if a == "r" { right } else if a == "c" { center } else { left })
    let head = if b.header == none { () } else { (table.header(..b.header.map(c => [#c])),) }
    let stroke = if b.ruled { 0.5pt } else { none }
    let cells = b.rows.flatten().map(c => [#c])
    table(columns: b.widths.map(w => w * 1fr), align: aligns, stroke: stroke, ..head, ..cells)
  } else {
    let space = v(sheet.gap * 1pt, weak: true)
    let cells = b.cells.map(cell => cell.map(draw).join(space))
    grid(columns: b.widths.map(w => w * 1fr), column-gutter: 8pt, ..cells)
  }
}
#for b in sheet.blocks { draw(b); v(sheet.gap * 1pt, weak: true) }
"""


def by_typst(sheet: Sheet) -> bytes:
    """Hand the sheet to a typst template as data."""
    import typst  # noqa: PLC0415 - only some documents need it

    described = {
        "blocks": [_plain(block) for block in sheet.blocks],
        "footer": sheet.footer or [""],
        "font": {"sans": "DejaVu Sans", "serif": "Liberation Serif", "narrow": "Liberation Sans"}[sheet.font],
        "size": sheet.size,
        "language": sheet.language,
        "gap": sheet.gap,
        "margin": sheet.margin,
    }
    return bytes(typst.compile(_TYPST.encode(), sys_inputs={"sheet": json.dumps(described)}))


def _plain(block: Block) -> dict[str, Any]:
    if isinstance(block, Columns):
        cells = [[_plain(inner) for inner in cell] for cell in block.cells]
        return {"kind": "columns", "cells": cells, "widths": block.widths}
    return {"kind": type(block).__name__.lower(), **vars(block)}


# --- reportlab -----------------------------------------------------------------------------------------


def by_reportlab(sheet: Sheet) -> bytes:
    """Write the sheet with platypus; half of the documents use the standard fonts, not embedded."""
    fonts = {"sans": "Helvetica", "serif": "Times-Roman", "narrow": "LiberationNarrow"}
    if sheet.font == "narrow" and "LiberationNarrow" not in pdfmetrics.getRegisteredFontNames():
        pdfmetrics.registerFont(TTFont("LiberationNarrow", font_file("Liberation Sans Narrow")))
    style = ParagraphStyle("body", fontName=fonts[sheet.font], fontSize=sheet.size, leading=sheet.size * 1.25)
    room = A4[0] - 2 * sheet.margin
    story: list[Flowable] = []
    for block in sheet.blocks:
        story += [*_flowables(block, style, room), Spacer(1, sheet.gap)]

    def foot(canvas: Any, _document: Any) -> None:
        canvas.setFont(fonts[sheet.font], sheet.size * 0.75)
        for rank, line in enumerate(reversed(sheet.footer)):
            canvas.drawCentredString(A4[0] / 2, 20 + rank * sheet.size, line)

    target = io.BytesIO()
    document = SimpleDocTemplate(
        target, pagesize=A4, leftMargin=sheet.margin, rightMargin=sheet.margin, topMargin=sheet.margin,
        bottomMargin=70, invariant=1,
    )  # fmt: skip
    document.build(story, onFirstPage=foot, onLaterPages=foot)
    return target.getvalue()


def _flowables(block: Block, style: ParagraphStyle, room: float) -> list[Flowable]:
    if isinstance(block, Lines):
        own = ParagraphStyle(
            "own",
            parent=style,
            fontSize=style.fontSize * block.size,
            leading=style.fontSize * block.size * 1.25,
        )
        own.alignment = 2 if block.align == "right" else 0
        return [Paragraph(html.escape(row), own) for row in block.rows]
    if isinstance(block, Pairs) and block.style == "inline":
        return [Paragraph(html.escape(f"{label} : {value}"), style) for label, value in block.pairs]
    if isinstance(block, Pairs):
        rows = [list(pair) for pair in block.pairs]
        rows = rows if block.style == "aligned" else [list(row) for row in zip(*rows, strict=True)]
        return [_table(rows, None, style, "l" * len(rows[0]), ruled=block.style == "row")]
    if isinstance(block, Grid):
        rows = ([block.header] if block.header else []) + block.rows
        return [
            _table(rows, [width * room for width in block.widths], style, block.aligns, ruled=block.ruled)
        ]
    cells = [
        [item for inner in cell for item in _flowables(inner, style, room * width - 12)]
        for cell, width in zip(block.cells, block.widths, strict=True)
    ]
    return [
        Table(
            [cells],
            colWidths=[room * width for width in block.widths],
            style=[("VALIGN", (0, 0), (-1, -1), "TOP")],
        )
    ]


def _table(
    rows: list[list[str]], widths: list[float] | None, style: ParagraphStyle, aligns: str, *, ruled: bool
) -> Table:
    commands: list[Any] = [
        ("FONT", (0, 0), (-1, -1), style.fontName, style.fontSize),
        ("TOPPADDING", (0, 0), (-1, -1), 1),
    ]
    commands += [("ALIGN", (at, 0), (at, -1), _ALIGNS[align].upper()) for at, align in enumerate(aligns)]
    commands += [("GRID", (0, 0), (-1, -1), 0.4, (0.5, 0.5, 0.5))] if ruled else []
    return Table(
        rows,
        colWidths=widths,
        style=TableStyle(commands),
        hAlign="LEFT",
        repeatRows=1 if len(rows) > 25 else 0,
    )


# --- fpdf2 ---------------------------------------------------------------------------------------------


class _Fpdf(FPDF):
    """Draws blocks at a cursor, cell by cell, as small invoicing programs do."""

    def __init__(self, sheet: Sheet) -> None:
        super().__init__(unit="pt", format="A4")
        self.sheet = sheet
        self.set_auto_page_break(True, 80)
        self.set_margins(sheet.margin, sheet.margin, sheet.margin)
        self.face = "helvetica"
        if sheet.font != "sans":
            self.face = "own"
            self.add_font("own", fname=font_file(_FAMILIES[sheet.font]))
        self.step = sheet.size * 1.35

    def footer(self) -> None:
        self.set_font(self.face, size=self.sheet.size * 0.75)
        self.set_y(-20 - self.step * len(self.sheet.footer))
        for row in self.sheet.footer:
            self.cell(0, self.step, row, align="C", new_x="LMARGIN", new_y="NEXT")

    def block(self, block: Block, x: float, room: float) -> None:  # noqa: C901 - one branch for each kind of block
        self.set_font(self.face, size=self.sheet.size)
        if isinstance(block, Lines):
            self.set_font(self.face, size=self.sheet.size * block.size)
            for row in block.rows:
                self.row(
                    [row], x, [room], "r" if block.align == "right" else "l", height=self.step * block.size
                )
        elif isinstance(block, Pairs) and block.style == "inline":
            for label, value in block.pairs:
                self.row([f"{label} : {value}"], x, [room], "l")
        elif isinstance(block, Pairs) and block.style == "aligned":
            for pair in block.pairs:
                self.row(list(pair), x, [room * 0.5, room * 0.5], "ll")
        elif isinstance(block, Pairs):
            widths = [room / len(block.pairs)] * len(block.pairs)
            for column in (0, 1):
                self.row([pair[column] for pair in block.pairs], x, widths, "l" * len(widths))
        elif isinstance(block, Grid):
            for cells in ([block.header] if block.header else []) + block.rows:
                self.row(
                    cells, x, [width * room for width in block.widths], block.aligns, border=int(block.ruled)
                )
        else:
            self.columns(block, x, room)

    def columns(self, block: Columns, x: float, room: float) -> None:
        top, lowest = self.get_y(), self.get_y()
        for cell, width in zip(block.cells, block.widths, strict=True):
            self.set_y(top)
            for inner in cell:
                self.block(inner, x, room * width - 8)
            lowest = max(lowest, self.get_y())
            x += room * width
        self.set_y(lowest)

    def row(  # noqa: PLR0913 - one argument for each property of a row
        self,
        cells: list[str],
        x: float,
        widths: list[float],
        aligns: str,
        *,
        border: int = 0,
        height: float = 0,
    ) -> None:
        self.set_x(x)
        for cell, width, align in zip(cells, widths, aligns, strict=True):
            self.cell(width, height or self.step, cell, border=1 if border else 0, align=align.upper())
        self.ln(height or self.step)


def by_fpdf(sheet: Sheet) -> bytes:
    """Draw the sheet with fpdf2."""
    document = _Fpdf(sheet)
    document.add_page()
    for block in sheet.blocks:
        document.block(block, sheet.margin, document.w - 2 * sheet.margin)
        document.ln(sheet.gap)
    return bytes(document.output())


def as_scan(data: bytes) -> bytes:
    """Return the document as pictures of its pages, without a character of text."""
    import pypdfium2 as pdfium  # noqa: PLC0415 - only some documents need it
    from reportlab.lib.utils import ImageReader  # noqa: PLC0415 - only some documents need it
    from reportlab.pdfgen.canvas import Canvas  # noqa: PLC0415 - only some documents need it

    target = io.BytesIO()
    canvas = Canvas(target, pagesize=A4, invariant=1)
    for page in pdfium.PdfDocument(data):
        canvas.drawImage(ImageReader(page.render(scale=1.2).to_pil()), 0, 0, *A4)
        canvas.showPage()
    canvas.save()
    return target.getvalue()


PRODUCERS: dict[str, Callable[[Sheet], bytes]] = {
    "typst": by_typst,
    "weasyprint": by_weasyprint,
    "reportlab": by_reportlab,
    "fpdf2": by_fpdf,
}
