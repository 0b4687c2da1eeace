"""What is wrong with a field that somebody filled in, worded by the catalogue (room `field`)."""

from __future__ import annotations

from choriste.domain.shared.errors import BadRequestError
from choriste.domain.shared.findings import Finding, worded


def field_error(field: str, rule: str, **values: object) -> BadRequestError:
    """Return the error of a field; `values` fill the texts of the rule, `found` and `expected` among them."""
    return refused_field(field, field_fault(rule, **values))


def refused_field(field: str, finding: Finding) -> BadRequestError:
    """Return the error of a field that a finding explains."""
    return BadRequestError(field=field, expected=finding.expected, findings=[finding])


def field_fault(rule: str, *, found: object = None, expected: object = None, **values: object) -> Finding:
    """Return a fault as a finding, its texts filled in; raises KeyError for an unknown rule."""
    return worded("field", rule, found=found, expected=expected, values=values)
