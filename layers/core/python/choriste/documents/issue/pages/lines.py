"""The lines of an invoice (BG-25) as table rows, with the running total that long tables carry forward."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from choriste.documents.issue.pages.pairs import Pair, identifier_pair, labelled
from choriste.documents.issue.wording import Wording
from choriste.domain.invoice.model import AllowanceCharge, Invoice, Item, Line, Price

_COLUMNS = ("id", "item", "quantity", "unit", "price", "vat", "amount")
_ITEM_COLUMN = 1
# Millimetres: the width of a digit at the table's size, of the gutter, of the page between its margins.
_CHARACTER, _GUTTER, _PAGE = 1.72, 3.2, 174.0
_ITEM_MINIMUM, _COLUMN_MAXIMUM = 52.0, 48.0


def line_table(invoice: Invoice, words: Wording) -> dict[str, object]:
    """Return the table: columns, widths in millimetres (0 takes what is left), rows and running totals.

    A row is `[id, name, details, quantity, unit, price, VAT, amount]`.
    """
    rows = [_row(line, words, invoice.currency) for line in invoice.lines]
    columns = [words[f"line.{column}"] for column in _COLUMNS]
    return {
        "title": words["lines"],
        "caption": words.filled("amounts_in", currency=invoice.currency or "?"),
        "columns": columns,
        "widths": _widths(columns, rows),
        "rows": rows,
        "running": [words.amount(total) for total in _running(invoice.lines)],
        "brought": words["brought_forward"],
        "carried": words["carried_forward"],
        "none": words["none"],
    }


def _row(line: Line, words: Wording, currency: str | None) -> list[str]:
    item, price = line.item or Item(), line.price or Price()
    return [
        line.id or "",
        item.name or "",
        "\n".join(_details(line, item, words, currency)),
        words.number(line.quantity) if line.quantity is not None else "",
        words.of("unit", line.unit),
        words.amount(price.net) if price.net is not None else "",
        vat_cell(line.vat_category, line.vat_rate, words),
        words.amount(line.net_amount) if line.net_amount is not None else "",
    ]


def vat_cell(category: str | None, rate: Decimal | None, words: Wording) -> str:
    """Return a rate, with its category unless it is the ordinary one: `20 %`, `AE 0 %`, `O`."""
    shown = words.rate(rate) if rate is not None else ""
    return shown if category == "S" and shown else " ".join(part for part in (category, shown) if part)


def _details(line: Line, item: Item, words: Wording, currency: str | None) -> Iterator[str]:
    """Yield the small print under the item's name: free texts first, then labelled values in one run."""
    yield from (text for text in (item.description, line.note) if text)
    for adjustment, kind in _adjustments(line):
        yield f"{words[f'line.{kind}']}{_colon(words)}{adjustment_text(adjustment, words, currency)}"
    shown = _references(line, item, words) + _price(line.price, words)
    shown += [[attribute.name or "", attribute.value or ""] for attribute in item.attributes]
    if shown:
        yield " · ".join(f"{label}{_colon(words)}{value}" for label, value in shown)


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


def adjustment_text(adjustment: AllowanceCharge, words: Wording, currency: str | None) -> str:
    """Return an allowance or charge in words: reason, code, percentage of base, amount."""
    reason = " ".join(part for part in (adjustment.reason, _code(adjustment.reason_code)) if part)
    amount = words.money(adjustment.amount, currency) if adjustment.amount is not None else ""
    return ", ".join(part for part in (reason, _basis(adjustment, words), amount) if part)


def _basis(adjustment: AllowanceCharge, words: Wording) -> str:
    percentage = words.rate(adjustment.percentage) if adjustment.percentage is not None else ""
    base = words.amount(adjustment.base_amount) if adjustment.base_amount is not None else ""
    if percentage and base:
        return words.filled("on_base", percentage=percentage, base=base)
    return percentage or (words.filled("base_of", base=base) if base else "")


def _code(code: str | None) -> str:
    return f"({code})" if code else ""


def _colon(words: Wording) -> str:
    return "\xa0: " if words.language == "fr" else ": "


def _running(lines: Sequence[Line]) -> Iterator[Decimal]:
    total = Decimal(0)
    for line in lines:
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
