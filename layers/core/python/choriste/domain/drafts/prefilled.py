"""What a PDF's pages gave for a draft: plain values that travel between functions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class PrefilledVat:
    """A row of the VAT table: decimal texts; `base` is None where the page does not print it."""

    rate: str
    base: str | None
    tax: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PrefilledLine:
    """A line of the table of goods, proven by arithmetic: decimal texts, the rate in percent."""

    name: str
    quantity: str
    price: str
    vat_rate: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PrefilledValue:
    """A value that was read: whether it is certain, why (`fr`, `en`), and the text and page it stands in."""

    name: str
    value: str
    certain: bool
    why: Mapping[str, str]
    text: str
    page: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Prefilled:
    """The values that are certain, those that are only probable, and the VAT rows and lines, all certain.

    Names are those of `choriste.documents.read.prefill.FieldName`, and `iban`; `remarks` are texts for the
    depositor (`fr`, `en`) on what the pages are; `refusal` holds both texts of why nothing could be read,
    None when something could. `values` are all of them with their reasons, `recognised` says that they come
    from pictures, and `pictures` are JPEGs of the pages in base64, for people.
    """

    certain: Mapping[str, str] = field(default_factory=dict)
    probable: Mapping[str, str] = field(default_factory=dict)
    vat: tuple[PrefilledVat, ...] = ()
    lines: tuple[PrefilledLine, ...] = ()
    remarks: tuple[Mapping[str, str], ...] = ()
    refusal: Mapping[str, str] | None = None
    values: tuple[PrefilledValue, ...] = ()
    recognised: bool = False
    pictures: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return the form in which it travels."""
        return {
            "certain": dict(self.certain),
            "probable": dict(self.probable),
            "vat": [{"rate": row.rate, "base": row.base, "tax": row.tax} for row in self.vat],
            "lines": [asdict(line) for line in self.lines],
            "remarks": [dict(remark) for remark in self.remarks],
            "refusal": dict(self.refusal) if self.refusal is not None else None,
            "values": [asdict(value) for value in self.values],
            "recognised": self.recognised,
            "pictures": list(self.pictures),
        }

    @classmethod
    def from_json(cls, made: Mapping[str, Any]) -> Prefilled:
        """Return what `as_json` gave."""
        return cls(
            certain=made["certain"],
            probable=made["probable"],
            vat=tuple(PrefilledVat(**row) for row in made["vat"]),
            lines=tuple(PrefilledLine(**line) for line in made["lines"]),
            remarks=tuple(made["remarks"]),
            refusal=made["refusal"],
            values=tuple(PrefilledValue(**value) for value in made.get("values", ())),
            recognised=made.get("recognised", False),
            pictures=tuple(made.get("pictures", ())),
        )
