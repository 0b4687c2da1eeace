"""What was read of a plain PDF's text, with how sure we are and where it stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from choriste.domain.shared.findings import Finding


class Confidence(StrEnum):
    """`certain`: labelled, checked and without a rival, so it is filled in; `probable`: only proposed."""

    CERTAIN = "certain"
    PROBABLE = "probable"


class FieldName(StrEnum):
    """The fields that are looked for. Amounts are as printed: a credit note's may be negative."""

    SUPPLIER_SIRET = "supplier_siret"
    SUPPLIER_SIREN = "supplier_siren"
    SUPPLIER_VAT = "supplier_vat"
    BUYER_SIRET = "buyer_siret"
    BUYER_VAT = "buyer_vat"
    NUMBER = "number"
    ISSUE_DATE = "issue_date"
    DUE_DATE = "due_date"
    CURRENCY = "currency"
    TOTAL_WITHOUT_VAT = "total_without_vat"
    TOTAL_VAT = "total_vat"
    TOTAL_WITH_VAT = "total_with_vat"
    AMOUNT_DUE = "amount_due"
    PURCHASE_ORDER = "purchase_order"
    ENGAGEMENT = "engagement"
    SERVICE_CODE = "service_code"


@dataclass(frozen=True, slots=True)
class Box:
    """A place: the 1-based page and a rectangle in points from its top left corner."""

    page: int
    x0: float
    top: float
    x1: float
    bottom: float

    def as_json(self) -> dict[str, object]:
        """Return the public form."""
        return {"page": self.page, "x0": self.x0, "top": self.top, "x1": self.x1, "bottom": self.bottom}


@dataclass(frozen=True, slots=True)
class Found:
    """A value in canonical form: no spaces in identifiers, ISO 8601 dates, two decimals and a point."""

    value: str
    confidence: Confidence
    box: Box

    def as_json(self) -> dict[str, object]:
        """Return the public form."""
        return {"value": self.value, "confidence": self.confidence.value, "box": self.box.as_json()}


@dataclass(frozen=True, slots=True)
class VatRow:
    """One row of the VAT breakdown; `base` is None where the document does not print it."""

    rate: Decimal
    base: Decimal | None
    tax: Decimal
    confidence: Confidence
    box: Box

    def as_json(self) -> dict[str, object]:
        """Return the public form; decimals are strings."""
        return {
            "rate": str(self.rate),
            "base": None if self.base is None else str(self.base),
            "tax": str(self.tax),
            "confidence": self.confidence.value,
            "box": self.box.as_json(),
        }


@dataclass(frozen=True, slots=True)
class Prefill:
    """Everything that was read. `scanned` means that the pages are pictures without any text."""

    scanned: bool = False
    fields: Mapping[FieldName, Found] = field(default_factory=dict)
    vat_breakdown: tuple[VatRow, ...] = ()
    ibans: tuple[Found, ...] = ()
    findings: tuple[Finding, ...] = ()

    def filled(self) -> dict[FieldName, str]:
        """Return the certain values: what a form may fill in without asking."""
        certain = Confidence.CERTAIN
        return {name: found.value for name, found in self.fields.items() if found.confidence is certain}

    def as_json(self) -> dict[str, object]:
        """Return the public form."""
        return {
            "scanned": self.scanned,
            "fields": {name.value: found.as_json() for name, found in self.fields.items()},
            "vat_breakdown": [row.as_json() for row in self.vat_breakdown],
            "ibans": [found.as_json() for found in self.ibans],
            "findings": [finding.as_json() for finding in self.findings],
        }
