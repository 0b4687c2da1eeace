"""What no official rule looks at: empty legal notes, lines that their price does not give, late due dates."""

from __future__ import annotations

import calendar
import datetime as dt
import re
import unicodedata
from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from choriste.domain.deposits.advice import Kind
from choriste.domain.invoice.model import Invoice, Line, Party
from choriste.rules.advice.said import Said

_LEGAL_NOTES: Final = frozenset({"PMT", "PMD", "AAB"})
_EMPTY: Final = re.compile(
    r"(|0|aucune?|na|nc|neant|nil|non|nonapplicable|none|nonrenseigne|notapplicable|nr|null|rien|sans|sansobjet"
    r"|so|tbd|test|todo|vide|x+)\Z"
)
_CENT: Final = Decimal("0.01")
_WITHOUT_CENTS: Final = frozenset({"HUF", "ISK", "JPY", "KRW", "XAF", "XOF", "XPF"})
_FRENCH: Final = frozenset({"FR", "GP", "MQ", "GF", "RE", "YT"})
_CREDITS: Final = frozenset({"261", "262", "296", "308", "381", "396", "420", "458", "502", "503", "532"})
LONGEST: Final = 60
"""Days from the invoice date (code de commerce, art. L441-10 I)."""
_TO_MONTH_END: Final = 45


def notes(invoice: Invoice) -> Iterator[Said]:
    """Yield advice on mandatory notes (PMT, PMD, AAB) whose text says nothing."""
    for position, note in enumerate(invoice.notes, start=1):
        if note.subject_code in _LEGAL_NOTES and _says_nothing(note.text or ""):
            path = f"BG-1[{position}]/BT-22"
            yield Said(Kind.EMPTY_NOTE, path, note.text, None, {"code": note.subject_code})


def _says_nothing(text: str) -> bool:
    plain = unicodedata.normalize("NFD", text.lower())
    letters = re.sub(r"[^a-z0-9]", "", plain)
    return _EMPTY.match(letters) is not None


def lines(invoice: Invoice) -> Iterator[Said]:
    """Yield advice on lines whose amount is not quantity × price, less allowances, plus charges.

    What rounding the price to the decimals written can make is no difference.
    """
    whole = Decimal("0.5") if invoice.currency in _WITHOUT_CENTS else Decimal(0)
    for position, line in enumerate(invoice.lines, start=1):
        given = _product(line)
        if given is None or line.net_amount is None:
            continue
        expected, margin = given
        if abs(line.net_amount - expected) > margin + whole:
            right = expected.quantize(_CENT)
            yield Said(
                Kind.LINE,
                f"BG-25[{position}]/BT-131",
                f"{line.net_amount:f}",
                f"{right:f}",
                {"n": line.id or position},
            )


def _product(line: Line) -> tuple[Decimal, Decimal] | None:
    """Return what a line's price gives, and how much rounding may change it.

    Nothing where the base quantity (BT-149) repeats the price: converters write it so, and the number of
    units that the price is for is lost.
    """
    price = line.price
    if price is None or price.net is None or line.quantity is None:
        return None
    if price.base_quantity in {price.net, price.gross} - {None, Decimal(1)}:
        return None
    units = line.quantity / (price.base_quantity or Decimal(1))
    charged = sum((c.amount or Decimal(0) for c in line.charges), Decimal(0))
    allowed = sum((a.amount or Decimal(0) for a in line.allowances), Decimal(0))
    exponent = price.net.normalize().as_tuple().exponent
    step = Decimal(1).scaleb(exponent) if isinstance(exponent, int) else _CENT
    return units * price.net + charged - allowed, abs(units) * min(step, _CENT) / 2 + _CENT


def due_date(invoice: Invoice) -> Iterator[Said]:
    """Yield advice on a due date beyond the longest delay that French law allows between companies.

    60 days from the invoice date, or 45 days and the end of the month, counted in either way (code de
    commerce, art. L441-10 I). Public buyers have delays of their own.
    """
    issued, due = invoice.issue_date, invoice.due_date
    if issued is None or due is None or invoice.type_code in _CREDITS:
        return
    if _is_french(invoice.seller) and _is_french(invoice.buyer) and due > latest_due(issued):
        latest = latest_due(issued).isoformat()
        yield Said(Kind.LATE, "BT-9", due.isoformat(), f"≤ {latest}", {"latest": latest})


def latest_due(issued: dt.date) -> dt.date:
    """Return the last day on which an invoice between companies may fall due."""
    days = dt.timedelta(days=_TO_MONTH_END)
    return max(issued + dt.timedelta(days=LONGEST), _month_end(issued + days), _month_end(issued) + days)


def _month_end(day: dt.date) -> dt.date:
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def _is_french(party: Party | None) -> bool:
    return party is not None and party.address is not None and party.address.country in _FRENCH
