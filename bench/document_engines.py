"""The same invoice page by other means, for the benchmark of documents: WeasyPrint, fpdf2, factur-x.

All are given the content that our own page shows (`choriste.documents.issue.pages`), so that what differs is
the engine. WeasyPrint gets our fonts, a stylesheet of the same layout, and the closest claim it can make
alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from html import escape
from importlib import resources
from pathlib import Path
from typing import Any

FONTS = Path(str(resources.files("choriste.documents.issue") / "fonts"))
STYLE = """
@page { size: A4; margin: 21mm 18mm 24mm; @bottom-right { content: "Page " counter(page) " / " counter(pages);
  font-size: 7.6pt } @bottom-left { content: string(reference); font-size: 7.6pt } }
body { font-family: "Atkinson Hyperlegible Next", "Noto Sans"; font-size: 9pt;
  line-height: 1.25; color: #1b1f24 }
h1 { font-size: 25pt; color: #0b4a5b; margin: 0; string-set: reference content() }
h2 { font-size: 10pt; color: #0b4a5b; margin: 5mm 0 2mm; break-after: avoid }
.highlights { display: flex; background: #eff4f5; padding: 3mm 4mm; gap: 6mm; border-radius: 1.5mm }
.highlights p { flex: 1; margin: 0 } .highlights b { font-size: 13pt }
.columns { display: flex; gap: 8mm } .columns > div { flex: 1 }
dl { margin: 0 } dt { float: left; clear: left; width: 36mm; color: #545c66 } dd { margin: 0 0 0.6mm 36mm }
table { width: 100%; border-collapse: collapse } th { text-align: left; font-size: 8pt; color: #0b4a5b;
  border-bottom: 0.9pt solid #0b4a5b } td, th { padding: 1.5mm 1.6mm; vertical-align: top }
td { border-bottom: 0.5pt solid #c5ccd3 } tr { break-inside: avoid }
small { font-size: 7.6pt; color: #545c66 }
.n { text-align: right } .due { background: #0b4a5b; color: white; padding: 3mm; font-weight: bold }
"""

Page = dict[str, Any]


def weasyprint_pdf(page: Page, variant: str | None) -> bytes:
    """Return the page as WeasyPrint sets it; `variant` is its PDF claim (`pdf/a-3a`), or None for none."""
    from weasyprint import HTML  # noqa: PLC0415 - its import is part of what a cold start measures

    style, fonts = _style()
    html = HTML(string=_html(page))
    return bytes(html.write_pdf(stylesheets=[style], font_config=fonts, pdf_variant=variant))


@cache
def _style() -> tuple[Any, Any]:
    from weasyprint import CSS  # noqa: PLC0415 - see above
    from weasyprint.text.fonts import FontConfiguration  # noqa: PLC0415 - see above

    fonts = FontConfiguration()
    faces = (("AtkinsonHyperlegibleNext-Regular", 400), ("AtkinsonHyperlegibleNext-Bold", 700))
    rules = "".join(
        f'@font-face {{ font-family: "Atkinson Hyperlegible Next"; font-weight: {weight};'
        f" src: url({(FONTS / name).as_uri()}.ttf) }}"
        for name, weight in faces
    )
    return CSS(string=rules + STYLE, font_config=fonts), fonts


def _html(page: Page) -> str:
    """Return the page as HTML: the same texts in the same order."""
    body = [
        f"<h1>{_text(page['kind'])}</h1><p>{_text(page['number'])}</p>",
        f'<div class="highlights">{"".join(_highlight(row) for row in page["highlights"])}</div>',
        f'<div class="columns">{"".join(_column(column) for column in page["parties"])}</div>',
        _facts(page["references"]),
        f"<h2>{_text(page['lines']['title'])}</h2><p><small>{_text(page['lines']['caption'])}</small></p>",
        _table(
            page["lines"]["columns"],
            map(_line, page["lines"]["rows"], page["lines"]["below"]),
            figures=(2, 4, 5, 6),
        ),
        *(_section(page[name]) for name in ("adjustments", "vat")),
        _totals(page["totals"]),
        *(_facts(page[name]) for name in ("payment", "technical")),
        "".join(f"<p><b>{_text(subject)}</b> {_text(note)}</p>" for subject, note in _rows(page["notes"])),
    ]
    head = f'<html lang="{page["language"]}"><head><title>{_text(page["title"])}</title></head>'
    return f"{head}<body>{''.join(body)}</body></html>"


def _text(text: str) -> str:
    return escape(text).replace("\n", "<br>")


def _highlight(row: Sequence[str]) -> str:
    return f"<p><small>{_text(row[0])}</small><br><b>{_text(row[1])}</b></p>"


def _column(blocks: Iterable[Page]) -> str:
    return f"<div>{''.join(_party(block) for block in blocks)}</div>"


def _party(block: Page) -> str:
    lines = "<br>".join(map(_text, block["lines"]))
    return (
        f"<h2>{_text(block['title'])}</h2><b>{_text(block['name'])}</b><p>{lines}</p>{_terms(block['pairs'])}"
    )


def _terms(pairs: Iterable[Sequence[str]]) -> str:
    return f"<dl>{''.join(f'<dt>{_text(a)}</dt><dd>{_text(b)}</dd>' for a, b in pairs)}</dl>"


def _facts(block: Page | None) -> str:
    if block is None:
        return ""
    accounts = "".join(_terms(account) for account in block.get("accounts", ()))
    return f"<h2>{_text(block['title'])}</h2>{_terms(block['pairs'])}{accounts}"


def _rows(block: Page | None) -> Sequence[Sequence[str]]:
    return block["rows"] if block else ()


def _line(row: Sequence[str], below: Sequence[Sequence[str]]) -> list[str]:
    small = [" ".join(part) for part in below] + [row[2]]
    item = _text(row[1]) + "".join(f"<br><small>{_text(text)}</small>" for text in small if text)
    return [_text(row[0]), item, *map(_text, row[3:])]


def _section(block: Page | None) -> str:
    if block is None:
        return ""
    rows = ([_text(cell) for cell in row] for row in block["rows"])
    return f"<h2>{_text(block['title'])}</h2>{_table(block['columns'], rows, figures=(2, 3, 4, 5))}"


def _table(columns: Sequence[str], rows: Iterable[Sequence[str]], *, figures: Sequence[int]) -> str:
    def cells(tag: str, row: Sequence[str]) -> str:
        return "".join(
            f"<{tag}{' class=n' if i in figures else ''}>{cell}</{tag}>" for i, cell in enumerate(row)
        )

    head = cells("th scope=col", [_text(column) for column in columns]).replace("</th scope=col>", "</th>")
    body = "".join(f"<tr>{cells('td', row)}</tr>" for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _totals(totals: Page) -> str:
    due = f'<p class="due">{" ".join(map(_text, totals["due"]))}</p>' if totals["due"] else ""
    return f"<h2>{_text(totals['title'])}</h2>{_terms(totals['rows'])}{due}"


def fpdf2_pdf(page: Page) -> bytes:
    """Return the page's texts as fpdf2 sets them: no tags, no claim, plain flow and one table of lines."""
    from fpdf import FPDF  # noqa: PLC0415 - its import is part of what a cold start measures

    pdf = FPDF(format="A4")
    for style, name in (("", "Regular"), ("B", "Bold")):
        pdf.add_font("Atkinson", style, FONTS / f"AtkinsonHyperlegibleNext-{name}.ttf")
    pdf.add_page()
    pdf.set_font("Atkinson", "B", 25)
    pdf.multi_cell(0, text=page["kind"], new_x="LMARGIN", new_y="NEXT")
    pdf.set_font("Atkinson", "", 9)
    for text in _flow(page):
        pdf.multi_cell(0, text=text, new_x="LMARGIN", new_y="NEXT")
    rows = [page["lines"]["columns"], *map(_plain_line, page["lines"]["rows"], page["lines"]["below"])]
    with pdf.table(col_widths=(8, 70, 16, 18, 22, 16, 26), borders_layout="HORIZONTAL_LINES") as table:
        for row in rows:
            table.row(row)
    return bytes(pdf.output())


def _plain_line(row: Sequence[str], below: Sequence[Sequence[str]]) -> list[str]:
    return [row[0], "\n".join([row[1], *(" ".join(part) for part in below), row[2]]), *row[3:]]


def _flow(page: Page) -> Iterable[str]:
    """Yield every text of the page but its lines."""
    for column in page["parties"]:
        for block in column:
            yield from (block["title"], block["name"], *block["lines"], *map(": ".join, block["pairs"]))
    for name in ("references", "payment", "technical"):
        yield from map(": ".join, page[name]["pairs"] if page[name] else ())
    for name in ("adjustments", "vat", "notes"):
        yield from map(" ".join, _rows(page[name]))
    yield from map(": ".join, page["totals"]["rows"])


def facturx_library(pdf: bytes, cii: bytes) -> bytes:
    """Return the PDF with the XML embedded by the factur-x library, its checks off: assembly only."""
    from facturx import generate_from_binary  # noqa: PLC0415 - see above

    return bytes(generate_from_binary(pdf, cii, check_xsd=False, check_schematron=False))
