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
from choriste.domain.drafts.draft import Draft
from choriste.domain.invoice.entry import DraftFields, DraftLine, fields_of
from choriste.domain.shared.field_faults import field_error
from functions.console.web.party_fields import PARTY_FIELDS

TEXT_FIELDS: Final = (
    "number",
    "recipient_siret",
    "service_code",
    "engagement",
    "contract",
    "payment_terms",
    "iban",
    "exemption_reason",
)
DATE_FIELDS: Final = ("issue_date", "due_date", "delivery_date")
LINE_FIELDS: Final = ("name", "quantity", "unit", "price", "vat_rate")
MOST_LINES: Final = 200
"""Lines of one form; longer invoices are entered by the API."""

_TEXT_LIMIT: Final = 1000
_NUMBER: Final = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,8})?")


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
    fields = {name: _shown(getattr(entry, name)) for name in (*TEXT_FIELDS, *DATE_FIELDS)}
    named = {name: _listed(parties.get(name)) for name in PARTY_FIELDS}
    names = (*LINE_FIELDS, "id")
    lines = tuple({name: _shown(getattr(line, name)) for name in names} for line in entry.lines)
    return Typed({**fields, **named}, lines)


def typed_of_form(fields: Mapping[str, str]) -> Typed:
    """Return the form as it was sent; lines that are empty but for their unit or VAT rate are left out."""
    texts = {name: fields.get(name, "").strip() for name in (*TEXT_FIELDS, *DATE_FIELDS, *PARTY_FIELDS)}
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
    siret = texts.pop("recipient_siret")
    lines = tuple(_line(row, line) for row, line in enumerate(typed.lines, start=1))
    compact = siret.replace(" ", "") if siret is not None else None
    return DraftFields(recipient_siret=compact, lines=lines, **texts, **dates)  # type: ignore[arg-type]


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
    """Read a number as people write it: spaces between thousands, a comma or a point before decimals."""
    plain = re.sub(r"\s", "", words).replace(",", ".")
    if not plain:
        return None
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
