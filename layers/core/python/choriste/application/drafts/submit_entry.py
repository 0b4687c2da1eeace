"""Submit an invoice as fields, in one request: a draft is made and deposited at once.

What a person does in steps (begin, change, deposit) a program does in one. A draft that would be refused
leaves nothing behind but the reasons; one that was begun from a PDF stays, so that it can be corrected.
"""

from __future__ import annotations

from dataclasses import replace

from choriste.application.deposits.receive_deposit import Receipt
from choriste.application.drafts.abandon_draft import abandon_draft
from choriste.application.drafts.begin_draft import DraftSource, begin_draft
from choriste.application.drafts.change_draft import rewrite_draft
from choriste.application.drafts.deposit_draft import deposit_draft
from choriste.application.drafts.draft_fields import filled_in
from choriste.application.drafts.ports import DraftPorts
from choriste.domain.access.principal import Principal
from choriste.domain.deposits.flow import Channel
from choriste.domain.drafts.draft import Draft
from choriste.domain.invoice.entry import DraftFields
from choriste.domain.shared.errors import DraftInvalidError
from choriste.domain.shared.ids import InvoiceId


def submit_entry(  # noqa: PLR0913 - who submits what, for whom, from which draft, how
    ports: DraftPorts,
    principal: Principal,
    *,
    structure: str,
    fields: DraftFields,
    source: DraftSource,
    begun: InvoiceId | None = None,
    channel: Channel,
) -> tuple[Draft, Receipt]:
    """Deposit an invoice of a structure, and return the closed draft with its flow.

    `begun` is the draft that a PDF was read into. Raises `DraftInvalidError` with the findings that would
    refuse it, and what `begin_draft` and `change_draft` raise.
    """
    if begun is None:
        draft = begin_draft(ports, principal, structure=structure, fields=fields, source=source)
    else:
        draft = rewrite_draft(
            ports,
            principal,
            begun,
            lambda read: _filled(ports, read, fields=fields, source=source),
            expected_version=None,
        )
    try:
        return deposit_draft(ports, principal, draft.id, channel=channel)
    except DraftInvalidError:
        if begun is None:
            abandon_draft(ports, principal, draft.id)
        raise


def _filled(ports: DraftPorts, draft: Draft, *, fields: DraftFields, source: DraftSource) -> Draft:
    invoice = filled_in(ports, draft.structure, source.invoice, fields)
    return replace(draft, invoice=invoice, parties=source.parties)
