"""What the checks found in a draft, told by the fields of its form.

Whoever types an invoice here has no file: an XPath and "add it in your software" would help nobody. Several
rules that break for one field are one thing to mend, and a field that is empty is to be filled in, whatever
the rules deduce from it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from choriste.domain.shared.findings import Finding, Severity
from choriste.i18n.typography import typeset
from functions.console.drafts.form import Typed
from functions.console.web.rendering import text
from functions.console.web.views import Badge, severity_badge

_LABELS: Final = {
    "number": "invoices.number",
    "issue_date": "invoice.issue_date",
    "recipient_siret": "invoice.recipient_siret",
    "engagement": "invoice.engagement",
}
_HEAD_TERMS: Final[Mapping[str, tuple[str, ...]]] = {
    "number": ("BT-1",),
    "issue_date": ("BT-2",),
    "due_date": ("BT-9",),
    "delivery_date": ("BT-72",),
    "recipient_siret": ("BT-46", "BT-44", "BT-47", "BT-49", "BT-55", "BG-8"),
    "service_code": ("BT-10",),
    "engagement": ("BT-13",),
    "contract": ("BT-12",),
    "payment_terms": ("BT-20",),
    "iban": ("BT-84", "BG-17"),
    "exemption_reason": ("BT-120", "BT-121"),
    "corrected_invoice": ("BT-25", "BG-3"),
    "corrected_date": ("BT-26",),
    "paid": ("BT-113",),
}
"""The terms that each field gives; what breaks for the others after the first follows from the first."""
_LINE_TERMS: Final[Mapping[str, tuple[str, ...]]] = {
    "name": ("BT-153", "BG-25", "BG-31"),
    "quantity": ("BT-129", "BT-131"),
    "unit": ("BT-130",),
    "price": ("BT-146",),
    "vat_rate": ("BT-152", "BT-151", "BG-30"),
}
_EITHER: Final = "ROUTING-SERVICE-OR-ENGAGEMENT-MISSING"
"""The rule that either of two fields satisfies."""
_CREDITS: Final = "BR-FR-CO-05_BT-3"
"""The rule that a credit note names the invoice that it corrects, and its date."""
_LINE: Final = re.compile(r"ram:IncludedSupplyChainTradeLineItem(?:\[(?P<row>\d+)\])?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mending:
    """What is to mend in one field: its id in the form and its name there, what to do, and the rules."""

    field: str
    label: str
    words: tuple[str, ...]
    rules: tuple[str, ...]
    badge: Badge


def mendings(
    found: Iterable[Finding], typed: Typed, *, language: str
) -> tuple[tuple[Mending, ...], tuple[Finding, ...]]:
    """Return what is to mend, the fields in the order of the form, and the findings about none of them."""
    by_field: dict[str, list[Finding]] = {}
    others = []
    for finding in found:
        if finding.consequence_of is not None:
            continue
        field = _field_of(finding, typed)
        if field is None:
            others.append(finding)
        else:
            by_field.setdefault(field, []).append(finding)
    fields = sorted(by_field, key=_place)
    return tuple(_mending(each, by_field[each], typed, language=language) for each in fields), tuple(others)


def _field_of(finding: Finding, typed: Typed) -> str | None:
    if finding.rule == _CREDITS:
        return "corrected_date" if typed.fields["corrected_invoice"] else "corrected_invoice"
    for field, terms in _HEAD_TERMS.items():
        if finding.term in terms:
            return field
    for column, terms in _LINE_TERMS.items():
        if finding.term in terms:
            row = int(_row_of(finding))
            return f"line-{row}-{_cause(column, finding, _line(typed, row))}"
    return None


def _row_of(finding: Finding) -> str:
    place = _LINE.search(finding.location or "")
    return (place["row"] if place else None) or "1"


def _cause(column: str, finding: Finding, line: Mapping[str, str]) -> str:
    """Return the column to mend: what is computed or written with another value lacks that value."""
    if column == "unit" and finding.found is None:
        return "quantity"
    if finding.term == "BT-131" and line.get("quantity"):
        return "price"
    return column


def _mending(field: str, found: list[Finding], typed: Typed, *, language: str) -> Mending:
    fatal = any(each.severity is Severity.FATAL for each in found)
    return Mending(
        field=field,
        label=_label("either" if [each.rule for each in found] == [_EITHER] else field, language=language),
        words=_words(field, found, typed, language=language),
        rules=tuple(dict.fromkeys(each.rule for each in found)),
        badge=severity_badge(Severity.FATAL if fatal else Severity.WARNING, language=language),
    )


def _words(field: str, found: list[Finding], typed: Typed, *, language: str) -> tuple[str, ...]:
    if not _typed_in(field, typed) and all(each.rule != _EITHER for each in found):
        return (text("draft.fill_in", language=language),)
    own = [each for each in found if each.term == _HEAD_TERMS.get(field, (each.term,))[0]]
    said = (typeset(each.message.in_language(language), language=language) for each in own or found)
    return tuple(dict.fromkeys(said))


def _typed_in(field: str, typed: Typed) -> str:
    if field in typed.fields:
        return typed.fields[field]
    _, row, column = field.split("-")
    return _line(typed, int(row)).get(column, "")


def _line(typed: Typed, row: int) -> Mapping[str, str]:
    return typed.lines[row - 1] if row <= len(typed.lines) else {}


def _label(field: str, *, language: str) -> str:
    if not field.startswith("line-"):
        return text(_LABELS.get(field, f"draft.{field}"), language=language)
    _, row, column = field.split("-")
    name = text(f"draft.line.{column}", language=language)
    return f"{name}, {text('draft.line', language=language, row=row)}"


def _place(field: str) -> tuple[int, int, int]:
    """Return where a field stands in the form: the head's first, then line by line."""
    if field in _HEAD_TERMS:
        return 0, 0, list(_HEAD_TERMS).index(field)
    _, row, column = field.split("-")
    return 1, int(row), list(_LINE_TERMS).index(column)
