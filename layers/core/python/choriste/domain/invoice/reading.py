"""What reading a file gave besides the invoice: where each term stood, what is broken, what is left over.

A `Place` is kept for every term that was read, under its term path: the term id, with 1-based
positions for the groups that repeat, such as `BT-1`, `BG-25[3]/BT-131` or `BG-25[3]/BG-27[1]/BT-136`. A
term that repeats by itself has its position after it: `BT-29[2]`, `BT-29-1[2]`, `BG-25[3]/BT-158[1]`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # the model takes longer to load than a whole validation, which needs only `Syntax`
    from choriste.domain.invoice.model import Invoice


class Syntax(StrEnum):
    """The syntaxes that EN 16931 binds, the containers we open, and the files that hold no data."""

    CII = "CII"
    UBL_INVOICE = "UBL-Invoice"
    UBL_CREDIT_NOTE = "UBL-CreditNote"
    FACTURX = "Factur-X"
    PDF = "PDF"
    SIGNED_PDF = "PDF-signed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a term was written: its raw text, the XPath with namespace prefixes, and the 1-based line."""

    raw: str
    xpath: str
    line: int | None


@dataclass(frozen=True, slots=True)
class Fault:
    """A value that its type refuses (an amount with a comma, 31 February …): it reads as absent.

    `expected` is a key of the i18n catalogue: `decimal`, `date-102`, `date-iso`, `base64`, `boolean`.
    """

    term_path: str
    place: Place
    expected: str


@dataclass(frozen=True, slots=True)
class Leftover:
    """Content that the EN 16931 model has no room for (extensions, foreign elements); never dropped."""

    xpath: str
    line: int | None
    text: str


@dataclass(frozen=True, slots=True)
class Reading:
    """An invoice as read from one file. `xml` is the exact bytes it was read from."""

    invoice: Invoice
    syntax: Syntax
    profile: str | None
    xml: bytes
    places: Mapping[str, Place] = field(default_factory=dict)
    faults: tuple[Fault, ...] = ()
    leftovers: tuple[Leftover, ...] = ()
