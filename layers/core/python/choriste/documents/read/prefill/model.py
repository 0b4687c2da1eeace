"""What was read of a plain PDF's text, with how sure we are, why, and where it stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from choriste.documents.read.prefill.evidence import (
    BARRING,
    WEIGHTS,
    Confidence,
    Doubt,
    Evidence,
    confidence_of,
)
from choriste.domain.shared.findings import Finding


class FieldName(StrEnum):
    """The fields that are looked for. Amounts are as printed: a credit note's may be negative."""

    SUPPLIER_SIRET = "supplier_siret"
    SUPPLIER_SIREN = "supplier_siren"
    SUPPLIER_VAT = "supplier_vat"
    BUYER_SIRET = "buyer_siret"
    BUYER_VAT = "buyer_vat"
    TYPE_CODE = "type_code"
    NUMBER = "number"
    CORRECTED_INVOICE = "corrected_invoice"
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
    CONTRACT = "contract"
    EXEMPTION = "exemption_reason"
    PAYMENT_TERMS = "payment_terms"


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
    """A value in canonical form: no spaces in identifiers, ISO 8601 dates, two decimals and a point.

    `text` is the text in which it stands. How sure it is follows from the evidence and the doubts alone.
    """

    value: str
    box: Box
    evidence: frozenset[Evidence] = frozenset()
    doubts: frozenset[Doubt] = frozenset()
    text: str = ""

    @property
    def confidence(self) -> Confidence:
        """Whether the value may be filled in or only proposed."""
        return confidence_of(self.evidence, self.doubts)

    @property
    def barred(self) -> bool:
        """Whether the value is known to belong to something else."""
        return bool(self.doubts & BARRING)

    @property
    def weight(self) -> float:
        """How much speaks for the value, for ranking."""
        return sum(WEIGHTS[each] for each in self.evidence)

    def as_json(self) -> dict[str, object]:
        """Return the public form."""
        return {"value": self.value, "confidence": self.confidence.value, "box": self.box.as_json()}


@dataclass(frozen=True, slots=True)
class VatRow:
    """One row of the VAT breakdown; `base` is None where it is neither printed nor follows from the total."""

    rate: Decimal
    base: Decimal | None
    tax: Decimal
    box: Box
    evidence: frozenset[Evidence] = frozenset()
    doubts: frozenset[Doubt] = frozenset()

    @property
    def confidence(self) -> Confidence:
        """Whether the row may be filled in or only proposed."""
        return confidence_of(self.evidence, self.doubts)

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
class ItemLine:
    """A line of the table of goods: quantity × price gives the amount, less what `name` says of a discount.

    `vat_rate` in percent is None where the document does not tell it.
    """

    name: str
    quantity: Decimal
    price: Decimal
    amount: Decimal
    vat_rate: Decimal | None
    box: Box

    def as_json(self) -> dict[str, object]:
        """Return the public form; decimals are strings."""
        return {
            "name": self.name,
            "quantity": str(self.quantity),
            "price": str(self.price),
            "amount": str(self.amount),
            "vat_rate": None if self.vat_rate is None else str(self.vat_rate),
            "box": self.box.as_json(),
        }


@dataclass(frozen=True, slots=True)
class Prefill:
    """Everything that was read. `scanned` means that the pages are pictures without any text to read.

    `considered` holds, for each field, every value that was weighed, the chosen one first. `lines` are there
    only where their arithmetic proves them and their sum is the certain total.
    """

    scanned: bool = False
    fields: Mapping[FieldName, Found] = field(default_factory=dict)
    vat_breakdown: tuple[VatRow, ...] = ()
    ibans: tuple[Found, ...] = ()
    lines: tuple[ItemLine, ...] = ()
    findings: tuple[Finding, ...] = ()
    considered: Mapping[str, tuple[Found, ...]] = field(default_factory=dict)

    @property
    def illegible(self) -> bool:
        """Whether the pages have no text that can be read: only recognising it on their picture helps."""
        return self.scanned or any(finding.rule == "PREFILL-UNMAPPED" for finding in self.findings)

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
            "lines": [line.as_json() for line in self.lines],
            "findings": [finding.as_json() for finding in self.findings],
        }
