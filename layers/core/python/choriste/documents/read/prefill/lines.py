"""The lines of the table of goods, where arithmetic proves them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from itertools import permutations
from typing import Final

from choriste.documents.read.prefill.labels import Page
from choriste.documents.read.prefill.model import ItemLine, VatRow
from choriste.documents.read.prefill.page_layout import Line, Segment

_NUMBER: Final = re.compile(
    r"(?<![\w.,/\-])(?P<sign>- ?)?(?P<whole>\d{1,3}(?:(?P<group>[ .'])\d{3})+(?!\d)|\d+)"
    r"(?:[.,](?P<part>\d{1,4}))?(?![\w]*[/\-]\d)"
)
_NUMERIC: Final = re.compile(
    r"[-+(]?\s?(?:[€£$]|EUR|GBP|USD|CHF)?\s?-?\d[\d .,']*-?\s?\)?"
    r"(?:€|£|\$|%|[^\W\d_]{1,7}\.?\d?|m²|m³)?(?:\s?(?:ht|/[^\W\d_]+))?",
    re.IGNORECASE,
)
_SKIPPED: Final = re.compile(r"^\W*(?:sous total|subtotal|report|a reporter|page|zwischensumme)\b")
_TOTALS: Final = frozenset({"net", "vat", "gross", "due", "prepaid"})
_CENT: Final = Decimal("0.01")
_LONGEST_TABLE: Final = 300
_LONGEST_NAME: Final = 300
_MOST_NUMBERS: Final = 7


@dataclass(frozen=True)
class Items:
    """The lines of the table, or none where one of them could not be proven, and their sum."""

    lines: tuple[ItemLine, ...] = ()
    rates: tuple[Decimal | None, ...] = ()

    @property
    def total(self) -> Decimal | None:
        """The sum of the amounts, None without lines."""
        return sum((line.amount for line in self.lines), Decimal(0)) if self.lines else None


def read_items(page: Page) -> Items:
    """Read the table of goods: every row with amounts must prove itself, or there is none."""
    found: list[ItemLine] = []
    for line in _rows(page):
        names, numbers, rates = _cells(line)
        if not numbers:
            if found and names and len(line.segments) == 1:
                found[-1] = replace(found[-1], name=f"{found[-1].name} {names}"[:_LONGEST_NAME])
            continue
        item = _item(line, names, numbers, rates)
        if item is None:
            return Items()
        found.append(item)
    return Items(tuple(found))


def with_rates(items: Items, net: Decimal, rows: Sequence[VatRow]) -> tuple[ItemLine, ...]:
    """Return the lines with their VAT rates, none unless their sum is the total and their rates add up."""
    if items.total != net or not items.lines or not rows:
        return ()
    if len(rows) == 1:
        return tuple(replace(line, vat_rate=rows[0].rate) for line in items.lines)
    for row in rows:
        of_rate = sum((line.amount for line in items.lines if line.vat_rate == row.rate), Decimal(0))
        if of_rate != row.base:
            return ()
    return items.lines


def _rows(page: Page) -> Iterator[Line]:
    """Yield the lines under each head of the table, up to the first total."""
    inside, count = False, 0
    sheet = 0
    for line in page.lines:
        labels = [label for segment in line.segments for label in page.labels_of(segment)]
        columns = {label.start for label in labels if label.name == "column"}
        first = line.segments[0]
        if columns and len(line.segments) > 1 and not any(map(str.isdigit, first.text)):
            inside, sheet = True, first.page
            continue
        heads_column = bool(labels) and labels[0].name in _TOTALS and labels[0].segment is first
        if inside and (first.page != sheet or _is_total(labels, line, heads_column=heads_column)):
            inside = False
        if inside and count < _LONGEST_TABLE and not _SKIPPED.match(first.plain):
            count += 1
            yield line


def _is_total(labels: Sequence[object], line: Line, *, heads_column: bool) -> bool:
    names = {getattr(label, "name", "") for label in labels}
    return heads_column or (bool(names & _TOTALS) and any(map(str.isdigit, line.segments[-1].text)))


def _cells(line: Line) -> tuple[str, list[Decimal], list[Decimal]]:
    """Return the name, the numbers and the percentages of a row."""
    names: list[str] = []
    numbers: list[Decimal] = []
    rates: list[Decimal] = []
    for segment in line.segments:
        if (
            not (numbers or rates)
            and not _NUMERIC.fullmatch(segment.text.strip())
            and not _is_numbers(segment)
        ):
            names.append(segment.text)
            continue
        for match in _NUMBER.finditer(segment.text):
            is_rate = segment.text[match.end() :].lstrip().startswith("%")
            (rates if is_rate else numbers).append(_value(match))
    return " ".join(names), numbers[-_MOST_NUMBERS:], rates


def _is_numbers(segment: Segment) -> bool:
    return bool(re.fullmatch(r"[\d .,'€$£%hHj\-]+", segment.text)) and any(map(str.isdigit, segment.text))


def _value(match: re.Match[str]) -> Decimal:
    whole = re.sub(r"\D", "", match["whole"])
    part = f".{match['part']}" if match["part"] else ""
    return Decimal(f"{'-' if match['sign'] else ''}{whole}{part}")


def _item(line: Line, name: str, numbers: list[Decimal], rates: list[Decimal]) -> ItemLine | None:
    if not name:
        return None
    box = line.segments[0].box()
    proven = _product(numbers, rates)
    if proven is not None:
        quantity, price, amount, used = proven
        others = [rate for rate in rates if rate != used] or [
            each for each in numbers if _may_be_rate(each, proven)
        ]
        rate = others[0] if len(set(others)) == 1 else None
        return ItemLine(name[:_LONGEST_NAME], quantity, price, amount, rate, box)
    amount_alone = _alone(numbers)
    if amount_alone is None:
        return None
    rate = rates[0] if len(rates) == 1 else None
    return ItemLine(name[:_LONGEST_NAME], Decimal(1), amount_alone, amount_alone, rate, box)


def _product(
    numbers: list[Decimal], rates: list[Decimal]
) -> tuple[Decimal, Decimal, Decimal, Decimal | None] | None:
    """Return quantity, price, amount and the discount used, where quantity × price gives the amount."""
    for at in range(len(numbers) - 1, 1, -1):
        amount = numbers[at]
        for quantity, price in permutations(numbers[:at], 2):
            for discount in (None, *rates):
                paid = price if discount is None else price * (1 - discount / 100)
                if amount and (quantity * paid).quantize(_CENT, ROUND_HALF_UP) == amount.quantize(_CENT):
                    return quantity, paid.normalize() if discount is not None else paid, amount, discount
    return None


def _alone(numbers: list[Decimal]) -> Decimal | None:
    """Return the amount of a row without quantity and price: its only one, or the one before its own VAT."""
    if len(numbers) == 1:
        return numbers[0]
    if len(numbers) >= 3 and numbers[-3] + numbers[-2] == numbers[-1]:  # noqa: PLR2004 - net, VAT, gross
        return numbers[-3]
    return None


def _may_be_rate(number: Decimal, proven: tuple[Decimal, Decimal, Decimal, Decimal | None]) -> bool:
    return number not in proven[:3] and Decimal(0) < number <= Decimal(27)
