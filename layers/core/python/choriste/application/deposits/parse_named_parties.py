"""Read whom a depositor named beside a file: from a query, a JSON body, a form, or an object's metadata.

Whatever the carrier, the names are those of the API: `frame`, `validator`, `validator2`, `moe`,
`moe_service`, `moa`, `previous`, `adjust`. What cannot be read is refused with a finding that says so in
both languages; whether the named structures exist and fit the frame, the integration tells.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from choriste.domain.deposits.named_parties import NamedParties, parties_finding
from choriste.domain.lifecycle import Frame, parse_frame
from choriste.domain.shared.errors import BadRequestError
from choriste.domain.shared.field_faults import refused_field
from choriste.domain.shared.findings import Finding
from choriste.domain.shared.ids import InvoiceId

TEXT_LIMIT = 100
"""Longest value, in characters: that of a service code."""

_SIRETS = ("validator", "validator2", "moe", "moa")
_PIECE = re.compile(r"[0-9]{1,16}")
_BETWEEN = re.compile(r"[\s,;]+")


def parse_named_parties(
    named: Mapping[str, str | None], *, previous: Iterable[str] = (), adjust: Iterable[str] = ()
) -> NamedParties:
    """Return what was named; an empty text counts as nothing, and SIRETs may be written with spaces.

    `previous` are technical ids, `adjust` pairs `id:amount`. Raises `BadRequestError` with its finding.
    """
    texts = {name: _text(name, named.get(name)) for name in (*_SIRETS, "moe_service", "frame")}
    sirets = {name: _without_spaces(texts[name]) for name in _SIRETS}
    return NamedParties(
        frame=_frame(texts["frame"]),
        moe_service=texts["moe_service"],
        previous=tuple(map(_piece, previous)),
        adjusted=tuple(map(_adjustment, adjust)),
        **sirets,
    )


def parse_flat_parties(named: Mapping[str, str]) -> NamedParties:
    """Return what was named by single texts, where `previous` and `adjust` list theirs with spaces or commas.

    Raises `BadRequestError` with its finding.
    """
    lists = {name: _parts(named.get(name, "")) for name in ("previous", "adjust")}
    return parse_named_parties(named, **lists)


def parties_text(parties: NamedParties) -> str:
    """Return what was named as JSON, to be kept until the file arrives."""
    return json.dumps(parties_json(parties))


def parties_json(parties: NamedParties) -> dict[str, Any]:
    """Return what was named, under the names of the API; what was not is left out."""
    kept: dict[str, Any] = {name: getattr(parties, name) for name in (*_SIRETS, "moe_service")}
    kept["frame"] = parties.frame.short if parties.frame is not None else None
    kept["previous"] = [str(piece) for piece in parties.previous]
    kept["adjust"] = [f"{piece}:{amount}" for piece, amount in parties.adjusted]
    return {name: value for name, value in kept.items() if value}


def parties_of_text(text: str) -> NamedParties:
    """Return what `parties_text` kept."""
    kept: dict[str, Any] = json.loads(text)
    return parse_named_parties(kept, previous=kept.get("previous", ()), adjust=kept.get("adjust", ()))


def parties_error(field: str, finding: Finding) -> BadRequestError:
    """Return the error of a field that a finding explains in both languages."""
    return refused_field(field, finding)


def _text(name: str, value: str | None) -> str | None:
    words = (value or "").strip()
    if len(words) > TEXT_LIMIT:
        finding = parties_finding("PARTIES-TEXT-TOO-LONG", found=name, expected=str(TEXT_LIMIT))
        raise parties_error(name, finding)
    return words or None


def _without_spaces(siret: str | None) -> str | None:
    return _BETWEEN.sub("", siret) if siret is not None else None


def _parts(text: str) -> list[str]:
    return [part for part in _BETWEEN.split(text) if part]


def _frame(code: str | None) -> Frame | None:
    if code is None:
        return None
    try:
        return parse_frame(code)
    except ValueError as error:
        raise parties_error("frame", parties_finding("PARTIES-FRAME-UNKNOWN", found=code)) from error


def _piece(text: str) -> InvoiceId:
    if not _PIECE.fullmatch(text):
        raise parties_error("previous", parties_finding("PARTIES-PREVIOUS-UNREADABLE", found=text))
    return InvoiceId(int(text))


def _adjustment(text: str) -> tuple[InvoiceId, Decimal]:
    piece, _, amount = text.partition(":")
    try:
        read = Decimal(amount)
    except InvalidOperation:
        read = Decimal("NaN")
    if not (_PIECE.fullmatch(piece) and read.is_finite()):
        raise parties_error("adjust", parties_finding("PARTIES-ADJUST-UNREADABLE", found=text))
    return InvoiceId(int(piece)), read
