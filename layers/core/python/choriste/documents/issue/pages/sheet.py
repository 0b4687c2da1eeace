"""Sheets: the pages that are not invoices, built of the same few blocks.

A sheet has a title, highlights, columns of actors, then blocks in reading order. Each block is a dict
with a `kind` that `templates/sheet.typ` knows: facts, table, prose, banner or findings.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from choriste.documents.issue.actors import Actor
from choriste.documents.issue.pages.pairs import Pair, pairs
from choriste.documents.issue.render import Template, render
from choriste.documents.issue.wording import Wording

Block = dict[str, object]


class Tone(StrEnum):
    """How a banner sounds; its words say the same, so that nothing rests on colour alone."""

    GOOD = "good"
    WARNING = "warning"
    BAD = "bad"


class Row(StrEnum):
    """What the last row of a table is."""

    LIKE_OTHERS = "like-others"
    SUM = "sum"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A page ready to be set: texts only, in the page's language."""

    title: str
    subtitle: str
    highlights: Sequence[Pair] = ()
    actors: Sequence[Sequence[Block]] = ()
    blocks: Sequence[Block | None] = ()
    reference: str = ""
    closing: str = ""


def set_sheet(sheet: Sheet, words: Wording, *, dated: dt.datetime) -> bytes:
    """Return the sheet as an accessible, archivable PDF; raises RenderError."""
    page = {
        "language": words.language,
        "title": " — ".join(part for part in (sheet.title, sheet.subtitle) if part),
        "author": "Choriste",
        "kind": sheet.title,
        "number": sheet.subtitle,
        "highlights": list(sheet.highlights),
        "parties": [list(column) for column in sheet.actors],
        "blocks": [block for block in sheet.blocks if block],
        "footer": {"left": sheet.reference, "closing": sheet.closing, "page": words.open("page")},
    }
    return render(Template.SHEET, page, dated=dated)


def facts(title: str, rows: Sequence[Pair]) -> Block | None:
    """Return labelled values under a heading, or None where there are none."""
    return {"kind": "facts", "title": title, "pairs": list(rows)} if rows else None


def table(  # noqa: PLR0913 - what a table is
    title: str,
    columns: Sequence[str],
    rows: Sequence[Sequence[object]],
    *,
    widths: Sequence[float],
    figures: int = 0,
    last: Row = Row.LIKE_OTHERS,
) -> Block | None:
    """Return a table, or None without rows.

    `widths` are millimetres, 0 for the column that takes what is left; the last `figures` columns hold
    figures. A cell is a text, or a pair of texts, the second in small print. `last` says whether the last
    row is the sum that the others lead to.
    """
    if not rows:
        return None
    right = list(range(len(columns) - figures, len(columns)))
    return {
        "kind": "table",
        "title": title,
        "columns": list(columns),
        "rows": [list(row) for row in rows],
        "widths": list(widths),
        "right": right,
        "sums": last is Row.SUM,
    }


def prose(title: str, paragraphs: Iterable[str | None]) -> Block | None:
    """Return paragraphs under a heading, or None where there are none."""
    kept = [paragraph for paragraph in paragraphs if paragraph]
    return {"kind": "prose", "title": title, "paragraphs": kept} if kept else None


def banner(text: str, tone: Tone) -> Block:
    """Return a sentence that stands out: the verdict, the state, what happened."""
    return {"kind": "banner", "text": text, "tone": tone.value}


def actor_block(title: str, actor: Actor | None, words: Wording) -> list[Block]:
    """Return an actor as a block of a column, as a list of one or none."""
    if actor is None:
        return []
    shown = pairs((words["actor.identifier"], actor.identifier), (words["actor.service"], actor.service))
    return [{"title": title, "name": actor.name, "lines": list(actor.address), "pairs": shown}]
