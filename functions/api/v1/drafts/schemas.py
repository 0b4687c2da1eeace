"""What drafts are asked and answered with."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Path
from pydantic import Field

from choriste.domain.drafts.draft import Draft
from choriste.domain.drafts.prefilled import Prefilled
from choriste.domain.invoice.entry import DraftFields, DraftLine, fields_of
from choriste.domain.lifecycle import Frame, Origin, Status
from functions.api.http.models import LARGEST_ID, Amount, Answer, Body, LocalizedText, Moment
from functions.api.http.parties import DraftParties, PartiesBody, parties_out

DraftNumber = Annotated[int, Path(description="Technical id of the draft", ge=1, le=LARGEST_ID)]

_MAX_LINES = 1000
_Amount = Annotated[Decimal, Field(max_digits=19, decimal_places=8)]
_Text = Annotated[str, Field(max_length=200)]


class LineBody(Body):
    """A line; `id` names one that the draft has already. Amounts are decimal strings or numbers."""

    id: _Text | None = None
    name: Annotated[str, Field(max_length=1000)] | None = None
    quantity: _Amount | None = None
    unit: (
        Annotated[str, Field(max_length=3, description="UN/ECE Rec. 20 or 21 code; C62 by default")] | None
    ) = None
    price: _Amount | None = None
    vat_rate: _Amount | None = None


class EntryBody(Body):
    """What is entered of an invoice: all may be missing until it is deposited."""

    number: _Text | None = None
    issue_date: dt.date | None = None
    due_date: dt.date | None = None
    delivery_date: dt.date | None = None
    type_code: Annotated[str, Field(max_length=3)] | None = None
    currency: Annotated[str, Field(max_length=3)] | None = None
    recipient_siret: Annotated[str, Field(max_length=14)] | None = None
    service_code: _Text | None = None
    engagement: _Text | None = None
    contract: _Text | None = None
    payment_terms: Annotated[str, Field(max_length=1000)] | None = None
    iban: Annotated[str, Field(max_length=34)] | None = None
    corrected_invoice: (
        Annotated[str, Field(max_length=200, description="Absent leaves it as it is; empty takes it away")]
        | None
    ) = None
    corrected_date: (
        Annotated[
            dt.date,
            Field(
                description="Absent leaves it as it is, or takes the date of the supplier's invoice that has "
                "this number here"
            ),
        ]
        | None
    ) = None
    paid: (
        Annotated[
            Decimal, Field(max_digits=19, decimal_places=2, description="Absent leaves it; 0 removes it")
        ]
        | None
    ) = None
    exemption_reason: Annotated[str, Field(max_length=1000)] | None = None
    lines: list[LineBody] = Field(default_factory=list, max_length=_MAX_LINES)


class DraftRequest(Body):
    """A draft: what is entered, the parties that no invoice file names, and where it came from.

    `origin` is `pdf` when the fields were read from a PDF and are yet to be confirmed.
    """

    entry: EntryBody = Field(default_factory=EntryBody)
    parties: PartiesBody | None = None
    structure: str | None = None
    origin: Origin = Origin.DRAFT


class DraftChangeRequest(Body):
    """What a draft shall say from now on, wholly."""

    entry: EntryBody
    parties: PartiesBody | None = None


class ReissueRequest(Body):
    """The number of the invoice that replaces a refused one."""

    number: str = Field(min_length=1, max_length=200)


class DraftEntryLine(Answer):
    """A line of a draft, as far as it was entered."""

    id: str | None
    name: str | None
    quantity: Amount | None
    unit: str | None
    price: Amount | None
    vat_rate: Amount | None


class DraftEntry(Answer):
    """What was entered of an invoice so far."""

    number: str | None
    issue_date: dt.date | None
    due_date: dt.date | None
    delivery_date: dt.date | None
    type_code: str | None
    currency: str | None
    recipient_siret: str | None
    service_code: str | None
    engagement: str | None
    contract: str | None
    payment_terms: str | None
    iban: str | None
    exemption_reason: str | None
    corrected_invoice: str | None
    corrected_date: dt.date | None
    lines: list[DraftEntryLine]


class DraftAmounts(Answer):
    """The sums that follow from what was entered, null while nothing was."""

    without_vat: Amount | None
    vat: Amount | None
    with_vat: Amount | None


class InvoiceDraft(Answer):
    """An invoice in preparation.

    `reissues` is the refused invoice that it replaces, `flow_id` the flow that it was deposited in.
    """

    id: int
    version: int
    status: Status
    structure: str
    author: str
    created_at: Moment
    changed_at: Moment
    frame: Frame
    entry: DraftEntry
    parties: DraftParties
    amounts: DraftAmounts
    reissues: int | None
    flow_id: str | None


class DraftPage(Answer):
    """A page of drafts, newest first."""

    drafts: list[InvoiceDraft]
    next: str | None


class PrefilledVatRow(Answer):
    """A row of the VAT table as the page prints it."""

    rate: str
    base: str | None
    tax: str


class PrefilledValueOut(Answer):
    """A value that was read: certain or only proposed, why, and the text and page where it stands."""

    name: str
    value: str
    certain: bool
    why: LocalizedText
    text: str
    page: int


class Prefill(Answer):
    """What the pages of a PDF say: values by the names of the fields, certain or only probable.

    `remarks` say what is odd about the pages, as that they hold several invoices; `refusal` says why nothing
    could be read.
    """

    certain: dict[str, str]
    probable: dict[str, str]
    vat: list[PrefilledVatRow]
    remarks: list[LocalizedText]
    refusal: LocalizedText | None
    values: list[PrefilledValueOut]
    recognised: Annotated[bool, Field(description="Read by character recognition: nothing is certain")]


class PrefilledDraft(InvoiceDraft):
    """A draft that was begun from a PDF, and all that its pages say."""

    prefill: Prefill


def draft_out(draft: Draft) -> InvoiceDraft:
    """Return a draft as an answer holds it."""
    totals = draft.invoice.totals
    return InvoiceDraft(
        id=draft.id,
        version=draft.version,
        status=draft.status,
        structure=draft.structure,
        author=draft.author,
        created_at=draft.created_at,
        changed_at=draft.changed_at,
        frame=draft.frame,
        entry=_entry_out(fields_of(draft.invoice)),
        parties=parties_out(draft.parties),
        amounts=DraftAmounts(
            without_vat=totals.without_vat if totals is not None else None,
            vat=totals.vat if totals is not None else None,
            with_vat=totals.with_vat if totals is not None else None,
        ),
        reissues=draft.duplicate_of,
        flow_id=draft.flow_id,
    )


def prefilled_out(draft: Draft, found: Prefilled) -> PrefilledDraft:
    """Return a draft that was begun from a PDF as an answer holds it."""
    rows = [PrefilledVatRow(rate=row.rate, base=row.base, tax=row.tax) for row in found.vat]
    prefill = Prefill(
        certain=dict(found.certain),
        probable=dict(found.probable),
        vat=rows,
        remarks=[LocalizedText(**remark) for remark in found.remarks],
        refusal=LocalizedText(**found.refusal) if found.refusal is not None else None,
        values=[
            PrefilledValueOut(
                name=each.name,
                value=each.value,
                certain=each.certain,
                why=LocalizedText(**each.why),
                text=each.text,
                page=each.page,
            )
            for each in found.values
        ],
        recognised=found.recognised,
    )
    return PrefilledDraft(**dict(draft_out(draft)), prefill=prefill)


def fields_in(body: EntryBody) -> DraftFields:
    """Return what was entered."""
    lines = tuple(DraftLine(**line.model_dump()) for line in body.lines)
    return DraftFields(**body.model_dump(exclude={"lines"}), lines=lines)


def _entry_out(entry: DraftFields) -> DraftEntry:
    fields = {name: getattr(entry, name) for name in DraftEntry.model_fields if name != "lines"}
    return DraftEntry(**fields, lines=[_line_out(line) for line in entry.lines])


def _line_out(line: DraftLine) -> DraftEntryLine:
    return DraftEntryLine(**{name: getattr(line, name) for name in DraftEntryLine.model_fields})
