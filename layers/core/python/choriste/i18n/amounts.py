"""Amounts as people read them: `1 234,50` in French, `1,234.50` in English; exact, never rounded."""

from __future__ import annotations

from decimal import Decimal


def amount_text(amount: Decimal, *, language: str) -> str:
    """Return an amount with at least two decimals, thousands set apart by a no-break space in French."""
    exponent = amount.normalize().as_tuple().exponent
    places = max(2, -exponent if isinstance(exponent, int) else 2)
    english = f"{amount:,.{places}f}"
    if language == "en":
        return english
    return english.replace(",", "\u00a0").replace(".", ",")
