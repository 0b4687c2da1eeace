"""The subcontractor's payment request (frame A9): direct payment by the buyer, the contractor's word on it.

The contractor has 15 days to accept or refuse on the portal; silence is acceptance (Code de la commande
publique, article R.2393-34-1; docs/reference/waits.md). The page itself cites no article.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from choriste.documents.issue.actors import Actor
from choriste.documents.issue.assembly import Attachment, assemble
from choriste.documents.issue.pages.pairs import labelled, pairs
from choriste.documents.issue.pages.sheet import (
    Block,
    Sheet,
    Tone,
    actor_block,
    banner,
    facts,
    prose,
    set_sheet,
)
from choriste.documents.issue.wording import Wording, grouped, wording


class ContractorDecision(StrEnum):
    """What became of the contractor's time to answer."""

    AWAITED = "awaited"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    TACIT = "tacit"


_TONES = {
    ContractorDecision.AWAITED: Tone.WARNING,
    ContractorDecision.ACCEPTED: Tone.GOOD,
    ContractorDecision.REFUSED: Tone.BAD,
    ContractorDecision.TACIT: Tone.WARNING,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SubcontractorRequest:
    """The request and where it stands. Amounts are in `currency`; `vat` is None under reverse charge.

    `answering` is who is asked or has answered, the contractor unless said otherwise: behind a co-contractor
    there are two in turn. `answer_by` is its last day; `decided_on` the day of the answer, or of its absence.
    """

    number: str
    issued_on: dt.date
    technical_id: str
    deposited_at: dt.datetime
    subcontractor: Actor
    contractor: Actor
    authority: Actor
    currency: str
    without_vat: Decimal
    due: Decimal
    vat: Decimal | None = None
    co_contractor: Actor | None = None
    market: str | None = None
    special_act: str | None = None
    ceiling: Decimal | None = None
    paid_before: Decimal | None = None
    works: str | None = None
    account: str | None = None
    bic: str | None = None
    answer_by: dt.date | None = None
    decision: ContractorDecision = ContractorDecision.AWAITED
    answering: Actor | None = None
    decided_on: dt.date | None = None
    reason: str | None = None


def make_subcontractor_request(
    request: SubcontractorRequest, *, language: str = "fr", attachments: Sequence[Attachment] = ()
) -> bytes:
    """Return the request as PDF/A-3a and PDF/UA-1, its annexes embedded; raises DocumentError."""
    words = wording(language)
    sheet = Sheet(
        title=words["subcontractor"],
        subtitle=request.number,
        highlights=pairs(
            (words["issued"], words.long_day(request.issued_on)),
            (words["amount_due"], words.money(request.due, request.currency)),
        ),
        actors=_actors(request, words),
        blocks=_blocks(request, words),
        reference=f"{words['tracking.technical_id']} {request.technical_id}",
        closing=words["subcontractor.closing"],
    )
    page = set_sheet(sheet, words, dated=request.deposited_at)
    return assemble(page, attachments=attachments, modified=request.deposited_at)


def _actors(request: SubcontractorRequest, words: Wording) -> list[list[Block]]:
    left = actor_block(words["works.subcontractor"], request.subcontractor, words)
    left += actor_block(words["works.authority"], request.authority, words)
    right = actor_block(words["works.contractor"], request.contractor, words)
    return [left, right + actor_block(words["works.co_contractor"], request.co_contractor, words)]


def _blocks(request: SubcontractorRequest, words: Wording) -> list[Block | None]:
    return [
        banner(_decision(request, words), _TONES[request.decision]),
        facts(words["works.contract"], labelled(words, "works", _contract(request, words))),
        facts(words["subcontractor.amounts"], labelled(words, "subcontractor", _amounts(request, words))),
        facts(words["payment"], _account(request, words)),
        prose(words["subcontractor.reason"], (request.reason,)),
    ]


def _decision(request: SubcontractorRequest, words: Wording) -> str:
    awaited = request.decision is ContractorDecision.AWAITED
    day = request.answer_by if awaited else request.decided_on
    state = "undated" if awaited and day is None else request.decision.value
    name = (request.answering or request.contractor).in_words()
    shown = words.long_day(day) if day else "—"
    return words.filled(f"subcontractor.decision.{state}", name=name, day=shown)


def _contract(request: SubcontractorRequest, words: Wording) -> tuple[tuple[str, str | None], ...]:
    return (
        ("market", request.market),
        ("special_act", request.special_act),
        ("works", request.works),
        ("deposited", words.moment(request.deposited_at)),
    )


def _amounts(request: SubcontractorRequest, words: Wording) -> tuple[tuple[str, str | None], ...]:
    def money(value: Decimal | None) -> str | None:
        return words.money(value, request.currency) if value is not None else None

    return (
        ("ceiling", money(request.ceiling)),
        ("paid_before", money(request.paid_before)),
        ("without_vat", money(request.without_vat)),
        ("vat", money(request.vat) or words["subcontractor.reverse_charge"]),
        ("due", money(request.due)),
    )


def _account(request: SubcontractorRequest, words: Wording) -> list[list[str]]:
    iban = grouped(request.account, 4) if request.account else None
    return labelled(words, "payment", (("account", iban), ("bic", request.bic)))
