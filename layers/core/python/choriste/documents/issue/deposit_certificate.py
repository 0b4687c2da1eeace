"""The deposit certificate: proof that a file reached the platform, when, and unaltered since."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from choriste.documents.issue.actors import Actor
from choriste.documents.issue.pages.pairs import labelled, pairs
from choriste.documents.issue.pages.sheet import Block, Sheet, Tone, actor_block, banner, facts, set_sheet
from choriste.documents.issue.wording import Wording, wording
from choriste.domain.shared.findings import Message


@dataclass(frozen=True, slots=True, kw_only=True)
class DepositCertificate:
    """What is certified. `digest` is the SHA-256 of the deposited bytes; times are aware UTC."""

    technical_id: str
    number: str
    kind: Message
    deposited_at: dt.datetime
    made_at: dt.datetime
    filename: str
    digest: str
    size: int | None = None
    supplier: Actor | None = None
    recipient: Actor | None = None
    issued_on: dt.date | None = None
    amount: Decimal | None = None
    currency: str | None = None
    channel: str | None = None
    flow_id: str | None = None
    depositor: str | None = None
    frame: Message | None = None


def make_deposit_certificate(certificate: DepositCertificate, *, language: str = "fr") -> bytes:
    """Return the certificate as PDF/A-3a and PDF/UA-1; raises RenderError."""
    words = wording(language)
    kind = certificate.kind.in_language(words.language)
    amount = words.money(certificate.amount, certificate.currency) if certificate.amount is not None else None
    moment = words.moment(certificate.deposited_at)
    sheet = Sheet(
        title=words["certificate"],
        subtitle=f"{kind} {certificate.number}",
        highlights=pairs(
            (words["certificate.moment"], moment.partition(",")[0]), (words["slip.amount"], amount)
        ),
        actors=(
            actor_block(words["supplier"], certificate.supplier, words),
            actor_block(words["recipient"], certificate.recipient, words),
        ),
        blocks=(
            banner(
                words.filled("certificate.sentence", kind=kind, number=certificate.number, moment=moment),
                Tone.GOOD,
            ),
            _deposit(certificate, words),
            _proof(certificate, words),
        ),
        reference=f"{words['tracking.technical_id']} {certificate.technical_id}",
        closing=words.filled("certificate.closing", moment=words.moment(certificate.made_at)),
    )
    return set_sheet(sheet, words, dated=certificate.made_at)


def _deposit(certificate: DepositCertificate, words: Wording) -> Block | None:
    values = (
        ("technical_id", certificate.technical_id),
        ("deposited", words.moment(certificate.deposited_at)),
        ("issued", words.long_day(certificate.issued_on) if certificate.issued_on else None),
        ("frame", certificate.frame.in_language(words.language) if certificate.frame else None),
        ("channel", words.of("channel", certificate.channel)),
        ("flow", certificate.flow_id),
        ("depositor", certificate.depositor),
    )
    return facts(words["certificate.deposit"], labelled(words, "slip", values))


def _proof(certificate: DepositCertificate, words: Wording) -> Block | None:
    rows = pairs(
        (words["report.name"], certificate.filename),
        (words["report.size"], words.size(certificate.size)),
        (words["report.digest"], certificate.digest),
    )
    return facts(words["certificate.proof"], rows)
