"""The entry form of a draft: what was typed, what it says, and what cannot be read of it."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Final

from choriste.application.deposits.parse_named_parties import parse_flat_parties, parties_json
from choriste.domain.deposits.named_parties import NamedParties
from choriste.domain.drafts.draft import Draft, DraftReading, ReadValue
from choriste.domain.invoice.entry import DraftFields, DraftLine, fields_of
from choriste.domain.shared.field_faults import field_error
from functions.console.web.party_fields import PARTY_FIELDS

TEXT_FIELDS: Final = (
    "number",
    "type_code",
    "currency",
    "recipient_siret",
    "service_code",
    "engagement",
    "contract",
    "payment_terms",
    "iban",
    "exemption_reason",
    "corrected_invoice",
)
AMOUNT_FIELDS: Final = ("paid",)
DATE_FIELDS: Final = ("issue_date", "due_date", "delivery_date", "corrected_date")
TYPES: Final = ("380", "381", "384", "386")
"""Invoice, credit note, corrected invoice, prepayment invoice (UNTDID 1001): what is entered by hand."""

LINE_FIELDS: Final = ("name", "quantity", "unit", "price", "vat_rate")
MOST_LINES: Final = 200
"""Lines of one form; longer invoices are entered by the API."""

_TEXT_LIMIT: Final = 1000
_NUMBER: Final = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,8})?")
_UNIT: Final = re.compile(r"(?:€|eur(?:os?)?|%)$|^(?:€|eur)", re.IGNORECASE)
"""What people write behind a number, or before it."""

_PROPOSED: Final[Mapping[str, tuple[str, ...]]] = {
    "number": ("number",),
    "issue_date": ("issue_date",),
    "due_date": ("due_date",),
    "currency": ("currency",),
    "recipient_siret": ("buyer_siret",),
    "service_code": ("service_code",),
    "engagement": ("engagement", "purchase_order"),
    "contract": ("contract",),
    "payment_terms": ("payment_terms",),
    "iban": ("iban",),
    "exemption_reason": ("exemption_reason",),
    "corrected_invoice": ("corrected_invoice",),
}
"""The fields of the form, and what was read that may fill each."""


@dataclass(frozen=True, slots=True)
class Typed:
    """The fields of the form as texts, and its lines; `line` names one that the draft has, or is empty."""

    fields: Mapping[str, str]
    lines: tuple[Mapping[str, str], ...]

    def with_room(self) -> Typed:
        """Return the form with one more empty line."""
        return Typed(self.fields, (*self.lines, dict.fromkeys((*LINE_FIELDS, "id"), "")))


def typed_of_draft(draft: Draft) -> Typed:
    """Return the form of a draft as it stands."""
    entry, parties = fields_of(draft.invoice), parties_json(draft.parties)
    names = (*TEXT_FIELDS, *DATE_FIELDS, *AMOUNT_FIELDS)
    fields = {name: _shown(getattr(entry, name)) for name in names}
    named = {name: _listed(parties.get(name)) for name in PARTY_FIELDS}
    columns = (*LINE_FIELDS, "id")
    lines = tuple({name: _shown(getattr(line, name)) for name in columns} for line in entry.lines)
    return Typed({**fields, **named}, lines)


def with_proposals(typed: Typed, read: DraftReading) -> Typed:
    """Return the form with what was only proposed in the fields that are empty: the visitor asked for it."""
    proposed = {field: proposal(read, field) for field in _PROPOSED}
    fields = {
        name: value or (each.value if (each := proposed.get(name)) is not None else "")
        for name, value in typed.fields.items()
    }
    return Typed(fields, typed.lines)


def proposal(read: DraftReading, field: str) -> ReadValue | None:
    """Return what was read for a field of the form, None for one that no page tells."""
    found = (read.value(name) for name in _PROPOSED.get(field, ()))
    return next((each for each in found if each is not None), None)


def typed_of_form(fields: Mapping[str, str]) -> Typed:
    """Return the form as it was sent; lines that are empty but for their unit or VAT rate are left out."""
    names = (*TEXT_FIELDS, *DATE_FIELDS, *AMOUNT_FIELDS, *PARTY_FIELDS)
    texts = {name: fields.get(name, "").strip() for name in names}
    lines = []
    for row in range(1, MOST_LINES + 1):
        line = {name: fields.get(f"line-{row}-{name}", "").strip() for name in (*LINE_FIELDS, "id")}
        if line["name"] or line["quantity"] or line["price"]:
            lines.append(line)
    return Typed(texts, tuple(lines))


def entry_of_form(typed: Typed) -> DraftFields:
    """Return what was entered; raises `BadRequestError` that names the field."""
    texts = {name: _text(name, typed.fields[name]) for name in TEXT_FIELDS}
    dates = {name: _date(name, typed.fields[name]) for name in DATE_FIELDS}
    siret, corrected = texts.pop("recipient_siret"), texts.pop("corrected_invoice")
    paid = _number("paid", typed.fields["paid"])
    lines = tuple(_line(row, line) for row, line in enumerate(typed.lines, start=1))
    compact = siret.replace(" ", "") if siret is not None else None
    return DraftFields(
        recipient_siret=compact,
        corrected_invoice=corrected or "",
        paid=paid or Decimal(0),
        lines=lines,
        **texts,  # type: ignore[arg-type]
        **dates,  # type: ignore[arg-type]
    )


def parties_of_form(typed: Typed) -> NamedParties:
    """Return the parties that were named; raises `BadRequestError`."""
    return parse_flat_parties({name: typed.fields[name] for name in PARTY_FIELDS})


def _line(row: int, line: Mapping[str, str]) -> DraftLine:
    amounts = {name: _number(f"line-{row}-{name}", line[name]) for name in ("quantity", "price", "vat_rate")}
    return DraftLine(
        id=line["id"] or None,
        name=_text(f"line-{row}-name", line["name"]),
        unit=line["unit"][:3] or None,
        **amounts,
    )


def _text(name: str, words: str) -> str | None:
    if len(words) > _TEXT_LIMIT:
        raise field_error(name, "FIELD-TOO-LONG", limit=_TEXT_LIMIT)
    return words or None


def _date(name: str, words: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(words) if words else None
    except ValueError as error:
        raise field_error(name, "FIELD-DATE", found=words[:40]) from error


def _number(name: str, words: str) -> Decimal | None:
    """Read a number as people write it: `1 000,50 €`, `1.000,50`, `1,000.50 EUR`, `20 %`.

    Of a comma and a point, the last one stands before the decimals.
    """
    plain = _UNIT.sub("", re.sub(r"[\s'’]", "", words)).replace("\u2212", "-")
    if not plain:
        return None
    group, mark = (".", ",") if plain.rfind(",") > plain.rfind(".") else (",", ".")
    if mark in plain:
        plain = plain.replace(group, "").replace(mark, ".")
    if not _NUMBER.fullmatch(plain):
        raise field_error(name, "FIELD-NUMBER", found=words[:40])
    try:
        return Decimal(plain)
    except InvalidOperation as error:
        raise field_error(name, "FIELD-NUMBER", found=words[:40]) from error


def _shown(value: object) -> str:
    if isinstance(value, Decimal):
        return format(value.normalize() if value == value.to_integral() else value, "f")
    return str(value) if value is not None else ""


def _listed(value: object) -> str:
    return " ".join(map(str, value)) if isinstance(value, list) else str(value or "")
