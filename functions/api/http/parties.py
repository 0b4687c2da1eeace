"""The parties that a depositor names beside a file, as deposits, uploads and drafts take them."""

from __future__ import annotations

from typing import Annotated, Final, Literal, get_args

from pydantic import Field
from typing_extensions import TypedDict

from choriste.application.deposits.parse_named_parties import parse_named_parties
from choriste.domain.deposits.named_parties import NamedParties
from choriste.domain.shared.ids import InvoiceId
from functions.api.http.models import LARGEST_ID, Body

PieceId = Annotated[int, Field(ge=1, le=LARGEST_ID)]
Adjustment = Annotated[str, Field(description="`id:amount`", examples=["2170000000000001:1250.50"])]


class PartiesBody(Body):
    """Who is named beside a file, by SIRET: what no invoice format has a term for.

    `frame` is a billing frame (A1 … A25), `previous` the ids of the pieces that the file answers, `adjust`
    amounts without VAT that it admits for other pieces, as `id:amount`.
    """

    frame: str | None = None
    validator: str | None = None
    validator2: str | None = None
    moe: str | None = None
    moe_service: str | None = None
    moa: str | None = None
    previous: list[PieceId] = Field(default_factory=list, max_length=100)
    adjust: list[Adjustment] = Field(default_factory=list, max_length=200)


_Text = Literal["validator", "validator2", "moe", "moe_service", "moa"]
_TEXTS: Final[tuple[_Text, ...]] = get_args(_Text)


class DraftParties(TypedDict, total=False):
    """Who was named beside a file; what was not named is left out."""

    frame: str
    validator: str
    validator2: str
    moe: str
    moe_service: str
    moa: str
    previous: list[InvoiceId]
    adjust: list[str]


def parties_of(body: PartiesBody | None) -> NamedParties:
    """Return the parties of a JSON body; raises `BadRequestError` with its finding."""
    if body is None:
        return NamedParties()
    named = body.model_dump(exclude={"previous", "adjust"})
    return parse_named_parties(named, previous=map(str, body.previous), adjust=body.adjust)


def parties_out(parties: NamedParties) -> DraftParties:
    """Return the parties as an answer holds them."""
    named = DraftParties()
    for name in _TEXTS:
        text: str | None = getattr(parties, name)
        if text:
            named[name] = text
    if parties.frame is not None:
        named["frame"] = parties.frame.short
    if parties.previous:
        named["previous"] = list(parties.previous)
    if parties.adjusted:
        named["adjust"] = [f"{piece}:{amount:f}" for piece, amount in parties.adjusted]
    return named
