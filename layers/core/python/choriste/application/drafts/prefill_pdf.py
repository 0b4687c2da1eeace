"""Read the pages of a PDF, a scan or a photograph for a draft: what is certain, probable, or why nothing."""

from __future__ import annotations

import base64
from dataclasses import replace
from typing import Final

from choriste.documents.read.inspection import inspect
from choriste.documents.read.prefill import Confidence, Prefill
from choriste.documents.read.prefill.explain import why
from choriste.documents.read.prefill.from_file import prefill_file
from choriste.documents.read.prefill.model import Found
from choriste.documents.read.recognition.pictures import is_readable_picture, page_pictures
from choriste.documents.read.recognition.reading import Recogniser
from choriste.domain.drafts.prefilled import Prefilled, PrefilledLine, PrefilledValue, PrefilledVat
from choriste.formats.errors import UnreadableError
from choriste.i18n.catalogue import LANGUAGES, message
from choriste.i18n.message import Message

_LONGEST: Final = 120
"""Characters of the text around a value that are kept."""


def prefill_pdf(
    content: bytes, *, filename: str, depositor: str | None = None, recogniser: Recogniser | None = None
) -> Prefilled:
    """Return what the pages of a PDF, or a picture of a page, say of the invoice on them.

    `depositor` is the SIRET of who deposits it, which tells the supplier from other companies on the page;
    `recogniser` reads what is only a picture, None where that is not installed.
    """
    inspection = inspect(content, filename=filename)
    if inspection.invoice is not None:
        return Prefilled(refusal=_texts(message("drafts", "holds-data")))
    if inspection.refusal is not None and not is_readable_picture(content):
        return Prefilled(refusal=_texts(inspection.refusal.message))
    try:
        found = prefill_file(content, recogniser=recogniser, depositor=depositor)
    except UnreadableError as error:
        return Prefilled(refusal=_texts(error.finding.message))
    if found.illegible:
        return Prefilled(refusal=_texts(message("drafts", "no-text")))
    if not found.fields:
        return Prefilled(refusal=_texts(found.findings[-1].message))
    return replace(_as_prefilled(found), pictures=_pictures(content))


def _pictures(content: bytes) -> tuple[str, ...]:
    """Return the pages as pictures to stand beside the form; a draft does not fail for want of them."""
    try:
        pictures, _ = page_pictures(content, for_people=True)
    except UnreadableError:
        return ()
    return tuple(base64.b64encode(each.content).decode() for each in sorted(pictures))


def _as_prefilled(found: Prefill) -> Prefilled:
    sure = {name.value: value for name, value in found.filled().items()}
    probable = {name.value: each.value for name, each in found.fields.items() if name.value not in sure}
    accounts = [each.value for each in found.ibans if each.confidence is Confidence.CERTAIN]
    if len(accounts) == 1 == len(found.ibans):
        sure["iban"] = accounts[0]
    return Prefilled(
        certain=sure,
        probable=probable,
        vat=tuple(
            PrefilledVat(
                rate=str(row.rate), base=str(row.base) if row.base is not None else None, tax=str(row.tax)
            )
            for row in found.vat_breakdown
            if row.confidence is Confidence.CERTAIN
        ),
        lines=tuple(
            PrefilledLine(
                name=line.name,
                quantity=str(line.quantity),
                price=str(line.price),
                vat_rate=str(line.vat_rate),
            )
            for line in found.lines
        ),
        remarks=tuple(_texts(finding.message) for finding in found.findings),
        values=(
            *(_value(name.value, each) for name, each in found.fields.items()),
            *(_value("iban", each) for each in found.ibans),
        ),
        recognised=any(finding.rule == "PREFILL-RECOGNISED" for finding in found.findings),
    )


def _value(name: str, found: Found) -> PrefilledValue:
    return PrefilledValue(
        name=name,
        value=found.value,
        certain=found.confidence is Confidence.CERTAIN,
        why={language: why(found, language) for language in LANGUAGES},
        text=found.text[:_LONGEST],
        page=found.box.page,
    )


def _texts(reason: Message) -> dict[str, str]:
    return {"fr": reason.fr, "en": reason.en}
