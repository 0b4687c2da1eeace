"""How much a page takes and shows."""

from __future__ import annotations

from typing import Final

ROWS: Final = 25
"""Of a list, on one page."""

INVOICES: Final = 50
"""Of the list of invoices, on one page."""

SUGGESTED: Final = 8
"""Structures that a field offers while one types."""

LARGEST_UPLOAD: Final = 4_000_000
"""Bytes: a function receives 6 MB at most, in base64."""

LARGEST_ANSWER: Final = 4_000_000
"""Bytes; larger files go from the bucket directly: a function may answer 6 MB of base64 at most."""
