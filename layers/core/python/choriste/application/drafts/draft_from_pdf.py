"""Begin a draft from a plain PDF: what its pages say for certain is filled in, the user checks the rest.

Reading a PDF needs libraries that the doors do not carry: a port has it done elsewhere.
"""

from __future__ import annotations

import base64
import datetime as dt
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Final

from choriste.application.access.policy import require_issue
from choriste.application.deposits.deposited_file import clean_filename
from choriste.application.drafts.begin_draft import DraftSource, begin_draft
from choriste.application.drafts.ports import DraftPorts
from choriste.application.drafts.read_drafts import page_key
from choriste.application.shared.ports import Bucket
from choriste.domain.access.principal import Principal
from choriste.domain.drafts.draft import Draft, DraftReading, ReadValue
from choriste.domain.drafts.prefilled import Prefilled
from choriste.domain.invoice.entry import DraftFields, DraftLine
from choriste.domain.lifecycle import Origin
from choriste.domain.parties.structure import IdentifierKind
from choriste.domain.shared.errors import BadRequestError
from choriste.domain.shared.field_faults import field_error, refused_field
from choriste.domain.shared.findings import Finding, Message, Severity
from choriste.formats.magic import READABLE_PICTURES, office_name, pdf_offset, picture_name
from choriste.i18n.catalogue import message

_SIREN: Final = 9
_ONE, _CREDIT_NOTE = Decimal(1), "381"
"""A credit note's amounts are not negative, however its pages print them (UNTDID 1001, EN 16931 BT-3)."""


def draft_from_pdf(  # noqa: PLR0913 - a file, whose it is, and whether it is wanted all the same
    ports: DraftPorts,
    principal: Principal,
    *,
    structure: str,
    filename: str,
    content: bytes,
    anyway: bool = False,
) -> tuple[Draft, Prefilled]:
    """Store a draft with what is certain, and return it with everything that was read.

    Raises `ForbiddenError`, or `BadRequestError` with its finding when nothing can be read, and where the
    page says for certain that another company issued the invoice, unless it is wanted `anyway`.
    """
    require_issue(principal, structure)
    if pdf_offset(content) is None:
        _require_picture(content)
    name = clean_filename(filename)
    found = ports.pdf_reader.read(content, filename=name, depositor=_siret(ports, structure))
    if found.refusal is not None:
        raise _unread(found.refusal)
    if not anyway:
        _require_own(ports, structure, found)
    source = DraftSource(origin=Origin.PDF, read=_reading(found, name))
    draft = begin_draft(ports, principal, structure=structure, fields=_entry(found, name), source=source)
    for number, picture in enumerate(found.pictures, start=1):
        content = base64.b64decode(picture)
        ports.files.put(Bucket.DOCUMENTS, page_key(draft.id, number), content, mime_type="image/jpeg")
    return draft, found


def _require_own(ports: DraftPorts, structure: str, found: Prefilled) -> None:
    """Refuse an invoice that another company issued: the SIREN on the page is certain, and not ours."""
    own = _siret(ports, structure)
    issuer = found.certain.get("supplier_siret") or found.certain.get("supplier_siren")
    if own is not None and issuer is not None and issuer[:_SIREN] != own[:_SIREN]:
        raise field_error("anyway", "FILE-OF-ANOTHER", found=issuer, expected=own[:_SIREN])


def _reading(found: Prefilled, filename: str) -> DraftReading:
    return DraftReading(
        filename=filename,
        pages=len(found.pictures),
        values=tuple(
            ReadValue(
                name=each.name,
                value=each.value,
                certain=each.certain,
                why=Message(**each.why),
                text=each.text,
                page=each.page,
            )
            for each in found.values
        ),
        remarks=tuple(Message(**remark) for remark in found.remarks),
        recognised=found.recognised,
    )


def _require_picture(content: bytes) -> None:
    """Refuse at once, without a reader, what is neither a PDF nor a picture that may be read."""
    picture = picture_name(content)
    if picture is None:
        office = office_name(content)
        raise field_error("file", "FILE-OFFICE" if office else "FILE-NOT-PDF", found=office)
    if picture not in READABLE_PICTURES:
        raise field_error("file", "FILE-PICTURE", found=picture)


def _siret(ports: DraftPorts, structure: str) -> str | None:
    depositor = ports.directory.structure(structure)
    if depositor is None or depositor.identifier.kind is not IdentifierKind.SIRET:
        return None
    return depositor.identifier.value


def _entry(found: Prefilled, filename: str) -> DraftFields:
    sure = found.certain
    return DraftFields(
        number=sure.get("number"),
        issue_date=_date(sure, "issue_date"),
        due_date=_date(sure, "due_date"),
        type_code=sure.get("type_code"),
        currency=sure.get("currency"),
        recipient_siret=sure.get("buyer_siret"),
        service_code=sure.get("service_code"),
        engagement=sure.get("engagement") or sure.get("purchase_order"),
        contract=sure.get("contract"),
        iban=sure.get("iban"),
        exemption_reason=sure.get("exemption_reason"),
        payment_terms=sure.get("payment_terms"),
        corrected_invoice=sure.get("corrected_invoice"),
        paid=_paid(sure),
        lines=tuple(_lines(found, filename)),
    )


def _paid(sure: Mapping[str, str]) -> Decimal | None:
    """Return what was paid already: what is due falls short of the total by it."""
    if not {"total_with_vat", "amount_due"} <= sure.keys():
        return None
    paid = Decimal(sure["total_with_vat"]) - Decimal(sure["amount_due"])
    return paid if paid > 0 else None


def _lines(found: Prefilled, filename: str) -> Iterator[DraftLine]:
    """Yield the lines of the page, or one line a rate, or the total of an invoice without VAT."""
    text = message("drafts", "line-of-pdf", filename=filename).fr
    bases = [(Decimal(row.base), Decimal(row.rate)) for row in found.vat if row.base is not None]
    net = Decimal(found.certain.get("total_without_vat", "0"))
    one = _ONE if net >= 0 or found.certain.get("type_code") != _CREDIT_NOTE else -_ONE
    if found.lines:
        for line in found.lines:
            yield _line(line.name, one * Decimal(line.quantity), Decimal(line.price), Decimal(line.vat_rate))
    elif bases:
        yield from (_line(text, one, base, rate) for base, rate in bases)
    elif net and Decimal(found.certain.get("total_vat", "1")) == 0:
        yield _line(text, one, net, Decimal(0))


def _line(name: str, quantity: Decimal, price: Decimal, rate: Decimal) -> DraftLine:
    """Return a line whose price is not negative (BR-27): what is taken off has a negative quantity."""
    signed = quantity if price >= 0 else -quantity
    return DraftLine(name=name, quantity=signed, price=abs(price), vat_rate=rate)


def _date(sure: Mapping[str, str], name: str) -> dt.date | None:
    return dt.date.fromisoformat(sure[name]) if name in sure else None


def _unread(texts: Mapping[str, str]) -> BadRequestError:
    reason = Message(fr=texts["fr"], en=texts["en"])
    return refused_field("file", Finding(rule="PDF-NOT-READ", severity=Severity.FATAL, message=reason))
