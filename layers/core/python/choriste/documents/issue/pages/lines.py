"""The lines of an invoice (BG-25) as table rows, with the running total that long tables carry forward."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from choriste.documents.issue.pages.extensions import Extensions, LineExtension
from choriste.documents.issue.pages.pairs import Pair, identifier_pair, labelled
from choriste.documents.issue.wording import Wording
from choriste.domain.invoice.model import AllowanceCharge, Invoice, Item, Line, Price

_COLUMNS = ("id", "item", "quantity", "unit", "price", "vat", "amount")
_ITEM_COLUMN = 1
# Millimetres: the width of a digit at the table's size, of the gutter, of the page between its margins.
_CHARACTER, _GUTTER, _PAGE = 1.72, 3.2, 174.0
# Characters of a row that may be kept on one page, whatever its column breaks them to; levels of lines.
_LONG, _DEEPEST = 1500, 8
_ITEM_MINIMUM, _COLUMN_MAXIMUM = 52.0, 48.0


def line_table(invoice: Invoice, words: Wording, extensions: Extensions) -> dict[str, object]:
    """Return the table: columns, widths in millimetres (0 takes what is left), rows and running totals.

    A row is `[id, name, details, quantity, unit, price, VAT, amount]`. `depths` says how many lines each
    stands below; `below` are each line's allowances and charges, and the lines under it, as `[text, amount]`;
    `long` are the positions of the rows, 0-based, that are too high to be kept on one page.
    """
    numbered = list(enumerate(invoice.lines, start=1))
    extras = [extensions.lines.get(position) or LineExtension() for position, _ in numbered]
    _tell_lost_parents(invoice.lines, extras, words)
    rows = [_row(line, words, extra) for (_, line), extra in zip(numbered, extras, strict=True)]
    columns = [words[f"line.{column}"] for column in _COLUMNS]
    return {
        "title": words["lines"],
        "caption": words.filled("amounts_in", currency=invoice.currency or "?"),
        "columns": columns,
        "widths": _widths(columns, rows),
        "rows": rows,
        "depths": _depths(invoice.lines, extras),
        "below": [
            _adjustment_rows(line, words) + extra.sublines
            for (_, line), extra in zip(numbered, extras, strict=True)
        ],
        "long": [i for i, (row, extra) in enumerate(zip(rows, extras, strict=True)) if _is_long(row, extra)],
        "running": [words.amount(total) for total in _running(invoice.lines, extras)],
        "brought": words["brought_forward"],
        "carried": words["carried_forward"],
        "none": words["none"],
    }


def _row(line: Line, words: Wording, extra: LineExtension) -> list[str]:
    item, price = line.item or Item(), line.price or Price()
    return [
        line.id or "",
        item.name or "",
        "\n".join(_details(line, item, words, extra)),
        words.number(line.quantity) if line.quantity is not None else "",
        words.of("unit", line.unit),
        words.amount(price.net) if price.net is not None else "",
        vat_cell(line.vat_category, line.vat_rate, words),
        words.amount(line.net_amount) if line.net_amount is not None else "",
    ]


def _tell_lost_parents(lines: Sequence[Line], extras: Sequence[LineExtension], words: Wording) -> None:
    """Say which line a line stands under where that is not there, so that no indentation can show it."""
    present = {line.id for line in lines}
    for extra in extras:
        if extra.parent is not None and extra.parent not in present:
            extra.pairs.append([words.of("extension", "ParentLineID"), extra.parent])


def _is_long(row: Sequence[str], extra: LineExtension) -> bool:
    return sum(map(len, (row[1], row[2], *(text for text, _ in extra.sublines)))) > _LONG


def _depths(lines: Sequence[Line], extras: Sequence[LineExtension]) -> list[int]:
    """Return under how many lines each one stands; a parent that is not there, or a loop, counts as none."""
    parents = {line.id: extra.parent for line, extra in zip(lines, extras, strict=True) if line.id}
    depths = []
    for extra in extras:
        depth, parent = 0, extra.parent
        while parent in parents and depth < _DEEPEST:
            depth, parent = depth + 1, parents[parent]
        depths.append(depth)
    return depths


def vat_cell(category: str | None, rate: Decimal | None, words: Wording) -> str:
    """Return a rate, or what takes its place: `20 %`, `Autoliq.`, `Exonéré`; with both, both."""
    shown = words.rate(rate) if rate is not None else ""
    name = "" if category in {None, "S"} else words.known("vat_short", category or "") or category or ""
    if not shown:
        return name or category or ""
    return f"{name} {shown}".strip() if rate or not name else name


def _details(line: Line, item: Item, words: Wording, extra: LineExtension) -> Iterator[str]:
    """Yield the small print under the item's name: free texts first, then labelled values in one run."""
    if extra.status is not None:
        yield words.of("line_status", extra.status)
    yield from (text for text in (item.description, line.note) if text)
    shown = _references(line, item, words) + _price(line.price, words)
    shown += [[attribute.name or "", attribute.value or ""] for attribute in item.attributes]
    shown += extra.pairs
    if shown:
        yield " · ".join(f"{label}{_colon(words)}{value}" for label, value in shown)


