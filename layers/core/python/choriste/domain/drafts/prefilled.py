"""What a PDF's pages gave for a draft: plain values that travel between functions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class PrefilledVat:
    """A row of the VAT table: decimal texts; `base` is None where the page does not print it."""

    rate: str
    base: str | None
    tax: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Prefilled:
    """The values that are certain, those that are only probable, and the VAT rows, all certain.

    Names are those of `choriste.documents.read.prefill.FieldName`; `refusal` holds both texts of why nothing
    could be read (`fr`, `en`), None when something could.
    """

    certain: Mapping[str, str] = field(default_factory=dict)
    probable: Mapping[str, str] = field(default_factory=dict)
    vat: tuple[PrefilledVat, ...] = ()
    refusal: Mapping[str, str] | None = None

    def as_json(self) -> dict[str, Any]:
        """Return the form in which it travels."""
        return {
            "certain": dict(self.certain),
            "probable": dict(self.probable),
            "vat": [{"rate": row.rate, "base": row.base, "tax": row.tax} for row in self.vat],
            "refusal": dict(self.refusal) if self.refusal is not None else None,
        }

    @classmethod
    def from_json(cls, made: Mapping[str, Any]) -> Prefilled:
        """Return what `as_json` gave."""
        return cls(
            certain=made["certain"],
            probable=made["probable"],
            vat=tuple(PrefilledVat(**row) for row in made["vat"]),
            refusal=made["refusal"],
        )
