"""A page's content as blocks, the same for every producer."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Lines:
    """Lines of text; the first may be bold."""

    rows: list[str]
    align: str = "left"
    size: float = 1.0
    bold: bool = False


@dataclass
class Pairs:
    """Labels and values: `inline` on one line, `aligned` in two columns, `row` with labels above values."""

    pairs: list[tuple[str, str]]
    style: str = "inline"


@dataclass
class Grid:
    """A table; widths are shares of the room, aligns one letter a column (l, r, c)."""

    rows: list[list[str]]
    widths: list[float]
    aligns: str
    header: list[str] | None = None
    ruled: bool = True


@dataclass
class Columns:
    """Blocks side by side; widths are shares of the room."""

    cells: list[list[Block]]
    widths: list[float]


Block = Lines | Pairs | Grid | Columns


@dataclass
class Sheet:
    """A document: its blocks, the footer of every page, and the typography."""

    blocks: list[Block]
    footer: list[str]
    font: str
    size: float
    language: str
    gap: float = 12.0
    margin: float = 48.0
    printed: dict[str, str] = field(default_factory=dict)