def _adjustment_rows(line: Line, words: Wording) -> list[list[str]]:
    """Return a line's allowances and charges, one each: what it is, and its amount with its sign."""
    return [
        [f"{words[f'line.{kind}']}{_colon(words)}{adjustment_text(adjustment, kind, words)}".rstrip(" \xa0:"),
         _signed(adjustment.amount, kind, words)]
        for adjustment, kind in _adjustments(line)
    ]  # fmt: skip


def _signed(amount: Decimal | None, kind: str, words: Wording) -> str:
    if amount is None:
        return ""
    return words.amount(-amount if kind == "allowance" and amount else amount)


def _references(line: Line, item: Item, words: Wording) -> list[Pair]:
    shown = labelled(words, "line", (("seller_id", item.seller_id), ("buyer_id", item.buyer_id)))
    shown += identifier_pair(words["line.standard_id"], item.standard_id)
    for classification in item.classifications:
        shown += identifier_pair(words["line.classification"], classification)
    shown += identifier_pair(words["line.object"], line.object_id)
    period = words.period(line.period.start, line.period.end) if line.period else None
    values = (
        ("origin", words.of("country", item.origin_country)),
        ("order_line", line.order_line),
        ("accounting", line.buyer_accounting_reference),
        ("period", period),
    )
    return shown + labelled(words, "line", values)


def _price(price: Price | None, words: Wording) -> list[Pair]:
    if price is None:
        return []
    per = None
    if price.base_quantity is not None and (price.base_quantity != 1 or price.base_unit):
        per = f"{words.number(price.base_quantity)} {words.of('unit', price.base_unit)}".strip()
    gross = words.amount(price.gross) if price.gross is not None else None
    discount = words.amount(price.discount) if price.discount is not None else None
    return labelled(words, "line", (("gross", gross), ("discount", discount), ("per", per)))


def _adjustments(line: Line) -> Iterator[tuple[AllowanceCharge, str]]:
    yield from ((allowance, "allowance") for allowance in line.allowances)
    yield from ((charge, "charge") for charge in line.charges)


def adjustment_text(adjustment: AllowanceCharge, kind: str, words: Wording) -> str:
    """Return an allowance or charge in words: its reason, or the name of its code, and percentage of base."""
    return ", ".join(part for part in (reason_of(adjustment, kind, words), _basis(adjustment, words)) if part)


def reason_of(adjustment: AllowanceCharge, kind: str, words: Wording) -> str:
    """Return why: the reason as written, else the name of its code (UNTDID 5189 or 7161), else the code."""
    family = "allowance_reason" if kind == "allowance" else "charge_reason"
    return adjustment.reason or words.of(family, adjustment.reason_code)


def _basis(adjustment: AllowanceCharge, words: Wording) -> str:
    percentage = words.rate(adjustment.percentage) if adjustment.percentage is not None else ""
    base = words.amount(adjustment.base_amount) if adjustment.base_amount is not None else ""
    if percentage and base:
        return words.filled("on_base", percentage=percentage, base=base)
    return percentage or (words.filled("base_of", base=base) if base else "")


def _colon(words: Wording) -> str:
    return "\xa0: " if words.language == "fr" else ": "


def _running(lines: Sequence[Line], extras: Sequence[LineExtension]) -> Iterator[Decimal]:
    """Yield the sums carried forward: headings repeat the amounts of their details and are left out."""
    total = Decimal(0)
    for line, extra in zip(lines, extras, strict=True):
        if extra.status in {None, "DETAIL"}:
            total += line.net_amount or 0
        yield total


def _widths(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> list[float]:
    """Return each column's width from its longest text, and 0 for the item's.

    Measured here, because a typesetter that measures every cell lays the table out twice.
    """
    widths = []
    for column, heading in enumerate(columns):
        if column == _ITEM_COLUMN:
            widths.append(0.0)
            continue
        cell = column if column < _ITEM_COLUMN else column + 1
        longest = max(len(heading), *(len(row[cell]) for row in rows)) if rows else len(heading)
        widths.append(min(longest * _CHARACTER + _GUTTER, _COLUMN_MAXIMUM))
    return _narrowed(widths)


def _narrowed(widths: list[float]) -> list[float]:
    """Leave the item its minimum, the other columns giving way in proportion: their texts then wrap."""
    spare = _PAGE - _ITEM_MINIMUM
    taken = sum(widths)
    return [round(width * min(1.0, spare / taken), 2) for width in widths]
