"""Begin a draft from a plain PDF: what its pages say for certain is filled in, the user checks the rest.

Reading a PDF needs libraries that the doors do not carry: a port has it done elsewhere.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal

from choriste.application.access.policy import require_issue
from choriste.application.deposits.receive_deposit import clean_filename
from choriste.application.drafts.begin_draft import DraftSource, begin_draft
from choriste.application.drafts.ports import DraftPorts
from choriste.domain.access.principal import Principal
from choriste.domain.drafts.draft import Draft
from choriste.domain.drafts.prefilled import Prefilled
from choriste.domain.invoice.entry import DraftFields, DraftLine
from choriste.domain.lifecycle import Origin
from choriste.domain.shared.errors import BadRequestError
from choriste.domain.shared.field_faults import field_error, refused_field
from choriste.domain.shared.findings import Finding, Message, Severity
from choriste.i18n.catalogue import message

_PDF, _HEADER_BYTES = b"%PDF", 1024
"""What a PDF says of itself, and how far from its start: other bytes are told at once, without a reader."""


def draft_from_pdf(
    ports: DraftPorts,
    principal: Principal,
    *,
    structure: str,
    filename: str,
    content: bytes,
) -> tuple[Draft, Prefilled]:
    """Store a draft with what is certain, and return it with everything that was read.

    Raises `ForbiddenError`, or `BadRequestError` with its finding when nothing can be read.
    """
    require_issue(principal, structure)
    if _PDF not in content[:_HEADER_BYTES]:
        raise field_error("file", "FILE-NOT-PDF")
    name = clean_filename(filename)
    found = ports.pdf_reader.read(content, filename=name)
    if found.refusal is not None:
        raise _unread(found.refusal)
    source = DraftSource(origin=Origin.PDF)
    entry = _entry(found, name)
    return begin_draft(ports, principal, structure=structure, fields=entry, source=source), found


def _entry(found: Prefilled, filename: str) -> DraftFields:
    sure = found.certain
    return DraftFields(
        number=sure.get("number"),
        issue_date=_date(sure, "issue_date"),
        due_date=_date(sure, "due_date"),
        currency=sure.get("currency"),
        recipient_siret=sure.get("buyer_siret"),
        service_code=sure.get("service_code"),
        engagement=sure.get("engagement") or sure.get("purchase_order"),
        lines=tuple(
            DraftLine(
                name=message("drafts", "line-of-pdf", filename=filename).fr,
                quantity=Decimal(1),
                price=Decimal(row.base),
                vat_rate=Decimal(row.rate),
            )
            for row in found.vat
            if row.base is not None
        ),
    )


def _date(sure: Mapping[str, str], name: str) -> dt.date | None:
    return dt.date.fromisoformat(sure[name]) if name in sure else None


def _unread(texts: Mapping[str, str]) -> BadRequestError:
    reason = Message(fr=texts["fr"], en=texts["en"])
    return refused_field("file", Finding(rule="PDF-NOT-READ", severity=Severity.FATAL, message=reason))
